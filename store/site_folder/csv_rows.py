"""Read CSV files as rows of named cells, telling the door what is wrong with header and rows."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from centre.library_words import said_by
from centre.said import Said
from store.site_folder.door import Door, as_written, one_of

FIRST = Said("row {row}", row=1)


@dataclass(frozen=True)
class Row:
    """A row and where it stands; the header is row 1, as a spreadsheet numbers them."""

    door: Door
    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell of a column, without blanks around it; "" where the file has no such column."""
        return self.cells.get(column, "")

    def complain(self, column: str, allowed: str, found: str | None = None) -> None:
        """Tell the door of a wrong cell (or, for column "", of the row as a whole)."""
        place: str = Said("row {row}", row=self.number)
        if column:
            place = Said("row {row}, column {column}", row=self.number, column=column)
        cell = as_written(self[column]) if self[column] else Said("nothing")
        self.door.complain(self.file, place, cell if found is None else found, allowed)


def read_rows(
    door: Door, name: str, needed: Sequence[str], optional: Sequence[str] = (), *, needed_file: bool = False
) -> list[Row] | None:
    """The rows of a file that are not blank, or None when it is missing or cannot be read as this table."""
    text = door.text(name, needed=needed_file)
    if text is None:
        return None
    records = list(_records(door, name, text))
    header = [cell.strip() for cell in records[0]] if records else []
    if not _header_holds(door, name, header, needed, optional):
        return None
    rows = []
    for number, record in enumerate(records[1:], 2):
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        row = Row(door, name, number, dict(zip(header, cells, strict=False)))
        if len(cells) > len(header) and any(cells[len(header) :]):
            where, found = Said("row {row}", row=number), Said("{count} cells", count=len(cells))
            door.complain(
                name,
                where,
                found,
                Said('{count} cells, as the header has; a cell with "," in quotes', count=len(header)),
            )
        rows.append(row)
    return rows


def _records(door: Door, name: str, text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        door.complain(
            name,
            Said("line {line}", line=reader.line_num),
            said_by(error),
            Said('cells separated by ",", quotes in pairs'),
        )


def _header_holds(door: Door, name: str, header: Sequence[str], needed: Sequence[str], optional: Sequence[str]) -> bool:
    known = (*needed, *optional)
    if len(header) == 1 and header[0] not in known and any(mark in header[0] for mark in ";\t"):
        door.complain(name, FIRST, as_written(header[0]), Said('columns separated by ","'))
        return False
    missing = [column for column in needed if column not in header]
    for column in header:
        if column and column not in known:
            door.complain(
                name,
                FIRST,
                Said('a column "{column}"', column=column),
                one_of(column, known, Said("the columns are")),
            )
        if column and header.count(column) > 1:
            door.complain(
                name,
                FIRST,
                Said('column "{column}" {count} times', column=column, count=header.count(column)),
                Said("each column once"),
            )
    for column in missing:
        door.complain(
            name,
            FIRST,
            Said('no column "{column}"', column=column),
            Said("the columns {names}", names=list(needed)),
        )
    return not missing
