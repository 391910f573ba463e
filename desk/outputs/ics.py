"""One iCalendar file a person: an event a duty, its course in the description.

Phones show a duty as one block and its description on a tap; pauses as events of their own would lie over it, ring at
every change and hide what else the day holds. An event keeps its UID through all versions of the roster, so that a
client that has it already moves it instead of showing it twice; SEQUENCE is the version.
"""

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event, Timezone

from centre.grid import aware
from desk.outputs.file_names import file_stems
from desk.outputs.moments import Moments
from desk.outputs.plan import Entry, Plan, Row
from desk.outputs.time_zone import vtimezone
from desk.wording import Words
from store.atomic import written_aside


def write_calendars(
    folder: Path, plan: Plan, words: Words, at: datetime, people: Collection[str] | None = None
) -> None:
    """Write `folder`/AGENT.ics for everybody in the plan, each file whole.

    Parameters
    ----------
    at : aware; when this version was made, as the events' time stamp.
    people : of these alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(plan.rows)
    stems = file_stems(row.agent.agent for row in rows)
    maker = _Maker(plan, words, at)
    for row in rows:
        if people is None or row.agent.agent in people:
            path = folder / f"{stems[row.agent.agent]}.ics"
            with written_aside(path) as side:
                side.write_bytes(maker.calendar(row).to_ical())


def calendar_bytes(plan: Plan, agent: str, words: Words, at: datetime) -> bytes:
    """The calendar of one person of a plan; an empty one for somebody who is not in it."""
    maker = _Maker(plan, words, at)
    for row in plan.rows:
        if row.agent.agent == agent:
            return bytes(maker.calendar(row).to_ical())
    return bytes(Calendar(version="2.0", prodid="-//Paiban//Roster//" + words.language.upper()).to_ical())


class _Maker:
    """What all calendars of a plan have in common."""

    def __init__(self, plan: Plan, words: Words, at: datetime) -> None:
        self.plan, self.words, self.at = plan, words, at
        self.moments = Moments(plan.horizon.zone)
        self.zone: Timezone = vtimezone(plan.horizon)
        self.site = plan.site.settings.name

    def calendar(self, row: Row) -> Calendar:
        calendar = Calendar()
        calendar.add("prodid", "-//Paiban//Roster//" + self.words.language.upper())
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        name = self.words._("Roster of {name}", name=row.agent.name)
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("x-wr-timezone", self.plan.horizon.zone)
        calendar.add_component(self.zone)
        for day, entries in enumerate(row.days):
            counts: dict[str, int] = {}
            for entry in entries:
                number = counts[entry.kind] = counts.get(entry.kind, 0) + 1
                calendar.add_component(self.event(row, day, number, entry))
        return calendar

    def event(self, row: Row, day: int, number: int, entry: Entry) -> Event:
        event = Event()
        event.add("uid", self.uid(row.agent.agent, self.plan.horizon.day(day), entry.kind, number))
        event.add("dtstamp", self.at)
        event.add("sequence", self.plan.version)
        event.add("summary", self.summary(entry))
        if entry.whole_day:
            event.add("dtstart", self.plan.horizon.day(day))
            event.add("dtend", self.plan.horizon.day(day + 1))
        else:
            event.add("dtstart", self.instant(entry.start))
            event.add("dtend", self.instant(entry.end))
        event.add("location", self.site)
        event.add("categories", [self.words.activity("work" if entry.kind == "duty" else entry.kind)])
        if entry.kind == "duty":
            event.add("description", self.course(entry))
        return event

    def uid(self, agent: str, day: date, kind: str, number: int) -> str:
        """The same for the same person's n-th duty of a day in every version."""
        return f"{uuid5(NAMESPACE_URL, f'paiban:{self.site}:{agent}:{day.isoformat()}:{kind}:{number}')}@paiban"

    def instant(self, second: int) -> datetime:
        """In the site's zone; in UTC where the wall clock shows that time for the second time that night."""
        moment = aware(second, self.plan.horizon.zone)
        return aware(second) if moment.fold else moment

    def summary(self, entry: Entry) -> str:
        if entry.kind != "duty":
            return self.words.activity(entry.kind)
        return " ".join(filter(None, [entry.shift or self.words._("Duty"), self.moments.span(entry.start, entry.end)]))

    def course(self, entry: Entry) -> str:
        lines = [self.line(segment.activity, segment.queue, segment.start, segment.end) for segment in entry.segments]
        paid = self.words._("Paid: {hours} h", hours=self.words.hours(entry.paid))
        version = self.words._("Roster version {version}", version=self.plan.version)
        return "\n".join([*lines, "", paid, version])

    def line(self, activity: str, queue: str, start: int, end: int) -> str:
        name = self.words.activity(activity)
        what = self.words._("{activity} ({queue})", activity=name, queue=queue) if queue else name
        return f"{self.moments.span(start, end)} {what}"
