"""What was found in a history, and what was done about each: nothing is dropped silently."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from centre.grid import aware
from centre.said import Said

KINDS = (
    "gap", "duplicate", "impossible value", "clock change", "outage", "outlier", "unusual day", "closed day",
    "regridded", "opening hours", "queue opened", "queue closed", "partial interval",
)  # fmt: skip
"""What may be found in a history."""

EXAMPLES = 3
"""Findings of one kind that are told one by one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in the history of one queue.

    Attributes
    ----------
    queue : name of the queue.
    begin, end : UTC seconds of the stretch [begin, end) it concerns.
    kind : "gap", "duplicate", "impossible value", "clock change", "outage", "outlier", "unusual day", "closed day",
        "regridded", "opening hours", "queue opened", "queue closed" or "partial interval" (KINDS).
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

    def rows(self, zone: str) -> list[dict[str, str]]:
        """For JSON: as `table`, times written out."""
        return [
            {"queue": queue, "from": begin.isoformat(), "to": end.isoformat(), "kind": kind, "what": what, "done": done}
            for queue, begin, end, kind, what, done in self.table(zone).itertuples(index=False)
        ]

    def summary(self) -> list[str]:
        """One line a queue and kind of finding: how many, and what was done."""
        counts = Counter((finding.queue, finding.kind, finding.done) for finding in self.findings)
        return [
            Said("{queue}: {number} x {kind}: {done}", queue=queue, number=number, kind=_kind(kind), done=done)
            for (queue, kind, done), number in counts.items()
        ]

    def words(self, zone: str) -> Iterator[str]:
        """For a planner: what was found and done by queue and kind, and when the first of each were."""
        groups: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault((finding.queue, finding.kind, finding.done), []).append(finding)
        for line, found in zip(self.summary(), groups.values(), strict=True):
            yield line
            for finding in found[:EXAMPLES]:
                begin, end = aware(finding.begin, zone), aware(finding.end, zone)
                form = "%Y-%m-%d %H:%M" if begin.utcoffset() == end.utcoffset() else "%Y-%m-%d %H:%M %z"
                told = {"begin": begin.strftime(form), "end": end.strftime(form)}
                yield Said("  {begin} to {end}: {what}", what=finding.what, **told)
            if len(found) > EXAMPLES:
                yield Said("  and {more} more, all of them in out/history.csv", more=len(found) - EXAMPLES)


def _kind(kind: str) -> Said:
    return Said.term("finding", kind)


def report(findings: Iterable[Finding]) -> HistoryReport:
    """A report with its findings in order of queue and time."""
    return HistoryReport(tuple(sorted(findings, key=lambda f: (f.queue, f.begin, f.kind))))
