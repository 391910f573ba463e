"""The [broker] table and the environment, in the words of the Kafka client."""

from collections.abc import Mapping
from typing import Any

from centre.errors import InputError, Problem
from centre.said import Said
from centre.site import Broker

USERNAME = "PAIBAN_KAFKA_USERNAME"
PASSWORD = "PAIBAN_KAFKA_PASSWORD"
KEY_PASSWORD = "PAIBAN_KAFKA_SSL_PASSWORD"


def client_settings(broker: Broker, secrets: Mapping[str, str]) -> dict[str, Any]:
    """What every client of this broker is built with.

    Parameters
    ----------
    broker : the [broker] table of site.toml.
    secrets : the environment; user name and passwords are read from it and nowhere else.

    Raises
    ------
    InputError
        A secret that this kind of security needs is not set.
    """
    settings: dict[str, Any] = {
        "bootstrap_servers": [server.strip() for server in broker.bootstrap.split(",")],
        "security_protocol": broker.security,
    }
    if broker.security.endswith("SSL"):
        settings |= {
            name: value
            for name, value in (
                ("ssl_cafile", broker.ssl_cafile),
                ("ssl_certfile", broker.ssl_certfile),
                ("ssl_keyfile", broker.ssl_keyfile),
                ("ssl_password", secrets.get(KEY_PASSWORD, "")),
            )
            if value
        }
    if broker.security.startswith("SASL"):
        missing = [name for name in (USERNAME, PASSWORD) if not secrets.get(name)]
        if missing:
            what = Said("the secret that [broker] security in site.toml asks for")
            raise InputError([Problem(Said("environment"), name, Said("nothing"), what) for name in missing])
        settings |= {
            "sasl_mechanism": broker.sasl_mechanism or "PLAIN",
            "sasl_plain_username": secrets[USERNAME],
            "sasl_plain_password": secrets[PASSWORD],
        }
    return settings
