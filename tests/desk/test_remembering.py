"""What was published before is remembered when the next roster is made: burdens, and what people go by."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from centre.policy import Policy
from desk.actions.roster_problem import ledger, remembering
from desk.wiring import Place
from scheduler.problem import Problem
from store.database import open_database
from store.plans import Plans
from tests.desk.sample import horizon, requirement, roster, site

AT = datetime(2026, 2, 1, tzinfo=UTC)
EARLIER, NOW = date(2026, 2, 2), date(2026, 2, 16)


def test_the_ledger_counts_published_duties_and_what_is_published_is_kept_near(tmp_path) -> None:
    of = site()
    of = replace(of, settings=of.settings.model_copy(update={"holidays": "CN"}))
    plans = Plans(open_database("sqlite:///p.db", tmp_path), of.settings.name)
    before, now = horizon(first=EARLIER), horizon(first=NOW)
    for days in (before, now):
        plans.publish(plans.save_roster(roster(of, days), days, at=AT), at=AT)
    place = Place.__new__(Place)
    vars(place).update(site=of, policy=Policy(), plans=plans)
    found = ledger(place, now)
    weekends = {EARLIER + timedelta(days=day) for day in (5, 6, 12, 13)}
    worked = {name: set() for name in of.agents}
    for segment in roster(of, before).segments:
        day = EARLIER + timedelta(days=(segment.start - before.begin) // 86_400)
        if segment.activity == "work" and day in weekends:
            worked[segment.agent].add(day)
    assert {name: row["weekend"] for name, row in found.items()} == {name: len(days) for name, days in worked.items()}
    problem = remembering(place, Problem(of, now, requirement(now), Policy()))
    inside = range(now.begin + 86_400, now.end - 86_400)
    kept = {segment for segment in problem.published.segments if segment.start in inside}
    assert kept == {segment for segment in roster(of, now).segments if segment.start in inside}
    assert ledger(place, replace(now, first_day=EARLIER)) == {}
    assert date(2026, 2, 17) in problem.holidays, "Chinese New Year"
