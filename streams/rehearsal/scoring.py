"""How well the live floor detected what happened in a rehearsal: precision, recall and delay by type of alert."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.alerts import AGENT_ALERTS
from streams.floor_policy import SECOND, FloorPolicy
from streams.outputs import Alert, Output
from streams.queue_alerts import QUEUE_RULES
from streams.rehearsal.truth import Happened

EXPLAINED_BY = {
    "away": frozenset({"away", "long_break", "late", "absent"}),
    "missing_state": frozenset({"missing_state"}),
    "late": frozenset({"late", "absent", "missing_state"}),
    "absent": frozenset({"absent", "late", "missing_state"}),
    "early_leave": frozenset({"early_leave"}),
    "long_break": frozenset({"long_break"}),
    "wrong_queue": frozenset({"wrong_queue"}),
}
"""For a type of alert, the truths that make it right: who will be absent is late first."""


ALERT_TYPES = (*AGENT_ALERTS, *(rule.type for rule in QUEUE_RULES), "stuck_case")
"""All that may be told; what did not happen has no precision and no recall."""


@dataclass(frozen=True)
class Score:
    """How well one type of alert was detected.

    Attributes
    ----------
    type : of the alert, and of the truth.
    happened : how often it happened for long enough to be told.
    found : how many of those were told, by an alert of this type about this agent, queue or case while it lasted.
    told : how many alerts of the type there were.
    right : how many of those something true explains.
    delay_s : mean and greatest time from when it should have been told to when it was.
    """

    type: str
    happened: int
    found: int
    told: int
    right: int
    delay_s: tuple[float, float]

    @property
    def recall(self) -> float | None:
        """Share of what happened that was told."""
        return self.found / self.happened if self.happened else None

    @property
    def precision(self) -> float | None:
        """Share of what was told that happened."""
        return self.right / self.told if self.told else None


def score(truth: Sequence[Happened], outputs: Iterable[Output], floor: FloorPolicy) -> list[Score]:
    """Hold alerts against the truth, type by type.

    A thing that ended before its threshold was never to be told, and is not counted as missed.
    """
    alerts = [output for output in outputs if isinstance(output, Alert)]
    types = sorted({*ALERT_TYPES, *(row.type for row in truth), *(alert.type for alert in alerts)})
    return [_score(kind, truth, [alert for alert in alerts if alert.type == kind], floor) for kind in types]


def _score(kind: str, truth: Sequence[Happened], alerts: Sequence[Alert], floor: FloorPolicy) -> Score:
    patience = floor.policy.alerts.queue_delay_s * SECOND
    threshold = {
        "late": floor.late, "absent": floor.absent, "stuck_case": 0, "below_service": patience,
        "below_staffing": patience, "queue_overload": patience,
    }.get(kind, floor.delay)  # fmt: skip
    wanted = [row for row in truth if row.type == kind and row.end - row.start > threshold]
    delays = []
    for row in wanted:
        hits = [alert.noticed for alert in alerts if _meets(alert, row)]
        if hits:
            delays.append(max(0, min(hits) - row.start - threshold) / SECOND)
    allowed = [row for row in truth if row.type in EXPLAINED_BY.get(kind, frozenset({kind}))]
    right = sum(any(_meets(alert, row) for row in allowed) for alert in alerts)
    spread = (sum(delays) / len(delays), max(delays)) if delays else (0.0, 0.0)
    return Score(kind, len(wanted), len(delays), len(alerts), right, spread)


def _meets(alert: Alert, row: Happened) -> bool:
    same = (alert.agent, alert.queue, alert.facts.get("case", "")) == (row.agent, row.queue, row.case)
    return same and row.start <= alert.at <= row.end and alert.since <= row.end
