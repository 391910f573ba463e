"""The field's terms that stand as keys in files and code, and how people read them.

Every catalogue, the English one too, has an entry "KIND.KEY" for each of these; whatever the engine adds to its lists
has to be named here, and a test sees to it. The Chinese terms are those of the centres' own regulations.
"""

from typing import get_args

from centre.approvals import ACTS
from centre.events import STATES
from centre.house_policy import SEVERITIES
from centre.people import ROLES
from centre.queues import Channel, Definition
from centre.reallocation import MOVE_TYPES
from centre.shifts import ACTIVITIES
from desk.access import BOARD_ROLES
from forecasts.history.report import KINDS
from forecasts.models import MODELS

RULES = (
    "shift", "opening", "leave", "fixed", "employment", "rest", "consecutive days", "week days", "week minutes",
    "month minutes", "weekends", "nights", "start spread", "overlap", "skills",
    "hours of the day", "sequences", "rotation", "night blocks", "days off together", "shift counts", "whole weekends",
    "average minutes", "presence", "coverage", "leaders", "posts", "activities", "weekend posts", "wishes", "fairness",
)  # fmt: skip
"""The rules of docs/rules.md: the hard ones, then the elastic ones."""

COSTS = (
    "shortage", "surplus", "service", "leaders", "posts", "teams", "activities", "paid hours", "overtime", "wishes",
    "unfairness", "changes", "below lower bounds",
)  # fmt: skip
"""The terms of the roster's objective, as `scheduler.objective` names them."""

LEAVE_KINDS = ("annual", "personal", "special_personal", "sick", "emergency", "business", "study", "vto")
"""LEV: kinds of leave; a site may use others, which are shown as written."""

ATTENDANCE = ("late", "early_leaving", "away", "absent", "breach", "unconsented")
"""ATT: what a monthly statement counts."""

ADHERENCE = ("in", "out", "neutral", "unscheduled", "unknown", "exempt")

VERDICTS = ("holds", "approval", "duty", "exception", "forbidden")
"""What a rule says of a request (centre.requests)."""

REQUEST_STATES = ("filed", "agreed", "escalated", "approved", "refused", "withdrawn", "expired")

COVER = ("swap", "part_timer", "extra_shift", "overtime")
"""How somebody could take a duty that falls free (scheduler.cover)."""

OVERTIME = ("overtime", "vto")
ALERTS = (
    "late", "absent", "away", "long_break", "early_leave", "missing_state", "wrong_queue", "below_service",
    "below_staffing", "queue_overload", "stuck_case",
)  # fmt: skip
"""What the live floor tells (streams.alerts, streams.queue_alerts)."""

ALERT_ENDS = ("resolved", "withdrawn")
"""Why an incident is told of no more (streams.outputs.Ended)."""

HANDOVER = ("equipment", "case", "shift", "person", "other")
"""SHF-5: what an open item of the handover log is about."""

REPORTS = (
    "leak", "danger", "gross_error", "emergency", "beyond_authority", "obstruction", "stuck_orders", "busy_idle",
)  # fmt: skip
"""ESC-3, ESC-4: what must be reported upwards."""

FIGURES = (
    "answer_rate", "service_level", "three_rings", "abandonment", "handle_time_s", "satisfaction", "attendance",
    "adherence",
)  # fmt: skip
"""KPI-1."""

PERIODS = ("daily", "weekly", "monthly", "half-year", "year")
"""KPI-3: kinds of report."""

DUTY = (
    "rounds", "missing_rounds", "handovers", "open_items", "reports_upwards", "requests", "requests_open",
)  # fmt: skip
"""What a report counts of duty."""

OFFERS = ("employment", "leave", "contract", "weekday", "fixed", "times")
"""Why a day does not offer a shift to somebody (scheduler.why.alternatives)."""

THERE = ("here", "other queue", "pause")
KEPT = ("on duty at another time", "shifts")
"""Who is where at a hole in coverage, and what keeps people away besides rules (scheduler.why.hole)."""
ARMS = ("undisturbed", "ignore", "accept", "clairvoyant")
"""The ways a rehearsed day is lived."""

APPROVERS = ("auto", "leader", "head")
"""Who lets a move of the live floor happen."""

NOT_CHOSEN = ("off", "none", "price", "rule", "refused", "others", "answered")
"""Why a move type is not among those proposed."""

PROPOSAL_STATES = ("open", "accepted", "partly accepted", "refused", "expired")

FAULTS = ("own", "shared", "other")
"""SWP-7: whose fault an unclear swap was."""

BINDING = ("service_level", "asa", "abandonment", "occupancy", "minimum", "deadline")
"""What asks for so many agents (forecasts.erlang.GOALS, and deferred work's own)."""

AUDITED = (
    "look", "sign-in", "sign-in failed", "add account", "change account", "make token", "revoke token",
    "make calendar address", "add webhook", "end webhook", "edit", "publish", "repair", "special day", "excuse",
    "revoke excuse", "file request", "wait", "wait no more", "look for moves", "keep scenario", "start draft",
    "start scenario", "start forecast", "cancel draft", "cancel scenario", "cancel forecast", "sign attendance",
    "make report", "add", "close", "hand over", "round", "report", "acknowledge", "end", "accept", *ACTS,
)  # fmt: skip
"""What the audit says somebody did (ORG-4): the deeds of requests among them."""

TERMS: dict[str, tuple[str, ...]] = {
    "finding": KINDS,
    "goal": BINDING,
    "model": tuple(model.name for model in MODELS),
    "activity": ACTIVITIES,
    "state": STATES,
    "role": (*ROLES, *(role for role in BOARD_ROLES if role not in ROLES)),
    "channel": get_args(Channel),
    "definition": get_args(Definition),
    "rule": RULES,
    "cost": COSTS,
    "leave": LEAVE_KINDS,
    "arm": ARMS,
    "approver": APPROVERS,
    "not_chosen": NOT_CHOSEN,
    "proposal": PROPOSAL_STATES,
    "move": tuple(MOVE_TYPES),
    "attendance": ATTENDANCE,
    "adherence": ADHERENCE,
    "verdict": VERDICTS,
    "request": REQUEST_STATES,
    "offer": OFFERS,
    "there": THERE,
    "kept": KEPT,
    "cover": COVER,
    "overtime": OVERTIME,
    "handover": HANDOVER,
    "fault": FAULTS,
    "figure": FIGURES,
    "period": PERIODS,
    "span": ("week", "month"),
    "duty": DUTY,
    "report": REPORTS,
    "severity": SEVERITIES,
    "alert": ALERTS,
    "alert_end": ALERT_ENDS,
    "deed": ACTS,
    "audit": AUDITED,
    "account": ("agent", "disabled", "password", "roles"),
    "page": ("month", "day"),
}


def keys() -> tuple[str, ...]:
    """Every message key of a term, "activity.work" and so on."""
    return tuple(f"{kind}.{name}" for kind, names in TERMS.items() for name in names)
