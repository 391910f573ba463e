"""Posts that have to be held: one table of posts.toml each, such as two seniors at any time."""

from datetime import date

from pydantic import Field, field_validator, model_validator

from centre.people import Agent
from centre.said import Said
from centre.words import WEEKDAYS, Clock, Name, Shape, Weekday, WrongKey

WHO = Said('"all", "team:NAME", "role:NAME", "agent:ID", "skill:QUEUE", "attribute:NAME" or "contract:NAME"')


class Post(Shape):
    """How many of which people are wanted on duty, and when.

    Attributes
    ----------
    who : as in activities.toml, and "attribute:NAME", "contract:NAME"; whoever is named by any of them counts.
    least : how many of them at a time.
    days, dates : weekdays on which it is wanted; with dates, those days alone.
    window : local times; one that ends no later than it starts runs past midnight.
    shift : only people on this shift count, such as one that is on call; "": whoever is inside a duty on the floor.
    while_required : wanted only while some queue requires staff.
    price : for one person missing for one hour, in agent-hours short.
    """

    name: Name
    who: tuple[str, ...] = ("all",)
    least: int = Field(1, ge=1)
    days: tuple[Weekday, ...] = WEEKDAYS
    dates: tuple[date, ...] = ()
    window: tuple[Clock, Clock] = (0, 1440)
    shift: str = ""
    while_required: bool = False
    price: float = Field(2.0, gt=0)

    @field_validator("who", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _some_time(self) -> "Post":
        if self.window[0] == self.window[1]:
            raise WrongKey("window", Said("a start and an end that differ"))
        return self


class Presence(Shape):
    """A person has to be inside a duty over [start, end), UTC seconds."""

    agent: Name
    start: int
    end: int
    note: str = ""


def names(agent: Agent, who: tuple[str, ...]) -> bool:
    """Whether a person is one of those that `who` names."""
    mine = {
        "all",
        f"team:{agent.team}",
        f"role:{agent.role}",
        f"agent:{agent.agent}",
        f"contract:{agent.contract}",
        *(f"skill:{queue}" for queue in agent.skills),
        *(f"attribute:{name}" for name in agent.attributes),
    }
    return not mine.isdisjoint(who)
