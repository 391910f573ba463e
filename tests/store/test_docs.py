"""docs/site-folder.md names every key and column there is, and the defaults that the code has."""

import re
import tomllib
from pathlib import Path

import pytest

from centre.activities import PlannedActivity
from centre.headcount import Headcount, Hiring, Scenario
from centre.people import Contract
from centre.queues import Queue
from centre.shifts import Pause, Shift
from centre.site import Broker, Settings, StaffingRule
from centre.words import WEEKDAYS, Shape
from store.schema import metadata
from store.site_folder import people

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "site-folder.md").read_text("utf-8")
SHAPES = {
    "site.toml": Settings, "queues.toml": Queue, "shifts.toml": Shift, "contracts.toml": Contract,
    "activities.toml": PlannedActivity,
}  # fmt: skip


def section(title: str) -> str:
    return re.split(r"^## ", TEXT.split(f"\n## {title}", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def told_default(cell: str) -> object:
    """The value in backquotes at the beginning of a cell, as TOML reads it."""
    match = re.match(r"`([^`]+)`", cell.strip())
    assert match, cell
    value = tomllib.loads(f"value = {match[1]}")["value"]
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.parametrize(("file", "shape"), SHAPES.items())
def test_every_key_is_named_with_its_default(file: str, shape: type[Shape]) -> None:
    rows = {cells[1].strip(" `"): cells[2] for line in section(file).splitlines() if len(cells := line.split("|")) > 3}
    nested = {"[opening]": "opening", "[broker]": "broker", "[staffing]": "staffing", "[[NAME.pauses]]": "pauses"}
    nested |= {f"[NAME.{key}]": key for key in ("max_shifts_per_week", "max_shifts_per_month")}
    documented = {nested.get(key, key): told for key, told in rows.items()}
    for key, field in shape.model_fields.items():
        if key == "name" and shape is not Settings:
            continue
        told = documented[key]
        if field.is_required() or key == "opening":
            assert told.strip() == "needed"
        elif key in ("broker", "pauses") or field.get_default(call_default_factory=True) in (None, {}):
            assert told.strip().startswith("none")
        elif key == "staffing":
            assert told.strip() == "below"
        elif field.get_default() == WEEKDAYS:
            assert told.strip() == "all"
        else:
            assert told_default(told) == field.get_default(call_default_factory=True)
    assert set(documented) - {"key", "---"} <= set(shape.model_fields)


def test_every_figure_of_the_recruiting_plan_is_named_with_its_default() -> None:
    text = (DOCS / "headcount.md").read_text("utf-8")
    rows = {cells[1].strip(" `"): cells[2] for line in text.splitlines() if len(cells := line.split("|")) > 3}
    for key, field in Headcount.model_fields.items():
        if key in ("hiring", "scenario"):
            assert f"[[{key}]]" in rows
        else:
            assert told_default(rows[key]) == field.get_default()
    for shape in (Hiring, Scenario):
        assert [key for key in shape.model_fields if f"`{key}`" not in text] == []


def test_the_rule_of_staffing_is_told_with_every_choice() -> None:
    told = section("site.toml").split("`[staffing]`:")[1].split("\n\n")[0]
    for key, field in StaffingRule.model_fields.items():
        assert f"`{key}`" in told
        for choice in getattr(field.annotation, "__args__", ()):
            assert f"`{choice}`" in told


def test_brokers_and_pauses_keys_and_the_columns_of_agents_are_named() -> None:
    keys = [*Broker.model_fields, *Pause.model_fields, *people.NEEDED, *people.OPTIONAL]
    assert [key for key in keys if key not in TEXT] == []


def test_every_table_of_the_database_is_named() -> None:
    text = (DOCS / "store.md").read_text("utf-8")
    assert [name for name in metadata.tables if f"`{name}`" not in text] == []
