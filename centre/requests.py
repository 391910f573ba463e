"""What people ask for: leave, and swaps of shifts. A request says what is wanted and when it was asked."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

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
            raise ValueError("leave ends after it starts")
        return self

    @property
    def parties(self) -> tuple[str, ...]:
        """Whom the request is about: none of them may decide it."""
        return (self.agent, self.asked_by) if self.asked_by and self.asked_by != self.agent else (self.agent,)


class Handing(Shape):
    """One shift that changes hands: the duty of `giver` that starts at `start` (UTC second) goes to `taker`."""

    giver: Name
    taker: Name
    start: int


class SwapRequest(Shape):
    """Shifts that change hands: given away (one), swapped against a pay-back (two), or in a ring (three)."""

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
            raise ValueError("nobody swaps with himself")
        if len(set(givers)) < len(givers) or len(set(takers)) < len(takers):
            raise ValueError("each person gives one shift and takes one at most")
        if len(self.hands) > 1 and set(givers) != set(takers):
            raise ValueError("who gives a shift in a ring takes one too")
        if self.agent not in givers:
            raise ValueError("the one who asks gives a shift")
        return self

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody whose shift changes hands, the one who asks first."""
        named = [self.agent, *(name for hand in self.hands for name in (hand.giver, hand.taker))]
        return tuple(dict.fromkeys(named))


Request = Annotated[LeaveRequest | SwapRequest, Field(discriminator="what")]


class Ruling(Shape):
    """What one rule says, with the words a person reads; `due` is an ISO date where something is owed."""

    id: str
    verdict: RuleVerdict
    why: str
    due: str = ""
