"""What a check says when a rule does not hold."""

from dataclasses import dataclass
from datetime import date

from centre.said import Said


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that one roster does not keep.

    Attributes
    ----------
    rule : the rule's name in docs/rules.md, such as "week minutes".
    agent : the person; "" where the floor as a whole is meant.
    day : the local day to look at; the first one of a week, month or row that is at fault.
    hard : False for what is elastic: priced and shown, never forbidden.
    message : what is wrong, with the figures, in a sentence a planner reads.
    amount : how much, in the unit the message names (minutes, days, weekends, starts).
    """

    rule: str
    agent: str
    day: date
    hard: bool
    message: str
    amount: float

    def __str__(self) -> str:
        rule = Said.term("rule", self.rule)
        if not self.agent:
            return Said("{rule}: {day:%a %Y-%m-%d}: {message}", rule=rule, day=self.day, message=self.message)
        return Said(
            "{rule}: {agent} {day:%a %Y-%m-%d}: {message}",
            rule=rule,
            agent=self.agent,
            day=self.day,
            message=self.message,
        )
