"""The recruiting plan's own figures: headcount.toml (PLN-1)."""

from pydantic import Field, model_validator

from centre.said import Said
from centre.words import Name, Shape, Share, WrongKey


class Hiring(Shape):
    """One way to hire: the contract given, and how classes of new people come to serve.

    `ramp` is what one of them is worth in the first, second ... month, before the full 1.
    """

    contract: Name
    lead_months: int = Field(1, ge=0, le=24)
    class_size: tuple[int, int] = (1, 16)
    ramp: tuple[Share, ...] = (0.0, 0.5, 0.8)
    ramp_turnover_per_year: float = Field(0.6, ge=0.0, lt=1.0)
    cost_per_hire: float = Field(80.0, ge=0)
    cost_per_class: float = Field(160.0, ge=0)
    max_share: Share = 1.0

    @model_validator(mode="after")
    def _sizes(self) -> "Hiring":
        low, high = self.class_size
        if not 1 <= low <= high:
            raise WrongKey("class_size", Said("[smallest, largest], from 1, smallest not above largest"))
        return self


class Scenario(Shape):
    """A way the volume may go: growth a year on top of the forecast, and from a month on a lasting factor."""

    name: Name
    chance: float = Field(1.0, gt=0.0, le=1.0)
    growth_per_year: float = Field(0.0, gt=-1.0, le=5.0)
    factor: float = Field(1.0, gt=0.0, le=10.0)
    from_month: int = Field(1, ge=1)


SCENARIOS = (
    Scenario(name="low", chance=0.25, growth_per_year=-0.05),
    Scenario(name="expected", chance=0.5),
    Scenario(name="high", chance=0.25, growth_per_year=0.08),
)


class Headcount(Shape):
    """headcount.toml; every key has a default, and so has the file.

    `planned_shrinkage`: paid time spent on leave, training, meetings and breaks. `schedule_fit`: share of the hours on
    the queues that lies where the requirement asks for it. `volume_deviation`: standard deviation of a year's volume
    around its scenario, 0 to take it from the history. Costs are in the money of contracts.toml; `missing_hour_cost` is
    that of an agent-hour missed. `max_risk`: highest chance of missing hours in a month, overtime used up.
    """

    months: int = Field(12, ge=1, le=60)
    planned_shrinkage: float = Field(0.15, ge=0.0, lt=1.0)
    schedule_fit: float = Field(0.95, gt=0.0, le=1.0)
    turnover_per_year: float = Field(0.25, ge=0.0, lt=1.0)
    volume_deviation: float = Field(0.0, ge=0.0, le=1.0)
    missing_hour_cost: float = Field(4.0, ge=0)
    max_overtime: Share = 0.05
    overtime_factor: float = Field(1.5, ge=1.0)
    max_risk: float = Field(0.2, gt=0.0, le=1.0)
    hiring: tuple[Hiring, ...] = ()
    scenario: tuple[Scenario, ...] = SCENARIOS

    @model_validator(mode="after")
    def _chances(self) -> "Headcount":
        if not self.scenario or abs(sum(scenario.chance for scenario in self.scenario) - 1.0) > 1e-6:
            raise WrongKey("scenario", Said("one at least, their chances adding up to 1"))
        return self
