"""A floor as the flat arrays of `scheduler.tours.tables`.

Days of people whose options are the same are stored once. Options of a day that differ in nothing a rule could see
(paid minutes, night, which duties may stand before and after them) form a group: the exact search walks groups, and
the cheapest option of a group at the day's prices stands for it.
"""

from collections.abc import Hashable
from typing import Any

import numpy as np

from centre.posts import names
from scheduler.checks.average_minutes import already
from scheduler.checks.posts import wanted as wanted_on
from scheduler.tours import tables as t
from scheduler.tours.coverage import STEEP
from scheduler.tours.floor import SHORT_DAY, SHORT_MINUTE, Floor, Member
from scheduler.tours.lines import BURDENS, Block
from scheduler.tours.tables import FAR, Floats, Ints, State, Tables

LOOK_BACK = 4
"""Days over which a rest after nights may reach."""

ROLES = {"agent": t.AGENT, "leader": t.LEADER}


def tables_of(floor: Floor, beyond: bool = True) -> tuple[Tables, State]:
    """The arrays of a floor, and the state it is in (coverage not yet counted).

    With `beyond`, nights that run on past the horizon meet what was wanted at that hour a week before, up to the hour
    at which others would start: otherwise the last night would be dearer, or cheaper, than any other.
    """
    spill = _spill(floor) if beyond and floor.weights.objective == "staff" else 0
    wanted = np.concatenate([part.wanted for part in floor.components])
    wanted[:, floor.last : floor.last + spill] = wanted[:, floor.last - _week(floor) :][:, :spill]
    options = _Options(floor, _kinds(floor))
    people = [_Person(floor, member) for member in floor.members]
    own, own_cost = _own(floor.members)
    walks, walk_tables = _walks(floor.members, options.kinds)
    bands = [person.bands() for person in people]
    absent = [person.absent() for person in people]
    rows = np.array([person.row() for person in people], dtype=np.int64).reshape(-1, 28)
    rows[:, t.RUN_KIND], rows[:, t.OWN] = walks, own
    rows[:, t.BAND], rows[:, t.BANDS] = np.cumsum([0, *map(len, bands)])[:-1], [len(found) for found in bands]
    stops = np.cumsum([0, *map(len, absent)])
    rows[:, t.ABSENT], rows[:, t.ABSENT_STOP] = stops[:-1], stops[1:]
    for p, person in enumerate(people):
        options.today[p, :, t.MARK], options.today[p, :, t.MUST] = person.marks(), person.must()
        options.today[p, :, t.OFF_KIND] = person.off_kinds()
    organisation = floor.problem.policy.organisation
    leaders = floor.components[floor.leaders]
    tables = Tables(
        days=floor.problem.horizon.days,
        last=floor.last + spill,
        leaders=floor.leaders,
        span=organisation.span_of_control[1],
        always=int(organisation.leader_whenever_agents),
        weekends=len(floor.view.calendar.weekends),
        day=_days(floor),
        week_first=_ints([max(0, w.start) for w in floor.view.calendar.weeks] + [floor.problem.horizon.days]),
        option=options.rows(),
        pattern=np.array(options.pattern_rows, dtype=np.int64).reshape(-1, 3),
        order=np.cumsum([0, *map(len, options.order_rows)]),
        pause=np.concatenate([*options.order_rows, np.zeros((0, 5), np.int64)]),
        group=np.array(options.groups, dtype=np.int64).reshape(-1, 9),
        group_set=np.array(options.group_spans, dtype=np.int64).reshape(-1, 2),
        member=_ints(options.members),
        today=options.today,
        own_cost=own_cost,
        person=rows,
        rate=np.array([person.rate() for person in people], dtype=float).reshape(-1, 2),
        week=np.array([person.weeks() for person in people], dtype=np.int64),
        month=np.array([person.months() for person in people], dtype=np.int64),
        before=_before(people),
        run_table=walk_tables[0],
        run_worked=walk_tables[1],
        run_class=walk_tables[2],
        band=_pairs([band for found in bands for band in found]),
        absent=_pairs([span for found in absent for span in found]),
        touched=_touched(floor),
        set_first=np.cumsum([0, *(len(part.sets) for part in floor.components)]),
        wanted=wanted,
        price=np.array([[part.under, part.over] for part in floor.components]),
        money=np.array(
            [leaders.under, leaders.over, STEEP, SHORT_DAY, SHORT_MINUTE, floor.weights.unfair, floor.weights.goal_met]
        ),
        **_service(floor),
        **_posts(floor, options.kinds, wanted.shape[1]),
        **_teams(floor),
        carried=carried(floor),
    )
    return tables, _state(floor, tables)


def rest_ticks(floor: Floor, member: Member) -> tuple[int, int]:
    """Rest between duties, and from a night to a duty that is none, in ticks."""
    person, tick = member.lines.person, floor.clock.tick
    rest = -(-person.rest_s // tick)
    return rest, max(rest, -(-person.rest_after_nights_s // tick))


def shorter_ticks(floor: Floor, member: Member) -> int:
    """How much shorter a short rest may be, in ticks; 0 where none is allowed."""
    person, tick = member.lines.person, floor.clock.tick
    return max(0, rest_ticks(floor, member)[0] + (-person.short_rest_s // tick)) if person.short_rests else 0


class _Options:
    """Everybody's options, interned by day, and the groups they form between the days beside them."""

    def __init__(self, floor: Floor, kinds: dict[str, int]) -> None:
        self.floor, self.days, self.kinds = floor, floor.problem.horizon.days, kinds
        self.columns: list[Ints] = []
        self.total = 0
        self.stores: dict[int, int] = {}
        self.patterns: dict[Hashable, int] = {}
        self.pattern_rows: list[tuple[int, int, int]] = []
        self.order_rows: list[Ints] = []
        self.groups: list[tuple[int, ...]] = []
        self.group_spans: list[tuple[int, int]] = []
        self.members: list[int] = []
        self.sets: dict[Hashable, int] = {}
        self.today = np.zeros((len(floor.members), self.days, 7), np.int64)
        for p, member in enumerate(floor.members):
            self._person(p, member)

    def rows(self) -> Ints:
        """Tables.option."""
        return np.concatenate([*self.columns, np.zeros((0, 9), np.int64)])

    def _person(self, p: int, member: Member) -> None:
        lines = member.lines
        for day, block in enumerate(lines.blocks):
            if block.number not in self.stores:
                self._store(block)
            first = int(lines.options[day])
            self.today[p, day, : t.OFF_KIND] = self.stores[block.number], block.start.size, 0, first
        rest = rest_ticks(self.floor, member)
        shorter = shorter_ticks(self.floor, member)
        spread = lines.person.spread is not None
        classes = id(lines.walk) if len(lines.walk.classes) > 1 else 0
        for day in range(self.days):
            back = max(0, day - LOOK_BACK)
            alone = p if day < LOOK_BACK and lines.person.past else -1
            near = tuple(block.number for block in lines.blocks[back : day + 2])
            key = (near, day - back, rest, shorter, spread, classes, lines.unit, alone)
            if key not in self.sets:
                self.sets[key] = len(self.group_spans)
                self._group(member, day, rest, shorter, spread, alone >= 0)
            self.today[p, day, t.SET] = self.sets[key]

    def _store(self, block: Block) -> None:
        """Store a day's options, once for all who have it."""
        bits = (block.burden > 0).astype(np.int64) * (1 << np.arange(len(BURDENS)))[:, None]
        patterns = [self._pattern(block, k) for k in range(block.start.size)]
        kinds = _ints([self.kinds[word] for word in block.word])
        columns = [block.start, block.end, block.paid, block.night, bits.sum(axis=0), _ints(patterns), kinds]
        columns += [block.on_call, block.wall]
        self.columns.append(np.stack(columns, axis=1))
        self.stores[block.number] = self.total
        self.total += block.start.size

    def _pattern(self, block: Block, k: int) -> int:
        rows = block.pauses[int(block.pause_first[k]) : int(block.pause_first[k + 1])]
        key = (rows.tobytes(), block.orders[k])
        if key not in self.patterns:
            self.patterns[key] = len(self.pattern_rows)
            first = len(self.order_rows)
            for order in block.orders[k]:
                picked = list(order)
                self.order_rows.append(np.column_stack([rows[picked], _ints(picked)]))
            self.pattern_rows.append((first, len(self.order_rows), len(rows)))
        return self.patterns[key]

    def _group(self, member: Member, day: int, rest: tuple[int, int], shorter: int, spread: bool, alone: bool) -> None:
        """Group a day's options: same paid minutes and class, same duties possible before and after.

        `alone`: what stands before is unlike anything in the catalogue (the previous roster), so that every start
        counts by itself.
        """
        lines = member.lines
        block = lines.blocks[day]
        following = np.unique(lines.blocks[day + 1].start) if day + 1 < self.days else _ints([])
        earlier = lines.blocks[max(0, day - LOOK_BACK) : day]
        ready = [before.end + rest[0] for before in earlier]
        ready += [before.end[before.night == 1] + rest[1] for before in earlier]
        ready += [before.end + rest[0] - shorter for before in earlier if shorter]
        borders = np.unique(np.concatenate([*ready, _ints([])]))
        group: tuple[int, ...]
        found: dict[tuple[int, ...], list[int]] = {}
        starts: dict[tuple[int, ...], int] = {}
        for k in range(block.start.size):
            start, end, night = int(block.start[k]), int(block.end[k]), int(block.night[k])
            soon, later = end + rest[0], end + rest[night]
            if not night and not shorter:
                at = int(np.searchsorted(following, soon))
                soon = later = int(following[at]) if at < following.size else soon
            before = start if alone else int(np.searchsorted(borders, start, side="right"))
            wall = int(block.wall[k]) if spread else 0
            kind = lines.walk.class_of(block.word[k])
            group = (before, soon, later, int(block.paid[k]) // lines.unit, night, wall, kind)
            found.setdefault(group, []).append(k)
            starts[group] = min(start, starts.get(group, FAR))
        first = len(self.groups)
        for key, members in found.items():
            at = len(self.members)
            self.members += members
            self.groups.append((starts[key], *key[1:], at, len(self.members)))
        self.group_spans.append((first, len(self.groups)))


class _Person:
    """One person's rows."""

    def __init__(self, floor: Floor, member: Member) -> None:
        self.floor, self.member, self.lines = floor, member, member.lines
        self.person, self.contract = member.lines.person, member.lines.line.contract
        self.calendar, self.days = floor.view.calendar, floor.problem.horizon.days

    def off_kinds(self) -> list[int]:
        """What a day off is to the run of days."""
        return [self._off(day) for day in range(self.days)]

    def marks(self) -> list[int]:
        """The first symbol of each day's mark."""
        return [mark * self.lines.walk.width for mark in self.lines.walk.marks]

    def before(self) -> list[int]:
        """Paid minutes of the weeks before the first one, as many as an average goes back."""
        first = self.calendar.weeks[0].start
        back = range(first - 7 * (self.contract.average_weeks - 1), first, 7) if self.contract.average_weeks else ()
        return [already(self.lines.line, range(day, day + 7)) for day in back]

    def must(self) -> list[int]:
        """Days that have to be worked."""
        options = self.lines.options
        return [int(day in self.person.must and options[day] < options[day + 1]) for day in range(self.days)]

    def row(self) -> list[int]:
        """Tables.person, with zeros where the other people have to be known."""
        lines, person, clock = self.lines, self.person, self.floor.clock
        rest = rest_ticks(self.floor, self.member)
        nights, ready, ready_day, done = 0, 0, 0, 0
        for day in range(-len(person.past), 0):
            duty = person.before(day) if person.known(day) else None
            nights = nights + 1 if duty and duty.night else 0
            if duty:
                end = -(-(duty.end - clock.begin) // clock.tick)
                inside = any(day in period and 0 in period for period in person.short_periods)
                done += inside and (duty.start - clock.begin) // clock.tick < ready
                ready, ready_day = end + rest[0], end + rest[duty.night]
        low, high = self._walls()
        row = [0] * 28
        row[t.RUN], row[t.NIGHTS] = lines.walk.starts[lines.before], nights
        row[t.LONG] = int(lines.walk.long or person.short_rests > 0)
        row[t.SHORT_RESTS], row[t.SHORT_DONE] = person.short_rests, done
        row[t.SHORTER] = shorter_ticks(self.floor, self.member)
        row[t.SHORT_PERIOD] = t.WEEK if self.contract.short_rests_every == "week" else t.MONTH
        row[t.AVERAGE_WEEKS] = self.contract.average_weeks
        row[t.AVERAGE_MOST] = self.contract.average_weeks * self.contract.average_week_minutes
        row[t.READY_AT], row[t.READY_DAY_AT] = ready, ready_day
        row[t.REST], row[t.REST_AFTER] = rest
        row[t.MOST_NIGHTS] = 99 if person.max_nights is None else min(person.max_nights, 99)
        row[t.UNIT], row[t.SPREAD] = lines.unit, person.spread or 0
        row[t.WALL_LOW], row[t.WALL_HIGH] = low, high
        row[t.MONTHLY] = int(self.contract.month_minutes != (0, 0))
        row[t.FREE_WEEKENDS] = person.free_weekends
        row[t.COMPONENT] = self.member.component
        row[t.ROLE] = ROLES.get(lines.line.agent.role, t.NEITHER)
        return row

    def rate(self) -> tuple[float, float]:
        """Tables.rate."""
        price = self.contract.cost_per_hour * self.floor.weights.overtime_hour * self.contract.overtime_factor / 60
        return self.member.weight, price

    def weeks(self) -> list[list[int]]:
        """Tables.week."""
        rows = [[0, FAR, 0, 7, FAR, already(self.lines.line, week)] for week in self.calendar.weeks]
        number = {max(0, week.start): k for k, week in enumerate(self.calendar.weeks)}
        for bound in self.person.bounds:
            if bound.rule == "week days":
                row = rows[number[bound.days.start]]
                row[t.DAYS_LEAST] = bound.lowest or 0
                row[t.DAYS_MOST] = min(7, 7 if bound.highest is None else bound.highest)
            elif bound.rule == "week minutes":
                row = rows[number[bound.days.start]]
                row[t.LEAST] = bound.lowest or 0
                if bound.highest is not None:
                    row[t.MOST] = bound.highest
                    row[t.OVERTIME_FROM] = bound.highest if bound.plain is None else bound.plain
        return rows

    def months(self) -> list[list[int]]:
        """Tables.month."""
        rows = [[0, FAR] for _ in self.calendar.months]
        number = {max(0, month.start): k for k, month in enumerate(self.calendar.months)}
        for bound in self.person.bounds:
            if bound.rule == "month minutes":
                highest = FAR if bound.highest is None else bound.highest
                rows[number[bound.days.start]] = [bound.lowest or 0, highest]
        return rows

    def bands(self) -> list[tuple[int, int]]:
        """The widest bands of starts that a spread allows; none without one."""
        if self.person.spread is None:
            return []
        walls = np.unique(self.lines.wall)
        found: list[tuple[int, int]] = []
        for wall in walls:
            reach = int(walls[walls <= wall + self.person.spread].max())
            if not found or reach > found[-1][1]:
                found.append((int(wall), reach))
        return found[:: -(-len(found) // t.MOST_BANDS) or 1]

    def absent(self) -> list[tuple[int, int]]:
        """Spans of ticks in which leave of part of a day takes the person away."""
        gone = np.flatnonzero(self.lines.present == 0)
        runs = np.split(gone, np.flatnonzero(np.diff(gone) > 1) + 1)
        return [(int(run[0]), int(run[-1]) + 1) for run in runs if run.size]

    def _off(self, day: int) -> int:
        """The symbol of a day off."""
        walk = self.lines.walk
        excused = day in self.person.leave or not self.person.known(day)
        return walk.marks[day] * walk.width + len(walk.classes) + excused

    def _walls(self) -> tuple[int, int]:
        """Starts that the first week's days before the horizon leave room for."""
        week = self.person.weeks[0] if self.person.weeks else range(0)
        past = [self.person.before(day) for day in week if -len(self.person.past) <= day < 0]
        walls = [duty.wall for duty in past if duty]
        if not walls or self.person.spread is None:
            return -FAR, FAR
        low, high = max(walls) - self.person.spread, min(walls) + self.person.spread
        return (low, high) if low <= high else (min(walls), max(walls))


def _own(members: list[Member]) -> tuple[list[int], Floats]:
    """Where each person's own costs begin, and all of them; the same ones stored once."""
    known: dict[int, int] = {}
    arrays: list[Floats] = []
    first, size = [], 0
    for member in members:
        key = id(member.own_cost)
        if key not in known:
            known[key] = size
            arrays.append(member.own_cost)
            size += member.own_cost.size
        first.append(known[key])
    return first, np.concatenate([*arrays, np.zeros(0)])


def _kinds(floor: Floor) -> dict[str, int]:
    """A number for each kind of duty."""
    words = {word for member in floor.members for block in member.lines.blocks for word in block.word}
    return {word: number for number, word in enumerate(sorted(words))}


def _walks(members: list[Member], kinds: dict[str, int]) -> tuple[list[int], tuple[Ints, Ints, Ints]]:
    """The number of each person's walk, and of all walks the tables, worked states and classes of kinds."""
    walks = list({id(member.lines.walk): member.lines.walk for member in members}.values())
    number = {id(walk): k for k, walk in enumerate(walks)}
    states = max((walk.table.shape[0] for walk in walks), default=1)
    symbols = max((walk.table.shape[1] for walk in walks), default=3)
    table = np.full((max(1, len(walks)), states, symbols), -1, np.int64)
    worked = np.zeros((max(1, len(walks)), states), np.int64)
    classes = np.zeros((max(1, len(walks)), max(1, len(kinds))), np.int64)
    for k, walk in enumerate(walks):
        rows, columns = walk.table.shape
        table[k, :rows, :columns] = walk.table
        worked[k, :rows] = walk.worked
        for word, kind in kinds.items():
            classes[k, kind] = walk.class_of(word)
    return [number[id(member.lines.walk)] for member in members], (table, worked, classes)


def _before(people: list[_Person]) -> Ints:
    """Tables.before: the last week before the horizon's first stands last in each row."""
    rows = [person.before() for person in people]
    table = np.zeros((len(rows), max((len(row) for row in rows), default=0)), np.int64)
    for p, row in enumerate(rows):
        if row:
            table[p, -len(row) :] = row
    return table


def _days(floor: Floor) -> Ints:
    calendar, days = floor.view.calendar, floor.problem.horizon.days
    rows = np.full((days + 1, 4), -1, np.int64)
    for column, spans in ((t.WEEK, calendar.weeks), (t.MONTH, calendar.months), (t.WEEKEND, calendar.weekends)):
        for number, span in enumerate(spans):
            rows[max(0, span.start) : min(days, span.stop), column] = number
    rows[:, t.MIDNIGHT] = [floor.clock.to(calendar.midnight(day)) for day in range(days + 1)]
    return rows


def _week(floor: Floor) -> int:
    """Ticks of the last week of the horizon."""
    days = floor.problem.horizon.days
    return floor.last - floor.clock.to(floor.view.calendar.midnight(max(0, days - 7)))


def _spill(floor: Floor) -> int:
    """Ticks after the horizon before anybody would start on its first day; 0 for less than a week."""
    day = floor.problem.horizon.days - 7
    starts = [int(member.lines.blocks[day].start.min(initial=FAR)) for member in floor.members] if day >= 0 else []
    first = min(starts, default=FAR)
    return max(0, first - floor.clock.to(floor.view.calendar.midnight(day))) if first < FAR else 0


def _touched(floor: Floor) -> Ints:
    size = max(len(part.sets) for part in floor.components)
    touched = np.zeros((len(floor.members), size), np.int64)
    for p, member in enumerate(floor.members):
        touched[p, : member.touched.size] = member.touched
    return touched


def _service(floor: Floor) -> dict[str, Any]:
    """What coverage costs where the objective is one of service: everything of each component by interval and staff."""
    horizon = floor.problem.horizon
    parts = floor.components[: floor.leaders]
    width = max((part.late.shape[1] for part in parts), default=1)
    late = np.zeros((len(parts) + 1, max(1, horizon.count), width))
    for number, part in enumerate(parts):
        rows, columns = part.late.shape
        late[number, :rows, :columns] = part.late / floor.clock.in_interval
        late[number, :rows, columns:] = late[number, :rows, columns - 1 : columns]
    allowed = np.zeros((len(parts) + 1, horizon.days))
    for number, part in enumerate(parts):
        allowed[number] = floor.allowed(part)
    return {
        "serving": {"staff": t.SHORTAGE, "service": t.SERVICE, "daily_goal": t.GOAL}[floor.weights.objective],
        "in_interval": floor.clock.in_interval,
        "late": late,
        "allowed": allowed,
        "late_price": floor.weights.late_contact,
    }


def _posts(floor: Floor, kinds: dict[str, int], ticks: int) -> dict[str, Any]:
    posts = floor.problem.site.posts
    found = np.zeros((len(posts), ticks))
    for number, post in enumerate(posts):
        by_tick = np.repeat(wanted_on(floor.view, post).astype(float), floor.clock.in_interval)
        found[number, : by_tick.size] = by_tick
    agents = [member.lines.line.agent for member in floor.members]
    return {
        "post_wanted": found,
        "post_price": np.array([post.price * floor.clock.hours for post in posts], dtype=float),
        "post_kind": _ints([kinds.get(post.shift, len(kinds)) if post.shift else -1 for post in posts]),
        "holds": np.array(
            [[int(names(agent, post.who)) for post in posts] for agent in agents], dtype=np.int64
        ).reshape(len(agents), len(posts)),
    }


def _teams(floor: Floor) -> dict[str, Any]:
    """Teams whose people are to be together; none where that has no price."""
    agents = [member.lines.line.agent for member in floor.members]
    teams = sorted({agent.team for agent in agents if agent.team}) if floor.weights.apart else []
    size = [sum(agent.team == team for agent in agents) for team in teams]
    return {
        "team": _ints([teams.index(agent.team) if agent.team in teams else -1 for agent in agents]),
        "apart": np.array([floor.weights.apart / max(1, count - 1) for count in size], dtype=float),
    }


def carried(floor: Floor) -> Floats:
    """Burdens of earlier rosters, less the mean of those with the same role and contract, [people, burdens]."""
    rows = [floor.problem.ledger.get(member.lines.line.agent.agent, {}) for member in floor.members]
    counts = np.array([[row.get(burden, 0.0) for burden in BURDENS] for row in rows], dtype=float)
    counts = counts.reshape(-1, len(BURDENS))
    peers = np.array([member.peers for member in floor.members])
    for group in np.unique(peers):
        counts[peers == group] -= counts[peers == group].mean(axis=0)
    return counts


def _state(floor: Floor, tables: Tables) -> State:
    people, days = tables.today.shape[:2]
    pauses = int(tables.pattern[:, t.SIZE].max(initial=1))
    chosen = np.full((people, days), -1, np.int64)
    places = np.zeros((people, days, pauses), np.int64)
    for p, member in enumerate(floor.members):
        for day in np.flatnonzero(floor.chosen[p] >= 0):
            o = int(floor.chosen[p][day])
            chosen[p, day] = o - tables.today[p, day, t.LOCAL]
            first, stop = int(member.lines.pause_first[o]), int(member.lines.pause_first[o + 1])
            places[p, day, : stop - first] = floor.places[p][first:stop]
    return State(
        chosen=chosen,
        places=places,
        staffed=np.zeros_like(tables.wanted),
        floor=np.zeros((2, tables.wanted.shape[1])),
        burdens=np.zeros((people, len(BURDENS))),
        share=np.zeros((people, len(BURDENS))),
        posted=np.zeros_like(tables.post_wanted),
        together=np.zeros((len(tables.apart), days, tables.run_class.shape[1]), np.int64),
    )


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _pairs(values: list[tuple[int, int]]) -> Ints:
    return np.array(values, dtype=np.int64).reshape(-1, 2)
