"""The arrays the compiled search reads (`Tables`), changes (`State`) and scribbles on (`Scratch`).

Few arrays with named columns instead of many: every compiled call hands them all on, and each one costs.
People are p, days d, ticks t; ticks count from the horizon's begin.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Seeds = NDArray[np.uint64]

FAR = 1 << 40
"""A tick, or a number of minutes, that nothing reaches."""

# columns of Tables.day
WEEK, MONTH, WEEKEND, MIDNIGHT = range(4)
# columns of Tables.option
START, END, PAID, NIGHT, BURDEN, PATTERN, KIND, ON_CALL, WALL_AT = range(9)
# columns of Tables.pattern: its orders, and how many pauses it has
ORDER, ORDER_STOP, SIZE = range(3)
# columns of Tables.pause; NUMBER is the pause's number among the option's, whatever the order
LOW, HIGH, LENGTH, STRIDE, NUMBER = range(5)
# columns of Tables.group; GROUP_PAID in the person's units
GROUP_START, READY, READY_DAY, GROUP_PAID, GROUP_NIGHT, WALL, CLASS, MEMBER, MEMBER_STOP = range(9)
# columns of Tables.today; the symbols of a day's mark begin at MARK, OFF_KIND is one of them
STORE, COUNT, SET, LOCAL, OFF_KIND, MUST, MARK = range(7)
# columns of Tables.week and Tables.month (LEAST and MOST paid minutes of both)
LEAST, MOST, DAYS_LEAST, DAYS_MOST, OVERTIME_FROM, ALREADY = range(6)
# columns of Tables.person
(
    RUN_KIND, RUN, NIGHTS, READY_AT, READY_DAY_AT, REST, REST_AFTER, MOST_NIGHTS, UNIT, SPREAD, WALL_LOW, WALL_HIGH,
    BAND, BANDS, MONTHLY, FREE_WEEKENDS, COMPONENT, ROLE, ABSENT, ABSENT_STOP, OWN, LONG, SHORT_RESTS, SHORTER,
    SHORT_PERIOD, SHORT_DONE, AVERAGE_WEEKS, AVERAGE_MOST,
) = range(28)  # fmt: skip
# columns of Tables.rate
WEIGHT, OVERTIME_PRICE = range(2)
# columns of Tables.price
UNDER, OVER = range(2)
# places in Tables.money
LEADER_UNDER, LEADER_OVER, STEEP, SHORT_DAY, SHORT_MINUTE, UNFAIR, GOAL_SHARE = range(7)
# values of Tables.serving: what coverage costs
SHORTAGE, SERVICE, GOAL = range(3)
# values of ROLE
NEITHER, AGENT, LEADER = range(3)
# rows of State.floor
AGENTS, LEADING = range(2)
# places in Scratch.clock: stamps, and whether labels were dropped
LABEL_STAMP, PATTERN_STAMP, CUT_SHORT = range(3)
# columns of Scratch.label
KEY, LABEL_READY, LABEL_READY_DAY, LABEL_MONTH, PARENT, PICK = range(6)
# rows of Scratch.sums: worth of being there, and of answering
THERE, ANSWERS = range(2)


class Tables(NamedTuple):
    """What does not change."""

    days: int
    last: int  # tick at which the horizon ends
    leaders: int  # component of those who lead
    span: int  # agents a leader can lead
    always: int  # 1: a leader from the first agent on
    weekends: int
    day: Ints  # [days + 1, 4]: numbers of week, month and whole weekend (or -1), tick of midnight
    week_first: Ints  # [weeks + 1] days
    option: Ints  # [options, 9], each day's options stored once for all who have the same
    pattern: Ints  # [patterns, 3]
    order: Ints  # [orders + 1]: first pause of an order in which a pattern's pauses can lie
    pause: Ints  # [pauses, 5] ticks
    group: Ints  # [groups, 9]
    group_set: Ints  # [sets, 2]: first and last group of a set
    member: Ints  # options (within their day) of groups
    today: Ints  # [p, d, 7]: first option, how many, set of groups, number of the first among the person's own, ...
    own_cost: Floats  # wages and wishes by the person's own number of an option
    person: Ints  # [p, 28]
    rate: Floats  # [p, 2]
    week: Ints  # [p, weeks, 6]
    before: Ints  # [p, weeks]: paid minutes (leave's credit with them) of the weeks before the first, the last one last
    month: Ints  # [p, months, 2]
    run_table: Ints  # [walks, states, symbols]
    run_worked: Ints  # [walks, states]: 1 where the last day was worked
    run_class: Ints  # [walks, kinds]: class of a kind of duty
    band: Ints  # [bands, 2]
    absent: Ints  # [spans, 2] ticks of leave of part of a day
    touched: Ints  # [p, sets of the component]
    set_first: Ints  # [components + 1]
    wanted: Floats  # [sets, ticks]
    price: Floats  # [components, 2], for an agent and a tick
    money: Floats  # [7]
    serving: int
    in_interval: int
    late: Floats  # [components, intervals, staff + 1]: contacts of a tick that are not answered in time
    allowed: Floats  # [components, days]: how many of a day's may be, for GOAL
    late_price: float
    post_wanted: Floats  # [posts, ticks]
    post_price: Floats  # [posts], for a person and a tick
    post_kind: Ints  # [posts]: kind of duty that counts, or -1: whoever is there
    holds: Ints  # [p, posts]: 1 where a person counts for a post
    team: Ints  # [p]: number of the team, or -1
    apart: Floats  # [teams]: price of two on different shifts of a day
    carried: Floats  # [p, burdens]: of earlier rosters, less what peers carried on average


class State(NamedTuple):
    """What is decided."""

    chosen: Ints  # [p, d]: option of the day or -1
    places: Ints  # [p, d, pauses]: ticks
    staffed: Floats  # [sets, ticks]
    floor: Floats  # [2, ticks]: agents and leaders inside their duties
    burdens: Floats  # [p, burdens]
    share: Floats  # [p, burdens]
    posted: Floats  # [posts, ticks]
    together: Ints  # [teams, days, kinds]: duties of a team's people


class Scratch(NamedTuple):
    """Memory that every call of one thread uses again."""

    slots: Ints  # [hash, 2]: stamp and label
    clock: Ints  # [3]; stamps only grow, so that nothing has to be wiped
    label: Ints  # [labels, 6]
    cost: Floats  # [labels]
    layer: Ints
    coming: Ints
    ahead: Floats  # [days + 1, 8]
    option_price: Floats  # [days, options]
    group_price: Floats  # [days, groups]
    group_best: Ints
    choice: Ints  # [days]
    cap: Ints  # [weeks]: paid minutes that an average over several weeks leaves
    need: Ints  # [weeks]: paid minutes below which a lower bound is broken
    sums: Floats  # [2, ticks + 1]
    post_sums: Floats  # [posts, ticks + 1]: worth of holding a post that asks for a kind of duty
    pattern_price: Floats
    pattern_stamp: Ints
    spots: Ints  # [pauses of a pattern]
    table: Floats  # [pauses of a pattern, places]
    old_chosen: Ints  # [people, days]
    old_places: Ints
    some: Ints  # [people]: those who are taken out
    ranked: Floats  # [labels]: costs in the making of an order


MOST_BANDS = 60
"""Bands of starts that a label has room for; beyond, only every other (third, ...) one is tried."""

LABELS, HASH = 250_000, 1 << 16
LARGEST = 8
"""People taken out at once, at most."""


def scratch_of(tables: Tables) -> Scratch:
    """Scratch memory for these tables."""
    groups = int(np.diff(tables.group_set, axis=1).max(initial=1))
    options = int(tables.today[:, :, COUNT].max(initial=1))
    room = (tables.pause[:, HIGH] - tables.pause[:, LOW]) // np.maximum(tables.pause[:, STRIDE], 1)
    places = int(room.max(initial=0)) + 2
    pauses = int(tables.pattern[:, SIZE].max(initial=1))
    days, ticks = tables.days, tables.wanted.shape[1]
    return Scratch(
        slots=np.zeros((HASH, 2), np.int64),
        clock=np.zeros(3, np.int64),
        label=np.zeros((LABELS, 6), np.int64),
        cost=np.zeros(LABELS),
        layer=np.zeros(days + 2, np.int64),
        coming=np.zeros(days + 1, np.int64),
        ahead=np.zeros((days + 1, 8)),
        option_price=np.zeros((days, options)),
        group_price=np.zeros((days, groups)),
        group_best=np.zeros((days, groups), np.int64),
        choice=np.full(days, -1, np.int64),
        cap=np.zeros(tables.week.shape[1], np.int64),
        need=np.zeros(tables.week.shape[1], np.int64),
        sums=np.zeros((2, ticks + 2)),
        post_sums=np.zeros((len(tables.post_kind), ticks + 2)),
        pattern_price=np.zeros(len(tables.pattern)),
        pattern_stamp=np.zeros(len(tables.pattern), np.int64),
        spots=np.zeros(pauses, np.int64),
        table=np.zeros((max(1, pauses), places)),
        old_chosen=np.zeros((LARGEST, days), np.int64),
        old_places=np.zeros((LARGEST, days, max(1, pauses)), np.int64),
        some=np.zeros(LARGEST, np.int64),
        ranked=np.zeros(LABELS),
    )
