"""The whole loop on an example centre, told as it happens."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from centre.said import Said
from desk.actions.live import Watched, rehearse, watch
from desk.actions.night import nightly
from desk.actions.sites import make_example
from desk.wiring import Place, open_place
from desk.wording import choose_language, words
from scheduler.progress import OnProgress
from streams.outputs import AdherenceDay, Alert

SEED = 7
ZONE = "Asia/Shanghai"


def demonstrate(
    folder: Path | None, *, seconds: float, language: str, now: datetime, on_progress: OnProgress | None
) -> Iterator[str]:
    """Make a site, roster its next four weeks, live through the first day, and say who kept to the roster.

    Parameters
    ----------
    folder : where the site is made and stays; None: a temporary folder that is removed at the end.
    """
    spoken = choose_language(language, "", os.environ)
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paiban-"))) / "hotline"
        yield Said("1. A centre: about 60 agents, three voice queues, a year of history.")
        make_example(place, seed=SEED, today=now.astimezone(ZoneInfo(ZONE)).date(), language=spoken)
        yield f"   {place}"
        yield Said("2. The night: forecast, required staff, roster for four weeks, checked and published.")
        night = nightly(
            place,
            from_day=None,
            weeks=4,
            seconds=seconds,
            seed=SEED,
            workers=2,
            again=False,
            language=spoken,
            now=now,
            log=lambda line: None,
            on_progress=on_progress,
        )
        yield from (Said("   {line}", line=line) for line in night.words())
        day = night.days.first_day
        events = place / "day.jsonl"
        yield Said("3. {day}: the first day, lived through by a simulated floor.", day=day)
        with open_place(place, now) as opened:
            lived = rehearse(opened, day, seed=SEED, to=str(events))
            yield from (Said("   {line}", line=line) for line in lived.words())
            yield Said("4. The shift leader watches the events come in.")
            yield from _told(opened, events, spoken)
        yield (
            Said("5. Look at it: {page}", page=place / "out" / "roster.html")
            if folder
            else Said("   (paiban demo --keep FOLDER keeps it all)")
        )


def _told(opened: Place, events: Path, spoken: str) -> Iterator[str]:
    watched = Watched()
    alerts: list[Alert] = []
    days: list[AdherenceDay] = []
    lines: list[str] = []
    said = words(spoken)
    for output, floor in watch(opened, str(events), watched=watched):
        if isinstance(output, Alert):
            alerts.append(output)
            if len(lines) < 8:
                row = output.to_json(floor)
                lines.append(f"   {row['at'][11:16]}  {said.term('severity', output.severity):8} {row['text'][spoken]}")
        elif isinstance(output, AdherenceDay):
            days.append(output)
    yield from lines
    counts = Counter(alert.type for alert in alerts)
    yield Said(
        "   {events:,} events, {alerts} alerts: {kinds}",
        events=watched.events,
        alerts=len(alerts),
        kinds=[Said("{kind} {count}", kind=Said.term("alert", kind), count=n) for kind, n in counts.most_common()],
    )
    # The last word on a day is the one that counts: corrections may have come since.
    lowest = sorted({(day.agent, day.date): day for day in days}.values(), key=_kept)[:5]
    yield Said("   Lowest adherence: {people}", people=[f"{day.agent} {_kept(day):.0%}" for day in lowest])


def _kept(day: AdherenceDay) -> float:
    account = day.account
    return account.kept / account.scheduled if account.scheduled else 1.0
