"""Telephone systems' own events, made ours. One module a system; a new one is written like these and listed here."""

from collections.abc import Callable

from centre.errors import InputError, Problem
from streams.adapters import amazon_connect, cisco_finesse, genesys_cloud, twilio_taskrouter
from streams.adapters.words import Words
from streams.decode import Adapter, States
from streams.native import native_adapter


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
    """The adapter for a telephone system, by its name in `ADAPTERS`.

    Raises
    ------
    InputError
        There is none of that name, or the table of states maps to what is no native state.
    """
    if system not in ADAPTERS:
        raise InputError([Problem("site.toml", "telephone system", system, ", ".join(ADAPTERS))])
    return ADAPTERS[system](words)
