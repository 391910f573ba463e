"""Have the kernels of a roster compiled on another core while the forecast is still at work.

The first run of a version on a machine compiles its kernels, one after the other and most of them for the roster: on a
slow core minutes. The process that does it beside has nothing to say; whatever it did not come to is compiled where it
is used.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from centre.compiled import anything_kept
from centre.grid import Horizon
from centre.policy import Policy
from centre.requirement import Requirement
from centre.roster import Roster
from centre.site import Site
from desk.wiring import Place
from forecasts.simulate import simulate_roster
from scheduler.problem import Problem
from scheduler.tours.engine import Engine
from scheduler.tours.floor import floor_of
from store.site_folder import read_site

LONGEST_S = 600.0
"""What is not compiled by then is compiled where it is used."""


@contextmanager
def compiling_ahead(place: Place) -> Iterator[None]:
    """Compile beside what happens here and wait for it at the end; where nothing is compiled yet and a core is free.

    Parameters
    ----------
    place : the site to be rostered: kernels are compiled for what it asks for.
    """
    if anything_kept() or (os.cpu_count() or 1) < 2:
        yield
        return
    command = [sys.executable, "-W", "ignore", "-m", "desk.compiling_ahead", str(place.folder)]
    nothing = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing) as beside:
        try:
            yield
            compile_simulation(place.site)
            beside.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            pass
        finally:
            beside.kill()


def compile_roster(site: Site) -> None:
    """Compile the kernels of a site's roster, on a week that asks for nobody; no price changes what is compiled."""
    nothing = _nothing(site)
    Engine(floor_of(Problem(site, nothing.horizon, nothing, Policy())), 0, 1).warm_up()


def compile_simulation(site: Site) -> None:
    """Compile the kernels that simulate a site's roster, on a week of next to nothing."""
    nothing = _nothing(site)
    little = replace(nothing, volume=np.ones_like(nothing.volume), aht_s=np.full_like(nothing.aht_s, 60.0))
    simulate_roster(Roster(()), site.agents, site.queues, little, runs=1)


def _nothing(site: Site) -> Requirement:
    """A week in which nobody is needed."""
    days = Horizon(site.settings.zone, site.settings.grid_minutes, date(2026, 1, 5), 7)
    return Requirement.nothing(days, tuple(site.queues))


if __name__ == "__main__":
    compile_roster(read_site(Path(sys.argv[1])))
