"""The rules of the floor's alerts about queues, as data, and what they say of one queue at the end of a minute.

A queue is judged at the end of each minute from what was counted until then. Its trouble began with the first minute
of an unbroken run of bad ones, and is told when it has lasted for the delay.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from centre.queues import Queue
from streams.floor_policy import SECOND, FloorPolicy
from streams.outputs import Alert, Ended, Escalated, Output
from streams.queue_line import MINUTE_S, QueueLine, QueueTold, interval_start
from streams.service_level import DEFINITIONS, Counts, of_offered

Facts = dict[str, Any]
LONGEST_RUN = 36 * 60
"""Minutes: a run of bad ones is not followed further back."""

Trouble = Callable[[QueueLine, Queue, FloorPolicy, int], Facts | None]
"""The facts of a trouble at a minute's end; None where there is none, or nothing is known."""


class QueueRule(NamedTuple):
    """One alert about queues."""

    type: str
    trouble: Trouble


def below_service(line: QueueLine, queue: Queue, floor: FloorPolicy, mark: int) -> Facts | None:
    """The rolling service level, by the queue's own definition, is below its target."""
    alerts = floor.policy.alerts
    counts = rolling(line, floor, mark)
    if counts.answered + counts.abandoned < alerts.min_contacts:
        return None
    level, definition = rolling_level(line, counts, queue, floor, mark)
    if level is None or level >= queue.target:
        return None
    return {
        "service_level": level,
        "definition": definition,
        "target": queue.target,
        "minutes": alerts.rolling_minutes,
        "answered": counts.answered,
        "abandoned": counts.abandoned,
    }


def rolling(line: QueueLine, floor: FloorPolicy, mark: int) -> Counts:
    """What was counted in the last minutes before a minute's end."""
    return line.between(
        mark - floor.policy.alerts.rolling_minutes * MINUTE_S, mark, floor.zone, floor.grid_minutes * 60
    )


def rolling_level(
    line: QueueLine, counts: Counts, queue: Queue, floor: FloorPolicy, mark: int
) -> tuple[float | None, str]:
    """The service level of those minutes, and by which definition: `of_offered` where the queue's is not to be had."""
    value = DEFINITIONS[queue.definition](counts)
    if value is not None:
        return float(value), queue.definition
    if queue.definition == "virtual":
        endless = line.virtual(mark - floor.policy.alerts.rolling_minutes * MINUTE_S, mark, queue.within_s)
        if endless is not None:
            return endless, "virtual"
    value = of_offered(counts)
    return None if value is None else float(value), "of_offered"


def below_staffing(line: QueueLine, queue: Queue, floor: FloorPolicy, mark: int) -> Facts | None:
    """Fewer agents are there than the requirement of the interval (without one: the queue's minimum) asks for."""
    seen = line.latest(mark)
    interval = interval_start(mark - 1, floor.zone, floor.grid_minutes * 60)
    known = floor.required.get(queue.name)
    needed = queue.minimum_staff if known is None else known.get(interval, 0)
    if seen is None or seen.staffed >= needed or (seen.staffed == 0 and seen.counts.answered):
        return None
    return {"staffed": seen.staffed, "required": needed, "events": [seen.id]}


def queue_overload(line: QueueLine, queue: Queue, floor: FloorPolicy, mark: int) -> Facts | None:
    """Somebody waits too long, or too many wait for each agent there."""
    seen, alerts = line.latest(mark), floor.policy.alerts
    if seen is None:
        return None
    too_long = alerts.overload_oldest_wait_s and seen.oldest_wait >= alerts.overload_oldest_wait_s * SECOND
    crowd = alerts.overload_waiting_per_agent * seen.staffed
    if not too_long and not (crowd and seen.waiting > crowd):
        return None
    return {"waiting": seen.waiting, "oldest_wait_s": seen.oldest_wait / SECOND, "staffed": seen.staffed,
            "events": [seen.id]}  # fmt: skip


QUEUE_RULES: tuple[QueueRule, ...] = (
    QueueRule("below_service", below_service),
    QueueRule("below_staffing", below_staffing),
    QueueRule("queue_overload", queue_overload),
)


def judge_queue(
    line: QueueLine, queue: Queue, floor: FloorPolicy, mark: int, judged: dict[int, frozenset[str]]
) -> dict[str, tuple[QueueTold, Facts]]:
    """The incidents of a queue at a minute's end, by type.

    `judged` remembers which troubles were found at which minutes; what is missing of it is found out and put in.
    """
    troubles = _troubles(line, queue, floor, mark)
    judged[mark] = frozenset(troubles)
    found = {}
    for kind, facts in troubles.items():
        since = _since(kind, line, queue, floor, mark, judged)
        lasted = mark - since
        if lasted < floor.policy.alerts.queue_delay_s:
            continue
        severe = lasted >= max(floor.policy.adherence.severe_s, floor.policy.alerts.queue_delay_s)
        told = QueueTold(kind, since * SECOND, "severe" if severe else "warning")
        found[kind] = (told, facts)
    return found


def _troubles(line: QueueLine, queue: Queue, floor: FloorPolicy, mark: int) -> dict[str, Facts]:
    found = {}
    for rule in QUEUE_RULES:
        facts = rule.trouble(line, queue, floor, mark)
        if facts is not None:
            found[rule.type] = facts
    return found


def tell_queue(
    name: str, told: tuple[QueueTold, ...], now: dict[str, tuple[QueueTold, Facts]], floor: FloorPolicy, at: int
) -> list[Output]:
    """What has to be said when what was told so far is followed by a judgement."""
    says: list[Output] = []
    for before in told:
        after = now.get(before.type)
        if after is None or after[0].since != before.since:
            thread = _thread(name, before)
            mark = at // (MINUTE_S * SECOND) * MINUTE_S * SECOND
            says.append(Ended(before.type, "", name, thread, before.since, mark, at, "resolved"))
    known = {(before.type, before.since): before for before in told}
    for told_now, facts in now.values():
        before_now = known.get((told_now.type, told_now.since))
        if before_now == told_now:
            continue
        delay = floor.policy.alerts.queue_delay_s
        after_s = delay if before_now is None else max(floor.policy.adherence.severe_s, delay)
        reached = told_now.since + after_s * SECOND
        alert = Alert(told_now.type, "", name, _thread(name, told_now), told_now.since, min(reached, at), at,
                      told_now.severity, facts)  # fmt: skip
        says.append(alert if before_now is None else Escalated(alert))
    return says


def open_queue_alerts(name: str, line: QueueLine, queue: Queue, floor: FloorPolicy, mark: int) -> list[Alert]:
    """The incidents of a queue that were told, with the facts as they are now."""
    facts = _troubles(line, queue, floor, mark) if line.told else {}
    delay = floor.policy.alerts.queue_delay_s * SECOND
    return [
        Alert(told.type, "", name, _thread(name, told), told.since, told.since + delay, told.since + delay,
              told.severity, facts.get(told.type, {}))
        for told in line.told
    ]  # fmt: skip


def _since(
    kind: str, line: QueueLine, queue: Queue, floor: FloorPolicy, mark: int, judged: dict[int, frozenset[str]]
) -> int:
    """The first minute of the unbroken run of bad ones."""
    first = mark - LONGEST_RUN * MINUTE_S
    for minute in range(mark - MINUTE_S, first, -MINUTE_S):
        if minute not in judged:
            judged[minute] = frozenset(_troubles(line, queue, floor, minute))
        if kind not in judged[minute]:
            return minute + MINUTE_S
    return first + MINUTE_S


def _thread(name: str, told: QueueTold) -> str:
    return f"{name}:{told.type}:{told.since}"
