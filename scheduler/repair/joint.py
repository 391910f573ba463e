"""CP-SAT places what may still move inside duties all at once, beginning from what the descent found.

The present places are the complete hint, and what comes back is kept only if it is cheaper at the exact prices: an
answer is never worse than the one before. The neighbourhood (which items, which places) is cut to what fits the time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from scheduler.repair.board import Cover, Floats, Group, Span
from scheduler.repair.descent import item_gains
from scheduler.repair.play import Item, Play, Played, extended
from scheduler.tours.coverage import STEEP

MOST_ITEMS, MOST_PLACES = 300, 10
HEADS, MONEY = 100, 1000
"""Whole numbers for the solver: staff in hundredths of an agent, money in thousandths of HEADS of a price unit."""

TANGENTS = (0, 1, 2, 4, 8)
LEAST_S = 0.15


@dataclass(frozen=True)
class Choice:
    """One place of an item, or one length of overtime, with where the person then stands: spans and sign."""

    key: tuple[int, int]
    value: Span
    literal: cp_model.IntVar
    group: Group
    spans: tuple[tuple[int, int, int], ...]


def place_jointly(play: Play, seconds: float, workers: int = 2, seed: int = 0) -> float:
    """Improve the places of items and overtime together; returns what was gained, at least 0."""
    if seconds < LEAST_S or not play.duties:
        return 0.0
    before = play.board.cost() + play.prices()
    chosen = _neighbourhood(play)
    if not chosen:
        return 0.0
    model = _Model(play, chosen)
    picked = model.solve(seconds, workers, seed)
    old = {key: _value(play, key) for key in picked}
    for key, value in picked.items():
        _put(play, key, value)
    gained = before - play.board.cost() - play.prices()
    if gained <= 0.0:
        for key, value in old.items():
            _put(play, key, value)
        return 0.0
    return gained


def _neighbourhood(play: Play) -> list[tuple[int, int]]:
    """The duties and items (-1: overtime) that may gain, those that may gain most first."""
    found: list[tuple[float, int, int]] = []
    for number, duty in enumerate(play.duties):
        more, fewer = play.board.worth(duty.group)
        for index, item in enumerate(duty.items):
            if len(item.places) > 1:
                gains = item_gains(item, more, fewer)
                value = float(gains.max()) - item.price
                if value > -item.price or item.moved:
                    found.append((value + item.moved, number, index))
        if duty.most != (0, 0) and (duty.before or duty.after):
            found.append((1.0, number, -1))
    found.sort(reverse=True)
    return [(number, index) for _, number, index in found[:MOST_ITEMS]]


def _value(play: Play, key: tuple[int, int]) -> Span:
    duty = play.duties[key[0]]
    return (duty.before, duty.after) if key[1] < 0 else duty.items[key[1]].span


def _put(play: Play, key: tuple[int, int], value: Span) -> None:
    duty = play.duties[key[0]]
    if key[1] < 0:
        if (duty.before, duty.after) != value:
            play.extend(duty, *value)
    elif duty.items[key[1]].at != value[0]:
        play.move(duty, duty.items[key[1]], value[0])


class _Model:
    """One place for each item; nobody in two pauses at once; coverage as convex prices."""

    def __init__(self, play: Play, chosen: Sequence[tuple[int, int]]) -> None:
        self.play, self.board = play, play.board
        self.model = cp_model.CpModel()
        self.cost: list[cp_model.LinearExprT] = []
        self.choices: dict[tuple[int, int], list[Choice]] = {key: self._choices(key) for key in chosen}
        by_duty: dict[int, list[int]] = {}
        for number, index in chosen:
            by_duty.setdefault(number, []).append(index)
        for number, indices in by_duty.items():
            self._duty(number, indices)
        self._people(by_duty)
        self._crowds()
        for number, cover in enumerate(self.board.covers):
            self._cover(number, cover)

    def solve(self, seconds: float, workers: int, seed: int) -> Mapping[tuple[int, int], Span]:
        """The chosen value of each key; empty where nothing was found in time."""
        self.model.minimize(cp_model.LinearExpr.sum(self.cost))
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.max_time_in_seconds = seconds
        parameters.num_workers = workers
        parameters.random_seed = seed % (1 << 31)
        parameters.catch_sigint_signal = False
        if workers == 2:
            parameters.ignore_subsolvers.append("default_lp")
            parameters.extra_subsolvers.append("pseudo_costs")
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return {}
        return {
            key: next(choice.value for choice in choices if solver.boolean_value(choice.literal))
            for key, choices in self.choices.items()
        }

    def _choices(self, key: tuple[int, int]) -> list[Choice]:
        duty = self.play.duties[key[0]]
        found = []
        if key[1] < 0:
            inside = self.board.inside
            for before, after in {(duty.before, duty.after), (0, 0)} | {
                (0, ticks) for ticks in range(inside, duty.most[1] + 1, inside)
            }:
                spans = [(duty.first - before, duty.first, 1), (duty.stop, duty.stop + after, 1)]
                literal = self._literal((before, after) == (duty.before, duty.after))
                self.cost.append(_money((before + after) * duty.overtime_price) * literal)
                some = tuple(span for span in spans if span[0] < span[1])
                found.append(Choice(key, (before, after), literal, duty.group, some))
        else:
            item = duty.items[key[1]]
            for at in self._places(duty, item):
                literal = self._literal(at == item.at)
                self.cost.append(_money(item.price * (at != item.origin)) * literal)
                span = (at, at + item.length)
                found.append(Choice(key, span, literal, duty.group, ((*span, -1),)))
        self.model.add_exactly_one([choice.literal for choice in found])
        return found

    def _literal(self, hint: bool) -> cp_model.IntVar:
        literal = self.model.new_bool_var("")
        self.model.add_hint(literal, hint)
        return literal

    def _places(self, duty: Played, item: Item) -> list[int]:
        more, fewer = self.board.worth(duty.group)
        gains = item_gains(item, more, fewer)
        best = np.argsort(-gains, kind="stable")[:MOST_PLACES]
        return sorted({item.at, item.origin, *(item.places[int(k)] for k in best)})

    def _duty(self, number: int, indices: Sequence[int]) -> None:
        """Items of a duty do not overlap: those that are decided, and those that stay."""
        duty = self.play.duties[number]
        by_tick: dict[int, list[cp_model.IntVar]] = {}
        stay = [item for index, item in enumerate(duty.items) if index not in indices]
        taken = {tick for item in stay for tick in range(*item.span)}
        for index in indices:
            if index >= 0:
                for choice in self.choices[number, index]:
                    for tick in range(*choice.value):
                        by_tick.setdefault(tick, []).append(choice.literal)
                    if index >= 0 and not taken.isdisjoint(range(*choice.value)):
                        self.model.add(choice.literal == 0)
        for literals in {tuple(literals): literals for literals in by_tick.values()}.values():
            if len(literals) > 1:
                self.model.add_at_most_one(literals)

    def _people(self, by_duty: Mapping[int, Sequence[int]]) -> None:
        """The price of a person and of a day of theirs that differ from what was published."""
        people: dict[str, list[cp_model.IntVar]] = {}
        policy = self.play.policy
        for number, indices in by_duty.items():
            duty = self.play.duties[number]
            others = any(item.moved for index, item in enumerate(duty.items) if index not in indices)
            others |= -1 not in indices and bool(duty.before or duty.after)
            changed = self._literal(duty.changed)
            if others:
                self.model.add(changed == 1)
            for index in indices:
                for choice in self.choices[number, index]:
                    still = choice.value == (0, 0) if index < 0 else choice.value[0] == duty.items[index].origin
                    if not still:
                        self.model.add_implication(choice.literal, changed)
            self.cost.append(_money(policy.changed_day) * changed)
            people.setdefault(duty.agent, []).append(changed)
        for agent, days in people.items():
            elsewhere = agent in self.play.whole or any(
                duty.changed for number, duty in enumerate(self.play.duties)
                if duty.agent == agent and number not in by_duty
            )  # fmt: skip
            if not elsewhere:
                person = self._literal(any(duty.changed for duty in self.play.of(agent)))
                for day in days:
                    self.model.add_implication(day, person)
                self.cost.append(_money(policy.changed_person) * person)

    def _crowds(self) -> None:
        """Not more of a team at a staggered activity at once than may be (or than are anyway)."""
        here: dict[tuple[str, str], dict[int, list[cp_model.IntVar]]] = {}
        now: dict[tuple[str, str], dict[int, int]] = {}
        limit: dict[tuple[str, str], int] = {}
        for (number, index), choices in self.choices.items():
            item = self.play.duties[number].items[index] if index >= 0 else None
            if item is None or item.crowd is None:
                continue
            limit[item.crowd] = item.at_once
            for tick in range(*item.span):
                counts = now.setdefault(item.crowd, {})
                counts[tick] = counts.get(tick, 0) + 1
            for choice in choices:
                for tick in range(*choice.value):
                    here.setdefault(item.crowd, {}).setdefault(tick, []).append(choice.literal)
        for crowd, ticks in here.items():
            for tick, literals in ticks.items():
                own = now[crowd].get(tick, 0)
                others = self.play.crowds[crowd][tick] - own
                room = max(limit[crowd] - others, own)
                if len(literals) > room:
                    self.model.add(cp_model.LinearExpr.sum(literals) <= room)

    def _cover(self, number: int, cover: Cover) -> None:
        """Shortage and surplus of a cover, stretch by stretch of ticks on which nothing changes."""
        mine = [choice for choices in self.choices.values() for choice in choices if choice.group.cover == number]
        if not mine:
            return
        base = cover.staffed.copy()
        for key, choices in self.choices.items():
            if choices[0].group.cover == number:
                _take_out(self.play, key, base)
        edges = sorted({edge for choice in mine for first, stop, _ in choice.spans for edge in (first, stop)})
        lack = cover.wanted - base
        cuts = set(edges)
        if edges:
            inner = lack[:, edges[0] : edges[-1]]
            cuts |= {edges[0] + 1 + int(k) for k in np.flatnonzero(np.any(np.diff(inner, axis=1) != 0, axis=0))}
        begins: dict[int, list[tuple[Choice, int]]] = {}
        for first, stop in pairwise(sorted(cuts)):
            here = begins.setdefault(first, [])
            for choice in mine:
                here += [(choice, sign) for a, b, sign in choice.spans if a <= first and stop <= b]
            if here:
                self._stretch(cover, lack[:, first], stop - first, here)

    def _stretch(self, cover: Cover, lack: Floats, ticks: int, here: Sequence[tuple[Choice, int]]) -> None:
        needs = np.round(HEADS * lack).astype(int)
        out = [round(HEADS * choice.group.weight) if sign < 0 else 0 for choice, sign in here]
        most = max(0, int(needs.max()) + sum(out))
        short = self.model.new_int_var(0, most, "")
        signed = [(choice, sign * round(HEADS * choice.group.weight)) for choice, sign in here]
        for row in range(needs.size):
            able = [weight * choice.literal for choice, weight in signed if choice.group.touched[row]]
            if needs[row] + sum(out) > 0:
                self.model.add(short + cp_model.LinearExpr.sum(able) >= int(needs[row]))
        over = round(MONEY * cover.over * ticks)
        self.cost += [over * weight * choice.literal for choice, weight in signed]
        self.cost.append(over * short)
        if most == 0:
            return
        price = cover.under * ticks
        level = self.model.new_int_var(0, round(100 * most * (1 + 2 * STEEP * max(TANGENTS))) + 1, "")
        for k in TANGENTS:
            if k * HEADS <= most:
                slope = round(100 * (1 + 2 * STEEP * k))
                self.model.add(level >= slope * short - round(100 * STEEP * k * k * HEADS))
        self.cost.append(max(1, round(MONEY * price / 100)) * level)


def _take_out(play: Play, key: tuple[int, int], staffed: Floats) -> None:
    """Undo in `staffed` what a key does now: its pause is work, its overtime is not there."""
    duty = play.duties[key[0]]
    rows = np.array(duty.group.touched)
    if key[1] < 0:
        for first, stop in extended(duty):
            staffed[rows, first:stop] -= duty.group.weight
    else:
        first, stop = duty.items[key[1]].span
        staffed[rows, first:stop] += duty.group.weight


def _money(price: float) -> int:
    return round(MONEY * HEADS * price)
