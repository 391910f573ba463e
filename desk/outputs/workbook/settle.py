"""The same roster gives the same workbook, to the byte: the library's own time stamps are replaced."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def settle(path: Path, at: datetime) -> None:
    """Give every part of a saved workbook the time at which its roster was made."""
    utc = at.astimezone(UTC)
    stamp = utc.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    settled = BytesIO()
    with ZipFile(path) as book, ZipFile(settled, "w", ZIP_DEFLATED) as copy:
        for part in book.infolist():
            content = book.read(part)
            if part.filename == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>" + stamp, content)
            info = ZipInfo(part.filename, (max(utc.year, 1980), utc.month, utc.day, utc.hour, utc.minute, utc.second))
            info.compress_type = ZIP_DEFLATED
            copy.writestr(info, content)
    path.write_bytes(settled.getvalue())
