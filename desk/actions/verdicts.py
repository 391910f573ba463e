"""Verdicts, and requests after a decision, as people and machines read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from centre.approvals import Approved, Open
from centre.grid import instant, local_day
from centre.requests import AnyRequest, LeaveRequest, Ruling, SwapRequest
from desk.wording import Words
from desk.wording import words as words_of
from scheduler.judging import Candidate, Verdict, shown
from store.requests import Filed


@dataclass(frozen=True)
class Asked:
    """A verdict, and the number under which the request was filed (None: it was not).

    `waiting` is its number on the waiting list, where it went there; `no_room` says why.
    """

    verdict: Verdict
    request: int | None
    asked: AnyRequest
    zone: str
    waiting: int | None = None
    no_room: tuple[Ruling, ...] = ()

    def summary(self) -> dict[str, Any]:
        """For --json."""
        more = {} if self.waiting is None else {"waiting": self.waiting}
        said = verdict_json(self.verdict)
        return {**said, "no_room": [rule_json(row) for row in self.no_room], "request": self.request, **more}

    def words(self, language: str) -> Iterable[str]:
        """For people: the answer, each rule, who decides."""
        said = words_of(language)
        _ = said._
        if self.verdict.allowed:
            yield _("The rules allow it.")
        elif self.verdict.possible:
            yield _("The rules are against it; a manager may make an exception.")
        else:
            yield _("It cannot be: a rule forbids it.")
        for rule in (*self.verdict.rules, *self.no_room):
            verdict = said.term("verdict", rule.verdict)
            yield f"  {rule.id:6} " + said._("{verdict}: {why}", verdict=verdict, why=rule_words(rule, said))
        if self.verdict.cover:
            could = said.listing([self._could(row, said) for row in self.verdict.cover])
            yield _("Who could take the work: {people}", people=could)
        if self.waiting is not None:
            yield _("There is no room: it is number {number} of the waiting list.", number=self.waiting)
        if self.request is not None:
            people = said.listing(["/".join(step.people) for step in self.verdict.approvers])
            yield _("Filed as request {number}; it is decided by {people}.", number=self.request, people=people)

    def _could(self, row: Candidate, said: Words) -> str:
        start = shown(row.start, self.zone)
        how, cost = said.term("cover", row.how), said.number(row.cost, 2)
        return said._("{agent} ({how}, {start}, {minutes} min, {cost})", agent=row.agent, how=how, start=start,
                      minutes=row.minutes, cost=cost)  # fmt: skip


def rule_words(rule: Ruling, said: Words) -> str:
    """What a rule says, in a language."""
    kinds = {"kind": "leave", "role": "role"}
    facts = {
        name: said.term(kinds[name], fact) if name in kinds else said.value(fact) for name, fact in rule.facts.items()
    }
    return said._(rule.says, **facts) if rule.says else rule.why


def rule_json(rule: Ruling) -> dict[str, Any]:
    """What a rule says for --json, in both languages."""
    row = {"id": rule.id, "verdict": rule.verdict, "why": rule_words(rule, words_of("en"))}
    row["why_zh"] = rule_words(rule, words_of("zh"))
    return {**row, "due": rule.due} if rule.due else row


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict for --json and for the store."""
    return {**verdict.to_json(), "rules": [rule_json(rule) for rule in verdict.rules]}


def asked_words(asked: AnyRequest, names: Mapping[str, str], zone: str, said: Words) -> str:
    """What a request asks for; `names` are people's by id."""
    if isinstance(asked, SwapRequest):
        hands = [
            said._(
                "{giver} gives {time} to {taker}",
                giver=names.get(hand.giver, hand.giver),
                taker=names.get(hand.taker, hand.taker),
                time=shown(hand.start, zone),
            )
            for hand in asked.hands
        ]
        return said.listing(hands)
    first, last = local_day(asked.start, zone), local_day(asked.end - 1, zone)
    times = f"{shown(asked.start, zone)} – {shown(asked.end, zone)}"
    if asked.start == instant(first, 0, zone) and asked.end == instant(last, 1440, zone):
        times = said.day(first) if first == last else f"{said.day(first)} – {said.day(last)}"
    kind = said.term("leave" if isinstance(asked, LeaveRequest) else "overtime", asked.kind)
    return said._("{name}: {kind} {time}", name=names.get(asked.agent, asked.agent), kind=kind, time=times)


@dataclass(frozen=True)
class Listed:
    """A request as a list of them tells it: what is asked, where it stands, whom it waits for."""

    filed: Filed
    names: Mapping[str, str]
    zone: str

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        status, *more = Decided(self.filed, None).words(language)
        yield status
        yield "  " + asked_words(self.filed.asked, self.names, self.zone, words_of(language))
        yield from (f"  {line}" for line in more)


@dataclass(frozen=True)
class Decided:
    """A request after a decision, and the roster version it brought about (None: none)."""

    filed: Filed
    version: int | None

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {**request_row(self.filed), "version": self.version}

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        status = said.term("request", self.filed.state.status)
        yield said._("Request {number}: {status}", number=self.filed.number, status=status)
        if isinstance(self.filed.state, Open):
            waits = said.listing(self.filed.state.deciders())
            yield said._("It waits for {people}.", people=waits)
        if self.version is not None:
            yield said._("It stands in roster version {version}.", version=self.version)


def request_row(filed: Filed) -> dict[str, Any]:
    """A request for --json: what was asked, its verdict, everything done with it."""
    state = filed.state
    return {
        "request": filed.number,
        "status": state.status,
        "asked": filed.asked.model_dump(),
        "policy": filed.policy,
        "allowed": filed.verdict.get("allowed"),
        "waits_for": list(state.deciders()) if isinstance(state, Open) else [],
        "to_be_told": [p for n in state.untold for p in state.steps[n].people] if isinstance(state, Approved) else [],
        "verdict": dict(filed.verdict),
        "deeds": [{"at": deed.at, "act": deed.act, "by": deed.by, "reason": deed.reason} for deed in state.deeds],
    }
