"""Numbers of the house rules about overtime, duty on the floor, reporting upwards, and the reports."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from centre.people import Role
from centre.said import Said
from centre.words import Clock, Shape, Weekday, WrongKey

Severity = Literal["info", "warning", "severe", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "severe", "critical")

Channel = Literal["board", "webhook", "email", "topic"]
PositiveMinutes = Annotated[int, Field(ge=1)]


class OvertimePolicy(Shape):
    """SHF-10: overtime is proposed, reviewed, and approved by the department head. 0 switches a bound off."""

    final: Role = "head"
    """Whose word is the last, for overtime and for voluntary time off."""

    day_minutes: int = Field(180, ge=0)
    """Overtime of a person on a day; the labour law of China has three hours (article 41)."""

    week_minutes: int = Field(540, ge=0)
    month_minutes: int = Field(2160, ge=0)
    """The same law: 36 hours a month."""

    notice_minutes: int = Field(0, ge=0)
    """It is asked for at least so long before it begins."""

    share: Literal["first", "fair"] = "first"
    """How an offer is shared out where its maker does not say: first come, or by the ledger of past overtime."""

    ledger_days: int = Field(90, ge=1)
    """How far back the ledger looks."""


class DutyPolicy(Shape):
    """SHF-4, SHF-5, FLR-2, FLR-4: what the leader on duty keeps."""

    round_minutes: int = Field(20, ge=1)
    """FLR-2: the floor is walked so often."""

    rounds_a_day: int = Field(10, ge=0)
    """FLR-2: at least so often a day."""

    round_grace_minutes: int = Field(5, ge=0)
    """A round that comes so much later than due is not missing yet."""

    relief_grace_minutes: int = Field(0, ge=0)
    """SHF-5: from so long after the handover the leader is told that somebody waits for the relief."""

    stuck_minutes: int = Field(240, ge=1)
    """FLR-4: a work order that nobody closed for so long is stuck, where its queue sets no shorter time."""

    consent_minutes: int = Field(15, ge=1)
    """ATT-4: nobody stays away from the desk longer, where the leader's consent sets no other limit."""


def _acknowledge() -> dict[Severity, PositiveMinutes]:
    return {"info": 60, "warning": 30, "severe": 10, "critical": 5}


def _must_report() -> dict[str, Severity]:
    return {
        "leak": "critical", "danger": "critical", "gross_error": "severe", "emergency": "severe",
        "beyond_authority": "warning", "obstruction": "warning", "stuck_orders": "warning", "busy_idle": "info",
    }  # fmt: skip


class EscalationPolicy(Shape):
    """ESC: how reports and alerts climb the line of authority."""

    acknowledge_minutes: dict[Severity, PositiveMinutes] = Field(default_factory=_acknowledge)
    """A level that has not acknowledged after so long: the next one is told as well."""

    at_once: tuple[Severity, ...] = ("critical",)
    """ESC-1: these go to every level at once; the levels that were skipped are told afterwards."""

    kinds: dict[str, Severity] = Field(default_factory=_must_report)
    """ESC-3, ESC-4: what must be reported, and how grave it is."""

    proposal_from: Severity = "warning"
    """ESC-2: from this severity on a report carries a proposal."""

    alerts_from: Severity = "severe"
    """From this severity on the live floor's alerts climb the line by themselves (`paiban watch --escalate`)."""

    quiet: tuple[Clock, Clock] | tuple[()] = (1320, 420)
    """Local times between which only what is `at_once` is delivered; the rest waits for their end. () is never."""

    repeat_minutes: int = Field(30, ge=0)
    """The same incident is not told to the same person again within so long."""

    channels: tuple[Channel, ...] = ("board", "webhook", "email", "topic")
    """Ways of delivery; those that are not set up are passed over."""

    webhook: str = ""
    """Where a webhook is posted to; its secret comes from PAIBAN_WEBHOOK_SECRET."""

    smtp: str = ""
    """host:port of the mail server; user and password come from PAIBAN_SMTP_USER and PAIBAN_SMTP_PASSWORD."""

    sender: str = ""

    emails: dict[str, str] = Field(default_factory=dict)
    """Addresses of those who are not in agents.csv, such as the offices."""

    def outranks(self, one: Severity, other: Severity) -> bool:
        """Whether a severity is at least another."""
        return SEVERITIES.index(one) >= SEVERITIES.index(other)


TargetValue = Annotated[float, Field(ge=0)]


def _targets() -> dict[str, TargetValue]:
    return {
        "answer_rate": 0.95, "service_level": 0.8, "three_rings": 0.8, "abandonment": 0.05, "satisfaction": 0.96,
        "attendance": 0.98, "adherence": 0.9,
    }  # fmt: skip


class ReportPolicy(Shape):
    """KPI: when reports are due, and the targets they are held against."""

    daily_at: Clock = 1080
    """KPI-3: the daily log is there by this local time."""

    weekly_on: Weekday = "fri"
    weekly_at: Clock = 540
    monthly_day: int = Field(22, ge=1, le=28)
    """KPI-3: the monthly service report is there by this day."""

    rings: int = Field(3, ge=1)
    ring_s: float = Field(5.0, gt=0)
    """KPI-1: seconds from one ring to the next; three rings are `rings * ring_s`."""

    targets: dict[str, TargetValue] = Field(default_factory=_targets)
    """KPI-1, KPI-2: of the month, for the site; shares. Handle time is each queue's own."""

    inspections: tuple[int, int] = (1, 5)
    """KPI-4: quality inspection listens to each agent so often a month, [lowest, highest]."""

    @model_validator(mode="after")
    def _ordered(self) -> "ReportPolicy":
        if not 0 <= self.inspections[0] <= self.inspections[1]:
            raise WrongKey("inspections", Said("[lowest, highest], lowest not above highest"))
        return self
