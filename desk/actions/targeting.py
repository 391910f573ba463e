"""Targets of a month (KPI-2): set for the site, kept with who set them and when, split down to each agent fairly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from centre.errors import InputError
from centre.said import Said
from desk.actions.duty import known_by
from desk.actions.monthly import month_span
from desk.reports.content import FIGURES
from desk.wiring import Place, logbook_of
from desk.wording import words as words_of
from scheduler.targets import AgentTarget, split_targets
from store.logbook import Line

KIND = "targets"


@dataclass(frozen=True)
class Targets:
    """The targets of a month.

    Attributes
    ----------
    figures : shares of the site that hold for every agent alike, by figure.
    output : contacts to be handled, by queue.
    agents : each agent's part.
    set_by : who set them last; "" where they are the policy's.
    """

    month: date
    figures: Mapping[str, float]
    output: Mapping[str, int]
    agents: Sequence[AgentTarget]
    set_by: str

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {
            "month": f"{self.month:%Y-%m}",
            "figures": dict(self.figures),
            "output": dict(self.output),
            "set_by": self.set_by,
            "agents": [
                {"agent": row.agent, "contacts": row.contacts, "output": dict(row.output), "hours": row.hours,
                 "figures": dict(self.figures)}
                for row in self.agents
            ],
        }  # fmt: skip

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        yield said._("Targets of {month}", month=said.month(self.month))
        for name, value in self.figures.items():
            yield "  " + said._("{name}: {text}", name=said.term("figure", name), text=said.percent(value))
        for queue, count in self.output.items():
            yield "  " + said._("{queue}: {count} contacts", queue=queue, count=said.number(count))
        for row in self.agents:
            yield said._("{agent}: {count} contacts in {hours} hours", agent=row.agent,
                         count=said.number(row.contacts), hours=said.number(row.hours, 1))  # fmt: skip


def set_targets(
    place: Place, month: date, values: Mapping[str, float], *, by: str, reason: str = "", made: datetime
) -> Targets:
    """Set targets of a month for the site: a figure's share, or "output:QUEUE" contacts; others stay as they were.

    Raises
    ------
    InputError : a name that is no figure or queue, a share beyond 0 to 1.
    """
    known = {*place.policy.reports.targets, *(name for name in FIGURES if name != "handle_time_s")}
    for name, value in values.items():
        queue = name.removeprefix("output:") if name.startswith("output:") else ""
        if queue and queue not in place.site.queues:
            raise InputError(
                Said(
                    '"{queue}" is no queue of queues.toml: one of {names}',
                    queue=queue,
                    names=list(place.site.queues),
                )
            )
        if not queue and (name not in known or not 0 <= value <= 1):
            raise InputError(
                Said(
                    'found "{name}={value:g}"; allowed: {names} (0 to 1), or output:QUEUE',
                    name=name,
                    value=value,
                    names=sorted(known),
                )
            )
    content = {"values": dict(values), "reason": reason}
    at = int(place.now.timestamp())
    logbook_of(place).write(KIND, f"{month:%Y-%m}", at, known_by(place, by), content, made)
    return targets_of(place, month)


def targets_of(place: Place, month: date) -> Targets:
    """The targets of a month; what nobody set is the policy's, and output is what is expected to be answered."""
    lines = logbook_of(place).lines(KIND, about=f"{month:%Y-%m}")
    own = {name: value for line in lines for name, value in line.content["values"].items()}
    figures = {**place.policy.reports.targets, **{name: own[name] for name in own if not name.startswith("output:")}}
    begin, end = month_span(month, place.site.settings.zone)
    segments = [row for row in place.plans.published_roster(begin, end).segments if begin <= row.start < end]
    expected = {name: round(value * figures.get("answer_rate", 1.0)) for name, value in _volume(place, month).items()}
    output = {**expected, **{name[7:]: round(value) for name, value in own.items() if name.startswith("output:")}}
    agents = split_targets(output, segments, place.site.agents)
    return Targets(month, figures, output, agents, _last(lines))


def _last(lines: Sequence[Line]) -> str:
    return lines[-1].by if lines else ""


def _volume(place: Place, month: date) -> dict[str, float]:
    """Contacts expected in a month, by queue, as far as requirements are known."""
    begin, end = month_span(month, place.site.settings.zone)
    volume = dict.fromkeys(place.site.queues, 0.0)
    reached = begin
    while reached < end:
        need = place.plans.requirement_covering(reached, reached + 3600)
        if need is None:
            reached += 86_400
            continue
        starts = need.horizon.starts
        inside = (starts >= reached) & (starts < end)
        for row, queue in enumerate(need.queues):
            if queue in volume:
                volume[queue] += float(need.volume[row][inside].sum())
        reached = max(need.horizon.end, reached + 3600)
    return volume
