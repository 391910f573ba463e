"""A proposal in words: why, each move, what it will do, what it costs, who decides, what was not chosen and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from centre.said import Said
from desk.wording import words as words_of
from desk.wording.words import Words


def proposal_words(
    content: Mapping[str, Any], language: str, number: int | None = None, names: Mapping[str, str] | None = None
) -> Iterable[str]:
    """The lines a shift leader reads; `content` is as `Proposal.to_json` writes it, `names` are people's by id."""
    said = words_of(language)
    _ = said._
    if number is not None:
        at, expires = _time(content["at"]), _time(content["expires"])
        yield _("Proposal {number}, {at}, holds until {expires}", number=number, at=at, expires=expires)
    for reading in content["why"]:
        yield _why(said, reading, content["kind"])
    for place, move in enumerate(content["moves"], start=1):
        who = said.term("approver", move["approver"])
        won = _("{won} contacts in time", won=f"{move['won']:+.1f}")
        called = {**move, "agents": [_called(said, agent, names or {}) for agent in move["agents"]]}
        yield f"  {place}. " + _("{move} ({approver}, {won})", move=move_words(called, said), approver=who, won=won)
    for effect in content["effects"]:
        yield _(
            "{queue}: service level {before} as things stand, {after} with it (80 %: {low} to {high}), until {until}",
            queue=effect["queue"] or _("all queues"),
            before=f"{effect['before']['mean']:.1%}",
            after=f"{effect['after']['mean']:.1%}",
            low=f"{effect['after']['low']:.1%}",
            high=f"{effect['after']['high']:.1%}",
            until=_time(content["until"]),
        )
    won = content["won"]
    yield _(
        "Contacts in time won: {mean} (80 %: {low} to {high}); {people} people, {minutes} minutes moved, "
        "{overtime} minutes of overtime, cost {cost}",
        mean=f"{won['mean']:.0f}",
        low=f"{won['low']:.0f}",
        high=f"{won['high']:.0f}",
        people=len(content["people"]),
        minutes=f"{content['minutes_moved']:.0f}",
        overtime=f"{content['overtime_minutes']:.0f}",
        cost=f"{content['cost']:.1f}",
    )
    if content["not_chosen"]:
        reasons: dict[str, list[str]] = {}
        for kind, why in content["not_chosen"].items():
            reasons.setdefault(why, []).append(said.term("move", kind))
        for why, kinds in sorted(reasons.items()):
            yield _("Not chosen ({why}): {moves}", why=said.term("not_chosen", why), moves=said.listing(kinds))
    yield from _not_known(said, content)
    if content["method"] == "rules":
        yield _("Chosen by plain rules, best first: the model found nothing better in time.")


def _called(said: Words, agent: str, names: Mapping[str, str]) -> str:
    """A person by name and id, so that both who knows them and who types knows whom."""
    name = names.get(agent, agent)
    return said._("{name} ({agent})", name=name, agent=agent) if name != agent else agent


def told_words(row: Mapping[str, Any], language: str) -> Iterable[str]:
    """What a running engine says of a proposal: the whole of it, or which of its moves were accepted by themselves."""
    if row["type"] == "proposal":
        yield from proposal_words(row, language, row["number"])
        return
    said = words_of(language)
    yield said._("Proposal {number}: done at once, nobody has to approve it:", number=row["number"])
    for move in row["moves"]:
        yield f"  {move_words(move, said)}"


def move_words(move: Mapping[str, Any], said: Words) -> str:
    """One move in words."""
    _ = said._
    facts, names = move["facts"], move["agents"]
    who = said.listing(names) if len(names) <= 4 else _("{count} people", count=len(names))
    what = said.term("move", move["type"])
    begin = _time(facts.get("from", move["start"]))
    if "to" in facts:
        return _("{who}: {what} from {begin} to {to}", who=who, what=what, begin=begin, to=_time(facts["to"]))
    if "since" in facts:
        return _("{who}: {what}, away since {since}", who=who, what=what, since=_time(facts["since"]))
    if "until" in facts:
        until = _time(facts["until"])
        return _("{who}: {what} from {begin} until {until}", who=who, what=what, begin=begin, until=until)
    return _("{who}: {what} of {begin}", who=who, what=what, begin=begin)


def _why(said: Words, reading: Mapping[str, Any], kind: str) -> str:
    _ = said._
    queue = reading["queue"] or _("all queues")
    now = "-" if reading["now"] is None else f"{reading['now']:.1%}"
    if kind == "spare":
        return _(
            "{queue}: {now} in the last half hour, {projected} projected, target {target}: people to spare",
            queue=queue, now=now, projected=f"{reading['projected']:.1%}", target=f"{reading['target']:.0%}",
        )  # fmt: skip
    return _(
        "{queue}: {now} in the last half hour, {projected} projected (80 %: {low} to {high}), planned {planned}, "
        "target {target}",
        queue=queue,
        now=now,
        projected=f"{reading['projected']:.1%}",
        low=f"{reading['low']:.1%}",
        high=f"{reading['high']:.1%}",
        planned=f"{reading['planned']:.1%}",
        target=f"{reading['target']:.0%}",
    )


def _not_known(said: Words, content: Mapping[str, Any]) -> Iterable[str]:
    """What was not known, and the plain rule that stood in."""
    rows = content.get("not_known")
    for what in content["degraded"] if rows is None else map(Said.from_json, rows):
        yield said._("Not known: {what}", what=said.tell(what))


def _time(text: str) -> str:
    return f"{datetime.fromisoformat(text):%H:%M}"


def looked_words(looked: Mapping[str, Any], language: str) -> Iterable[str]:
    """What a look that proposes nothing has to say."""
    said = words_of(language)
    yield said._("Nothing to propose.")
    for reading in looked["queues"]:
        yield _why(said, reading, "trouble")
    yield from _not_known(said, looked)


def status_words(row: Mapping[str, Any], language: str) -> str:
    """Where a proposal stands."""
    said = words_of(language)
    return said._("Proposal {number}: {status}", number=row["number"], status=said.term("proposal", row["status"]))


def answered_words(done: Any, language: str) -> str:
    """What was decided."""
    said = words_of(language)
    if done.act == "refuse":
        return said._("Proposal {number}: {count} moves refused", number=done.kept.number, count=len(done.moves))
    if done.version is None:
        return said._("Proposal {number}: {count} moves accepted", number=done.kept.number, count=len(done.moves))
    return said._(
        "Proposal {number}: {count} moves accepted; they stand in roster version {version}",
        number=done.kept.number, count=len(done.moves), version=done.version,
    )  # fmt: skip


def promise_words(record: Mapping[str, Any], language: str) -> Iterable[str]:
    """The record of promises kept."""
    said = words_of(language)
    types = [(said.term("move", kind), row) for kind, row in record["types"].items()]
    queues = [(said._("on {queue}", queue=queue), row) for queue, row in record["queues"].items()]
    for name, row in ((said._("all moves"), record["all"]), *types, *queues):
        if not row["promises"]:
            yield said._("{name}: no promise has come due yet", name=name)
            continue
        yield said._(
            "{name}: {kept} of {count} promises kept; {promised} points promised, {realised} realised; "
            "of what is promised next, {trusted} is believed",
            name=name, kept=row["kept"], count=row["promises"], promised=f"{row['promised'] * 100:+.1f}",
            realised=f"{row['realised'] * 100:+.1f}", trusted=f"{row['trusted']:.0%}",
        )  # fmt: skip
