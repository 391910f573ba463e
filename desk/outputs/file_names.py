"""File names for people's ids: safe on every system, one each, and the same every time."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable

_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))]
)
_LONGEST = 120
"""Bytes of UTF-8; with a digest and a suffix it stays below the 255 of common file systems."""


def file_stems(names: Iterable[str]) -> dict[str, str]:
    """A file name without suffix for each name.

    A name of letters, digits, "-", "_" and inner dots is its own stem. Where another character had to be replaced, or
    two names differ by case or Unicode form only (which is one file on some systems), a digest of the name follows.
    """
    wanted = list(dict.fromkeys(names))
    clean = {name: _clean(name) for name in wanted}
    seen = Counter(stem.casefold() for stem in clean.values())
    return {
        name: stem if stem == name and seen[stem.casefold()] == 1 else _marked(stem, name)
        for name, stem in clean.items()
    }


def _clean(name: str) -> str:
    text = unicodedata.normalize("NFC", name)
    text = "".join(char if char.isalnum() or char in "-_." else "_" for char in text).strip(".")
    text = text.encode()[:_LONGEST].decode(errors="ignore")
    return f"_{text}" if not text or text.split(".")[0].casefold() in _RESERVED else text


def _marked(stem: str, name: str) -> str:
    return f"{stem}-{hashlib.sha256(name.encode()).hexdigest()[:10]}"
