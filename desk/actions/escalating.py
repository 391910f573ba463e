"""Reporting upwards (ESC): a report climbs level by level, is delivered, acknowledged, answered, closed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from centre.approvals import NotAllowedError, Step, line_of
from centre.errors import InputError
from centre.escalation import Act, Incident, Mark, first_level, quiet_until
from centre.grid import aware
from centre.house_policy import SEVERITIES, Severity
from centre.said import Said
from desk.actions.duty import known_by
from desk.delivery import Deliver, DeliveryError, Message, ways
from desk.wiring import Place, logbook_of
from desk.wording import words as words_of
from scheduler.judging import shown
from store.logbook import Line

OPENED, MARK, DELIVERY = "escalation", "escalation_mark", "delivery"


@dataclass(frozen=True)
class Incidents:
    """Incidents as they stand; `delivered` is what was just delivered, or failed to be."""

    rows: Sequence[Incident]
    place: Place
    deliveries: Mapping[str, Sequence[Line]]
    delivered: Sequence[Mapping[str, Any]] = ()

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {"incidents": [self._row(row) for row in self.rows], "delivered": list(self.delivered)}

    def _row(self, row: Incident) -> dict[str, Any]:
        zone, now = self.place.site.settings.zone, int(self.place.now.timestamp())
        told = row.levels_told(now, self.place.policy.escalation)
        return {
            "thread": row.thread,
            "kind": row.kind,
            "severity": row.severity,
            "at": aware(row.at, zone).isoformat(),
            "by": row.by,
            "text": row.text,
            "proposal": row.proposal,
            "open": row.open,
            "ladder": [{"role": step.role, "people": list(step.people)} for step in row.ladder],
            "told": [
                {"role": row.ladder[level].role, "people": list(row.ladder[level].people),
                 "at": aware(at, zone).isoformat()}
                for level, at in told
            ],
            "to_be_told": [name for level in row.to_be_told() for name in row.ladder[level].people],
            "acknowledged_by": row.acknowledged.by if row.acknowledged else None,
            "answers": [
                {"at": aware(mark.at, zone).isoformat(), "by": mark.by, "text": mark.text} for mark in row.answers
            ],
            "marks": [
                {"at": aware(mark.at, zone).isoformat(), "act": mark.act, "by": mark.by, "text": mark.text}
                for mark in row.marks
            ],
            "deliveries": [
                {"at": aware(line.at, zone).isoformat(), **line.content} for line in self.deliveries.get(row.thread, ())
            ],
        }  # fmt: skip

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        zone, now = self.place.site.settings.zone, int(self.place.now.timestamp())
        for row in self.rows:
            severity, kind = said.term("severity", row.severity), said.term("report", row.kind)
            yield f"{row.thread}  {shown(row.at, zone)}  {severity}  " + said._(
                "{name}: {text}", name=kind, text=row.text
            )
            told = [name for level, _ in row.levels_told(now, self.place.policy.escalation)
                    for name in row.ladder[level].people]  # fmt: skip
            if not row.open:
                yield "  " + said._("closed")
            elif row.acknowledged:
                yield "  " + said._("acknowledged by {by}", by=row.acknowledged.by)
            else:
                yield "  " + said._("told: {people}", people=said.listing(told))
            for mark in row.answers:
                yield "  " + said._("answer of {by}: {text}", by=mark.by, text=mark.text)
            if row.to_be_told():
                left = [name for level in row.to_be_told() for name in row.ladder[level].people]
                yield "  " + said._("to be told afterwards: {people}", people=said.listing(left))
        if not self.rows:
            yield said._("Nothing is reported.")


def report_up(
    place: Place,
    kind: str,
    text: str,
    *,
    by: str,
    proposal: str = "",
    severity: Severity | None = None,
    skip_to: str = "",
    thread: str = "",
    team: str = "",
    facts: Mapping[str, Any] | None = None,
    made: datetime,
    via: Mapping[str, Deliver] | None = None,
) -> Incidents:
    """Report something upwards; what is open under the same thread already takes it in instead of being told anew.

    Parameters
    ----------
    kind : one of the policy's `escalation.kinds` (ESC-3, ESC-4), or any other with a severity.
    proposal : what is to be done about it (ESC-2).
    skip_to : in an emergency, the role it goes to at once; the levels below are told afterwards (ESC-1).
    by : who reports; "" is the engine itself, whose reports begin with the shift leader of `team`.

    Raises
    ------
    InputError : a kind without severity, no text, no proposal where one is needed, nobody of that name.
    NotAllowedError : a level is skipped without an emergency.
    """
    policy = place.policy.escalation
    grave = severity or policy.kinds.get(kind)
    if grave is None:
        raise InputError(
            Said(
                '--kind: found "{kind}"; allowed: one of {known}, or another one with --severity',
                kind=kind,
                known=list(policy.kinds),
            )
        )
    if not text.strip():
        raise InputError(Said("a report says what has happened (ESC-2): --text"))
    if by and not proposal.strip() and policy.outranks(grave, policy.proposal_from):
        raise InputError(Said("a report of this gravity ({grave}) carries a proposal (ESC-2): --proposal", grave=grave))
    ladder = _ladder(place, known_by(place, by) if by else "", team)
    first = first_level(ladder, skip_to) if skip_to else 0
    if first and SEVERITIES.index(grave) < SEVERITIES.index("severe"):
        raise NotAllowedError(Said("a level is skipped in an emergency only (ESC-1); this is {grave}", grave=grave))
    now = int(place.now.timestamp())
    name = thread or f"{kind}/{sha256(f'{place.today}/{by}/{text}'.encode()).hexdigest()[:8]}"
    book = logbook_of(place)
    held = next((row for row in incidents(place).rows if row.thread == name), None)
    if held is not None:
        _mark(place, name, Mark(now, "report", by, text), made)
    else:
        content = {
            "kind_of": kind, "severity": grave, "text": text, "proposal": proposal, "first": first,
            "ladder": [[step.role, list(step.people)] for step in ladder], "facts": dict(facts or {}),
        }  # fmt: skip
        book.write(OPENED, name, now, by, content, made)
    return deliver_due(place, made=made, via=via)


def acknowledge(
    place: Place,
    thread: str,
    *,
    by: str,
    answer: str = "",
    told: bool = False,
    close: bool = False,
    made: datetime,
) -> Incidents:
    """Acknowledge a report, answer it, confirm that one was told of a skipped level, or close it.

    Raises
    ------
    InputError : there is no such thread.
    NotAllowedError : somebody who does not stand above, or it is closed.
    """
    found = next((row for row in incidents(place, every=True).rows if row.thread == thread), None)
    if found is None:
        raise InputError(Said('there is no report "{thread}": list them with `paiban escalate SITE`', thread=thread))
    now = int(place.now.timestamp())
    act: Act = "tell" if told else "answer" if answer.strip() else "close" if close else "acknowledge"
    marks = [Mark(now, act, by, answer)]
    if close and act != "close":
        marks.append(Mark(now, "close", by))
    for mark in marks:
        if mark.act == "close" and by != found.by and by not in {n for step in found.ladder for n in step.people}:
            raise NotAllowedError(Said("{by} neither reported this nor stands above it", by=by))
        found = found.add(mark)
    for mark in marks:
        _mark(place, thread, mark, made)
    return incidents(place, every=True, only=thread)


def incidents(place: Place, *, every: bool = False, only: str = "") -> Incidents:
    """Open incidents (with `every` closed ones too), oldest first."""
    book = logbook_of(place)
    marks: dict[str, list[Line]] = {}
    for line in book.lines(MARK):
        marks.setdefault(line.about, []).append(line)
    deliveries: dict[str, list[Line]] = {}
    for line in book.lines(DELIVERY):
        deliveries.setdefault(line.about, []).append(line)
    threads: dict[str, Incident] = {}
    done: list[Incident] = []
    opened = book.lines(OPENED)
    for index, line in enumerate(opened):
        following = next((other.number for other in opened[index + 1 :] if other.about == line.about), None)
        row = _incident(line)
        for mark in marks.get(line.about, ()):
            if mark.number > line.number and (following is None or mark.number < following):
                row = row.add(Mark(mark.at, mark.content["act"], mark.by, mark.content["text"])) if row.open else row
        if line.about in threads:
            done.append(threads.pop(line.about))
        threads[line.about] = row
    rows = [row for row in (*done, *threads.values()) if (every or row.open) and (not only or row.thread == only)]
    return Incidents(sorted(rows, key=lambda row: (row.at, row.thread)), place, deliveries)


def deliver_due(place: Place, *, made: datetime, via: Mapping[str, Deliver] | None = None) -> Incidents:
    """Deliver what is due by now: to each level whose time has come, once by each way; failures are tried again.

    Quiet hours hold back what is not told to all at once; a thread is not told to the same person again within the
    time of the policy. Called after each report, by `paiban escalate --due`, and whenever the floor speaks.
    """
    policy, zone, now = place.policy.escalation, place.site.settings.zone, int(place.now.timestamp())
    open_now = incidents(place)
    chosen = {name: way for name, way in (via if via is not None else ways()).items() if name in policy.channels}
    said: list[dict[str, Any]] = []
    for row in open_now.rows:
        held = quiet_until(now, zone, policy) is not None and row.severity not in policy.at_once
        if held:
            continue
        told: dict[tuple[str, str], int] = {}
        for line in open_now.deliveries.get(row.thread, ()):
            if line.content["ok"] and line.at >= row.at:
                told[line.content["to"], line.content["way"]] = line.at
        news = max([row.at, *(mark.at for mark in row.marks if mark.act == "report")])
        for level, _ in row.levels_told(now, policy):
            for person in row.ladder[level].people:
                for name, way in chosen.items():
                    last = told.get((person, name))
                    if last is None or (news > last and now - last >= policy.repeat_minutes * 60):
                        said += _deliver(place, row, level, person, name, way, made)
    return Incidents(incidents(place).rows, place, incidents(place).deliveries, said)


def _deliver(
    place: Place, row: Incident, level: int, person: str, name: str, way: Deliver, made: datetime
) -> list[dict[str, Any]]:
    message = _message(place, row, level)
    try:
        detail, ok = way(message, person, place), True
    except DeliveryError as error:
        detail, ok = str(error), False
    if not detail:
        return []
    content = {"to": person, "way": name, "role": row.ladder[level].role, "ok": ok, "detail": detail}
    logbook_of(place).write(DELIVERY, row.thread, int(place.now.timestamp()), "", content, made)
    return [{"thread": row.thread, **content}]


def _message(place: Place, row: Incident, level: int) -> Message:
    said = words_of(place.site.settings.language or "en")
    severity, kind = said.term("severity", row.severity), said.term("report", row.kind)
    when = shown(row.at, place.site.settings.zone)
    body = [said._("{report} ({severity}), {when}", report=kind, severity=severity, when=when), "", row.text]
    body += [f"{shown(mark.at, place.site.settings.zone)}  {mark.text}" for mark in row.marks if mark.act == "report"]
    if row.proposal:
        body += ["", said._("Proposal: {text}", text=row.proposal)]
    reporter = row.by or said._("the engine")
    body += ["", said._("Reported by {by}; acknowledge with: paiban acknowledge SITE {thread} --by YOU", by=reporter,
                        thread=row.thread)]  # fmt: skip
    facts = {"thread": row.thread, "kind": row.kind, "severity": row.severity, "at": row.at, "by": row.by,
             "proposal": row.proposal, "level": row.ladder[level].role, "site": place.site.settings.name}  # fmt: skip
    headline = said._("{name}: {text}", name=kind, text=row.text)
    key = sha256(f"{row.thread}/{row.at}/{level}".encode()).hexdigest()[:24]
    return Message(key, f"[{severity}] {headline}"[:120].replace("\n", " "), "\n".join(body), facts)


def _ladder(place: Place, by: str, team: str) -> tuple[Step, ...]:
    """The levels above somebody; above the engine they begin with the leaders of the team."""
    agents, approvals = place.site.agents, place.policy.approvals
    if by in agents:
        return line_of(agents[by], approvals.line[-1], agents, approvals)
    if by:  # an office: what stands above it in the line
        role = next(role for role, people in approvals.people.items() if by in people)
        higher = approvals.line[approvals.line.index(role) + 1 :]
        steps = tuple(Step(role, tuple(approvals.people.get(role, ()))) for role in higher)
        found = tuple(step for step in steps if step.people)
        if not found:
            raise NotAllowedError(Said("nobody stands above {by}", by=by))
        return found
    leaders = [name for name, agent in agents.items() if agent.role == approvals.line[0]]
    own = tuple(name for name in leaders if not team or agents[name].team == team) or tuple(leaders)
    if own:
        return (Step(approvals.line[0], own), *line_of(agents[own[0]], approvals.line[-1], agents, approvals))
    offices = tuple(Step(role, approvals.people[role]) for role in approvals.line if approvals.people.get(role))
    if not offices:
        raise NotAllowedError(Said("nobody can be told: name who holds the offices in [approvals.people]"))
    return offices


def _incident(line: Line) -> Incident:
    c = line.content
    ladder = tuple(Step(role, tuple(people)) for role, people in c["ladder"])
    return Incident(
        line.about, c["kind_of"], c["severity"], line.at, line.by, c["text"], c["proposal"], ladder, c["first"]
    )


def _mark(place: Place, thread: str, mark: Mark, made: datetime) -> None:
    content = {"act": mark.act, "text": mark.text}
    logbook_of(place).write(MARK, thread, mark.at, mark.by, content, made)
