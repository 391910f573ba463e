"""Keep the catalogues in step with the code: `python -m desk.wording.catalogues`.

Collects every `_("...")`, `Said("...")` and `ngettext("...", "...", n)` of the packages and templates, every term of
`terms.py` and all help of the command line, and brings en.po and zh.po up to date. What lacks its Chinese is listed;
then edit zh.po, run it again.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po
from typer.main import get_command

from desk.cli.app import app
from desk.cli.help import messages as help_messages
from desk.wording.language import LANGUAGES
from desk.wording.terms import keys

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
PACKAGES = ("centre", "desk", "forecasts", "scheduler", "store", "streams")
METHODS = [("**.py", "python"), ("**.j2", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "Said": None}
_TERMS = "desk/wording/terms.py"
_HELP = "desk/cli/help.py"
_HEADER = """\
# Words of Paiban. `python -m desk.wording.catalogues` brings this file up to date with the code.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def template() -> Catalog:
    """Every message that people may read, with the files it stands in."""
    catalogue = Catalog(project="paiban", charset="utf-8")
    for file, message, comments in sorted(_found(), key=lambda row: (row[0], str(row[1]))):
        catalogue.add(message, locations=[(file, 0)], auto_comments=comments)
    return catalogue


def _found() -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    for key in keys():
        yield _TERMS, key, []
    for text in help_messages(get_command(app)):
        yield _HELP, text, []
    for package in PACKAGES:
        found = extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS, comment_tags=("Translators:",))
        for name, _, message, comments, _ in found:
            yield f"{package}/{Path(name).as_posix()}", message, list(comments)


def read(language: str) -> Catalog:
    """A language's catalogue as people edit it."""
    file = FOLDER / f"{language}.po"
    if not file.exists():
        return Catalog(locale=language, project="paiban", charset="utf-8")
    with file.open("rb") as text:
        return read_po(text, locale=language)


def brought_up_to_date(catalogue: Catalog, wanted: Catalog) -> Catalog:
    """The catalogue with exactly the wanted messages, in the order of their files; translations kept."""
    fresh = Catalog(locale=catalogue.locale, project="paiban", charset="utf-8")
    for message in wanted:
        if message.id:
            old = catalogue.get(message.id)
            fresh.add(
                message.id,
                old.string if old is not None else None,
                locations=message.locations,
                auto_comments=message.auto_comments,
                user_comments=old.user_comments if old is not None else (),
            )
    return fresh


def missing(catalogue: Catalog) -> list[str]:
    """Messages without a translation. English sentences are their own; English terms need theirs."""
    return [_first(message) for message in catalogue if message.id and _needs_words(catalogue, message)]


def _needs_words(catalogue: Catalog, message: Message) -> bool:
    if str(catalogue.locale) == "en" and _first(message) not in keys():
        return False
    parts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return not all(parts)


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def po_bytes(catalogue: Catalog) -> bytes:
    """The catalogue as the text people edit: no dates and no line numbers, which would change with every run."""
    out = BytesIO()
    out.write(_HEADER.format(language=catalogue.locale, plurals=catalogue.plural_forms).encode())
    write_po(out, catalogue, width=110, include_lineno=False, omit_header=True)
    return out.getvalue()


def main() -> int:
    """Bring every catalogue up to date; 1 when a word is missing."""
    wanted, lacking = template(), 0
    for language in LANGUAGES:
        catalogue = brought_up_to_date(read(language), wanted)
        (FOLDER / f"{language}.po").write_bytes(po_bytes(catalogue))
        for message in missing(catalogue):
            lacking += 1
            print(f"{language}.po: no words for {message!r}", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
