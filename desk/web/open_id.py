"""Sign-in with the organisation's account: OpenID Connect, authorization code with PKCE.

The ID token comes straight from the provider's token endpoint over TLS, which the specification lets stand in place of
its signature (OpenID Connect Core 1.0, 3.1.3.7, point 6); issuer, audience, time and nonce are checked all the same.
An issuer without TLS is refused, but on this machine.
"""

import base64
import hmac
import json
import secrets
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from centre.errors import InputError, Problem
from centre.library_words import said_by
from centre.said import Said
from desk.web.settings import OpenId, is_loopback

PATIENCE_S = 10.0
SKEW_S = 120


@dataclass(frozen=True)
class Journey:
    """What this browser has to come back with."""

    state: str
    nonce: str
    verifier: str
    following: str

    @classmethod
    def begin(cls, following: str) -> "Journey":
        """A new one."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), following)

    def sealed(self, secret: bytes) -> str:
        """As a cookie that only we can have made."""
        text = json.dumps([self.state, self.nonce, self.verifier, self.following]).encode()
        return f"{base64.urlsafe_b64encode(text).decode()}.{_seal(secret, text)}"

    @classmethod
    def opened(cls, cookie: str, secret: bytes) -> "Journey | None":
        """From the cookie; None where it is not ours."""
        content, _, seal = cookie.partition(".")
        try:
            text = base64.urlsafe_b64decode(content)
            if hmac.compare_digest(seal, _seal(secret, text)):
                return cls(*json.loads(text))
        except (ValueError, TypeError):
            return None
        return None


def where_to(provider: OpenId, journey: Journey, back: str) -> str:
    """The address at the provider where somebody signs in.

    Raises
    ------
    InputError : the provider cannot be asked, or has no TLS.
    """
    challenge = base64.urlsafe_b64encode(sha256(journey.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": provider.client, "redirect_uri": back, "scope": "openid profile email",
        "state": journey.state, "nonce": journey.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{_discovered(provider)['authorization_endpoint']}?{urlencode(asked)}"


def who_came(provider: OpenId, journey: Journey, code: str, back: str, now: float) -> str:
    """The name of whoever signed in, by the provider's claim.

    Raises
    ------
    InputError : the provider does not say so, or not to us, or not now.
    """
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": provider.client,
        "client_secret": provider.secret, "code_verifier": journey.verifier,
    }  # fmt: skip
    claims = _claims(str(_asked(_discovered(provider)["token_endpoint"], form).get("id_token", "")))
    audience = claims.get("aud")
    wanted = {
        "iss": claims.get("iss", "").rstrip("/") == provider.issuer,
        "aud": provider.client in (audience if isinstance(audience, list) else [audience]),
        "exp": isinstance(claims.get("exp"), int | float) and claims["exp"] > now - SKEW_S,
        "nonce": hmac.compare_digest(str(claims.get("nonce", "")), journey.nonce),
        provider.claim: isinstance(claims.get(provider.claim), str) and bool(claims.get(provider.claim)),
    }
    wrong = [name for name, good in wanted.items() if not good]
    if wrong:
        raise InputError(
            [Problem("OpenID Connect", Said.listed(wrong), Said("another one"), Said("what was asked for"))]
        )
    return str(claims[provider.claim])


def _discovered(provider: OpenId) -> Mapping[str, Any]:
    return _asked(f"{provider.issuer}/.well-known/openid-configuration")


def _asked(address: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise InputError([Problem("OpenID Connect", Said("address"), address, Said("https"))])
    body = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(address, data=body, headers={"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            found = json.load(answer)
    except (OSError, ValueError) as error:
        raise InputError(
            [Problem("OpenID Connect", address, said_by(error), Said("a provider that answers"))]
        ) from None
    if not isinstance(found, dict):
        raise InputError([Problem("OpenID Connect", address, Said("no object"), Said("a provider that answers"))])
    return found


def _claims(token: str) -> dict[str, Any]:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        raise InputError(
            [Problem("OpenID Connect", "id_token", Said("none"), Said("one in the provider's answer"))]
        ) from None
    return claims if isinstance(claims, dict) else {}


def _seal(secret: bytes, text: bytes) -> str:
    return hmac.new(secret, b"journey" + text, sha256).hexdigest()
