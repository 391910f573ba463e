"""What was found in a history, and what was done about each: nothing is dropped silently."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from centre.grid import aware


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in the history of one queue.

    Attributes
    ----------
    queue : name of the queue.
    begin, end : UTC seconds of the stretch [begin, end) it concerns.
    kind : "gap", "duplicate", "impossible value", "clock change", "outage", "outlier", "unusual day", "closed day",
        "regridded", "opening hours", "queue opened", "queue closed" or "partial interval".
    what : what stands there, in words.
    done : what was done about it, in words.
    """

    queue: str
    begin: int
    end: int
    kind: str
    what: str
    done: str


@dataclass(frozen=True)
class HistoryReport:
    """All findings of a history, by queue and time."""

    findings: tuple[Finding, ...] = ()

    def __add__(self, other: "HistoryReport") -> "HistoryReport":
        return report([*self.findings, *other.findings])

    def of(self, queue: str) -> "HistoryReport":
        """The findings of one queue."""
        return HistoryReport(tuple(finding for finding in self.findings if finding.queue == queue))

    def table(self, zone: str) -> pd.DataFrame:
        """One row a finding: queue, from, to (aware, in `zone`), kind, what, done."""
        return pd.DataFrame(
            [
                (
                    finding.queue,
                    aware(finding.begin, zone),
                    aware(finding.end, zone),
                    finding.kind,
                    finding.what,
                    finding.done,
                )
                for finding in self.findings
            ],
            columns=["queue", "from", "to", "kind", "what", "done"],
        )

    def summary(self) -> list[str]:
        """One line a queue and kind of finding: how many, and what was done."""
        counts = Counter((finding.queue, finding.kind, finding.done) for finding in self.findings)
        return [f"{queue}: {number} x {kind}: {done}" for (queue, kind, done), number in counts.items()]


def report(findings: Iterable[Finding]) -> HistoryReport:
    """A report with its findings in order of queue and time."""
    return HistoryReport(tuple(sorted(findings, key=lambda f: (f.queue, f.begin, f.kind))))
