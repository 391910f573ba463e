"""One language's words, dates and numbers."""

import gettext
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from centre.library_words import said_by
from centre.said import Lines, Said
from desk.wording.language import LANGUAGES

_LOCALES = {"en": Locale("en", "GB"), "zh": Locale("zh", "CN", script="Hans")}
"""British English for its 24-hour clock and day before month; simplified Chinese as written on the mainland."""


@dataclass(frozen=True)
class Words:
    """What a person reads, in one language.

    Attributes
    ----------
    language : "en" or "zh".
    locale : for dates and numbers.
    catalogue : the messages.
    """

    language: str
    locale: Locale
    catalogue: gettext.NullTranslations = field(repr=False)

    def _(self, message: str, /, **values: object) -> str:
        """The message in this language, `{name}` filled with `values`; English as it stands where none is known."""
        text = self.catalogue.gettext(message)
        return text.format(**values) if values else text

    def tell(self, text: str) -> str:
        """What another room said, in this language; text that is no `Said` as it stands."""
        if not isinstance(text, Said):
            return text
        return self._(text.template, **{name: self.value(value) for name, value in text.values.items()})

    def value(self, value: object) -> object:
        """What fills in a brace of a sentence, as people read it in this language."""
        if isinstance(value, list):
            return self.listing([self.tell(part) for part in value])
        if isinstance(value, Lines):
            return Lines(map(self.tell, value))
        if isinstance(value, BaseException):
            return self._error(value)
        return self.tell(value) if isinstance(value, str) else value

    def _error(self, error: BaseException) -> str:
        """What an error says; what a library says that is not known in this language stands in quotes."""
        said = said_by(error)
        return f"“{said}”" if self.language != "en" and not isinstance(said, Said) else self.tell(said)

    def ngettext(self, singular: str, plural: str, count: int, /, **values: object) -> str:
        """The form of a message that goes with a count, which may be named `{count}` in it."""
        return self.catalogue.ngettext(singular, plural, count).format(count=count, **values)

    def term(self, kind: str, name: str) -> str:
        """How people read a key of the kind "activity", "role", "rule", "cost" and so on.

        One that is in no catalogue, because a site made it up, is shown as written, underscores as spaces.
        """
        key = f"{kind}.{name}"
        text = self.catalogue.gettext(key)
        return text if text != key else name.replace("_", " ")

    def activity(self, name: str) -> str:
        """An activity of the roster."""
        return self.term("activity", name)

    def role(self, name: str) -> str:
        """A role in the line of authority."""
        return self.term("role", name)

    def rule(self, name: str) -> str:
        """A rule of docs/rules.md."""
        return self.term("rule", name)

    def day(self, day: date) -> str:
        """A date in full: "2 Mar 2026", "2026年3月2日"."""
        return format_date(day, "medium" if self.language == "en" else "long", locale=self.locale)

    def day_short(self, day: date) -> str:
        """A date without its year: "2 Mar", "3月2日"."""
        return format_skeleton("MMMd", datetime(day.year, day.month, day.day), locale=self.locale)  # noqa: DTZ001

    def day_narrow(self, day: date) -> str:
        """A date without its year where there is little room: "23 Nov", "11/23"."""
        return self.day_short(day) if self.language == "en" else f"{day.month}/{day.day}"

    def weekday(self, day: date) -> str:
        """The weekday, short: "Mon", "周一"."""
        return format_date(day, "EEE", locale=self.locale)

    def month(self, day: date) -> str:
        """The month with its year: "March 2026", "2026年3月"."""
        return format_skeleton("yMMMM", datetime(day.year, day.month, day.day), locale=self.locale)  # noqa: DTZ001

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the locale's separators and so many digits after the point."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, pattern, locale=self.locale)

    def hours(self, minutes: float) -> str:
        """Minutes as hours, as many decimals as needed: 450 is "7.5"."""
        return format_decimal(minutes / 60, "#,##0.##", locale=self.locale)

    def percent(self, share: float | None, digits: int = 1) -> str:
        """A share as a percentage; a dash where it is undefined (no contacts: never 0 or 100 %)."""
        if share is None or share != share:
            return "–"
        return format_percent(share, "#,##0" + ("." + "0" * digits if digits else "") + "%", locale=self.locale)

    def listing(self, parts: Sequence[str]) -> str:
        """Parts joined the way the language joins a list: ", " or "、"."""
        return ("、" if self.language == "zh" else ", ").join(parts)


@cache
def words(language: str = "en") -> Words:
    """The words of a language.

    Raises KeyError for one without a catalogue: `choose_language` is where a user's wish is checked.
    """
    compiled = BytesIO()
    with (resources.files("desk.wording") / f"{language}.po").open("rb") as text:
        write_mo(compiled, read_po(text, locale=language))
    compiled.seek(0)
    catalogue: Any = gettext.GNUTranslations(compiled)
    return Words(language, _LOCALES[language], catalogue)


assert set(_LOCALES) == set(LANGUAGES)
