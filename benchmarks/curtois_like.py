"""Instances in the published format out of a seed, of any size: for sizes whose published instances are not at hand.

    python -m benchmarks.curtois_like --days 364 --staff 150 --shifts 32 --seed 1 > like.txt

Staff, contracts, leave, requests and cover are drawn the way the published instances look (T. Curtois and R. Qu, 2014).
A legal line a person exists by construction: days off and minutes are drawn around a line that is written down first.
"""

import sys
from argparse import ArgumentParser
from dataclasses import dataclass

import numpy as np

from scheduler.linewise.steady import DEAR, walk

MINUTES = 480
KINDS = ("a", "d", "p", "n")
"""Early, day, late, night: what comes later in the day may not be followed by what comes earlier."""


@dataclass(frozen=True)
class Like:
    """What to make."""

    days: int = 28
    staff: int = 20
    shifts: int = 3
    seed: int = 1


CONTRACTS = ((5, 2, 2, 18), (6, 2, 3, 18), (5, 3, 2, 17), (5, 1, 2, 9))
"""Longest and shortest run of work, shortest run of days off, shifts of four weeks."""


def text(like: Like) -> str:
    """The instance as a file's text."""
    rng = np.random.default_rng([like.seed, like.days, like.staff, like.shifts])
    shifts = _shifts(like.shifts)
    lines = [_line(like.days, CONTRACTS[_kind(rng)], rng) for _ in range(like.staff)]
    worked = np.array([line for line, _ in lines])
    parts = [
        f"SECTION_HORIZON\n{like.days}",
        "SECTION_SHIFTS\n" + "\n".join(f"{name},{MINUTES},{'|'.join(after)}" for name, after in shifts),
        "SECTION_STAFF\n" + "\n".join(_staff(p, lines[p], shifts, like, rng) for p in range(like.staff)),
        "SECTION_DAYS_OFF\n" + "\n".join(_off(p, lines[p][0], rng) for p in range(like.staff)),
        "SECTION_SHIFT_ON_REQUESTS\n" + "\n".join(_requests(like, shifts, rng, 0.18)),
        "SECTION_SHIFT_OFF_REQUESTS\n" + "\n".join(_requests(like, shifts, rng, 0.07)),
        "SECTION_COVER\n" + "\n".join(_cover(like, shifts, worked.sum(axis=0), rng)),
    ]
    return "\n\n".join(parts) + "\n"


def _kind(rng: np.random.Generator) -> int:
    return int(rng.choice(len(CONTRACTS), p=(0.6, 0.15, 0.1, 0.15)))


def _shifts(count: int) -> list[tuple[str, list[str]]]:
    """Names, and which may not follow: all that start earlier in the day."""
    kinds = KINDS[: min(len(KINDS), max(3, count))]
    sizes = [count // len(kinds) + (number < count % len(kinds)) for number in range(len(kinds))]
    names = [[f"{kind}{n + 1}" for n in range(size)] for kind, size in zip(kinds, sizes, strict=True)]
    found = []
    for number, group in enumerate(names):
        earlier = [name for before in names[:number] for name in before]
        found += [(name, earlier) for name in group]
    return found


def _line(
    days: int, contract: tuple[int, int, int, int], rng: np.random.Generator
) -> tuple[np.ndarray, tuple[int, ...]]:
    """Days worked in runs within the contract's bounds, about half of the weekends free, cheapest at random prices."""
    longest, shortest, rest, four_weeks = contract
    most = round(four_weeks * days / 28)
    weekday = np.arange(days) % 7
    weekend = np.where(weekday == 5, 1, np.where(weekday == 6, 2, 0)).astype(np.int64)
    half = int((weekday == 5).sum()) // 2
    worked = np.zeros(days, dtype=np.bool_)
    came = np.full((days, longest + rest, most + 1, half + 1), -1, dtype=np.int8)
    prices = rng.normal(0.0, 1.0, days) - np.where(weekday >= 5, 1.0, 0.0)
    total = walk(prices, np.ones(days, dtype=np.bool_), weekend, longest, shortest, rest, most - 1, came, worked)
    if total >= DEAR:
        raise ValueError(f"no line of {days} days keeps {contract}: choose more days")
    return worked, contract


def _staff(
    p: int,
    line: tuple[np.ndarray, tuple[int, ...]],
    shifts: list[tuple[str, list[str]]],
    like: Like,
    rng: np.random.Generator,
) -> str:
    worked, (longest, shortest, rest, _) = line
    most = []
    for name, _ in shifts:
        draw = rng.random()
        bound = 0 if draw < 0.3 else max(3, like.days // 8) if draw < 0.6 else like.days
        most.append(f"{name}={like.days if name.endswith('1') and name[0] == 'd' else bound}")
    total = int(worked.sum()) * MINUTES
    half = sum(day % 7 == 5 for day in range(like.days)) // 2
    limits = f"{total + MINUTES},{total - MINUTES},{longest},{shortest},{rest},{half}"
    return f"{_name(p)},{'|'.join(most)},{limits}"


def _off(p: int, worked: np.ndarray, rng: np.random.Generator) -> str:
    """About a tenth of the days, in a few stretches of those the line has free (and single ones)."""
    free = np.flatnonzero(~worked)
    some = np.sort(rng.choice(free, max(1, round(free.size * 0.28)), replace=False))
    return ",".join([_name(p), *map(str, some)])


def _requests(like: Like, shifts: list[tuple[str, list[str]]], rng: np.random.Generator, share: float) -> list[str]:
    """Requests for one to five days in a row, on so large a share of a person's days."""
    found = []
    for p in range(like.staff):
        asked: dict[int, str] = {}
        for _ in range(max(1, round(share * like.days / 3))):
            day, length = int(rng.integers(like.days)), int(rng.integers(1, 6))
            request = f"{shifts[int(rng.integers(len(shifts)))][0]},{int(rng.integers(1, 4))}"
            asked |= dict.fromkeys(range(day, min(day + length, like.days)), request)
        found += [f"{_name(p)},{day},{asked[day]}" for day in sorted(asked)]
    return found


def _cover(like: Like, shifts: list[tuple[str, list[str]]], here: np.ndarray, rng: np.random.Generator) -> list[str]:
    """A little less than are there, spread over the shifts, weekends like other days: there it is short."""
    found = []
    weights = rng.dirichlet(np.full(len(shifts), 8.0))
    for day in range(like.days):
        wanted = here.mean() * rng.normal(0.95, 0.06) * weights
        for (name, _), much in zip(shifts, wanted, strict=True):
            found.append(f"{day},{name},{max(0, int(rng.normal(much, 0.8) + 0.5))},100,1")
    return found


def _name(p: int) -> str:
    name = ""
    p += 1
    while p:
        p, letter = divmod(p - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def main() -> int:
    """Print one instance."""
    parser = ArgumentParser(
        prog="python -m benchmarks.curtois_like", description="An instance in the published format."
    )
    for name, value in (("days", 28), ("staff", 20), ("shifts", 3), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    print(text(Like(**vars(parser.parse_args()))), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
