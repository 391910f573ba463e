"""Webhooks: signed, told once each, again until answered, and then given up."""

import hmac
import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from centre.errors import InputError
from desk.actions import open_place
from desk.actions.webhooks import add_webhook, deliver, signature, webhooks_of
from store.audit import Audit, Deed
from store.webhooks import WAITS
from tests.desk.web.conftest import MOMENT

Told = list[tuple[str, bytes, dict[str, str]]]


def _change(place: object, what: str, changed: bool = True) -> None:
    site = place.site.settings.name  # type: ignore[attr-defined]
    Audit(place.plans.database, site).note(Deed(MOMENT, "wang", "publish", what, changed))  # type: ignore[attr-defined]


def test_a_change_is_told_once_signed_and_only_to_whoever_wants_it(hotline: Path) -> None:
    told: Told = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        told.append((url, body, headers))
        return 204

    with open_place(hotline, MOMENT) as place:
        _change(place, "roster/1")
        _, secret = add_webhook(place, "https://example.test/a", ["roster"], by="admin")
        add_webhook(place, "https://example.test/b", ["request"], by="admin")
        _change(place, "roster/2")
        _change(place, "roster/2", changed=False)
        hooks = webhooks_of(place)
        assert deliver(hooks, MOMENT, post) == 1
        assert deliver(hooks, MOMENT, post) == 0
    ((url, body, headers),) = told
    assert url == "https://example.test/a"
    assert json.loads(body)["what"] == "roster/2", "what changed before the webhook was made is not told"
    stamp, _, given = headers["X-Paiban-Signature"].partition(",v1=")
    wanted = hmac.new(secret.encode(), stamp.removeprefix("t=").encode() + b"." + body, sha256).hexdigest()
    assert given == wanted
    assert headers["X-Paiban-Signature"] == signature(secret, body, MOMENT)


def test_what_is_not_answered_is_told_again_later_and_later_and_then_given_up(hotline: Path) -> None:
    tries = []

    def refuse(url: str, body: bytes, headers: dict[str, str]) -> int:
        tries.append(now)
        if len(tries) % 2:
            raise OSError("connection refused")
        return 500

    with open_place(hotline, MOMENT) as place:
        add_webhook(place, "http://127.0.0.1:9/", ["*"], by="admin")
        _change(place, "roster/2")
        hooks, now = webhooks_of(place), MOMENT
        deliver(hooks, now, refuse)
        first = len(tries)
        for wait in WAITS:
            now += timedelta(seconds=wait - 1)
            assert deliver(hooks, now, refuse) == 0, "not before its time"
            now += timedelta(seconds=1)
            assert deliver(hooks, now, refuse) == first
        now += timedelta(days=30)
        assert deliver(hooks, now, refuse) == 0, "given up"
        assert hooks.newest()[0].answer in ("500", "connection refused")


@pytest.mark.parametrize("url", ["ftp://example.test/", "javascript:alert(1)", "https://", "example.test"])
def test_only_addresses_of_the_web_are_told(hotline: Path, url: str) -> None:
    with open_place(hotline, MOMENT) as place, pytest.raises(InputError, match="https"):
        add_webhook(place, url, ["*"], by="admin")
