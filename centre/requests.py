"""What people ask for: leave, swaps of shifts, overtime and time off. A request says what, and when it was asked."""

from typing import Annotated, Literal

from pydantic import Field, SkipValidation, model_validator

from centre.said import Said
from centre.words import Name, Shape

RuleVerdict = Literal["holds", "approval", "duty", "exception", "forbidden"]
"""What a rule says of a request.

holds: nothing stands against it. approval: it may be, a manager has to approve. duty: it may be, something is owed.
exception: the rule is against it; only a manager's approval makes it more than an absence without leave.
forbidden: it cannot be, whoever approves.
"""


class LeaveRequest(Shape):
    """Leave over [start, end), UTC seconds, asked for at `at` by `asked_by` ("" is the person).

    `certificates` are the spans [start, end) that medical certificates cover.
    """

    what: Literal["leave"] = "leave"
    agent: Name
    start: int
    end: int
    kind: str = Field("personal", min_length=1)
    at: int
    asked_by: str = ""
    reason: str = ""
    certificates: tuple[tuple[int, int], ...] = ()

    @model_validator(mode="after")
    def _ordered(self) -> "LeaveRequest":
        if self.start >= self.end:
            raise ValueError(Said("leave ends after it starts"))
        return self

    @property
    def parties(self) -> tuple[str, ...]:
        """Whom the request is about: none of them may decide it."""
        return (self.agent, self.asked_by) if self.asked_by and self.asked_by != self.agent else (self.agent,)


class Handing(Shape):
    """One shift that changes hands: the duty of `giver` that starts at `start` (UTC second) goes to `taker`.

    With `part` only what lies within [first, last), UTC seconds, changes hands: the beginning or the end of the duty.
    """

    giver: Name
    taker: Name
    start: int
    part: tuple[int, int] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "Handing":
        if self.part is not None and self.part[0] >= self.part[1]:
            raise ValueError(Said("a part of a shift ends after it starts"))
        return self


class SwapRequest(Shape):
    """Shifts that change hands: given away (one), swapped against a pay-back (two), or in a ring (three or more)."""

    what: Literal["swap"] = "swap"
    agent: Name
    hands: tuple[Handing, ...] = Field(min_length=1)
    at: int
    reason: str = ""

    @model_validator(mode="after")
    def _closed(self) -> "SwapRequest":
        givers = [hand.giver for hand in self.hands]
        takers = [hand.taker for hand in self.hands]
        if any(hand.giver == hand.taker for hand in self.hands):
            raise ValueError(Said("nobody swaps with himself"))
        if len(set(givers)) < len(givers) or len(set(takers)) < len(takers):
            raise ValueError(Said("each person gives one shift and takes one at most"))
        if len(self.hands) > 1 and set(givers) != set(takers):
            raise ValueError(Said("who gives a shift in a ring takes one too"))
        if self.agent not in givers:
            raise ValueError(Said("the one who asks gives a shift"))
        return self

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody whose shift changes hands, the one who asks first."""
        named = [self.agent, *(name for hand in self.hands for name in (hand.giver, hand.taker))]
        return tuple(dict.fromkeys(named))


class OvertimeRequest(Shape):
    """Overtime, or voluntary time off, over [start, end), UTC seconds, asked for or proposed at `at`.

    `offer` is the number of the offer that it takes up (0: none), `queue` what is worked on in overtime.
    """

    what: Literal["overtime"] = "overtime"
    agent: Name
    start: int
    end: int
    kind: Literal["overtime", "vto"] = "overtime"
    queue: str = ""
    offer: int = 0
    at: int
    asked_by: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> "OvertimeRequest":
        if self.start >= self.end:
            raise ValueError(Said("overtime ends after it starts"))
        return self

    @property
    def parties(self) -> tuple[str, ...]:
        """Whom the request is about."""
        return (self.agent,)

    @property
    def minutes(self) -> int:
        """How long it is."""
        return (self.end - self.start) // 60


AnyRequest = LeaveRequest | SwapRequest | OvertimeRequest
Request = Annotated[AnyRequest, Field(discriminator="what")]


class Ruling(Shape):
    """What one rule says, with the words a person reads; `due` is an ISO date where something is owed.

    `why` is `says` with `facts` filled in: so it can be said in other languages too. Of the facts, "kind" is a kind of
    leave and "role" a role; one that is a `Said` is told in that language too.
    """

    id: str
    verdict: RuleVerdict
    why: str
    due: str = ""
    says: str = ""
    facts: dict[str, SkipValidation[str]] = Field(default_factory=dict)


def ruling(rule: str, verdict: RuleVerdict, says: str, *, due: object = "", **facts: object) -> Ruling:
    """What a rule says, from a message of the catalogues and what stands in it."""
    filled = {name: value if isinstance(value, Said) else str(value) for name, value in facts.items()}
    why = says.format(**filled) if filled else says
    return Ruling(id=rule, verdict=verdict, why=why, due=str(due), says=says, facts=filled)


def refusal(rule: str, error: Exception) -> Ruling:
    """What a rule says where it cannot be for the reason that an error names."""
    return ruling(rule, "forbidden", "{why}", why=error.args[0])
