"""Everything that can go wrong, as one tree.

PaibanError
├── InputError            what the user gave is wrong; carries every Problem found, not the first
├── ContradictionError    hard input that cannot all hold; carries a smallest conflicting set
├── TimeRanOutError       the time limit passed before a first legal answer
├── WorkerLostError       the process or machine that searched went away without an answer
├── BusyError             another run holds the site's lock
├── StoreError            the database did not do what was asked
│   └── NotPublishedError nothing of that kind has been stored yet
└── StreamError           the live side
    ├── PositionLostError the broker no longer has (or never had) the position we stand at
    ├── FencedError       another consumer has taken this partition over
    └── PoisonCeilingError too many messages could not be read: stop rather than drain the topic
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from centre.said import Said


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the input: where it is, what was found, what is allowed.

    Attributes
    ----------
    file : name of the file, relative to the site folder.
    where : row ("row 12") or key ("[early].pauses[0].window") within the file.
    found : what stands there, as the user wrote it.
    allowed : what may stand there, in words that tell the remedy.
    """

    file: str
    where: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return Said(
            "{file}: {where}: found {found}; allowed: {allowed}",
            file=self.file,
            where=self.where,
            found=self.found,
            allowed=self.allowed,
        )


class PaibanError(Exception):
    """Base of every error this engine raises on purpose. Retrying does not help unless said so."""

    retryable = False


class InputError(PaibanError):
    """What the user gave is wrong. Carries all problems found, so that one run shows them all."""

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = () if isinstance(problems, str) else tuple(problems)
        text = problems if isinstance(problems, str) else Said.lines(str(problem) for problem in problems)
        super().__init__(text)


class ContradictionError(PaibanError):
    """Hard input that cannot all hold at once.

    Attributes
    ----------
    conflict : a smallest set of statements, in the planner's words, that cannot all be true.
    remedies : what would resolve it, cheapest first.
    advice : how one of them is put into force, where that is known.
    """

    def __init__(self, conflict: Sequence[str], remedies: Sequence[str] = (), advice: str = "") -> None:
        self.conflict = tuple(conflict)
        self.remedies = tuple(remedies)
        self.advice = advice
        lines: list[str] = [Said("These cannot all hold:"), *(Said("  - {line}", line=line) for line in self.conflict)]
        if self.remedies:
            several = len(self.conflict) > 1
            head = Said("Of these one resolves each:") if several else Said("Any one of these resolves it:")
            lines += [head, *(Said("  - {line}", line=line) for line in self.remedies)]
        if advice:
            lines.append(advice)
        super().__init__(Said.lines(lines))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.conflict, self.remedies, self.advice)


class TimeRanOutError(PaibanError):
    """The time limit passed before a first legal answer was found. More time may help."""

    retryable = True


class WorkerLostError(PaibanError):
    """A process or machine that searched for a roster went away without an answer: out of memory, say."""

    retryable = True


class BusyError(PaibanError):
    """Another run holds the site's lock. Trying again later helps."""

    retryable = True


class StoreError(PaibanError):
    """The database did not do what was asked."""


class NotPublishedError(StoreError):
    """Nothing of that kind has been stored yet: run the step that makes it first."""


class StreamError(PaibanError):
    """The live side failed."""


class PositionLostError(StreamError):
    """The log no longer holds the position the engine stands at: events would be lost silently."""


class FencedError(StreamError):
    """Another consumer has taken this partition over; the batch was rolled back."""

    retryable = True


class PoisonCeilingError(StreamError):
    """Too many messages in a row could not be read: a deployment fault, not bad luck."""
