"""Sign-in by OpenID Connect, against a provider that answers on loopback."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from desk.web.settings import OpenId, open_id_from
from tests.desk.web.conftest import MOMENT


@dataclass
class Provider:
    """What the provider says, and what it was asked."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    form: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that gives whoever brings a code the claims of the test."""
    told = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ends = {name: f"{told.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
            self._say({"issuer": told.issuer, **ends})

        def do_POST(self) -> None:
            told.form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            parts = [
                base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({}, told.claims)
            ]
            self._say({"id_token": ".".join([*parts, "signature"])})

        def _say(self, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


def journey(visitor: Any, provider: Provider, **changes: Any) -> Any:
    """Go to the provider and come back with what it says."""
    off = visitor.client.get("/sign-in/open-id?next=/month", follow_redirects=False)
    asked = {key: value[0] for key, value in parse_qs(urlsplit(off.headers["location"]).query).items()}
    provider.claims = {
        "iss": provider.issuer, "aud": "paiban", "exp": MOMENT.timestamp() + 60, "nonce": asked["nonce"],
        "preferred_username": "planner", **changes,
    }  # fmt: skip
    back = visitor.client.get(f"/sign-in/open-id/back?code=abc&state={asked['state']}", follow_redirects=False)
    return asked, back


def test_somebody_with_an_account_is_let_in_to_where_he_wanted(
    staffed: Path, board_at: Any, provider: Provider
) -> None:
    with board_at(open_id=OpenId(provider.issuer, "paiban", "secret")) as visitor:
        assert "Sign in with the organisation" in visitor.client.get("/sign-in").text
        asked, back = journey(visitor, provider)
        assert back.headers["location"] == "/month"
        assert visitor.client.get("/month").status_code == 200
        verifier = provider.form["code_verifier"][0]
        wanted = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        assert asked["code_challenge"] == wanted


@pytest.mark.parametrize(
    "wrong",
    [{"iss": "https://evil.example"}, {"aud": "other"}, {"exp": 1}, {"nonce": "x"}, {"preferred_username": None}],
)
def test_what_the_provider_says_to_another_or_at_another_time_lets_nobody_in(
    staffed: Path, board_at: Any, provider: Provider, wrong: dict[str, Any]
) -> None:
    with board_at(open_id=OpenId(provider.issuer, "paiban", "secret")) as visitor:
        _, back = journey(visitor, provider, **wrong)
        assert back.status_code == 422
        assert visitor.client.get("/month", follow_redirects=False).status_code == 303


def test_who_has_no_account_and_who_begins_elsewhere_is_not_let_in(
    staffed: Path, board_at: Any, provider: Provider
) -> None:
    with board_at(open_id=OpenId(provider.issuer, "paiban", "secret")) as visitor:
        _, back = journey(visitor, provider, preferred_username="stranger")
        assert back.status_code == 403
        assert visitor.client.get("/sign-in/open-id/back?code=abc&state=guess").status_code == 403


def test_it_is_off_unless_the_environment_names_it_whole() -> None:
    assert open_id_from({}) is None
    whole = {"PAIBAN_OIDC_ISSUER": "https://id.example/", "PAIBAN_OIDC_CLIENT": "a", "PAIBAN_OIDC_SECRET": "b"}
    assert open_id_from(whole) == OpenId("https://id.example", "a", "b")
    with pytest.raises(Exception, match="together"):
        open_id_from({"PAIBAN_OIDC_CLIENT": "a"})
