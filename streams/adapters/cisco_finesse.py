"""Cisco Finesse user notifications, XML.

Names come in any case, <user> and <User> alike; stateChangeTime may be empty, and then the time of arrival counts.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring

from centre.events import AgentState
from centre.said import Said
from streams.adapters.words import Words, moment
from streams.decode import Adapter, States, UnreadableError
from streams.event_log import Record

STATES = {
    "READY": "ready",
    "RESERVED": "ready",
    "TALKING": "talking",
    "HOLD": "talking",
    "WORK": "wrap_up",
    "WORK_READY": "wrap_up",
    "RESERVED_OUTBOUND": "outbound",
    "RESERVED_OUTBOUND_PREVIEW": "outbound",
    "LOGIN": "not_ready",
    "NOT_READY": "not_ready",
    "LOGOUT": "logged_out",
}
"""Finesse's states; a site's table tells more by reason, such as "NOT_READY/Lunch"."""

_KNOWN = ("loginid", "loginname", "state", "statechangetime", "reasoncode")


def adapter(words: Words) -> Adapter:
    """The adapter for a site's Finesse; agents are known by their login id, or else their login name."""
    states = States(STATES | dict(words.states))

    def read(record: Record) -> tuple[AgentState, ...]:
        user = _user(record.value or b"")
        if user is None:
            return ()
        fields = dict(_texts(user))
        login, word = fields.get("loginid", ""), fields.get("state", "")
        if not login or not word:
            raise UnreadableError(Said("the user has no loginId or no state"))
        reason = _reason(user)
        changed = fields.get("statechangetime", "")
        at = moment(changed) if changed else record.timestamp * 1000
        # Without a time of its own the same change may come again at another one: its place in the log tells it.
        identity = f"{login}/{changed}" if changed else f"{login}/{record.timestamp}/{record.offset}"
        extra = {
            "source": "cisco_finesse",
            **{name: text for name, text in fields.items() if name not in _KNOWN and text},
        }
        agent = words.agent(login, fields.get("loginname", ""))
        state = states.native(word, reason)
        return (AgentState(f"{identity}/{word}/{reason}", at, words.site, agent, state, reason, "", extra),)

    return read


def _user(value: bytes) -> Element | None:
    """The user an update is about; None where it is about something else."""
    if b"<!" in value:
        raise UnreadableError(Said("XML with declarations of its own is not read"))
    try:
        update = fromstring(value)
    except (ParseError, ValueError) as error:
        raise UnreadableError(Said("not XML: {error}", error=error)) from None
    if _name(update) == "user":
        return update
    if _name(update) != "update":
        raise UnreadableError(Said("<{tag}> is no Finesse update", tag=update.tag))
    return next((element for element in update.iter() if _name(element) == "user"), None)


def _texts(element: Element) -> Iterator[tuple[str, str]]:
    for child in element:
        if len(child) == 0:
            yield _name(child), (child.text or "").strip()


def _reason(user: Element) -> str:
    """The label of the reason code, or else its number."""
    for child in user:
        if _name(child) == "reasoncode":
            parts = dict(_texts(child))
            return parts.get("label") or parts.get("code") or ""
    return ""


def _name(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1].lower()
