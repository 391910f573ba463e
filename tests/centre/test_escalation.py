"""ESC-1: how far a report has climbed is a function of what was done about it and of the time; it never climbs down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centre.approvals import NotAllowedError, Step
from centre.escalation import Incident, Mark, quiet_until
from centre.grid import instant
from centre.house_policy import SEVERITIES, EscalationPolicy, Severity

POLICY = EscalationPolicy()
LADDER = (Step("leader", ("l1",)), Step("manager", ("m1",)), Step("head", ("head",)), Step("director", ("director",)))
MINUTE = 60


def incident(severity: Severity = "warning", first: int = 0) -> Incident:
    return Incident("t", "stuck_orders", severity, 0, "a1", "text", "proposal", LADDER, first)


times = st.integers(0, 400 * MINUTE)


@pytest.mark.rule("ESC-1")
@given(severity=st.sampled_from(SEVERITIES), first=st.integers(0, 3), one=times, other=times, seen=st.none() | times)
def test_it_climbs_one_level_at_a_time_never_down_and_no_further_once_seen(severity, first, one, other, seen) -> None:
    row = incident(severity, first)
    if seen is not None:
        row = row.add(Mark(seen, "acknowledge", "head"))
    early, late = sorted((one, other))
    before, after = (row.levels_told(now, POLICY) for now in (early, late))
    assert before == after[: len(before)]
    levels = [level for level, _ in after]
    assert levels == (list(range(len(LADDER))) if severity == "critical" else list(range(first, first + len(levels))))
    assert all(at <= late for _, at in after)
    if seen is not None and severity != "critical":
        assert all(at < seen or level == first for level, at in after)


def test_each_gravity_has_its_own_pace() -> None:
    for severity in ("info", "warning", "severe"):
        wait = POLICY.acknowledge_minutes[severity] * MINUTE
        assert len(incident(severity).levels_told(wait - 1, POLICY)) == 1
        assert len(incident(severity).levels_told(wait, POLICY)) == 2


acts = st.sampled_from(["acknowledge", "answer", "tell", "close"])
people = st.sampled_from(["a1", "l1", "m1", "head", "director", "stranger"])


@given(st.lists(st.tuples(acts, people), max_size=6))
def test_nobody_below_answers_and_nothing_happens_to_what_is_closed(deeds) -> None:
    row = incident("severe", first=2)
    for number, (act, by) in enumerate(deeds):
        allowed = row.open and (act == "close" or by in {"l1", "m1", "head", "director"})
        if allowed and act == "tell":
            allowed = any(by in LADDER[level].people for level in row.to_be_told())
        if allowed:
            row = row.add(Mark(number, act, by))
        else:
            with pytest.raises(NotAllowedError):
                row.add(Mark(number, act, by))
    assert set(row.to_be_told()) <= {0, 1}


@pytest.mark.parametrize(("minute", "ends"), [(1319, None), (1320, 1860), (0, 420), (419, 420), (420, None)])
def test_quiet_hours_run_over_midnight_and_end_when_they_end(minute, ends) -> None:
    from datetime import date

    day = date(2026, 3, 9)
    at = instant(day, minute, "Asia/Shanghai")
    assert quiet_until(at, "Asia/Shanghai", POLICY) == (None if ends is None else instant(day, ends, "Asia/Shanghai"))
    assert quiet_until(at, "Asia/Shanghai", EscalationPolicy(quiet=())) is None
