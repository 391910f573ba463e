"""Who may see and do what (ORG-4): one visible table of roles and rights, and the person who asks.

A right that ends with ".own" or ".team" reaches as far as its name says; `Person.reaches` answers for one agent. The
administrator runs the system and sees no roster and nobody's attendance: whoever needs both holds two roles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from centre.people import Agent
from centre.said import Said

BOARD_ROLES = ("agent", "leader", "inspector", "manager", "planner", "head", "director", "administrator")

_EVERYBODY = frozenset({"wall", "roster.team", "requests.own", "mywork", "attendance.own"})
_LEADS = _EVERYBODY | {
    "wall.people", "roster.all", "roster.edit.team", "requests.team", "requests.decide", "proposals", "forecast",
    "attendance.team", "handover", "rounds", "reports",
}  # fmt: skip
_MANAGES = _LEADS | {"roster.edit", "requests.all", "attendance.all", "attendance.close", "whatif", "audit"}

RIGHTS: Mapping[str, frozenset[str]] = {
    "agent": _EVERYBODY,
    "leader": frozenset(_LEADS),
    "inspector": _EVERYBODY | {"wall.people", "roster.all", "attendance.all", "reports"},
    "manager": frozenset(_MANAGES),
    "planner": _EVERYBODY
    | {
        "wall.people", "roster.all", "roster.edit", "roster.publish", "roster.make", "requests.all", "proposals",
        "forecast", "special_days", "whatif", "reports",
    },
    "head": _MANAGES | {"roster.publish", "special_days"},
    "director": _MANAGES | {"roster.publish"},
    "administrator": frozenset({"users", "tokens", "webhooks", "audit", "wall"}),
}  # fmt: skip
"""What each role may do."""

SCOPES: Mapping[str, frozenset[str]] = {
    "read": frozenset({
        "wall", "wall.people", "roster.team", "roster.all", "requests.own", "requests.team", "requests.all", "mywork",
        "forecast", "attendance.own", "attendance.team", "attendance.all", "reports", "handover", "rounds", "audit",
    }),
    "requests": frozenset({"requests.own", "requests.team", "requests.all", "requests.decide"}),
    "roster": frozenset({"roster.team", "roster.all", "roster.edit", "roster.edit.team", "roster.publish"}),
    "planning": frozenset({"forecast", "special_days", "whatif", "roster.make", "roster.all"}),
    "floor": frozenset({"wall", "wall.people", "proposals", "handover", "rounds"}),
    "wall": frozenset({"wall"}),
    "admin": frozenset({"users", "tokens", "webhooks", "audit"}),
}  # fmt: skip
"""What a token's scopes leave of its owner's rights; a token can do nothing that its owner cannot."""


@dataclass(frozen=True)
class Person:
    """Whoever asks: under which name it is written down, in which roles, as which agent.

    Attributes
    ----------
    name : the account's name, as the audit shows it.
    agent : id in agents.csv; "" for people who are not rostered.
    acts_as : the name under which the person decides requests: the agent, or the name in [approvals.people].
    local : the only user of a board without accounts, on this machine.
    screen : a screen across the room, let in by a token of the scope "wall": nobody in person.
    """

    name: str
    roles: tuple[str, ...]
    agent: str = ""
    local: bool = False
    scopes: tuple[str, ...] | None = None
    number: int | None = None
    screen: bool = False
    rights: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        held = frozenset().union(*(RIGHTS.get(role, frozenset()) for role in self.roles)) if self.roles else frozenset()
        if self.scopes is not None:
            held &= frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in self.scopes))
        object.__setattr__(self, "rights", held)

    @property
    def acts_as(self) -> str:
        """The name under which the person decides."""
        return self.agent or self.name

    def may(self, *rights: str) -> bool:
        """Whether the person has one of these rights."""
        return any(right in self.rights for right in rights)

    def reaches(self, right: str, agent: str, agents: Mapping[str, Agent]) -> bool:
        """Whether `right` (without its ending) reaches a person of agents.csv."""
        if self.may(right, f"{right}.all"):
            return True
        if self.may(f"{right}.own", "mywork") and agent == self.agent and agent:
            return True
        mine, theirs = agents.get(self.agent), agents.get(agent)
        same = mine is not None and theirs is not None and bool(mine.team) and mine.team == theirs.team
        return same and self.may(f"{right}.team")


def teams_of(person: Person, right: str, agents: Mapping[str, Agent]) -> set[str] | None:
    """The teams that a right reaches; None for all of them."""
    if person.may(right, f"{right}.all"):
        return None
    mine = agents.get(person.agent)
    return {mine.team} if mine is not None and person.may(f"{right}.team") else set()


def known_roles(wanted: Iterable[str]) -> tuple[str, ...]:
    """Roles as a user names them.

    Raises
    ------
    ValueError : one that there is not.
    """
    roles = tuple(dict.fromkeys(wanted))
    for role in roles:
        if role not in BOARD_ROLES:
            raise ValueError(
                Said("{role} is no role of the board; allowed: {names}", role=role, names=list(BOARD_ROLES))
            )
    if not roles:
        raise ValueError(Said("at least one role: {names}", names=list(BOARD_ROLES)))
    return roles
