"""Tell other programs of changes: signed, and again until they answer."""

import hmac
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from centre.errors import InputError, NotPublishedError, Problem
from centre.said import Said
from desk.wiring import Place
from store.audit import Audit, Deed
from store.webhooks import Delivery, Webhook, Webhooks

EVENTS = ("*", "roster", "request", "attendance", "floor", "special_day", "scenario", "account", "job", "proposal")
PATIENCE_S = 10.0
Post = Callable[[str, bytes, dict[str, str]], int]


def webhooks_of(place: Place) -> Webhooks:
    """The site's webhooks."""
    return Webhooks(place.plans.database, place.site.settings.name)


def add_webhook(place: Place, url: str, events: Sequence[str], *, by: str) -> tuple[int, str]:
    """Tell an address of what changes from now on; returns its number and the secret that signs what it gets.

    Raises
    ------
    InputError : no http(s) address, or an unknown event.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError([Problem("webhooks", "url", url, Said("an address that begins with https:// or http://"))])
    wrong = [event for event in events if event not in EVENTS]
    if wrong or not events:
        raise InputError([Problem("webhooks", "events", Said.listed(wrong) or Said("none"), Said.listed(EVENTS))])
    secret = secrets.token_hex(32)
    number = webhooks_of(place).add(url, secret, events, by, place.now)
    _note(place, by, "add webhook", f"webhook/{number}", url)
    return number, secret


def end_webhook(place: Place, number: int, *, by: str) -> None:
    """Tell it no more.

    Raises
    ------
    NotPublishedError : there is none of that number.
    """
    if not webhooks_of(place).end(number, place.now):
        raise NotPublishedError(Said("there is no webhook {number}", number=number))
    _note(place, by, "end webhook", f"webhook/{number}", "")


def webhook_row(hook: Webhook) -> dict[str, Any]:
    """A webhook for --json; its secret was told once."""
    return {
        "number": hook.number, "url": hook.url, "events": list(hook.events), "by": hook.made_by,
        "at": hook.made_at.isoformat(),
    }  # fmt: skip


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """A delivery for --json."""
    return {
        "number": delivery.number, "webhook": delivery.webhook.number, "event": delivery.event,
        "attempts": delivery.attempts, "next_at": delivery.next_at.isoformat() if delivery.next_at else None,
        "answer": delivery.answer,
    }  # fmt: skip


def deliver(hooks: Webhooks, now: datetime, post: Post | None = None) -> int:
    """Take in what has changed and tell it to whoever wants to know; returns how many tries were made."""
    hooks.take_in(now)
    waiting = hooks.due(now)
    for delivery in waiting:
        body = delivery.content.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "paiban-webhook",
            "X-Paiban-Event": delivery.event,
            "X-Paiban-Delivery": str(delivery.number),
            "X-Paiban-Signature": signature(delivery.webhook.secret, body, now),
        }
        try:
            status = (post or _post)(delivery.webhook.url, body, headers)
            hooks.done(delivery, str(status), now, good=200 <= status < 300)
        except (OSError, ValueError) as error:
            hooks.done(delivery, str(error), now, good=False)
    return len(waiting)


def signature(secret: str, body: bytes, now: datetime) -> str:
    """ "t=SECONDS,v1=HEX": HMAC-SHA256 of the seconds, a dot and the body. Whoever checks it refuses old seconds."""
    seconds = str(int(now.timestamp()))
    digest = hmac.new(secret.encode(), seconds.encode() + b"." + body, sha256).hexdigest()
    return f"t={seconds},v1={digest}"


class _Stay(urllib.request.HTTPRedirectHandler):
    """A webhook that moved is changed by people: what is signed for one address is not sent to another."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with _opener.open(request, timeout=PATIENCE_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)


def _note(place: Place, by: str, did: str, what: str, detail: str) -> None:
    Audit(place.plans.database, place.site.settings.name).note(Deed(place.now, by, did, what, True, detail))
