"""Chat when arrivals rise and fall: the share served at once as staffed for, beside the chain followed through the day.

    python -m benchmarks.chat_lag

An agent serves three chats at a time. Each quarter hour is staffed for 80 % at once, with the stationary load and with
the load that lags behind its arrivals; the number of chats is then followed through the day exactly (Kolmogorov's
forward equations by Euler steps of a second; it is the chain of `forecasts.channels.chat`, with chats beyond all
slots waiting and giving up). Where agents leave, those who have chats in hand end them first.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.staffing_lag import DAYS, MINUTES
from centre.queues import Queue
from forecasts.channels import CHANNELS, Demand

Floats = NDArray[np.float64]

PATIENCE_S = 180.0
SHARES = (0.5, 0.75, 1.0)
"""Handle time of a chat with one, two, three at a time, against that with three."""


def finished(chats: Floats, agents: int, handle: Floats) -> Floats:
    """Chats that end or give up in a second, for each number of chats in the system."""
    levels = len(handle)
    served = np.minimum(chats, agents * levels)
    level = np.minimum(served // max(agents, 1), levels - 1).astype(int)
    ahead = served - level * agents
    speed = np.concatenate([[0.0], np.arange(1, levels + 1) / handle])
    busy = ahead * speed[level + 1] + (agents - ahead) * speed[level]
    return np.asarray(busy + (chats - served) / PATIENCE_S)


def followed(volume: Floats, agents: NDArray[np.int64], handle: Floats) -> Floats:
    """Share of the chats of each quarter hour that are served at once, exactly."""
    most = int(agents.max() * len(handle) + 4 * np.sqrt(volume.max()) + 60)
    chats = np.arange(most + 1, dtype=float)
    state = np.zeros(most + 1)
    state[0] = 1.0
    at_once = np.zeros(len(volume))
    for interval, (contacts, number) in enumerate(zip(volume, agents, strict=True)):
        arrive, leave = contacts / (60.0 * MINUTES), finished(chats, int(number), handle)
        for _ in range(60 * MINUTES):
            at_once[interval] += state[: int(number) * len(handle)].sum()
            up, down = arrive * state[:-1], leave[1:] * state[1:]
            state[:-1] += down - up
            state[1:] += up - down
    return at_once / (60.0 * MINUTES)


def main() -> None:
    """Print the table."""
    chat = next(channel for channel in CHANNELS if channel.name == "chat")
    print("| day, handle time | load | agents | mean error | worst interval |\n|---|---|---|---|---|")
    for shape, volume in DAYS.items():
        for aht_s in (420.0, 900.0):
            handle = aht_s * np.array(SHARES)
            queue = Queue(
                name="chat", channel="chat", aht_by_concurrency_s=tuple(handle), patience_s=PATIENCE_S, within_s=0,
                max_occupancy=1, definition="virtual", unplanned_shrinkage=0,
            )  # fmt: skip
            size = len(volume)
            still = Demand(volume[None], np.ones(1), np.full(size, aht_s), np.ones(size, bool), MINUTES, np.zeros(size))
            starts = np.arange(size, dtype=np.int64) * 60 * MINUTES
            for name, demand in (("stationary", still), ("lagged", replace(still, starts=starts))):
                agents = chat.need(demand, queue).required
                said = chat.curve(demand, queue, int(agents.max()))[np.arange(size), agents] / volume
                found = followed(volume, agents, handle)
                error = float(volume @ np.abs(found - said) / volume.sum())
                print(f"| {shape}, {aht_s:g} s | {name} | {agents.sum()} | {error:.1%} | {found.min():.1%} |")


if __name__ == "__main__":
    main()
