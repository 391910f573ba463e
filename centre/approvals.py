"""How a request is decided: one small state machine for every kind (ORG-1, LEV-2, SHF-10, ESC-1).

Each state is a type of its own, and only what may happen next is a method of it: a refused request has nothing to
approve. Decisions go up the line step by step; nobody decides his own; a level that stays silent may be answered for by
the next one; in an emergency a level is skipped and told afterwards.

    Open -agree-> Open ... -agree-> Approved        Open -refuse-> Refused     Open -withdraw-> Withdrawn
    Open -escalate-> Open (wider)                   Open -expire-> Expired     Open -skip-> Approved(untold) -tell-> ...
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from centre.errors import InputError
from centre.people import Agent, Role
from centre.policy import ApprovalPolicy
from centre.said import Said

Act = Literal["agree", "refuse", "withdraw", "escalate", "expire", "skip", "tell"]
ACTS: tuple[Act, ...] = ("agree", "refuse", "withdraw", "escalate", "expire", "skip", "tell")


PARTNER = "partner"
"""The level at which another person of a swap agrees to it; nobody answers in a partner's stead."""


class NotAllowedError(InputError):
    """Somebody does what he may not do, or what can no longer be done."""


@dataclass(frozen=True, slots=True)
class Step:
    """One level of the line: its role ("partner" for the others of a swap) and who may decide there."""

    role: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did with a request at an instant (UTC second); `by` is "" where time itself did it."""

    at: int
    act: Act
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class _Past:
    """What every state knows: the line, whom it is about, what happened so far."""

    steps: tuple[Step, ...]
    parties: tuple[str, ...]
    deeds: tuple[Deed, ...]
    emergency: bool


@dataclass(frozen=True)
class Open(_Past):
    """Filed and not decided. `done` levels have agreed; `wider` further ones may answer for the present level."""

    done: int
    since: int
    wider: int
    deadline: int
    answer_s: int

    @property
    def status(self) -> str:
        """Where it stands, in one word."""
        return "escalated" if self.wider else "agreed" if self.done else "filed"

    def deciders(self) -> tuple[str, ...]:
        """Who may decide now."""
        levels = self.steps[self.done : self.done + 1 + self.wider]
        return tuple(dict.fromkeys(person for step in levels for person in step.people))

    def agree(self, at: int, by: str, reason: str = "") -> "Open | Approved":
        """A level agrees; the last one approves. A superior who answers for a silent level decides his own as well."""
        level = self._level(at, by)
        past = replace(self, deeds=(*self.deeds, Deed(at, "agree", by, reason)))
        if level + 1 == len(self.steps):
            return Approved(self.steps, self.parties, past.deeds, self.emergency, ())
        return replace(past, done=level + 1, since=at, wider=0)

    def refuse(self, at: int, by: str, reason: str = "") -> "Refused":
        """A level refuses: the request ends."""
        self._level(at, by)
        return Refused(self.steps, self.parties, (*self.deeds, Deed(at, "refuse", by, reason)), self.emergency)

    def withdraw(self, at: int, by: str, reason: str = "") -> "Withdrawn":
        """The one who asked takes it back."""
        self._in_time(at)
        if by != self.parties[0]:
            raise NotAllowedError(
                Said("only {parties} may withdraw this request, not {by}", parties=self.parties[0], by=by)
            )
        return Withdrawn(self.steps, self.parties, (*self.deeds, Deed(at, "withdraw", by, reason)), self.emergency)

    def skip(self, at: int, by: str, reason: str = "") -> "Approved":
        """In an emergency a higher level approves at once; the levels below are told afterwards (ESC-1)."""
        self._in_time(at)
        if not self.emergency:
            raise NotAllowedError(Said("a level is skipped in an emergency only (LEV-2, ESC-1)"))
        above = [n for n, step in enumerate(self.steps) if n > self.done and by in step.people]
        if not above:
            raise NotAllowedError(Said("{by} stands above nobody who has to decide this request", by=by))
        untold = tuple(range(self.done, above[-1]))
        deeds = (*self.deeds, Deed(at, "skip", by, reason))
        return Approved(self.steps, self.parties, deeds, self.emergency, untold)

    def tick(self, now: int) -> "Open | Expired":
        """Let time pass: silent levels are escalated one by one; at the deadline the request expires."""
        state = self
        while (
            (due := state.since + (state.wider + 1) * state.answer_s) <= min(now, state.deadline)
            and state.done + state.wider + 1 < len(state.steps)
            and state.steps[state.done].role != PARTNER
        ):  # fmt: skip
            state = replace(state, wider=state.wider + 1, deeds=(*state.deeds, Deed(due, "escalate")))
        if now < state.deadline:
            return state
        return Expired(state.steps, state.parties, (*state.deeds, Deed(state.deadline, "expire")), state.emergency)

    def _level(self, at: int, by: str) -> int:
        self._in_time(at)
        if by in self.parties and self.steps[self.done].role != PARTNER:
            raise NotAllowedError(Said("{by} may not decide a request of his own (ORG-1)", by=by))
        for level in range(self.done + self.wider, self.done - 1, -1):
            if by in self.steps[level].people:
                return level
        waited = list(self.deciders())
        raise NotAllowedError(
            Said(
                "{by} may not decide this request now: it waits for {waited}; no level is skipped (LEV-2)",
                by=by,
                waited=waited,
            )
        )

    def _in_time(self, at: int) -> None:
        if self.deeds and at < self.deeds[-1].at:
            raise NotAllowedError(Said("nothing is decided before what was decided already"))
        if at >= self.deadline:
            raise NotAllowedError(Said("its time has passed: the request has expired"))


@dataclass(frozen=True)
class Approved(_Past):
    """Every level agreed, or a higher one did in an emergency; `untold` are the levels still to be told."""

    untold: tuple[int, ...]

    status = "approved"

    def tell(self, at: int, by: str, reason: str = "") -> "Approved":
        """Somebody of a level that was skipped confirms that he was told."""
        levels = [level for level in self.untold if by in self.steps[level].people]
        if not levels:
            raise NotAllowedError(Said("{by} is not among those who are to be told afterwards", by=by))
        left = tuple(level for level in self.untold if level != levels[0])
        return replace(self, untold=left, deeds=(*self.deeds, Deed(at, "tell", by, reason)))


@dataclass(frozen=True)
class Refused(_Past):
    """A level said no."""

    status = "refused"


@dataclass(frozen=True)
class Withdrawn(_Past):
    """The one who asked took it back."""

    status = "withdrawn"


@dataclass(frozen=True)
class Expired(_Past):
    """Nobody decided in time."""

    status = "expired"


State = Open | Approved | Refused | Withdrawn | Expired


def filed(
    steps: Sequence[Step],
    parties: Sequence[str],
    at: int,
    deadline: int,
    policy: ApprovalPolicy,
    *,
    emergency: bool = False,
) -> Open:
    """A new request, filed at an instant and to be decided before a deadline (UTC seconds).

    Raises
    ------
    NotAllowedError : a level without anybody who may decide, or no level at all.
    """
    if not steps or not all(step.people for step in steps):
        raise NotAllowedError(Said("nobody may decide this request: name who holds the role in [approvals.people]"))
    own = [name for step in steps if step.role != PARTNER for name in step.people if name in parties]
    if own or any(parties[0] in step.people for step in steps):
        raise NotAllowedError(Said("nobody decides a request of his own (ORG-1)"))
    return Open(
        tuple(steps), tuple(parties), (), emergency, done=0, since=at, wider=0, deadline=deadline,
        answer_s=max(1, round(policy.answer_hours * 3600)),
    )  # fmt: skip


def act(state: State, deed: Deed) -> State:
    """Do one thing with a request, time first: what can no longer be done raises NotAllowedError."""
    if isinstance(state, Open):
        state = state.tick(deed.at)
    if deed.act in ("escalate", "expire"):
        return state
    if isinstance(state, Approved) and deed.act == "tell":
        return state.tell(deed.at, deed.by, deed.reason)
    if isinstance(state, Open):
        match deed.act:
            case "agree":
                return state.agree(deed.at, deed.by, deed.reason)
            case "refuse":
                return state.refuse(deed.at, deed.by, deed.reason)
            case "withdraw":
                return state.withdraw(deed.at, deed.by, deed.reason)
            case "skip":
                return state.skip(deed.at, deed.by, deed.reason)
    raise NotAllowedError(
        Said(
            'a request that is {status} cannot take "{act}" any more',
            status=Said.term("request", state.status),
            act=Said.term("deed", deed.act),
        )
    )


def replay(state: State, deeds: Iterable[Deed]) -> State:
    """The state after recorded deeds, in their order."""
    for deed in deeds:
        state = act(state, deed)
    return state


def line_of(
    person: Agent, final: Role, agents: Mapping[str, Agent], policy: ApprovalPolicy, without: Iterable[str] = ()
) -> tuple[Step, ...]:
    """The levels above a person up to `final`, each with who may decide there (ORG-1, LEV-2).

    A shift leader decides for the own team only; a level that nobody holds does not exist, but the last one must.
    A person at or above `final` is decided by the next level up. Nobody of `without` decides.
    """
    barred = {person.agent, *without}
    line = policy.line
    own = line.index(person.role) if person.role in line else -1
    last = max(line.index(final) if final in line else len(line) - 1, own + 1)
    steps = [Step(role, _holders(role, person, agents, policy, barred)) for role in line[own + 1 : last + 1]]
    if not steps or not steps[-1].people:
        raise NotAllowedError(
            Said(
                "nobody above {agent} may decide this as {final}: name who holds the role in [approvals.people]",
                agent=person.agent,
                final=Said.term("role", final),
            )
        )
    return tuple(step for step in steps if step.people)


def _holders(
    role: Role, person: Agent, agents: Mapping[str, Agent], policy: ApprovalPolicy, barred: set[str]
) -> tuple[str, ...]:
    held = [name for name, agent in agents.items() if agent.role == role and _own_line(role, agent, person)]
    held += [name for name in policy.people.get(role, ()) if name not in held]
    deputies = [deputy for name in held for deputy in policy.deputies.get(name, ())]
    return tuple(name for name in dict.fromkeys([*held, *deputies]) if name not in barred)


def _own_line(role: Role, holder: Agent, person: Agent) -> bool:
    return role != "leader" or holder.team == person.team
