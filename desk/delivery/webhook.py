"""A webhook: the facts as JSON by POST, signed with HMAC-SHA256 where the environment has a secret."""

import hmac
import os
from hashlib import sha256
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import orjson

from centre.said import Said
from desk.delivery import DeliveryError, Message
from desk.wiring import Place

TIMEOUT_S = 10.0


def to_webhook(message: Message, to: str, place: Place) -> str:
    """Post it; the receiver can tell repetitions by `X-Paiban-Key`.

    Raises
    ------
    DeliveryError : the receiver does not answer with success, or the address is no web address.
    """
    url = place.policy.escalation.webhook
    if not url:
        return ""
    if urlsplit(url).scheme not in ("http", "https"):
        raise DeliveryError(Said("escalation.webhook: found {url}; allowed: an http or https address", url=url))
    content = orjson.dumps({**message.facts, "to": to, "subject": message.subject, "text": message.body})
    headers = {"Content-Type": "application/json", "X-Paiban-Key": message.key}
    secret = os.environ.get("PAIBAN_WEBHOOK_SECRET", "")
    if secret:
        headers["X-Paiban-Signature"] = hmac.new(secret.encode(), content, sha256).hexdigest()
    try:
        with urlopen(Request(url, content, headers), timeout=TIMEOUT_S) as answer:  # the scheme is looked at above
            return f"posted: {answer.status}"
    except (URLError, OSError, ValueError) as error:
        raise DeliveryError(Said("webhook {url}: {error}", url=url, error=error)) from error
