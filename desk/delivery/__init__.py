"""Ways to tell somebody something: the board, a webhook, e-mail, the alerts topic; one visible list.

Each is a function `(message, to, place) -> str` that answers with what it did, "" where it is not set up for this site
or person, and raises DeliveryError where it was not done; then it is tried again the next time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from centre.errors import PaibanError
from desk.wiring import Place


class DeliveryError(PaibanError):
    """A message was not delivered. Trying again later helps."""

    retryable = True


@dataclass(frozen=True)
class Message:
    """What is told: one line, more lines, and the facts for machines. `key` names it once and for all."""

    key: str
    subject: str
    body: str
    facts: Mapping[str, Any]


Deliver = Callable[[Message, str, Place], str]


def ways() -> Mapping[str, Deliver]:
    """The ways of delivery by name, in the order in which they are tried."""
    from desk.delivery.board import to_board
    from desk.delivery.email import to_email
    from desk.delivery.topic import to_topic
    from desk.delivery.webhook import to_webhook

    return {"board": to_board, "webhook": to_webhook, "email": to_email, "topic": to_topic}
