"""What people on a rehearsed floor are told during the day, and how they obey it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from centre.roster import ON_DUTY, Segment
from streams.rehearsal.habits import Intent
from streams.rehearsal.people import PAUSES, SECOND, Duty, Person

Run = tuple[Segment, ...]


@dataclass(frozen=True)
class Order:
    """Somebody's day from now on.

    Attributes
    ----------
    line : the person's segments of the day as they are wanted; what is past in it is as it was.
    call_back : back to the desk at once.
    skills : speeds with which somebody answers who is usually not asked to.
    """

    person: Person
    line: tuple[Segment, ...]
    call_back: bool = False
    skills: Mapping[str, float] = field(default_factory=dict)

    def obey(self, at: int) -> list[int]:
        """Change what the person will do; returns when to look at him again, UTC microseconds."""
        person = self.person
        if self.skills and not person.skills:
            person.skills = dict(self.skills)
        for run in _runs(self.line):
            duty = next((d for d in person.duties if _meets(d.intent, run)), None)
            if duty is None:
                person.duties.append(Duty(_as_told(run)))
                continue
            duty.stands_in = duty.stands_in or bool(self.skills)
            _change(duty, run)
        person.duties.sort(key=lambda duty: duty.intent.start)
        if self.call_back:
            _call_back(person, at)
        wakes = {wake for duty in person.duties for wake in duty.wakes() if wake > at}
        return [at, *sorted(wakes)]


def _runs(line: tuple[Segment, ...]) -> list[Run]:
    found: list[list[Segment]] = []
    for segment in sorted(line):
        if segment.activity not in ON_DUTY:
            continue
        if found and found[-1][-1].end == segment.start:
            found[-1].append(segment)
        else:
            found.append([segment])
    return [tuple(run) for run in found]


def _meets(intent: Intent, run: Run) -> bool:
    return intent.start < run[-1].end and run[0].start < intent.end


def _as_told(run: Run) -> Intent:
    return Intent(duty=run, absent=False, unreported=False, come=run[0].start, leave=run[-1].end)


def _change(duty: Duty, run: Run) -> None:
    """Live a duty otherwise from now on: pauses taken stay taken, habits stay habits."""
    old = duty.intent
    places = {segment: place for place, segment in enumerate(run)}
    pauses = [[place for place, s in enumerate(line) if s.activity in PAUSES] for line in (old.duty, run)]
    habit = dict(zip(pauses[1], (old.overstay.get(place, 0) for place in pauses[0]), strict=False))
    duty.rested = {places[old.duty[place]]: times for place, times in duty.rested.items() if old.duty[place] in places}
    duty.intent = replace(
        old,
        duty=run,
        overstay=habit,
        come=old.come + run[0].start - old.start,
        leave=min(old.leave + run[-1].end - old.end, run[-1].end),
    )


def _call_back(person: Person, at: int) -> None:
    for duty in person.duties:
        for place, (start, end) in duty.rested.items():
            if start <= at < end:
                duty.rested[place] = (start, at)
        idle = duty.intent.idle
        if idle and idle[0] * SECOND <= at < idle[1] * SECOND:
            duty.intent = replace(duty.intent, idle=(idle[0], at // SECOND))
