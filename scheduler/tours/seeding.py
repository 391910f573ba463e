"""Start the search from a roster that is published already: what need not change does not."""

from centre.roster import Roster
from scheduler.checks import check, view
from scheduler.problem import Problem
from scheduler.tours.floor import Floor
from scheduler.tours.published import put


def start_from(floor: Floor, roster: Roster, problem: Problem) -> int:
    """Give everybody the duties of a roster whose line in it is legal and in today's catalogue; how many they are."""
    if not roster.segments:
        return 0
    faulty = {violation.agent for violation in check(roster, problem) if violation.hard}
    count = 0
    for p, line in enumerate(view(roster, problem).lines):
        duties = [duty for duty in line.duties if 0 <= duty.day < problem.horizon.days]
        must = floor.members[p].lines.person.must
        whole = all(put(floor, p, floor.members[p], duty) for duty in duties)
        if not whole or line.agent.agent in faulty or not must <= {duty.day for duty in duties}:
            floor.chosen[p][:] = -1
        count += bool((floor.chosen[p] >= 0).any())
    return count
