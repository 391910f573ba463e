"""Which language to speak: what was asked for, what the site says, what the environment says, English."""

from collections.abc import Mapping

from centre.errors import InputError, Problem
from centre.said import Said

LANGUAGES = ("en", "zh")
"""The languages with a catalogue; the first is spoken when nothing says otherwise."""

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def choose_language(argument: str | None = None, site: str = "", environment: Mapping[str, str] | None = None) -> str:
    """The language to speak.

    Parameters
    ----------
    argument : what the user asked for in this run: "en", "zh", or a locale such as "zh_CN.UTF-8"; None or "" when
        nothing was asked for.
    site : the site's own language; "" when it names none.
    environment : the process's environment; LC_ALL, LC_MESSAGES and LANG are looked at, in this order, as POSIX does.

    Raises
    ------
    InputError
        When the user or the site names a language without a catalogue. A locale of the environment without one is
        no error: it was not meant for this program alone.
    """
    for source, wanted in (("--language", argument), ("site.toml", site)):
        if wanted:
            return _known(wanted) or _refuse(source, wanted)
    for variable in _VARIABLES:
        if value := (environment or {}).get(variable, ""):
            return _known(value) or LANGUAGES[0]
    return LANGUAGES[0]


def _known(locale: str) -> str | None:
    """The language of a locale's name ("zh_CN.UTF-8", "zh-Hans"), if there is a catalogue for it."""
    language = locale.replace("-", "_").split("_")[0].split(".")[0].lower()
    return language if language in LANGUAGES else None


def _refuse(source: str, wanted: str) -> str:
    raise InputError([Problem(source, "language", wanted, Said("one of {names}", names=list(LANGUAGES)))])
