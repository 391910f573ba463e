"""The rules of docs/rules.md as CP-SAT, at the level of days and duties; one a file, all of them in one list."""

from scheduler.rule import Rule
from scheduler.rules.availability import Availability
from scheduler.rules.averages import Averages
from scheduler.rules.consecutive_days import ConsecutiveDays
from scheduler.rules.cover import Coverage
from scheduler.rules.nights import Nights
from scheduler.rules.periods import Periods
from scheduler.rules.rest import Rest
from scheduler.rules.sequences import Sequences
from scheduler.rules.shift_counts import ShiftCounts
from scheduler.rules.start_spread import StartSpread
from scheduler.rules.successions import Successions
from scheduler.rules.weekends import Weekends
from scheduler.rules.wishes import Wishes

RULES: list[Rule] = [
    Availability(),
    Rest(),
    Successions(),
    ConsecutiveDays(),
    Nights(),
    Periods(),
    Averages(),
    Sequences(),
    Weekends(),
    StartSpread(),
    ShiftCounts(),
    Wishes(),
    Coverage(),
]
"""All rules. Overlap, leave, employment and skills are in what a frame offers: what breaks them is no option."""

__all__ = ["RULES"]
