"""Training needs (PLN-2): collected month by month; what is rostered goes into activities.toml or fixed.csv."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from centre.errors import InputError
from centre.grid import aware, instant
from centre.roster import Segment
from centre.said import Said
from desk.actions.duty import known_by
from desk.actions.monthly import month_span
from desk.wiring import Place, logbook_of
from desk.wording import words as words_of

KIND = "training_need"


@dataclass(frozen=True)
class TrainingNeeds:
    """The needs that were named in a month, and what training each person has in the roster of that month.

    Attributes
    ----------
    rows : agent, topic, who named it and when.
    rostered : minutes of training in the roster, by person.
    """

    month: date
    zone: str
    rows: Sequence[dict[str, Any]]
    rostered: dict[str, int]

    def summary(self) -> dict[str, Any]:
        """For --json."""
        needs = [{**row, "rostered_minutes": self.rostered.get(row["agent"], 0)} for row in self.rows]
        return {"month": f"{self.month:%Y-%m}", "needs": needs}

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        for row in self.rows:
            minutes = self.rostered.get(row["agent"], 0)
            yield said._("{agent}: {topic} ({minutes} minutes of training rostered)", agent=row["agent"],
                         topic=row["topic"], minutes=minutes)  # fmt: skip
        if not self.rows:
            yield said._("No training needs are named in {month}.", month=said.month(self.month))


def name_need(place: Place, agent: str, topic: str, *, by: str, made: datetime) -> TrainingNeeds:
    """Name what somebody needs training in.

    Raises
    ------
    InputError : nobody of that name, or no topic.
    """
    if agent not in place.site.agents:
        raise InputError(Said('"{agent}" is nobody of agents.csv', agent=agent))
    if not topic.strip():
        raise InputError(Said("a training need says in what: --topic"))
    at = int(place.now.timestamp())
    logbook_of(place).write(KIND, agent, at, known_by(place, by), {"topic": topic}, made)
    return training_needs(place, place.today.replace(day=1))


def training_needs(place: Place, month: date) -> TrainingNeeds:
    """What was named in a local month, and the training rostered in it."""
    zone = place.site.settings.zone
    begin, end = month_span(month, zone)
    rows = [
        {"agent": line.about, "topic": line.content["topic"], "by": line.by, "at": aware(line.at, zone).isoformat()}
        for line in logbook_of(place).lines(KIND, begin=begin, end=end)
    ]
    rostered: dict[str, int] = {}
    segments: Iterable[Segment] = place.plans.published_roster(begin, end).segments
    for row in segments:
        if row.activity == "training" and instant(month, 0, zone) <= row.start < end:
            rostered[row.agent] = rostered.get(row.agent, 0) + (row.end - row.start) // 60
    return TrainingNeeds(month, zone, rows, rostered)
