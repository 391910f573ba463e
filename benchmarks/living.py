"""A centre lived through: people ask at random, the line decides, the floor happens, and every step is looked at.

After every decision the checker reads the whole roster anew; whoever may not decide tries to and is told so; a decided
request is tried again; and what has happened stands in the journal that the statements are made from.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from centre.approvals import Act, Deed, Open
from centre.errors import InputError
from centre.events import Event
from centre.grid import Horizon, instant, local_day
from centre.requests import Handing, LeaveRequest, OvertimeRequest, SwapRequest
from desk.actions.leave import certificates, hand_in_certificate, recheck_waiting
from desk.actions.overtime import ask_overtime, make_offer, offers
from desk.actions.requests import all_requests, ask_leave, ask_swap, decide, floor_around, partners
from desk.floor_engine import open_live_store
from desk.wiring import Place, open_place
from scheduler.checks import check
from store.requests import Filed
from streams.event_log import Partition
from streams.floor_policy import SECOND
from streams.journal_rows import row_of
from streams.rehearsal.rehearse import rehearse

MOMENTS = (465, 700, 1000, 1270)
"""When people ask, minutes of the day; they are answered half an hour later."""

KINDS = ("annual", "personal", "special_personal", "sick", "emergency", "business", "study")
STATUSES = ("filed", "agreed", "escalated", "approved", "refused", "withdrawn", "expired")


TRIED: tuple[Act, ...] = ("agree", "refuse", "skip", "tell")
"""What strangers try."""


class Illegal(AssertionError):
    """A state, a roster or a decision that may not be."""


@dataclass
class Lived:
    """What a centre went through so far: how often what happened, and the events of the floor."""

    counts: Counter[str] = field(default_factory=Counter)
    events: list[Event] = field(default_factory=list)
    published: int = 0
    checked: int = 0


@dataclass(frozen=True)
class Life:
    """A site's folder, the days its roster speaks for, and the chance that drives it."""

    folder: Path
    horizon: Horizon
    chance: Random
    asks: int = 3
    """How many ask at each of the moments of a day."""

    def at(self, day: date, minute: int) -> datetime:
        """A local minute of a day, aware UTC."""
        return datetime.fromtimestamp(instant(day, minute, self.horizon.zone), UTC)


def live(life: Life, first: date, days: int, each: Callable[[date, Lived], None] = lambda _day, _lived: None) -> Lived:
    """Live so many days from `first` on.

    Raises
    ------
    Illegal : something came about that may not.
    """
    lived = Lived()
    for number in range(days):
        day = first + timedelta(days=number)
        for minute in MOMENTS:
            with open_place(life.folder, life.at(day, minute)) as place:
                for _ in range(life.asks):
                    lived.counts[_ask(place, life, day)] += 1
            with open_place(life.folder, life.at(day, minute + 30)) as place:
                _answer(place, life, lived)
                _certify(place, life)
                recheck_waiting(place, place.now)
        _happen(life, day, number, lived)
        each(day, lived)
    return lived


def see_legal(place: Place, horizon: Horizon) -> None:
    """Read the whole published roster anew with the checker.

    Raises
    ------
    Illegal : with the first hard rule that is broken.
    """
    floor = floor_around(place, horizon.begin, horizon.end)
    for found in check(floor.roster, floor.problem):
        if found.hard:
            raise Illegal(f"{place.now}: {found}")


def _ask(place: Place, life: Life, day: date) -> str:
    """Somebody asks for something, sensible or not; what came of it."""
    chance, now = life.chance, int(place.now.timestamp())
    agent = chance.choice([name for name, person in place.site.agents.items() if person.role == "agent"])
    ahead = day + timedelta(days=chance.choice([0, 1, 1, 2, 3, 5, 8]))
    asking = chance.choice([_leave, _leave, _swap, _swap, _give, _overtime, _time_off, _offer])
    try:
        return asking(place, chance, agent, ahead, now)
    except InputError:
        return "no such shift"  # a person would have been told so


def _leave(place: Place, chance: Random, agent: str, day: date, now: int) -> str:
    zone, kind = place.site.settings.zone, chance.choice(KINDS)
    first, last = chance.choice([(0, 1440), (0, 1440), (0, 4320), (600, 720), (780, 1080)])
    asked = LeaveRequest(agent=agent, start=instant(day, first, zone), end=instant(day, last, zone), kind=kind, at=now)
    wait = kind in place.policy.leave.waits and chance.random() < 0.5
    told = ask_leave(place, asked, wait=wait, made=place.now)
    return f"leave {'waits' if told.waiting is not None else _came(told.request)}"


def _swap(place: Place, chance: Random, agent: str, day: date, now: int) -> str:
    found = partners(place, agent, day, now, most=5)
    if not found:
        return "no partner"
    return _hand_over(place, chance.choice(found).hands, agent, now)


def _give(place: Place, chance: Random, agent: str, day: date, now: int) -> str:
    """A swap that nobody looked up: mostly against the rules."""
    zone = place.site.settings.zone
    floor = floor_around(place, instant(day, 0, zone), instant(day, 1440, zone))
    mine = [duty for duty in floor.lines[agent].duties if local_day(duty.start, zone) == day]
    other = chance.choice([name for name in floor.lines if name != agent])
    theirs = [duty for duty in floor.lines[other].duties if duty.start > now]
    if not mine or not theirs:
        return "no such shift"
    part = (mine[0].end - 7200, mine[0].end) if chance.random() < 0.5 else None
    hands = [Handing(giver=agent, taker=other, start=mine[0].start, part=part)]
    if chance.random() < 0.5:
        hands.append(Handing(giver=other, taker=agent, start=chance.choice(theirs).start))
    return _hand_over(place, tuple(hands), agent, now)


def _hand_over(place: Place, hands: tuple[Handing, ...], agent: str, now: int) -> str:
    asked = SwapRequest(agent=agent, hands=hands, at=now)
    return f"swap {_came(ask_swap(place, asked, made=place.now).request)}"


def _overtime(place: Place, chance: Random, agent: str, day: date, now: int) -> str:
    begin, minutes = _beside(place, chance, agent, day), chance.choice([60, 120, 180, 240])
    open_now = [row.number for row in offers(place).rows if row.kind == "overtime"]
    offer = chance.choice(open_now) if open_now and chance.random() < 0.5 else 0
    asked = OvertimeRequest(agent=agent, start=begin, end=begin + minutes * 60, at=now, offer=offer)
    return f"overtime {_came(ask_overtime(place, asked, made=place.now).request)}"


def _time_off(place: Place, chance: Random, agent: str, day: date, now: int) -> str:
    begin = instant(day, chance.choice([600, 900, 960]), place.site.settings.zone)
    asked = OvertimeRequest(agent=agent, start=begin, end=begin + 3600, at=now, kind="vto")
    return f"time off {_came(ask_overtime(place, asked, made=place.now).request)}"


def _offer(place: Place, chance: Random, agent: str, day: date, now: int) -> str:
    begin = _beside(place, chance, agent, day)
    how = chance.choice(["first", "fair"])
    share = "fair" if how == "fair" else "first"
    make_offer(place, "overtime", begin, begin + 10_800, capacity=2, share=share, by="planner", made=place.now)
    return "offer made"


def _beside(place: Place, chance: Random, agent: str, day: date) -> int:
    """Mostly the end of the person's shift of a day, UTC second; else some hour of it."""
    zone = place.site.settings.zone
    floor = floor_around(place, instant(day, 0, zone), instant(day, 1440, zone))
    ends = [duty.end for duty in floor.lines[agent].duties if local_day(duty.start, zone) == day]
    return ends[0] if ends and chance.random() < 0.8 else instant(day, 60 * chance.randrange(7, 22), zone)


def _came(request: int | None) -> str:
    return "forbidden" if request is None else "filed"


def _answer(place: Place, life: Life, lived: Lived) -> None:
    """Those who may decide do, now and then; somebody who may not tries to."""
    chance, now = life.chance, int(place.now.timestamp())
    for row in all_requests(place, now):
        if row.state.status not in STATUSES:
            raise Illegal(f"request {row.number} is {row.state.status}")
        if not isinstance(row.state, Open):
            if chance.random() < 0.02:
                _refused(place, row, chance.choice(list(place.site.agents)), chance)
            continue
        if chance.random() < 0.3:
            continue
        allowed = row.state.deciders()
        strangers = [name for name in [*place.site.agents, "head", "director"] if name not in allowed]
        _refused(place, row, chance.choice(strangers), chance)
        _decide(place, life, row, lived)


def _decide(place: Place, life: Life, row: Filed, lived: Lived) -> None:
    chance, now = life.chance, int(place.now.timestamp())
    assert isinstance(row.state, Open)
    what: Act = "agree"
    by = chance.choice(row.state.deciders())
    if row.state.emergency and len(row.state.steps) > row.state.done + 1 and chance.random() < 0.5:
        what, by = "skip", row.state.steps[-1].people[0]
    elif chance.random() < 0.1:
        what, by = "withdraw", row.asked.agent
    elif chance.random() < 0.15:
        what = "refuse"
    try:
        done = decide(place, row.number, Deed(now, what, by), place.now)
    except InputError:
        lived.counts["no longer possible"] += 1  # the roster has changed since; nothing is decided then
        return
    lived.counts[f"{row.asked.what} {done.filed.state.status}"] += 1
    lived.checked += 1
    lived.published += done.version is not None
    see_legal(place, life.horizon)


def _refused(place: Place, row: Filed, by: str, chance: Random) -> None:
    """Somebody who may not decide tries to."""
    what = chance.choice(TRIED)
    if what == "tell" and not isinstance(row.state, Open):
        return  # whoever is to be told afterwards may say so
    try:
        decide(place, row.number, Deed(int(place.now.timestamp()), what, by), place.now)
    except InputError:
        return
    if not (what == "skip" and isinstance(row.state, Open) and row.state.emergency and _above(row.state, by)):
        raise Illegal(f"{by} could {what} request {row.number}, {row.state.status}")


def _above(state: Open, by: str) -> bool:
    return any(by in step.people for step in state.steps[state.done :])


def _certify(place: Place, life: Life) -> None:
    """Some of those who owe a certificate hand it in."""
    for owed in certificates(place):
        if owed.gaps and life.chance.random() < 0.2:
            start, end = owed.gaps[0]
            hand_in_certificate(place, owed.request, start, end, by=owed.agent, made=place.now)


def _happen(life: Life, day: date, number: int, lived: Lived) -> None:
    """The floor lives the day by the roster in force; its events stand in the journal as if they had been watched."""
    with open_place(life.folder, life.at(day, 1440)) as place:
        begin, end = instant(day, 0, life.horizon.zone), instant(day, 1440, life.horizon.zone)
        need = place.plans.requirement_covering(begin, end)
        assert need is not None
        happened = rehearse(place.site, place.plans.published_roster(begin, end), need, day, seed=number).events
        lived.events += happened
        store = open_live_store(place)
        with store.transaction() as transaction:
            for rows in _batches(happened):
                transaction.append(Partition("agent-states", 0), row_of(list(rows), end * SECOND))
        store.close()


def _batches(events: Sequence[Event], size: int = 2000) -> Iterator[Sequence[Event]]:
    yield from (events[at : at + size] for at in range(0, len(events), size))
