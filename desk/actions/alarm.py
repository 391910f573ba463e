"""The live floor's alerts as reports upwards (ESC-1, ESC-4): from a severity on they climb the line by themselves.

One incident of the floor is one thread of the escalation; it begins with the shift leader of the team concerned, and
ends with the incident. Each carries what could be done about it.
"""

from dataclasses import replace
from datetime import UTC, datetime

from centre.house_policy import Severity
from centre.words import N_
from desk.actions.escalating import acknowledge, deliver_due, incidents, report_up
from desk.actions.proposal_told import ProposalTold
from desk.delivery import Deliver
from desk.wiring import Place
from desk.wording import words as words_of
from streams.alert_words import words
from streams.floor_policy import SECOND
from streams.outputs import Alert, Ended, Escalated, Output

PROPOSALS = {
    "late": N_("call the person; repair the rest of the day (paiban repair) if nobody comes"),
    "absent": N_("repair the rest of the day without the person: paiban repair"),
    "away": N_("call the person back to the desk"),
    "missing_state": N_("look whether the person is there and signed on"),
    "early_leave": N_("call the person back; see who can stay longer: paiban offer make"),
    "long_break": N_("call the person back from the pause"),
    "wrong_queue": N_("sign the person on to the queue of the roster"),
    "below_service": N_("move people from queues that can spare them; offer overtime: paiban offer make"),
    "below_staffing": N_("see who is out (paiban round); move people from queues that can spare them"),
    "queue_overload": N_("postpone pauses and training of the next half hour; offer overtime: paiban offer make"),
    "stuck_case": N_("hand the case to somebody who is free"),
}
"""What could be done about an alert, by its type."""


def raise_alarm(
    place: Place, output: Output | ProposalTold, *, made: datetime, via: dict[str, Deliver] | None = None
) -> bool:
    """Report an alert upwards where it is grave enough (`escalation.alerts_from`), end it with its incident.

    Whatever the floor says, what is due by then is delivered. True when something was reported or ended.
    """
    alert = output.alert if isinstance(output, Escalated) else output
    if not isinstance(alert, Alert | Ended):
        return False
    now = replace(place, now=datetime.fromtimestamp(alert.noticed / SECOND, UTC))  # the floor's time, also of a replay
    known = {row.thread: row for row in incidents(now).rows}
    open_now = known.get(alert.thread)
    if isinstance(alert, Ended):
        if open_now is not None:
            acknowledge(now, alert.thread, by=open_now.by, close=True, made=made)
        return open_now is not None
    severity: Severity = "severe" if alert.severity == "severe" else "warning"
    if not now.policy.escalation.outranks(severity, now.policy.escalation.alerts_from):
        return False
    if open_now is not None and open_now.severity == severity:
        deliver_due(now, made=made, via=via)
        return False
    if open_now is not None:  # it has become graver: the same thread begins anew, at the pace of its gravity
        acknowledge(now, alert.thread, by=open_now.by, close=True, made=made)
    said = words_of(place.site.settings.language or "en")
    text = words(alert, place.site.settings.zone)[said.language]
    team = place.site.agents[alert.agent].team if alert.agent in place.site.agents else ""
    proposal = said._(PROPOSALS[alert.type]) if alert.type in PROPOSALS else ""
    report_up(now, alert.type, text, by="", proposal=proposal, severity=severity, thread=alert.thread, team=team,
              made=made, via=via)  # fmt: skip
    return True
