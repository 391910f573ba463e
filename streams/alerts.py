"""The rules of the floor's alerts about agents, as data, and what they say of one agent at one instant.

A rule speaks of one kind of departure and holds from a threshold on. Of the rules that hold, the last in the list
gives the incident its type: somebody is away after the alarm delay, late after the grace of attendance, absent after
its limit, all in one thread, which ends by itself with the departure. So the incident is a function of what is known,
and of the time; it does not depend on when it was looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from streams.departures import (
    GONE_AWAY,
    OCCUPIED,
    ON_PAUSE,
    OTHER_QUEUE,
    SILENT,
    Departure,
    View,
)
from streams.floor_policy import SECOND, FloorPolicy
from streams.outputs import Alert, Ended, Escalated, Output
from streams.plan import Coverage, version_at
from streams.timeline import STATE_NAMES

Condition = Callable[[Departure], bool]
Threshold = Callable[[FloorPolicy], int]


class Rule(NamedTuple):
    """One alert about agents.

    Attributes
    ----------
    type : as the alert is called.
    kind : the departure it speaks of.
    when : which of those.
    after : microseconds from the departure's origin; 0 switches it off where `off_at_zero` says so.
    """

    type: str
    kind: str
    when: Condition
    after: Threshold
    off_at_zero: bool = False


def _any(_departure: Departure) -> bool:
    return True


RULES: tuple[Rule, ...] = (
    Rule("away", GONE_AWAY, lambda d: not d.came and d.heard, lambda floor: floor.delay),
    Rule("missing_state", GONE_AWAY, lambda d: not d.came and not d.heard, lambda floor: floor.delay),
    Rule("late", GONE_AWAY, lambda d: not d.came, lambda floor: floor.late),
    Rule("absent", GONE_AWAY, lambda d: not d.came, lambda floor: floor.absent),
    Rule("early_leave", GONE_AWAY, lambda d: d.came, lambda floor: floor.delay),
    Rule("away", ON_PAUSE, lambda d: not d.paused or d.origin > d.since, lambda floor: floor.delay),
    Rule("long_break", ON_PAUSE, lambda d: d.paused, lambda floor: floor.delay),
    Rule("away", OCCUPIED, _any, lambda floor: floor.delay),
    Rule("wrong_queue", OTHER_QUEUE, _any, lambda floor: floor.delay),
    Rule("missing_state", SILENT, _any, lambda floor: floor.missing, off_at_zero=True),
)
"""In order of gravity within a kind: the last that holds gives the type."""

_BY_KIND = {kind: tuple(rule for rule in RULES if rule.kind == kind) for kind in {rule.kind for rule in RULES}}

AGENT_ALERTS = tuple(dict.fromkeys(rule.type for rule in RULES))


@dataclass(frozen=True, slots=True)
class Told:
    """The incident of an agent that has been told and not ended."""

    kind: str
    since: int
    type: str
    severity: str


class Judgement(NamedTuple):
    """What holds of one agent at an instant, and until when at least it will, if nothing more is heard."""

    incident: Told | None
    reached: int
    departure: Departure | None
    until: int


def judge(view: View, at: int) -> Judgement:
    """Which incident there is at an instant."""
    departure, until = view.look(at)
    if departure is None:
        return Judgement(None, 0, None, until)
    floor, found, reached = view.floor, None, 0
    for rule in _BY_KIND[departure.kind]:
        after = rule.after(floor)
        if not rule.when(departure) or (rule.off_at_zero and not after):
            continue
        start = (departure.origin if rule.type == "long_break" else departure.since) + after
        if start > at:
            until = min(until, start)
        elif found is None or start >= reached:
            found, reached = rule.type, start
    if found is None:
        return Judgement(None, 0, departure, until)
    severe = max(departure.since + floor.severe, reached)
    if severe > at:
        until = min(until, severe)
    severity = "severe" if severe <= at else "warning"
    return Judgement(Told(departure.kind, departure.since, found, severity), reached, departure, until)


def tell(
    agent: str, view: View, told: Told | None, judgement: Judgement, at: int, coverage: tuple[Coverage, ...]
) -> list[Output]:
    """What has to be said when what was told so far is followed by a judgement."""
    now, says = judgement.incident, list[Output]()
    if now == told:
        return says
    same = told is not None and now is not None and (told.kind, told.since) == (now.kind, now.since)
    if told is not None and not same:
        end = view.end(told.kind, told.since, at)
        real = end is not None and end - told.since >= view.floor.delay
        over = end if end is not None and real else at
        why = "resolved" if real else "withdrawn"
        says.append(Ended(told.type, agent, "", thread(agent, told), told.since, over, at, why))
    if now is not None and judgement.departure is not None:
        worse = same and told is not None and told.type == now.type
        reached = max(now.since + view.floor.severe, judgement.reached) if worse else judgement.reached
        alert = _alert(agent, view, now, min(reached, at), judgement.departure, at, coverage)
        says.append(Escalated(alert) if worse else alert)
    return says


def open_alert(
    agent: str, view: View, told: Told, judgement: Judgement, at: int, coverage: tuple[Coverage, ...]
) -> Alert | None:
    """An incident that was told, with the facts as they are now; None when it is just ending."""
    if judgement.departure is None or judgement.incident is None:
        return None
    return _alert(agent, view, told, min(judgement.reached, at), judgement.departure, at, coverage)


def thread(agent: str, told: Told) -> str:
    """The name an incident keeps."""
    return f"{agent}:{told.kind}:{told.since}"


def _alert(
    agent: str,
    view: View,
    now: Told,
    reached: int,
    departure: Departure,
    at: int,
    coverage: tuple[Coverage, ...],
) -> Alert:
    index = departure.transition
    event = view.timeline.id(index)
    segment = view.plan.segment(departure.segment, agent)
    facts: dict[str, object] = {
        "state": STATE_NAMES[view.timeline.state(index)],
        "events": [event] if event else [],
        "duty_end": view.plan.duty(departure.segment)[1],
    }
    if now.type == "wrong_queue":
        facts["queue"] = view.timeline.queue(index)
    return Alert(
        type=now.type,
        agent=agent,
        queue="",
        thread=thread(agent, now),
        since=now.since,
        at=reached,
        noticed=at,
        severity=now.severity,
        facts=facts,
        segment=segment,
        version=version_at(coverage, at // SECOND),
    )
