"""What every adapter needs to know of a site: its name, and what the telephone system's names mean there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from centre.library_words import said_by
from centre.said import Said
from streams.decode import UnreadableError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Words:
    """A site's tables for one telephone system.

    Attributes
    ----------
    site : the name events of this system carry.
    states : the system's words for states, as `States` takes them; they go before an adapter's own table.
    agents, queues : from the system's identities to the site's; one that is missing means itself.
    """

    site: str
    states: Mapping[str, str] = field(default_factory=dict)
    agents: Mapping[str, str] = field(default_factory=dict)
    queues: Mapping[str, str] = field(default_factory=dict)

    def agent(self, *identities: str) -> str:
        """The site's agent for the first of the system's identities that the table knows, or else the first of all."""
        return _first(self.agents, identities)

    def queue(self, *identities: str) -> str:
        """The site's queue, likewise; "" where the system named none."""
        return _first(self.queues, identities)


def _first(table: Mapping[str, str], identities: tuple[str, ...]) -> str:
    known = [identity for identity in identities if identity]
    return next((table[identity] for identity in known if identity in table), known[0] if known else "")


def micros(moment: datetime) -> int:
    """UTC microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(text: str) -> int:
    """UTC microseconds of an ISO 8601 time with offset.

    Raises
    ------
    UnreadableError
        It is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableError(Said("{text!r} is no ISO 8601 time", text=text)) from None
    if found.tzinfo is None:
        raise UnreadableError(Said("{text!r} has no offset from UTC", text=text))
    return micros(found)


def unreadable(error: msgspec.DecodeError | UnicodeDecodeError) -> UnreadableError:
    """The reason of a message that has not the shape its format has."""
    said = said_by(error)
    return UnreadableError(
        said if isinstance(error, msgspec.ValidationError) else Said("not JSON: {error}", error=said)
    )
