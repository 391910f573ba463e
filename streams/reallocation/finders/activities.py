"""Briefings, meetings, training, coaching: moved within the day, pulled forward when calm, or put off (SHF-7)."""

from collections.abc import Iterator

from centre.activities import PlannedActivity
from centre.grid import instant, local_day
from streams.reallocation.finders.finder import Ask, all_work, moved, queue_beside, ranked
from streams.reallocation.move import Move
from streams.reallocation.paint import Paint, duties
from streams.reallocation.sight import Present

ACTIVITIES = ("briefing", "meeting", "training")


def activity_moves(ask: Ask) -> Iterator[Move]:
    """Everything planned inside duties that has not begun, those who attend together as one."""
    together: dict[tuple[str, int, int, str], list[Present]] = {}
    for person in ask.sight.people:
        for segment in person.line:
            if segment.activity in ACTIVITIES and segment.end > ask.now:
                shared = person_team(ask, person) if segment.activity != "briefing" else person.agent
                together.setdefault((segment.activity, segment.start, segment.end, shared), []).append(person)
    for (activity, start, end, who), people in sorted(together.items(), key=lambda item: item[0]):
        yield from _of_group(ask, activity, start, end, who, tuple(people))


def person_team(ask: Ask, person: Present) -> str:
    """The team of a person, for what teams do together."""
    known = ask.site.agents.get(person.agent)
    return f"team {known.team}" if known else person.agent


def _of_group(ask: Ask, activity: str, start: int, end: int, who: str, people: tuple[Present, ...]) -> Iterator[Move]:
    helps = [p for p in people if any(name in p.skills for name in ask.sight.names) and not p.stands_in]
    if not helps:
        return
    length = end - start
    freed = sum(ask.won(p, start, end) for p in helps)
    kind = f"move_{activity}"
    facts = {"from": start, "minutes": length // 60, "activity": activity, "people": len(people)}
    if start >= ask.soonest(kind) and all(ask.willing(kind, p) for p in people):
        first, last = _window(ask, activity, start, length, people)
        step = max(min(length, ask.site.settings.grid_minutes * 60), 300)
        gains = {
            to: freed - sum(ask.lost(p, to, to + length) for p in helps)
            for to in range(start - (start - first) // step * step, last - length + 1, step)
            if to != start and ask.seen(kind, to, length) and all(_fits(p, start, end, to) for p in people)
        }
        price = ask.price(kind, people)
        for to in ranked(gains, 0.3 * price, 3):
            strokes = tuple(s for p in people for s in moved(p.agent, p.line, _index(p, start), to))
            yield Move(
                kind, tuple(p.agent for p in people), strokes, f"{who}:{activity}:{start}", min(start, to),
                max(end, to + length), price, ask.rule(kind).approver, {**facts, "to": to},
            )  # fmt: skip
    kind = f"postpone_{activity}"
    price = ask.price(kind, people)
    if start >= ask.soonest(kind) and all(ask.willing(kind, p) for p in people) and freed > 0.3 * price:
        strokes = tuple(Paint(p.agent, start, end, "work", queue_beside(p.line, _index(p, start))) for p in people)
        yield Move(
            kind, tuple(p.agent for p in people), strokes, f"{who}:{activity}:{start}", start, end, price,
            ask.rule(kind).approver, facts,
        )  # fmt: skip


def _index(person: Present, start: int) -> int:
    return next(place for place, s in enumerate(person.line) if s.start == start and s.activity in ACTIVITIES)


def _fits(person: Present, start: int, end: int, to: int) -> bool:
    """Whether a person's activity can lie at another time of the same duty."""
    length = end - start
    duty = next((d for d in duties(person.line) if d[0].start <= start and end <= d[-1].end), ())
    if not duty or not (duty[0].start <= to and to + length <= duty[-1].end):
        return False
    rest = [(to, min(to + length, start)), (max(to, end), to + length)]
    return all(all_work(duty, a, b) for a, b in rest if a < b)


def _window(ask: Ask, activity: str, start: int, length: int, people: tuple[Present, ...]) -> tuple[int, int]:
    """Where an activity may lie: the window of the site's rule it was planned by, else any time of the day."""
    rules = [r for r in ask.site.activities if r.activity == activity and r.minutes * 60 == length]
    zone = ask.site.settings.zone
    day = local_day(start, zone)
    for rule in rules:
        opens, closes = _span(rule)
        first, last = instant(day, opens, zone), instant(day, closes, zone)
        if first <= start and start + length <= last:
            return first, last
    return instant(day, 0, zone), instant(day, 1440, zone)


def _span(rule: PlannedActivity) -> tuple[int, int]:
    return rule.window[0], rule.window[1]
