"""agents.csv: who works here, with which skills, under which contract."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from centre.library_words import pydantic_words, said_by
from centre.people import ROLES, Agent, Contract
from centre.queues import Queue
from centre.said import Said
from centre.shifts import Shift
from centre.words import WEEKDAYS
from store.site_folder.csv_rows import Row, read_rows
from store.site_folder.door import Door, as_written, one_of
from store.site_folder.moments import read_day
from store.site_folder.toml_tables import Tables

FILE = "agents.csv"
NEEDED = ("agent", "name", "team", "role", "contract", "skills")
OPTIONAL = ("email", "hired", "left", "wishes", "attributes")

SKILLS = Said('queue:speed, several joined by ";", such as billing:1.0;sales:0.8; speeds above 0, at most 5')
WISHES = Said('what:weight, several joined by ";", such as early:2;off-sun:5; weights whole numbers from 1 to 10')
DAYS_OFF = tuple(f"off-{day}" for day in WEEKDAYS)


def read_agents(
    door: Door, queues: Tables[Queue], shifts: Tables[Shift], contracts: Tables[Contract]
) -> tuple[dict[str, Agent], frozenset[str] | None]:
    """The agents that hold, and the ids of all rows (None: the file cannot be read)."""
    rows = read_rows(door, FILE, NEEDED, OPTIONAL, needed_file=True)
    if rows is None:
        return {}, None
    if not rows:
        door.complain(FILE, Said("file"), Said("no agent"), Said("at least one row below the header"))
    agents: dict[str, Agent] = {}
    first: dict[str, int] = {}
    for row in rows:
        agent = _agent(row, queues, shifts, contracts)
        same = first.setdefault(row["agent"], row.number)
        if same != row.number and row["agent"]:
            row.complain("agent", Said("each agent once; row {same} is the same", same=same))
        elif agent is not None:
            agents[agent.agent] = agent
    return agents, frozenset(first)


def _agent(row: Row, queues: Tables[Queue], shifts: Tables[Shift], contracts: Tables[Contract]) -> Agent | None:
    before = len(row.door.problems)
    for column in ("agent", "name", "contract"):
        if not row[column]:
            row.complain(column, Said("a value in every row"))
    if row["role"] not in ROLES:
        row.complain("role", one_of(row["role"], ROLES, Said("one of")))
    if row["contract"] and contracts.lacks(row["contract"]):
        row.complain("contract", one_of(row["contract"], contracts.names, Said("a contract of contracts.toml")))
    skills = _skills(row, queues)
    hired, left = _day(row, "hired"), _day(row, "left")
    if hired and left and left < hired:
        row.complain("left", Said("a day not before hired, {hired}", hired=hired))
    wishes = _wishes(row, shifts, contracts.valid.get(row["contract"]))
    if len(row.door.problems) > before:
        return None
    data: dict[str, Any] = {column: row[column] for column in ("agent", "name", "team", "role", "contract", "email")}
    data |= {"skills": skills, "hired": hired, "left": left, "wishes": wishes}
    data["attributes"] = tuple(dict.fromkeys(_parts(row["attributes"])))
    try:
        return Agent.model_validate(data)
    except ValidationError as error:
        for detail in error.errors():
            row.complain(str(detail["loc"][0]), pydantic_words(detail))
        return None


def _skills(row: Row, queues: Tables[Queue]) -> Mapping[str, float]:
    skills: dict[str, float] = {}
    for part in _parts(row["skills"]):
        queue, colon, text = (piece.strip() for piece in part.partition(":"))
        speed = _number(text)
        if not colon or not queue or speed is None or not 0 < speed <= 5:
            row.complain("skills", SKILLS, as_written(part))
        elif queues.lacks(queue):
            row.complain("skills", one_of(queue, queues.names, Said("a queue of queues.toml")), as_written(part))
        elif queue in skills:
            row.complain("skills", Said("each queue once"), as_written(row["skills"]))
        else:
            skills[queue] = speed
    return skills


def _wishes(row: Row, shifts: Tables[Shift], contract: Contract | None) -> list[dict[str, Any]]:
    wishes = []
    for part in _parts(row["wishes"]):
        what, colon, text = (piece.strip() for piece in part.partition(":"))
        if not colon or not text.isdecimal() or not 1 <= int(text) <= 10:
            row.complain("wishes", WISHES, as_written(part))
        elif what not in DAYS_OFF and shifts.lacks(what):
            known = (*(shifts.names or ()), *DAYS_OFF)
            row.complain("wishes", one_of(what, known, Said("a shift of shifts.toml or a day off")), as_written(part))
        elif what not in DAYS_OFF and contract and contract.shifts and what not in contract.shifts:
            allowed = one_of(what, contract.shifts, Said("a shift of the contract {name}", name=contract.name))
            row.complain("wishes", allowed, as_written(part))
        else:
            wishes.append({"what": what, "weight": int(text)})
    return wishes


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _day(row: Row, column: str) -> date | None:
    try:
        return read_day(row[column]) if row[column] else None
    except ValueError as error:
        row.complain(column, Said("{error}, or nothing", error=said_by(error)))
        return None
