"""Every number of the house rules, in one validated value: a policy pack.

A pack is a TOML file; `operator-cn` ships and is the default of every field here. A site names a pack, or a file of
its own that overrides single values.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from centre.events import STATES
from centre.house_policy import DutyPolicy, EscalationPolicy, OvertimePolicy, ReportPolicy
from centre.people import Role
from centre.reallocation import Reallocation
from centre.roster_weights import RosterWeights
from centre.said import Said
from centre.shifts import ACTIVITIES
from centre.words import Clock, Name, Shape, WrongKey


def _one_of(word: str, known: tuple[str, ...], what: str) -> None:
    if word not in known:
        raise ValueError(Said('{what} (not "{word}"): one of {names}', what=what, word=word, names=list(known)))


class Organisation(Shape):
    """ORG: spans and who must be there."""

    span_of_control: tuple[int, int] = (12, 14)
    """ORG-2: agents for one shift leader, [lowest, highest]."""

    leader_whenever_agents: bool = True
    """ORG-3: a shift leader is on duty whenever agents are on the floor."""

    @model_validator(mode="after")
    def _ordered(self) -> "Organisation":
        if not 1 <= self.span_of_control[0] <= self.span_of_control[1]:
            raise WrongKey("span_of_control", Said("[lowest, highest] from 1, lowest not above highest"))
        return self


class AdherencePolicy(Shape):
    """The three thresholds of adherence, which are three settings, and what keeps what."""

    grace_s: int = Field(0, ge=0)
    """Below it nothing is scored."""

    alarm_delay_s: int = Field(60, ge=0)
    """Below it nobody is told; it is scored all the same."""

    severe_s: int = Field(300, ge=0)

    matrix: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Activity x state -> "in", "out" or "neutral", where a site departs from the default matrix.

    The state "unknown" is where nothing was heard; "*" stands for every state of the activity that is not named.
    """

    states: dict[str, str] = Field(default_factory=dict)
    """A telephone system's own state names -> native states."""

    late_events_s: int = Field(3600, ge=0)
    """An event that comes later than this after it happened no longer changes the live picture: it is a correction."""

    without_adherence: tuple[str, ...] = ()
    """Activities flagged "adherence = no": left out by the definitions `amazon` and `verint`."""

    count_out_of_shift: bool = False
    """Whether on-queue time out of shift counts as an exception in the definition `genesys`."""

    @field_validator("matrix")
    @classmethod
    def _known_cells(cls, matrix: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for activity, row in matrix.items():
            _one_of(activity, ACTIVITIES, Said("activities"))
            for state, verdict in row.items():
                _one_of(state, (*STATES, "unknown", "*"), Said("states of {activity}", activity=activity))
                _one_of(
                    verdict, ("in", "out", "neutral"), Said("{activity} while {state}", activity=activity, state=state)
                )
        return matrix

    @field_validator("states")
    @classmethod
    def _native(cls, states: dict[str, str]) -> dict[str, str]:
        for theirs, ours in states.items():
            _one_of(ours, STATES, Said('the state that "{theirs}" stands for', theirs=theirs))
        return states

    @field_validator("without_adherence")
    @classmethod
    def _activities(cls, activities: tuple[str, ...]) -> tuple[str, ...]:
        for activity in activities:
            _one_of(activity, ACTIVITIES, Said("activities"))
        return activities


class AlertPolicy(Shape):
    """When the floor's alerts are raised, beyond the thresholds of adherence and attendance. 0 switches one off."""

    missing_state_minutes: int = Field(240, ge=0)
    """Nothing heard for so long of somebody on duty who is there."""

    wrong_queue: Literal["roster", "skills"] = "skills"
    """Whether work is wrong on any queue but the rostered one, or only where the agent has no skill."""

    rolling_minutes: int = Field(30, ge=1)
    """The service level now is that of so many minutes."""

    min_contacts: int = Field(10, ge=1)
    """Fewer contacts in that time say nothing."""

    overload_oldest_wait_s: int = Field(180, ge=0)
    overload_waiting_per_agent: float = Field(1.0, ge=0)
    """Contacts waiting for each agent there."""

    queue_delay_s: int = Field(120, ge=0)
    """A queue's trouble lasts so long before it is told."""


class LivePolicy(Shape):
    """What the live floor keeps of what it heard."""

    keep_days: int = Field(93, ge=0)
    """Events, sayings and dead letters are kept so many days, to be reckoned anew; 0: for ever."""


LeaveHours = Annotated[float, Field(ge=0)]
DeductionPoints = Annotated[float, Field(ge=0)]


class AttendancePolicy(Shape):
    """ATT: lateness and breaches, in minutes."""

    late_grace_minutes: int = Field(5, ge=0)
    breach_minutes: int = Field(20, ge=0)
    roll_call_minutes: int = Field(10, ge=0)

    consent_from_minutes: int = Field(5, ge=0)
    """ATT-4: so long away from the desk without the leader's consent is noted, below a breach too; 0: never."""

    deductions: dict[str, DeductionPoints] = Field(
        default_factory=lambda: {"late": 1.0, "early_leaving": 1.0, "away": 1.0, "absent": 6.0, "breach": 3.0}
    )
    """ATT-5: points that one entry of the monthly statement costs; what is not named costs nothing."""


def _final_of_kind() -> dict[str, Role]:
    return {"business": "director", "study": "director"}


def _office_holders() -> dict[str, tuple[Name, ...]]:
    return {"head": ("head",), "director": ("director",)}


YearsAndDays = tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]]


def _balances() -> dict[str, tuple[YearsAndDays, ...]]:
    return {"annual": ((1.0, 5.0), (10.0, 10.0), (20.0, 15.0))}


class LeavePolicy(Shape):
    """LEV: when leave is asked for, by whom, and how far up the line it goes."""

    kinds: tuple[Name, ...] = ("annual", "personal", "special_personal", "sick", "emergency", "business", "study")
    """What can be asked for; a site that knows other kinds names them here."""

    notice_hours: dict[str, LeaveHours] = Field(default_factory=lambda: {"personal": 24.0, "special_personal": 1.0})
    """LEV-1: by kind of leave, how long before the shift at the latest; a kind that is not named needs no notice."""

    short_days: int = Field(1, ge=0)
    """LEV-2: up to so many days the line ends with `short_final`, beyond with `long_final`."""

    short_final: Role = "head"
    long_final: Role = "director"

    final_of_kind: dict[str, Role] = Field(default_factory=_final_of_kind)
    """LEV-7: kinds whose line ends elsewhere, however short the leave."""

    asked_by_another: tuple[str, ...] = ("sick", "emergency")
    """LEV-3: kinds that somebody else may ask for."""

    certificate: tuple[str, ...] = ("sick",)
    """LEV-4: kinds that need a medical certificate from `certificate_days` on; emergencies are not among them."""

    certificate_days: float = Field(1.0, ge=0)
    certificate_due_days: int = Field(1, ge=0)
    """LEV-4: it reaches the shift leader so many days after the leave's last day."""

    before_shift: tuple[str, ...] = ("emergency",)
    """LEV-4: kinds that are told before the shift begins."""

    unplanned: tuple[str, ...] = ("sick", "emergency")
    """Kinds that nobody can plan: the bans on nights and holidays do not hold for them."""

    special: tuple[str, ...] = ("special_personal",)
    """LEV-5, LEV-6: the special cases for which a manager may lift the bans."""

    night_ban: bool = True
    night_until: Clock = 720
    """LEV-5: special cases are asked for before this local time of the day on which the night shift begins."""

    holiday_ban: bool = True
    holiday_notice_days: int = Field(2, ge=0)
    """LEV-6: extreme cases are asked for so many days before."""

    balance_days: dict[str, tuple[YearsAndDays, ...]] = Field(default_factory=_balances)
    """Days of leave a calendar year by kind: from so many years of service on, so many days. Kinds that are not named
    have no balance. The law of China has 5 days of annual leave from 1 year on, 10 from 10, 15 from 20."""

    carry_over_days: float = Field(5.0, ge=0)
    """So much of a balance may be taken over into the next year."""

    balance_hours: float = Field(8.0, gt=0)
    """Leave of part of a day is counted as hours of a day so long."""

    room_short_hours: float = Field(0.0, ge=0)
    """There is room for more leave on a day while it makes the roster short by no more agent-hours than this."""

    most_away_share: float = Field(0.0, ge=0, le=1)
    """There is room while no larger share of those rostered on a day would be away on leave; 0 is no bound."""

    waits: tuple[str, ...] = ("annual", "personal")
    """Kinds that may go on the waiting list of a day without room."""


def _fault() -> dict[str, float]:
    return {"own": 1.0, "shared": 0.5, "other": 0.0}


class SwapPolicy(Shape):
    """SWP: what a swap of shifts may be. 0 switches a bound off."""

    per_month: int = Field(2, ge=0)
    """SWP-2: swaps of a person in a calendar month; a pay-back belongs to its swap."""

    no_swaps_on_end: bool = True
    """SWP-3: no swapped shift on the day after or before another one."""

    back_to_back_minutes: int = Field(480, ge=0)
    """SWP-3: two shifts less than this apart are back to back; the contract's own rest is checked besides."""

    same_role: bool = True
    """SWP-4: the same kind of work."""

    speed_apart: float = Field(0.2, ge=0)
    """SWP-4: on each queue of the shift the two speeds differ by at most this."""

    no_leave: bool = True
    """SWP-5: neither the swapped nor the pay-back shift may be taken as leave."""

    holiday_ban: bool = True
    """SWP-6: who is on duty on a public holiday may not swap."""

    largest_ring: int = Field(4, ge=2, le=8)
    """How many people a swap may go round."""

    part_minutes: int = Field(60, ge=0)
    """The shortest part of a shift that may change hands; 0: whole shifts only."""

    fault_points: dict[str, DeductionPoints] = Field(default_factory=_fault)
    """SWP-7: the share of an absence's deduction for each person, by whose fault it was."""


class ApprovalPolicy(Shape):
    """ORG-1: who decides, after whom, how long it may take."""

    line: tuple[Role, ...] = ("leader", "manager", "head", "director")
    """The line of authority, from below; each level decides before the next."""

    manager: Role = "head"
    """Whose approval "a manager's approval" means."""

    people: dict[str, tuple[Name, ...]] = Field(default_factory=_office_holders)
    """Who holds a role besides those of agents.csv: people who are not rostered."""

    deputies: dict[str, tuple[Name, ...]] = Field(default_factory=dict)
    """Who decides in whose stead."""

    answer_hours: float = Field(24.0, gt=0)
    """A level that has not answered for so long: the next one may decide in its stead, and is told so."""

    @model_validator(mode="after")
    def _in_line(self) -> "ApprovalPolicy":
        if not self.line or len(set(self.line)) < len(self.line):
            raise WrongKey("line", Said("at least one role, none twice"))
        if self.manager not in self.line:
            raise WrongKey("manager", Said("one of the line"))
        return self


class RepairPolicy(Shape):
    """What may change in a published roster when something happens, how soon, and what a change costs.

    Prices are in the units of `RosterWeights`: one agent short for one hour. Overtime costs what the roster's
    `overtime_hour` and the contract's factor say.
    """

    freeze_minutes: int = Field(5, ge=0)
    """Nothing changes sooner than this after now."""

    pause_notice_minutes: int = Field(15, ge=0)
    """A meal, break or activity is moved at least so long before it would begin, and before it then begins."""

    overtime_notice_minutes: int = Field(60, ge=0)
    """Overtime is asked for at least so long before it begins."""

    duty_notice_hours: float = Field(24.0, ge=0)
    """A whole duty is added, moved or changed at least so long before it would begin, and before it then begins."""

    longest_overtime_minutes: int = Field(120, ge=0)
    """Overtime at either end of a duty is at most so long; 0: no overtime is proposed."""

    least_queue_minutes: int = Field(30, ge=0)
    """Nobody changes the queue for less."""

    frozen_days: tuple[date, ...] = ()
    """Local days on which no whole duty is changed."""

    changed_person: float = Field(0.1, ge=0)
    changed_day: float = Field(0.05, ge=0)
    """For each person, and each day of a person, that differs from the published roster."""

    moved_pause: float = Field(0.02, ge=0)
    moved_activity: float = Field(0.05, ge=0)
    called_in: float = Field(0.5, ge=0)
    """For a duty on a day off, or moved to another day."""

    changed_duty: float = Field(0.25, ge=0)
    """For a duty that starts or ends at another time of the same day."""


class Policy(Shape):
    """A policy pack."""

    name: Name = "operator-cn"
    version: int = Field(1, ge=1)
    since: date | None = None
    """The local day from which this version holds; None: from when it is first used in place of another version."""

    organisation: Organisation = Organisation()
    adherence: AdherencePolicy = AdherencePolicy()
    alerts: AlertPolicy = AlertPolicy()
    live: LivePolicy = LivePolicy()
    attendance: AttendancePolicy = AttendancePolicy()
    leave: LeavePolicy = LeavePolicy()
    swap: SwapPolicy = SwapPolicy()
    approvals: ApprovalPolicy = ApprovalPolicy()
    overtime: OvertimePolicy = OvertimePolicy()
    duty: DutyPolicy = DutyPolicy()
    escalation: EscalationPolicy = EscalationPolicy()
    reports: ReportPolicy = ReportPolicy()
    roster: RosterWeights = RosterWeights()
    repair: RepairPolicy = RepairPolicy()
    reallocation: Reallocation = Reallocation()
