"""Special days edited in place: special_days.csv changed whole, or not at all."""

import csv
import io
from datetime import date

from centre.errors import InputError, Problem
from centre.said import Said
from centre.site import SpecialDay
from desk.wiring import Place
from store.atomic import write_whole
from store.audit import Audit, Deed
from store.lock import site_lock
from store.site_folder import look_at_site

FILE = "special_days.csv"


def set_special_day(place: Place, day: date, queue: str, factor: float | None, note: str, *, by: str) -> None:
    """Set the factor of a day (of a queue; "" for all), or take it away (None).

    Raises
    ------
    InputError : an unknown queue, a factor below 0, or the folder does not hold with it: the file is then as before.
    """
    if queue and queue not in place.site.queues:
        raise InputError([Problem(FILE, "queue", queue, Said("nothing for all, or a queue of queues.toml"))])
    if factor is not None and not 0 <= factor <= 100:
        raise InputError([Problem(FILE, "factor", str(factor), Said("0 (closed) to 100 times the usual volume"))])
    with site_lock(place.folder):
        rest = [row for row in place.site.special_days if (row.date, row.queue) != (day, queue)]
        new = [] if factor is None else [SpecialDay(date=day, queue=queue, factor=factor, note=note)]
        path = place.folder / FILE
        before = path.read_bytes() if path.exists() else None
        write_whole(path, _csv(sorted([*rest, *new], key=lambda row: (row.date, row.queue))))
        problems = look_at_site(place.folder).problems
        if problems:
            if before is None:
                path.unlink()
            else:
                write_whole(path, before)
            raise InputError(problems)
    said = Said("removed") if factor is None else Said("factor {factor} {note}", factor=f"{factor:g}", note=note)
    noted = Deed(place.now, by, "special day", f"special_day/{day}/{queue}", True, said)
    Audit(place.plans.database, place.site.settings.name).note(noted)


def _csv(rows: list[SpecialDay]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["date", "queue", "factor", "note"])
    writer.writerows([row.date.isoformat(), row.queue, f"{row.factor:g}", row.note] for row in rows)
    return text.getvalue().encode()
