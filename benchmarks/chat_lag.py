"""Chat when arrivals rise and fall: the share served at once as staffed for, beside the chain followed through the day.

    python -m benchmarks.chat_lag

An agent serves three chats at a time. Each quarter hour is staffed for 80 % at once, with the stationary load, with
the load that lags behind its arrivals, and with what the interval before has left; the number of chats is then followed
through the day exactly (Kolmogorov's forward equations by Euler steps of a second; it is the chain of
`forecasts.channels.chat`, with chats beyond all slots waiting and giving up). The same with a third of the agents
missing for an hour in the morning. Where agents leave, the least busy go and end the chats they have in hand.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.staffing_lag import DAYS, MINUTES
from centre.queues import Queue
from forecasts.channels import CHANNELS, Demand
from forecasts.erlang import carried_over

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHAT = next(channel for channel in CHANNELS if channel.name == "chat")
PATIENCE_S = 180.0
SHORT = slice(26, 30)
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


def followed(volume: Floats, agents: Ints, handle: Floats) -> Floats:
    """Share of the chats of each quarter hour that are served at once, exactly."""
    most = int(agents.max() * len(handle) + 4 * np.sqrt(volume.max()) + 60)
    chats = np.arange(most + 1, dtype=float)
    state = np.zeros(most + 1)
    state[0] = 1.0
    at_once = np.zeros(len(volume))
    before = int(agents[0])
    for interval, (contacts, number) in enumerate(zip(volume, agents, strict=True)):
        state, before = after_leaving(state, before, int(number), len(handle)), int(number)
        arrive, leave = contacts / (60.0 * MINUTES), finished(chats, int(number), handle)
        for _ in range(60 * MINUTES):
            at_once[interval] += state[: int(number) * len(handle)].sum()
            up, down = arrive * state[:-1], leave[1:] * state[1:]
            state[:-1] += down - up
            state[1:] += up - down
    return at_once / (60.0 * MINUTES)


def after_leaving(state: Floats, before: int, agents: int, levels: int) -> Floats:
    """The chats left to those who stay: dealt out one by one, those with fewest leave with theirs."""
    after = np.zeros_like(state)
    for chats, chance in enumerate(state):
        in_hand = [len(range(place, min(chats, before * levels), before)) for place in range(before)]
        after[chats - sum(in_hand[agents:])] += chance
    return after


def predicted(load: str, demand: Demand, queue: Queue, agents: Ints, handle: Floats) -> Floats:
    """Share of the chats of each quarter hour that the staffing says are served at once."""
    volume = demand.served[0]
    if load == "carried" and demand.starts is not None:
        rows = np.tile(handle, (len(volume), 1))
        return carried_over(volume, rows, agents, demand.starts, MINUTES, 0, PATIENCE_S, "virtual").service_level
    return CHAT.curve(demand, queue, int(agents.max()))[np.arange(len(volume)), agents] / volume


def main() -> None:
    """Print the table."""
    print("| day, handle time | load | agents | mean error | worst interval | a third missing: error |")
    print("|---|---|---|---|---|---|")
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
            lagged = replace(still, starts=starts)
            for name, demand in (("stationary", still), ("lagged", lagged), ("carried", replace(lagged, carried=True))):
                agents = CHAT.need(demand, queue).required
                short = agents.copy()
                short[SHORT] = short[SHORT] * 2 // 3
                found = [followed(volume, there, handle) for there in (agents, short)]
                said = [predicted(name, demand, queue, there, handle) for there in (agents, short)]
                errors = [volume @ np.abs(f - p) / volume.sum() for f, p in zip(found, said, strict=True)]
                figures = f"{agents.sum()} | {errors[0]:.1%} | {found[0].min():.1%} | {errors[1]:.1%}"
                print(f"| {shape}, {aht_s:g} s | {name} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
