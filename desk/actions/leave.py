"""What becomes of leave after it was asked for: the waiting list, and certificates that are handed in (LEV-4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from centre.errors import InputError
from centre.grid import local_day
from centre.requests import LeaveRequest
from centre.said import Said
from desk.actions.requests import file_leave, judge_leave
from desk.wiring import Place, logbook_of, requests_of
from desk.wording import words as words_of
from scheduler.judging import shown
from scheduler.leave import certificate_due, certificate_gaps, needs_certificate
from store.requests import Filed


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for room on the days of a leave; `request` is what it became (None: it waits still)."""

    number: int
    asked: LeaveRequest
    zone: str
    request: int | None = None
    ended: str = ""

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        day = str(local_day(self.asked.start, self.zone))
        asked = self.asked.model_dump()
        return {"waiting": self.number, "asked": asked, "day": day, "request": self.request, "ended": self.ended}


@dataclass(frozen=True)
class WaitingList:
    """The waiting list by date, first asked first."""

    rows: Sequence[Waiting]

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {"waiting": [row.to_json() for row in self.rows]}

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        for row in self.rows:
            span = f"{shown(row.asked.start, row.zone)} - {shown(row.asked.end, row.zone)}"
            kind = said.term("leave", row.asked.kind)
            text = f"{row.number:4}  {span}  {row.asked.agent}  {kind}"
            if row.request is not None:
                text += "  " + said._("Filed as request {number}.", number=row.request)
            yield text
        if not self.rows:
            yield said._("Nobody waits.")


def waiting_list(place: Place, *, ended: bool = False) -> WaitingList:
    """Who waits, by date of the leave and then by when it was asked; with `ended` those who wait no more as well."""
    book = logbook_of(place)
    over = {line.about: line for line in book.lines("waiting_end")}
    rows = []
    for line in book.lines("waiting"):
        end = over.get(str(line.number))
        asked = LeaveRequest.model_validate(line.content["asked"])
        request, why = (end.content.get("request"), end.content.get("why", "")) if end else (None, "")
        if end is None or ended:
            rows.append(Waiting(line.number, asked, place.site.settings.zone, request, why))
    rows.sort(key=lambda row: (local_day(row.asked.start, row.zone), row.asked.at, row.number))
    return WaitingList(rows)


def recheck_waiting(place: Place, made: datetime) -> WaitingList:
    """Judge everybody who waits again, in order; who finds room is filed, whose leave has begun waits no more.

    Called whenever somebody's plan changes: an approval, a withdrawal, a new roster.
    """
    from dataclasses import replace

    from desk.wiring import with_approved

    place = replace(place, site=with_approved(place))
    now = int(place.now.timestamp())
    changed = []
    for row in waiting_list(place).rows:
        if row.asked.start <= now:
            _end(place, row, None, "its time has come without room", made)
            changed.append(replace(row, ended="its time has come without room"))
            continue
        judged = judge_leave(place, row.asked)
        if judged.no_room or not judged.verdict.possible:
            continue
        number = file_leave(place, judged, made)
        if number is not None:
            _end(place, row, number, "filed", made)
            changed.append(replace(row, request=number, ended="filed"))
    return WaitingList(changed)


def stop_waiting(place: Place, number: int, by: str, made: datetime) -> None:
    """Take somebody off the waiting list; only the person may.

    Raises
    ------
    InputError : nobody waits under that number, or it is somebody else's.
    """
    row = next((row for row in waiting_list(place).rows if row.number == number), None)
    if row is None:
        raise InputError(Said("nobody waits under number {number}: see `paiban request waiting`", number=number))
    if by != row.asked.agent:
        raise InputError(Said("only {agent} may take it off the waiting list, not {by}", agent=row.asked.agent, by=by))
    _end(place, row, None, "withdrawn", made)


def _end(place: Place, row: Waiting, request: int | None, why: str, made: datetime) -> None:
    content = {"request": request, "why": why}
    at = int(place.now.timestamp())
    logbook_of(place).write("waiting_end", str(row.number), at, row.asked.agent, content, made)


@dataclass(frozen=True)
class CertificateOf:
    """How it stands with the certificate of a sick leave.

    Attributes
    ----------
    due : local ISO date by which it is with the shift leader.
    gaps : what is not covered, [start, end) UTC seconds.
    late : whether something was handed in after the date, or is missing after it.
    """

    request: int
    agent: str
    due: str
    handed: tuple[tuple[int, int], ...]
    gaps: tuple[tuple[int, int], ...]
    late: bool
    zone: str

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {
            "request": self.request, "agent": self.agent, "due": self.due, "handed": [list(row) for row in self.handed],
            "gaps": [list(row) for row in self.gaps], "complete": not self.gaps, "late": self.late,
        }  # fmt: skip

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        head = said._("Request {number}, {agent}: certificate due {due}", number=self.request, agent=self.agent,
                      due=self.due)  # fmt: skip
        if not self.gaps:
            complete = said._("complete")
            yield said._("{name}: {text}", name=head, text=complete)
        else:
            spans = said.listing([f"{shown(start, self.zone)} - {shown(end, self.zone)}" for start, end in self.gaps])
            missing = said._("missing for {spans}", spans=spans)
            yield said._("{name}: {text}", name=head, text=missing)
        if self.late:
            yield "  " + said._("It is late: what it does not cover counts as absenteeism unless excused.")


def hand_in_certificate(place: Place, number: int, start: int, end: int, *, by: str, made: datetime) -> CertificateOf:
    """Write down that a certificate over [start, end), UTC seconds, was handed in for a leave.

    Raises
    ------
    InputError : the request is no leave that owes one.
    """
    filed = requests_of(place).get(number)
    if not isinstance(filed.asked, LeaveRequest) or _owes(place, filed) is None:
        raise InputError(
            Said("request {number} owes no certificate: it is {what}", number=number, what=filed.asked.what)
        )
    if start >= end:
        raise InputError(Said("a certificate ends after it starts"))
    content = {"start": start, "end": end}
    logbook_of(place).write("certificate", f"request/{number}", int(place.now.timestamp()), by, content, made)
    found = _owes(place, filed)
    assert found is not None
    return found


def certificates(place: Place) -> list[CertificateOf]:
    """Every approved or open leave that owes a certificate, with what was handed in."""
    rows = (_owes(place, row) for row in requests_of(place).all(int(place.now.timestamp()), "leave"))
    return [row for row in rows if row is not None]


def duties_of(filed: Filed) -> list[tuple[int, int]]:
    """The duties that a leave concerned when it was asked for, [start, end) UTC seconds."""
    return [(start, end) for start, end in filed.verdict.get("duties", ())]


def _owes(place: Place, filed: Filed) -> CertificateOf | None:
    asked, zone, policy = filed.asked, place.site.settings.zone, place.policy.leave
    if not isinstance(asked, LeaveRequest) or not needs_certificate(asked, zone, policy, duties_of(filed)):
        return None
    if filed.state.status in ("refused", "withdrawn", "expired"):
        return None
    due = certificate_due(asked, zone, policy)
    lines = logbook_of(place).lines("certificate", about=f"request/{filed.number}")
    handed = [(line.content["start"], line.content["end"]) for line in lines]
    whole = asked.model_copy(update={"certificates": (*asked.certificates, *handed)})
    in_time = [(c["start"], c["end"]) for line in lines if local_day(line.at, zone) <= due for c in [line.content]]
    then = asked.model_copy(update={"certificates": (*asked.certificates, *in_time)})
    late = bool(certificate_gaps(then)) and place.today > due
    return CertificateOf(
        filed.number, asked.agent, due.isoformat(), tuple(handed), tuple(certificate_gaps(whole)), late, zone
    )
