"""The door of a site folder: every file passes here, every problem found is kept.

A planner who has made twelve mistakes wants to see twelve lines, so nothing below raises: readers complain to the door
and go on with what can still be read.
"""

import hashlib
import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from centre.errors import Problem
from centre.library_words import library_words
from centre.said import Said

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass
class Door:
    """What was found wrong in a folder so far, and the digest of every file read."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    def complain(self, file: str, where: str, found: str, allowed: str) -> None:
        """Keep a problem; the same one is kept once."""
        problem = Problem(file, where, found, allowed)
        if problem not in self.problems:
            self.problems.append(problem)

    def text(self, name: str, *, needed: bool) -> str | None:
        """The text of a file, or None when there is none or it cannot be read (which is complained of)."""
        path = self.folder / name
        if not needed and not path.exists():
            return None
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            self.complain(
                name, Said("file"), Said("no such file"), Said("the file; `paiban init` writes one to start from")
            )
            return None
        except OSError as error:
            self.complain(
                name,
                Said("file"),
                library_words(error.strerror or "") or Said("an error"),
                Said("a file that can be read"),
            )
            return None
        self.sources[name] = hashlib.sha256(content).hexdigest()
        return self._decoded(name, content)

    def _decoded(self, name: str, content: bytes) -> str | None:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.complain(
                name, Said("line {line}", line=line), _encoding(content), Said('UTF-8 (in Excel save as "CSV UTF-8")')
            )
            return None
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            self.complain(name, Said("line {line}", line=line), Said("a NUL character"), Said("UTF-8 text"))
            return None
        return text


def _encoding(content: bytes) -> str:
    """What a text that is not UTF-8 most probably is, in the user's words."""
    if content.startswith(UTF16_MARKS):
        return Said('text in UTF-16 ("Unicode text")')
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return Said("bytes that are not UTF-8")
    chinese = "".join(sign for sign in text if "\u4e00" <= sign <= "\u9fff")
    if len(chinese) > 1:
        return Said('Chinese text in GB18030 / GBK ("{text}")', text=chinese[:6])
    return Said("bytes that are not UTF-8")


def as_written(value: Any) -> str:
    """A value as the user may recognise it, on one line and not too long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    text = text if len(text) <= 80 else text[:77] + "..."
    return (f'"{text}"' if text else '""') if isinstance(value, str) else text


def one_of(wrong: str, names: object, kind: str) -> str:
    """ "kind: a, b, c", led by the name that was probably meant."""
    known = sorted(str(name) for name in names) if hasattr(names, "__iter__") else []
    near = get_close_matches(wrong, known, n=1, cutoff=0.6)
    if not near:
        near = [name for name in known if name.casefold() == wrong.casefold()]
    listed = Said.listed(known[:20])
    if len(known) > 20:
        listed = Said("{listed} and {count} more", listed=listed, count=len(known) - 20)
    if not known:
        return Said("{kind} (there is none)", kind=kind)
    if near:
        return Said('did you mean "{name}"? {kind}: {listed}', name=near[0], kind=kind, listed=listed)
    return Said("{kind}: {listed}", kind=kind, listed=listed)
