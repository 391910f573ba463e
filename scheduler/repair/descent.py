"""Moves inside duties, the best first, until none pays."""

from collections.abc import Callable, Iterator

import numpy as np

from scheduler.repair.board import Board, Floats, Span
from scheduler.repair.play import Item, Play, Played, extended

Stop = Callable[[], bool]

ENOUGH = 1e-6
MOST_PASSES = 12


def descend(play: Play, stop: Stop) -> None:
    """Move items and set overtime as long as anything pays for itself."""
    for _ in range(MOST_PASSES):
        found = sorted(_ideas(play), key=lambda idea: -idea[0])
        done = 0
        for gain, duty, item, choice in found:
            if stop():
                return
            done += _try(play, duty, item, choice, gain)
        if not done:
            return


Idea = tuple[float, Played, Item | None, Span]
"""Estimated gain, and either an item with the tick to move to (twice), or overtime before and after."""


def _ideas(play: Play) -> Iterator[Idea]:
    """The best idea for each item and each duty's overtime, where it seems to pay."""
    for duty in play.duties:
        more, fewer = play.board.worth(duty.group)
        if not duty.changed and not _could_gain(play, duty, more):
            continue
        fixed = play.fixed_price(duty)
        for item in duty.items:
            if len(item.places) > 1:
                gains = item_gains(item, more, fewer) - np.where(np.array(item.places) != item.origin, item.price, 0.0)
                gains += item.price * item.moved
                best = int(np.argmax(gains))
                if gains[best] > fixed + ENOUGH and item.places[best] != item.at:
                    yield float(gains[best]) - fixed, duty, item, (item.places[best],) * 2
        if duty.most != (0, 0):
            gain, over = _best_overtime(play.board, duty, more)
            if gain > fixed + ENOUGH and over != (duty.before, duty.after):
                yield gain - fixed, duty, None, over


def _could_gain(play: Play, duty: Played, more: Floats) -> bool:
    """Whether anything of an unchanged duty lies where one more would pay for the change alone."""
    least = play.policy.changed_day
    if any(more[item.at + item.length] - more[item.at] > least for item in duty.items if len(item.places) > 1):
        return True
    before, after = duty.most
    first, stop = max(duty.first - before, 0), duty.stop + after
    return bool(
        (before and more[max(duty.first, 0)] - more[first] > least) or (after and more[stop] - more[duty.stop] > least)
    )


def item_gains(item: Item, more: Floats, fewer: Floats) -> Floats:
    """What it would gain to move an item to each of its places, at the prices of now."""
    places, length, at = np.array(item.places), item.length, item.at
    ends = places + length
    left, right = np.maximum(places, at), np.minimum(ends, at + length)
    overlap = right > left
    left, right = np.where(overlap, left, at), np.where(overlap, right, at)
    came = more[at + length] - more[at] - (more[right] - more[left])
    went = fewer[ends] - fewer[places] - (fewer[right] - fewer[left])
    return np.asarray(came - went)


def _best_overtime(board: Board, duty: Played, more: Floats) -> tuple[float, Span]:
    """The overtime that pays best, reckoned from none or on top of what there is."""
    total, best = 0.0, [duty.before, duty.after]
    step = board.inside
    for side, (now, most) in enumerate(zip((duty.before, duty.after), duty.most, strict=True)):
        longer = np.arange(now + step, min(most, max(duty.most) - (duty.before + duty.after - now)) + 1, step)
        if longer.size == 0:
            continue
        if side == 0:
            gains = more[duty.first - now] - more[duty.first - longer]
        else:
            gains = more[duty.stop + longer] - more[duty.stop + now]
        gains = gains - (longer - now) * duty.overtime_price
        top = int(np.argmax(gains))
        if gains[top] > total + ENOUGH:
            total, best = float(gains[top]), [duty.before, duty.after]
            best[side] = int(longer[top])
    return total, (best[0], best[1])


def _try(play: Play, duty: Played, item: Item | None, choice: Span, estimate: float) -> bool:
    """Do it if it pays exactly, and not much less than it seemed to."""
    board, fixed = play.board, play.fixed_price(duty)
    if item is not None:
        at = choice[0]
        if not (duty.free(item, at) and play.roomy(item, at)):
            return False
        price = item.price * ((at != item.origin) - item.moved)
        gain = board.gain(duty.group, [item.span], [(at, at + item.length)]) - price - fixed
        if gain <= max(ENOUGH, 0.5 * estimate):
            return False
        play.move(duty, item, at)
        return True
    now = extended(duty)
    before, after = choice
    if before + after > max(duty.most):
        return False
    spans = [(duty.first - before, duty.first), (duty.stop, duty.stop + after)]
    come = [span for span in spans if span[0] < span[1]]
    price = (before + after - duty.before - duty.after) * duty.overtime_price
    gain = board.gain(duty.group, come, now) - price - fixed
    if gain <= max(ENOUGH, 0.5 * estimate):
        return False
    play.extend(duty, before, after)
    return True
