"""The metrics of the live floor: a typed, commented list, and Prometheus' text of them.

Counters only grow; a gauge is what it is now; a summary is a count, a sum and the quantiles of the last values.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from streams.decode import Decoded
from streams.event_log import Batch
from streams.floor_policy import SECOND
from streams.outputs import Alert, Correction, Output


class Metric(NamedTuple):
    """One metric: its name, what kind of number it is, what it says, and by which label it is split."""

    name: str
    kind: Literal["counter", "gauge", "summary"]
    help: str
    label: str = ""


EVENTS = Metric("paiban_events_total", "counter", "Events taken in and committed.", "partition")
DEAD_LETTERS = Metric("paiban_dead_letters_total", "counter", "Messages that could not be read.", "partition")
CORRECTIONS = Metric("paiban_corrections_total", "counter", "Events too late for the live picture.", "partition")
ALERTS = Metric("paiban_alerts_total", "counter", "Alerts told.", "type")
OUTPUTS = Metric("paiban_outputs_published_total", "counter", "Sayings published from the outbox.")
ROLLBACKS = Metric("paiban_rollbacks_total", "counter", "Batches given up: fenced, or the database failed.", "reason")
PRUNED = Metric("paiban_pruned_rows_total", "counter", "Rows of the database forgotten, by the site's policy.")
LAG = Metric("paiban_lag_records", "gauge", "Records in the log that are not taken in yet.", "partition")
BEHIND = Metric("paiban_behind_seconds", "gauge", "How far the partition's time is behind the real time.", "partition")
SKEW = Metric("paiban_clock_skew_seconds", "summary", "Arrival less the sender's own time of an event.", "source")
COMMIT = Metric("paiban_commit_seconds", "summary", "Time a batch's transaction takes.")
NOTICE = Metric("paiban_alert_delay_seconds", "summary", "Commit of an alert less when it became one.")

METRICS: tuple[Metric, ...] = (
    EVENTS, DEAD_LETTERS, CORRECTIONS, ALERTS, OUTPUTS, ROLLBACKS, PRUNED, LAG, BEHIND, SKEW, COMMIT, NOTICE,
)  # fmt: skip

KEPT = 1000
"""Values a summary takes its quantiles of."""

QUANTILES = (0.5, 0.99)


@dataclass
class Summary:
    """Values seen: all of them counted, the last ones kept."""

    count: int = 0
    total: float = 0.0
    last: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))

    def update(self, value: float) -> None:
        """One more value."""
        self.count += 1
        self.total += value
        self.last.append(value)

    def quantile(self, share: float) -> float:
        """The value below which that share of the last ones lies; not a number where there is none."""
        if not self.last:
            return float("nan")
        ordered = sorted(self.last)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


@dataclass
class Metrics:
    """The values of all metrics, by metric and label."""

    numbers: dict[tuple[str, str], float] = field(default_factory=dict)
    summaries: dict[tuple[str, str], Summary] = field(default_factory=dict)

    def add(self, metric: Metric, value: float = 1, label: str = "") -> None:
        """Let a counter grow."""
        key = (metric.name, label)
        self.numbers[key] = self.numbers.get(key, 0) + value

    def put(self, metric: Metric, value: float, label: str = "") -> None:
        """Say what a gauge is now."""
        self.numbers[metric.name, label] = value

    def see(self, metric: Metric, value: float, label: str = "") -> None:
        """Add a value to a summary."""
        self.summaries.setdefault((metric.name, label), Summary()).update(value)

    def of(self, metric: Metric) -> Mapping[str, float]:
        """A counter's or a gauge's values by label."""
        return {label: value for (name, label), value in self.numbers.items() if name == metric.name}

    def latest(self, metric: Metric, start: str = "") -> dict[str, float]:
        """The median of each summary whose label begins so, by the rest of the label."""
        return {
            label[len(start) :].lstrip("/"): found.quantile(0.5)
            for (name, label), found in list(self.summaries.items())
            if name == metric.name and label.startswith(start)
        }

    def exposition(self) -> str:
        """All of them in Prometheus' text format."""
        return "".join(line + "\n" for metric in METRICS for line in self._lines(metric))

    def _lines(self, metric: Metric) -> Iterator[str]:
        values = sorted((label, value) for (name, label), value in list(self.numbers.items()) if name == metric.name)
        summaries = sorted(
            (label, found) for (name, label), found in list(self.summaries.items()) if name == metric.name
        )
        if not values and not summaries:
            return
        yield f"# HELP {metric.name} {metric.help}"
        yield f"# TYPE {metric.name} {metric.kind}"
        for label, value in values:
            yield f"{metric.name}{_labels({metric.label: label})} {value:g}"
        for label, summary in summaries:
            for share in QUANTILES:
                labels = _labels({metric.label: label, "quantile": str(share)})
                yield f"{metric.name}{labels} {summary.quantile(share):g}"
            yield f"{metric.name}_sum{_labels({metric.label: label})} {summary.total:g}"
            yield f"{metric.name}_count{_labels({metric.label: label})} {summary.count}"


def measure(
    metrics: Metrics, partition: str, now: int, said: Sequence[Output], decoded: Decoded | None, batch: Batch | None
) -> None:
    """Count what one transaction took in and said; `now` is the real time, UTC microseconds."""
    for output in said:
        if isinstance(output, Alert):
            metrics.add(ALERTS, 1, output.type)
            metrics.see(NOTICE, (now - output.at) / SECOND)
        if isinstance(output, Correction):
            metrics.add(CORRECTIONS, 1, partition)
    if decoded is None or batch is None:
        return
    metrics.add(EVENTS, len(decoded.events), partition)
    if decoded.dead:
        metrics.add(DEAD_LETTERS, len(decoded.dead), partition)
    topic = batch.partition.topic
    for source, (arrived, happened) in decoded.sources.items():
        metrics.see(SKEW, arrived / 1000 - happened / SECOND, f"{topic}/{source}" if source else topic)


def _labels(labels: Mapping[str, str]) -> str:
    shown = [f'{name}="{_escaped(value)}"' for name, value in labels.items() if name and value]
    return "{" + ",".join(shown) + "}" if shown else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
