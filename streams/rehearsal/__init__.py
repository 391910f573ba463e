"""A rehearsed floor: a plausible day of events, with the truth about it, and how to score what was found."""

from streams.rehearsal.disturb import Disturbance, disturb
from streams.rehearsal.habits import FAULTLESS, Habits
from streams.rehearsal.rehearse import Rehearsal, rehearse
from streams.rehearsal.scoring import Score, score
from streams.rehearsal.truth import Happened, QueueDay

__all__ = [
    "FAULTLESS",
    "Disturbance",
    "Habits",
    "Happened",
    "QueueDay",
    "Rehearsal",
    "Score",
    "disturb",
    "rehearse",
    "score",
]
