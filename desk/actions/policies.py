"""Which version of the policy was in force at a moment: a request is judged by the one that held when it was made.

Versions are written into the logbook when they are first used. A pack whose number rises is a new version: it holds
from its `since` on, or else from the moment of that first use. A pack whose values change under the same number, or
that is another pack, corrects what stood there, and holds at once for whatever is judged anew.
"""

from dataclasses import dataclass
from datetime import datetime

from centre.grid import instant
from centre.policy import Policy
from desk import clock
from desk.wiring import Place, logbook_of

KIND = "policy"
ALWAYS = -(2**53)


@dataclass(frozen=True)
class _Version:
    since: int
    policy: Policy


def policy_in_force(place: Place, at: int) -> Policy:
    """The policy that held at an instant (UTC second), as far as it is known; the present one is written down."""
    known = _versions(place)
    if not known or known[-1].policy != place.policy:
        before = known[-1] if known else None
        since = _since(place, before, at)
        book = logbook_of(place)
        content = {"since": since, "policy": place.policy.model_dump(mode="json")}
        book.write(KIND, place.policy.name, at, "", content, clock.now())
        known = _folded([*known, _Version(since, place.policy)])
    holding = [row for row in known if row.since <= at]
    return (holding[-1] if holding else known[0]).policy


def policy_known_at(place: Place, moment: datetime) -> Policy:
    """The policy by which everything was judged at a moment: as it was written down by then, later corrections not.

    Before anything was written down, and where nothing ever was, it is the first that is known.
    """
    at = int(moment.timestamp())
    known = _versions(place, moment) or _versions(place)[:1]
    holding = [row for row in known if row.since <= at] or known[:1]
    return holding[-1].policy if holding else place.policy


def _since(place: Place, before: _Version | None, at: int) -> int:
    policy = place.policy
    if policy.since is not None:
        return instant(policy.since, 0, place.site.settings.zone)
    if before is None or not _follows(before.policy, policy):
        return before.since if before else ALWAYS
    return max(at, before.since)


def _follows(before: Policy, after: Policy) -> bool:
    return before.name == after.name and after.version > before.version


def _versions(place: Place, known: datetime | None = None) -> list[_Version]:
    lines = logbook_of(place).lines(KIND, known=known)
    return _folded([_Version(line.content["since"], Policy.model_validate(line.content["policy"])) for line in lines])


def _folded(rows: list[_Version]) -> list[_Version]:
    """One row a version: what corrects a version takes its place."""
    folded: list[_Version] = []
    for row in rows:
        if folded and not _follows(folded[-1].policy, row.policy):
            folded.pop()
        folded.append(row)
    return folded
