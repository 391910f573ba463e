"""The wall: each queue now, who is missed, what is wrong, out of the picture that the live engine keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from centre.grid import Horizon
from centre.people import Agent
from centre.queues import Queue
from centre.roster import Segment
from desk.actions.proposals_said import move_words, proposal_words
from desk.outputs.service import answered_within
from desk.wiring import Place, proposals_of
from desk.wording import words as words_of
from scheduler.checks import Coverage, coverage
from scheduler.problem import Problem
from store.proposals import Kept
from streams.alert_words import words
from streams.live_view import AgentNow, LiveView, OpenAlert, QueueNow
from streams.outputs import Alert

SECOND = 1_000_000
MOST_ROWS = 60
ON_QUEUE = frozenset({"ready", "talking", "wrap_up", "outbound", "case_work"})
STALE_S = 15.0


@dataclass(frozen=True)
class Expected:
    """What a day was planned to be, worked out once a roster version. Arrays are [queues, intervals]."""

    horizon: Horizon
    queues: tuple[str, ...]
    coverage: Coverage
    answered: NDArray[np.float64]

    def at(self, queue: str, second: int) -> tuple[int, float] | None:
        """Required and rostered staff of a queue at an instant."""
        column = self.horizon.index(second)
        if queue not in self.queues or not 0 <= column < self.horizon.count:
            return None
        row = self.queues.index(queue)
        return int(self.coverage.requirement.gross[row, column]), float(self.coverage.rostered[row, column])

    def rest(self, queue: str, second: int) -> tuple[float, float]:
        """Contacts expected from the next interval on until the day ends, and those answered in time."""
        column = min(max(self.horizon.index(second) + 1, 0), self.horizon.count)
        if queue not in self.queues:
            return 0.0, 0.0
        row = self.queues.index(queue)
        volume = self.coverage.requirement.volume
        return float(volume[row, column:].sum()), float(self.answered[row, column:].sum())


def expected_day(place: Place) -> Expected | None:
    """What the roster in force promises for today; None where nothing is known to be needed."""
    settings = place.site.settings
    horizon = Horizon(settings.zone, settings.grid_minutes, place.today, 1)
    need = place.plans.requirement_for(horizon)
    if need is None:
        return None
    roster = place.plans.published_roster(horizon.begin, horizon.end)
    staffed = coverage(roster, Problem(place.site, horizon, need, place.policy))
    return Expected(horizon, need.queues, staffed, answered_within(staffed))


def open_proposals(place: Place) -> tuple[Kept, ...]:
    """Proposals of the last two hours of which something can still be decided, newest first."""
    now = int(place.now.timestamp())
    return tuple(kept for kept in proposals_of(place).all(now - 7200) if kept.status(now) == "open")


@dataclass(frozen=True)
class Wall:
    """Everything that the wall shows at a moment."""

    place: Place
    view: LiveView
    expected: Expected | None
    now_us: int
    proposals: tuple[Kept, ...] = ()

    def to_json(self, language: str, people: bool) -> dict[str, Any]:
        """For the page. Without `people` nobody is named."""
        written = max((part.written for part in self.view.partitions), default=0)
        return {
            "change": self.view.change,
            "now": self.now_us // 1000,
            "as_of": self.view.as_of // 1000,
            "live": bool(written) and self.now_us - written < STALE_S * SECOND,
            "written": written // 1000,
            "lag": self.view.lag,
            "queues": [self._queue(name, queue) for name, queue in self.place.site.queues.items()],
            "out": self._out(language) if people else [],
            "out_count": sum(1 for _ in self._missed()),
            "alerts": self._alerts(language, people),
            "proposals": [self._proposal(kept, language) for kept in self.proposals] if people else [],
        }

    def _proposal(self, kept: Kept, language: str) -> dict[str, Any]:
        said = words_of(language)
        names = {name: agent.name for name, agent in self.place.site.agents.items()}
        moves = [
            {
                "id": move["id"],
                "text": move_words({**move, "agents": [names.get(a, a) for a in move["agents"]]}, said),
                "approver": said.term("approver", move["approver"]),
            }
            for move in kept.left()
        ]
        told = [line.strip() for line in proposal_words(kept.content, language)]
        return {
            "number": kept.number,
            "expires": kept.expires * 1000,
            "won": round(float(kept.content["won"]["mean"]), 1),
            "moves": moves,
            "why": [line for line in told if not line[:1].isdigit()],
        }

    def _queue(self, name: str, queue: Queue) -> dict[str, Any]:
        live = self.view.queues.get(name)
        second = self.now_us // SECOND
        planned = self.expected.at(name, second) if self.expected else None
        here = [agent for agent in self.view.agents.values() if _serves(agent, name)]
        day = live.day.figures() if live else None
        return {
            "queue": name,
            "channel": queue.channel,
            "target": queue.target,
            "within_s": queue.within_s,
            "waiting": live.waiting if live else None,
            "oldest_since": _oldest(live),
            "service_level": day["service_level"][queue.definition] if day else None,
            "rolling": live.rolling.figures()["service_level"][queue.definition] if live else None,
            "projected": self._projected(name, queue, live),
            "offered": day["offered"] if day else None,
            "abandoned": day["abandoned"] if day else None,
            "required": planned[0] if planned else (live.required if live else None),
            "rostered": round(planned[1], 1) if planned else None,
            "there": len(here) if self.view.agents else None,
        }

    def _projected(self, name: str, queue: Queue, live: QueueNow | None) -> float | None:
        """The day's service level if the rest goes as planned: what was met so far, and what the roster promises."""
        offered = answered = 0.0
        if live is not None:
            figures = live.day.figures()
            share = figures["service_level"][queue.definition]
            offered = float(figures["offered"] or 0)
            answered = offered * share if share is not None else 0.0
        rest = self.expected.rest(name, self.now_us // SECOND) if self.expected else (0.0, 0.0)
        whole = offered + rest[0]
        return min((answered + rest[1]) / whole, 1.0) if whole else None

    def _missed(self) -> list[AgentNow]:
        found = [
            agent
            for agent in self.view.agents.values()
            if agent.alert is not None or (agent.adherence in ("out", "unknown") and agent.planned is not None)
        ]
        return sorted(found, key=_urgency)

    def _out(self, language: str) -> list[dict[str, Any]]:
        agents = self.place.site.agents
        return [
            {
                "agent": agent.agent,
                "name": agents[agent.agent].name if agent.agent in agents else agent.agent,
                "team": agent.team,
                "activity": agent.activity,
                "queue": agent.queue,
                "state": agent.state or "unknown",
                "type": agent.alert.type if agent.alert else "",
                "severity": agent.alert.severity if agent.alert else "",
                "since": (agent.alert.since if agent.alert else agent.adherence_since) // 1000,
                "impact": agent.impact,
                "points": round(agent.points, 4) if agent.points is not None else None,
            }
            for agent in self._missed()[:MOST_ROWS]
        ]

    def _alerts(self, language: str, people: bool) -> list[dict[str, Any]]:
        shown = [alert for alert in self.view.alerts if people or (alert.queue and not alert.agent)]
        return [
            {
                "thread": alert.thread,
                "type": alert.type,
                "severity": alert.severity,
                "since": alert.since // 1000,
                "agent": alert.agent,
                "queue": alert.queue,
                "text": alert_text(alert, self.place.site.agents, self.place.site.settings.zone, language),
            }
            for alert in shown[:MOST_ROWS]
        ]


def alert_text(alert: OpenAlert, agents: Mapping[str, Agent], zone: str, language: str) -> str:
    """An open alert as a sentence with the person's name; its type alone where a fact is missing."""
    facts = dict(alert.facts)
    planned = facts.pop("segment", None)
    segment = None
    if planned is not None:
        segment = Segment(
            alert.agent, _second(planned["start"]), _second(planned["end"]), planned["activity"], planned["queue"]
        )
    if "duty_end" in facts:
        facts["duty_end"] = _second(facts["duty_end"])
    for name in ("since", "roster_version"):
        facts.pop(name, None)
    told = Alert(
        alert.type,
        alert.agent,
        alert.queue,
        alert.thread,
        alert.since,
        alert.at,
        alert.at,
        alert.severity,
        facts,
        segment,
    )
    try:
        text = words(told, zone)[language]
    except (KeyError, ValueError):
        return alert.type.replace("_", " ")
    known = agents.get(alert.agent)
    return text.replace(alert.agent, known.name, 1) if known and alert.agent else text


def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _serves(agent: AgentNow, queue: str) -> bool:
    return agent.state in ON_QUEUE and queue in (agent.serving, agent.queue) and (agent.serving or agent.queue) == queue


def _oldest(live: QueueNow | None) -> int | None:
    """Since when the oldest contact waits, UTC milliseconds: a screen counts on from there by itself."""
    if live is None or not live.waiting or live.oldest_wait_s is None:
        return None
    return live.seen_at // 1000 - round(live.oldest_wait_s * 1000)


def _urgency(agent: AgentNow) -> tuple[bool, bool, float, int]:
    alert = agent.alert
    since = alert.since if alert else agent.adherence_since
    return alert is None, alert is None or alert.severity != "severe", -(agent.points or 0.0), since
