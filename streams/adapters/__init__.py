"""Telephone systems' own events, made ours. One module a system; a new one is written like these and listed here."""

from collections.abc import Callable

from centre.errors import InputError, Problem
from centre.said import Said
from streams.adapters import amazon_connect, cisco_finesse, genesys_cloud, twilio_taskrouter
from streams.adapters.words import Words
from streams.decode import Adapter, States
from streams.native import native_adapter

NATIVE = ("paiban-format", b"native")
"""The header of a message in the native format on a topic of another one."""


def _native(words: Words) -> Adapter:
    return native_adapter(States(words.states))


ADAPTERS: dict[str, Callable[[Words], Adapter]] = {
    "native": _native,
    "amazon_connect": amazon_connect.adapter,
    "cisco_finesse": cisco_finesse.adapter,
    "genesys_cloud": genesys_cloud.adapter,
    "twilio_taskrouter": twilio_taskrouter.adapter,
}


def adapter_for(system: str, words: Words) -> Adapter:
    """The adapter for a telephone system, by its name in `ADAPTERS`; "-" and "_" are one.

    What carries the header `NATIVE`, such as a rehearsed day, is read in the native format whatever the system.

    Raises
    ------
    InputError
        There is none of that name, or the table of states maps to what is no native state.
    """
    name = system.replace("-", "_")
    if name not in ADAPTERS:
        raise InputError([Problem("site.toml", "[broker].adapter", system, Said.listed(ADAPTERS))])
    theirs, ours = ADAPTERS[name](words), _native(words)
    if name == "native":
        return ours
    return lambda record: ours(record) if NATIVE in record.headers else theirs(record)
