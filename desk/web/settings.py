"""How a board is served: everything a person may set when starting it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address

from centre.errors import InputError, Problem
from centre.said import Said


@dataclass(frozen=True)
class OpenId:
    """An OpenID Connect provider. The secret comes from the environment, never from a file of the site."""

    issuer: str
    client: str
    secret: str
    claim: str = "preferred_username"


@dataclass(frozen=True)
class BoardSettings:
    """Where the board listens and whom it lets in.

    Attributes
    ----------
    source : where the live floor's events are read ("embedded", "kafka"), or "" where another process watches.
    idle, longest : after so long without a click, and in any case, a browser is signed out.
    proxy_header : the header in which a trusted proxy names who is there; "" for none.
    proxies : addresses from which that header is believed.
    """

    host: str = "127.0.0.1"
    port: int = 8350
    language: str = ""
    source: str = ""
    idle: timedelta = timedelta(hours=2)
    longest: timedelta = timedelta(hours=12)
    proxy_header: str = ""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    open_id: OpenId | None = None

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def open_id_from(environment: Mapping[str, str]) -> OpenId | None:
    """The provider that PAIBAN_OIDC_ISSUER, _CLIENT, _SECRET and _CLAIM name; None where none is named.

    Raises
    ------
    InputError : half of it is there.
    """
    issuer, client = environment.get("PAIBAN_OIDC_ISSUER", ""), environment.get("PAIBAN_OIDC_CLIENT", "")
    secret = environment.get("PAIBAN_OIDC_SECRET", "")
    if not issuer and not client:
        return None
    if not (issuer and client and secret):
        raise InputError(
            [
                Problem(
                    Said("environment"),
                    "PAIBAN_OIDC_*",
                    Said("a part"),
                    Said("PAIBAN_OIDC_ISSUER, _CLIENT and _SECRET together"),
                )
            ]
        )
    return OpenId(issuer.rstrip("/"), client, secret, environment.get("PAIBAN_OIDC_CLAIM", "preferred_username"))
