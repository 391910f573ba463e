"""Closing a month: the head signs its statement, which is locked; what is corrected later makes a dated supplement.

A correction stands beside the record, with reason and approver, and never erases it (ATT-5, ATT-6).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from centre.errors import InputError
from centre.grid import aware
from centre.said import Said
from desk.actions.duty import known_by
from desk.actions.monthly import ABOUT, Statement, month_span, statement
from desk.wiring import Place, logbook_of
from desk.wording import words as words_of
from store.audit import Audit, Correction
from store.logbook import Line
from streams.attendance import KINDS

SIGNED, SUPPLEMENT = "statement_signed", "statement_supplement"
FAULTS = ("own", "shared", "other")


@dataclass(frozen=True)
class SignedStatement:
    """A month that was signed: as it was then, its supplements, and what has changed since and is in none of them."""

    month: date
    by: str
    at: str
    content: Mapping[str, Any]
    digest: str
    supplements: Sequence[Mapping[str, Any]]
    pending: Sequence[Mapping[str, Any]]

    def summary(self) -> dict[str, Any]:
        """For --json: the signed statement itself, and what came after it."""
        return {
            **self.content,
            "signed": {"by": self.by, "at": self.at, "sha256": self.digest},
            "supplements": list(self.supplements),
            "pending": list(self.pending),
        }

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        yield said._("{month} was signed by {by} at {at} and is locked.", month=said.month(self.month), by=self.by,
                     at=self.at[:16])  # fmt: skip
        for agent in self.content["agents"]:
            if agent["entries"]:
                yield said._(
                    "{agent}: {count} entries, {minutes} minutes, {points} points",
                    agent=agent["agent"], count=len(agent["entries"]),
                    minutes=said.number(sum(agent["minutes"].values())), points=said.number(agent["points"], 1),
                )  # fmt: skip
        for row in self.supplements:
            yield said._("Supplement of {at} by {by}:", at=row["at"][:16], by=row["by"])
            yield from (_change_words(change) for change in row["changes"])
        if self.pending:
            yield said._("Changed since, in no supplement yet:")
            yield from (_change_words(change) for change in self.pending)


def _change_words(change: Mapping[str, Any]) -> str:
    before = "-" if change["before"] is None else f"{change['before']['points']:g}"
    after = "-" if change["after"] is None else f"{change['after']['points']:g}"
    return f"  {change['name']}  {before} → {after}"


def read_statement(
    place: Place, month: date, source: str = "", known: datetime | None = None
) -> Statement | SignedStatement:
    """A month's statement: the signed one with its supplements where it is closed, else as it stands.

    With `known` it is what was known at that moment: signatures and supplements made later are not seen.
    """
    book = logbook_of(place)
    about = f"{month:%Y-%m}"
    signed = book.lines(SIGNED, about=about, known=known)
    if not signed:
        return statement(place, month, source, known)
    supplements = book.lines(SUPPLEMENT, about=about, known=known)
    now = statement(place, month, source, known).summary()
    last = json.loads(supplements[-1].content["whole"] if supplements else signed[0].content["whole"])
    return SignedStatement(
        month, signed[0].by, _shown(place, signed[0]), json.loads(signed[0].content["whole"]),
        signed[0].content["sha256"],
        [{"at": _shown(place, line), "by": line.by, "changes": line.content["changes"]} for line in supplements],
        changes(last, now),
    )  # fmt: skip


def sign_statement(place: Place, month: date, *, by: str, source: str = "", made: datetime) -> SignedStatement:
    """The department head closes a month that is over: what it says is locked.

    Raises
    ------
    InputError : the month is not over, is signed already, or somebody signs who may not.
    """
    _may_sign(place, by)
    if int(place.now.timestamp()) < month_span(month, place.site.settings.zone)[1]:
        raise InputError(Said("{month:%Y-%m} is not over: a month is closed when it is", month=month))
    book, about = logbook_of(place), f"{month:%Y-%m}"
    if book.lines(SIGNED, about=about):
        raise InputError(
            Said("{about} is signed already: what is corrected later makes a supplement (--supplement)", about=about)
        )
    whole = _text(statement(place, month, source).summary())
    content = {"whole": whole, "sha256": sha256(whole.encode()).hexdigest()}
    book.write(SIGNED, about, int(place.now.timestamp()), by, content, made)
    found = read_statement(place, month, source)
    assert isinstance(found, SignedStatement)
    return found


def supplement(place: Place, month: date, *, by: str, source: str = "", made: datetime) -> SignedStatement:
    """The head signs what has changed in a closed month since: a dated supplement; the statement itself stays.

    Raises
    ------
    InputError : the month is not closed, nothing has changed, or somebody signs who may not.
    """
    _may_sign(place, by)
    found = read_statement(place, month, source)
    if not isinstance(found, SignedStatement):
        raise InputError(Said("{month:%Y-%m} is not signed yet: sign it with --sign", month=month))
    if not found.pending:
        raise InputError(Said("nothing has changed in {month:%Y-%m} since it was signed", month=month))
    content = {"changes": list(found.pending), "whole": _text(statement(place, month, source).summary())}
    logbook_of(place).write(SUPPLEMENT, f"{month:%Y-%m}", int(place.now.timestamp()), by, content, made)
    again = read_statement(place, month, source)
    assert isinstance(again, SignedStatement)
    return again


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Entries that differ between two statements of the same month, by name: as they were, as they are."""
    old, new = ({row["name"]: row for agent in made["agents"] for row in agent["entries"]} for made in (before, after))
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return [{"name": name, "before": old.get(name), "after": new.get(name)} for name in names]


def correct(
    place: Place,
    entry: str,
    *,
    counts: bool | None = None,
    fault: str = "",
    other: str = "",
    reason: str,
    by: str,
    approver: str,
    made: datetime,
) -> dict[str, Any]:
    """Set an entry of the statement right: it does not count, counts again, or a swap was unclear by somebody's fault.

    Parameters
    ----------
    entry : its name in the statement, AGENT/KIND/START.

    Raises
    ------
    InputError : what can be no entry (whether it is one stands with the events, which are not read here), no reason, an
        approver who may not.
    """
    parts = entry.split("/")
    if len(parts) != 3 or parts[0] not in place.site.agents or parts[1] not in KINDS or not parts[2].isdecimal():
        raise InputError(
            Said('found "{entry}"; allowed: the name of an entry, as `paiban statement --json` has it', entry=entry)
        )
    if fault and (fault not in FAULTS or other not in place.site.agents or other == parts[0]):
        raise InputError(
            Said("--fault: one of {names}, and --other: the other person of the swap (SWP-7)", names=list(FAULTS))
        )
    if (counts is None) == (not fault):
        raise InputError(Said("one of --excuse, --count and --fault"))
    if not reason.strip():
        raise InputError(Said("a correction has a reason (ATT-6): --reason"))
    _may_correct(place, parts[0], approver)
    audit = Audit(place.plans.database, place.site.settings.name)
    known = audit.corrections(f"{ABOUT}{entry}")
    before = dict(known[-1].after) if known else {"counts": True}
    after: dict[str, Any] = {"fault": fault, "other": other} if fault else {"counts": counts}
    number = audit.correct(Correction(f"{ABOUT}{entry}", before, after, reason, known_by(place, by), approver, made))
    return {"correction": number, "entry": entry, "before": before, "after": after, "reason": reason,
            "by": by, "approver": approver}  # fmt: skip


def _may_correct(place: Place, agent: str, approver: str) -> None:
    known_by(place, approver)
    if approver == agent:
        raise InputError(Said("{agent} cannot approve a correction of his own record (ATT-6)", agent=agent))
    line = place.policy.approvals.line
    person = place.site.agents.get(approver)
    if person is not None and person.role not in line:
        raise InputError(
            Said("{approver} does not stand in the line of authority and approves no correction", approver=approver)
        )


def _may_sign(place: Place, by: str) -> None:
    final = place.policy.leave.short_final
    line = place.policy.approvals.line
    allowed = {role for role in line if line.index(role) >= line.index(final)} if final in line else {final}
    holders = {name for role in allowed for name in place.policy.approvals.people.get(role, ())}
    holders |= {name for name, agent in place.site.agents.items() if agent.role in allowed}
    if by not in holders:
        raise InputError(Said("a statement is signed by the department head: one of {names}", names=sorted(holders)))


def _shown(place: Place, line: Line) -> str:
    return aware(line.at, place.site.settings.zone).isoformat()


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True)
