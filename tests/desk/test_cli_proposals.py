"""The shift leader's answer to a floor in trouble, from the command line: rehearsed, proposed, accepted, refused."""

import gc
import json
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from centre.events import AgentState
from desk import exit_codes
from desk.actions.closed_loop import named_disruption, setting_of
from desk.actions.live import open_log
from desk.wiring import open_place, proposals_of
from streams.decode import States
from streams.event_log import Message
from streams.native import key, write
from streams.native import read as read_event
from streams.rehearsal.many_days import live_days

DAY = "2026-03-10"
ARMS = ("undisturbed", "ignore", "accept", "clairvoyant")


@pytest.fixture
def trouble(paiban, hotline) -> Path:
    """A file of events of a day on which one in ten is absent and a quarter more call."""
    file = hotline / "day.jsonl"
    said = paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", file, "--disruption", "absent-and-surge")
    assert said.code == exit_codes.DONE, said.err
    return file


def proposed(paiban, hotline, at: str, *more) -> dict:
    said = paiban("propose", hotline, "--at", f"{DAY}T{at}+08:00", *more, "--json")
    assert said.code == exit_codes.DONE, said.err
    return json.loads(said.out)


def first_with(paiban, hotline, kinds: set[str], *more) -> tuple[str, dict, dict]:
    """The first proposal of the day that holds a move of these types: when, the proposal, the move."""
    for hour in range(9, 17):
        for minute in (10, 40):
            at = f"{hour:02}:{minute:02}"
            looked = proposed(paiban, hotline, at, *more)
            for move in looked["proposal"]["moves"] if looked["proposal"] else ():
                if move["type"] in kinds:
                    return at, looked, move
    pytest.fail(f"nothing of {kinds} was proposed all day")


def test_the_closed_loop_prints_its_four_arms_and_what_was_won_back(paiban, hotline):
    said = paiban(
        "rehearse",
        hotline,
        "--date",
        DAY,
        "--disruption",
        "absent",
        "--with-proposals",
        "accept",
        "--seeds",
        1,
        "--workers",
        2,
        "--json",
    )
    assert said.code == exit_codes.DONE, said.err
    told = json.loads(said.out)
    assert tuple(told) == (*ARMS, "won_back")
    for arm in ARMS:
        figures = told[arm]
        assert figures["answered_in_time"]["mean"] <= figures["offered"]["mean"]
        assert 0 < figures["occupancy"]["mean"] < 1
        assert sum(row["offered"] for row in figures["intervals"]) == pytest.approx(figures["offered"]["mean"], abs=1)
    assert told["undisturbed"]["offered"] == told["ignore"]["offered"] == told["accept"]["offered"]
    assert told["ignore"]["minutes_moved"]["mean"] == 0
    assert told["accept"]["overtime_minutes"]["mean"] == 0


def test_days_lived_side_by_side_are_the_same_days(hotline):
    """Proposals accepted, and none looked for: in this process and in two others."""
    with open_place(hotline) as place:
        setting = setting_of(place, date.fromisoformat(DAY), named_disruption(place, "absent"), None, False, False)
    arms: dict = {"ignore": ("ignore", setting), "accept": ("accept", setting)}
    one, two = (live_days(arms, [1], workers) for workers in (1, 2))
    for arm in arms:
        (here,), (there,) = one[arm], two[arm]
        assert here.in_time.tolist() == there.in_time.tolist()
        assert (here.moves, here.promised, here.minutes_moved) == (there.moves, there.promised, there.minutes_moved)
    assert one["accept"][0].moves


def test_a_wrong_disruption_names_every_problem(paiban, hotline):
    (hotline / "bad.toml").write_text('[[volume]]\nqueue = "nobody"\nfactor = 2.0\n')
    said = paiban("rehearse", hotline, "--date", DAY, "--disruption", "bad.toml", "--with-proposals", "ignore")
    assert said.code == exit_codes.WRONG_INPUT
    assert "nobody" in said.err
    assert "billing" in said.err


def test_a_proposal_says_why_what_it_does_and_what_was_not_chosen(paiban, hotline, trouble):
    at, looked, _ = first_with(paiban, hotline, {"leader_to_phones", "move_meal", "move_break"}, "--source", trouble)
    made = looked["proposal"]
    assert made["why"][0]["queue"] == ""
    assert made["moves"]
    assert made["not_chosen"]
    for effect in made["effects"]:
        for side in ("before", "after"):
            assert effect[side]["low"] <= effect[side]["mean"] <= effect[side]["high"]
    spoken = paiban("proposals", "list", hotline, "--at", f"{DAY}T{at}+08:00", "--lang", "zh")
    assert "建议" in spoken.out


def test_an_accepted_move_stands_in_a_new_version_that_breaks_nothing(paiban, hotline, trouble):
    at, looked, move = first_with(paiban, hotline, {"move_meal", "move_break"}, "--source", trouble)
    when = f"{DAY}T{at}+08:00"
    agent = paiban("proposals", "accept", hotline, looked["number"], "--by", "a001", "--at", when)
    assert agent.code != exit_codes.DONE
    done = paiban(
        "proposals", "accept", hotline, looked["number"], "--by", "l01", "--move", move["id"], "--at", when, "--json"
    )
    assert done.code == exit_codes.DONE, done.err
    version = json.loads(done.out)["version"]
    checked = json.loads(paiban("check", hotline, "--json").out)
    assert checked["hard"] == 0
    with open_place(hotline) as place:
        line = place.plans.roster(version).by_agent()[move["agents"][0]]
    pause = next(change for change in move["changes"] if change["activity"] != "work")
    start = int(datetime.fromisoformat(pause["start"]).timestamp())
    assert any(s.start == start and s.activity == pause["activity"] for s in line)
    again = paiban("proposals", "accept", hotline, looked["number"], "--by", "l01", "--move", move["id"], "--at", when)
    assert again.code != exit_codes.DONE


def test_what_accepted_moves_came_to_is_told_by_type_and_by_queue(paiban, hotline, trouble):
    """Measured when its time is over; contacts of the queues add up; what is believed next lies within bounds."""
    at, looked, _ = first_with(paiban, hotline, {"move_meal", "move_break"}, "--source", trouble)
    when = f"{DAY}T{at}+08:00"
    done = paiban("proposals", "accept", hotline, looked["number"], "--by", "l01", "--at", when, "--json")
    assert done.code == exit_codes.DONE, done.err
    evening = ("--at", f"{DAY}T23:59+08:00", "--source", trouble)
    record = json.loads(paiban("proposals", "promises", hotline, *evening, "--json").out)
    assert record["all"]["promises"] == 1
    assert {"move_meal", "move_break"} & set(record["types"])
    assert set(record["queues"]) == {"billing", "sales", "service"}
    for row in (record["all"], *record["types"].values(), *record["queues"].values()):
        assert 0.25 <= row["trusted"] <= 1.25
    with open_place(hotline) as place:
        (promise,) = [kept.promise for kept in proposals_of(place).all() if kept.promise]
    queues = promise["queues"].values()
    assert sum(row["contacts"] for row in queues) == promise["contacts"] > 0
    assert sum(promise["shares"].values()) == pytest.approx(promise["share_accepted"], abs=0.5)
    said = sum(looked["proposal"]["simulated"].values())
    assert sum(row["simulated"] for row in queues) == pytest.approx(said, 1e-3)
    spoken = paiban("proposals", "promises", hotline, *evening, "--lang", "zh")
    assert "队列" in spoken.out


def test_a_refused_move_does_not_come_back(paiban, hotline, trouble):
    kinds = {"leader_to_phones", "move_meal", "move_break"}
    at, looked, move = first_with(paiban, hotline, kinds, "--source", trouble)
    when = f"{DAY}T{at}+08:00"
    words = ("proposals", "refuse", hotline, looked["number"], "--by", "l01", "--move", move["id"], "--at", when)
    assert paiban(*words, "--reason", " ").code == exit_codes.WRONG_INPUT
    assert paiban(*words, "--reason", "the visitors come then").code == exit_codes.DONE
    after = proposed(paiban, hotline, at, "--source", trouble)["proposal"]
    same = [m for m in (after["moves"] if after else ()) if m["type"] == move["type"]]
    assert all(set(m["agents"]).isdisjoint(move["agents"]) for m in same)


def test_a_proposal_falls_when_its_time_is_over(paiban, hotline, trouble):
    _, looked, _ = first_with(paiban, hotline, {"leader_to_phones", "move_meal", "move_break"}, "--source", trouble)
    said = paiban("proposals", "accept", hotline, looked["number"], "--by", "l01", "--at", f"{DAY}T21:50+08:00")
    assert said.code != exit_codes.DONE
    assert "expired" in said.err


def test_a_floor_of_which_nothing_is_heard_is_answered_all_the_same(paiban, hotline):
    """No broker, no events: the roster is taken for the floor, and that is said."""
    (hotline / "silent.jsonl").write_bytes(b"")
    looked = proposed(paiban, hotline, "11:00", "--source", hotline / "silent.jsonl")
    assert len(looked["degraded"]) >= 2
    assert looked["queues"]


# The client leaves sockets it could not connect to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed .*socket:ResourceWarning")
def test_a_broker_that_is_away_keeps_nobody_from_answering(paiban, hotline, trouble, monkeypatch):
    """What is proposed is shown and kept before it is published; that it was not is said, in the reader's language."""
    monkeypatch.setattr("streams.kafka.clients.BOOTSTRAP_MS", 500)
    with (hotline / "site.toml").open("a") as settings:
        settings.write('\n[broker]\nbootstrap = "127.0.0.1:1"\n')
    at, looked, _ = first_with(paiban, hotline, {"leader_to_phones", "move_meal", "move_break"}, "--source", trouble)
    said = paiban("propose", hotline, "--at", f"{DAY}T{at}+08:00", "--source", trouble, "--to", "kafka", "--lang", "zh")
    assert said.code == exit_codes.STREAM
    number = looked["number"] + 1
    assert f"{number}" in said.out
    assert "未发布" in said.err
    done = paiban("proposals", "accept", hotline, number, "--by", "l01", "--at", f"{DAY}T{at}+08:00")
    assert done.code == exit_codes.DONE, done.err
    gc.collect()


@pytest.mark.kafka
def test_through_a_real_kafka_nobody_is_flagged_for_obeying(paiban, hotline, trouble, kafka_bootstrap):
    """Events in, proposal out on its topic, acceptance in, new version out, and adherence follows it."""
    suffix = uuid4().hex[:8]
    topics = {
        "agent_states": f"states-{suffix}",
        "queue_events": f"queues-{suffix}",
        "proposals": f"proposals-{suffix}",
    }
    with (hotline / "site.toml").open("a") as settings:
        lines = "".join(f'{name} = "{topic}"\n' for name, topic in topics.items())
        settings.write(f'\n[broker]\nbootstrap = "{kafka_bootstrap}"\ngroup = "paiban-{suffix}"\n{lines}')
    at, _, move = first_with(paiban, hotline, {"move_meal", "move_break"}, "--source", trouble)
    now = int(datetime.fromisoformat(f"{DAY}T{at}+08:00").timestamp())
    heard = [event for event in read(trouble) if event.at < now * 1_000_000]
    send(hotline, heard)
    came = [*read_topic(kafka_bootstrap, topics["agent_states"]), *read_topic(kafka_bootstrap, topics["queue_events"])]
    assert len(came) == len(heard)
    (hotline / "came.jsonl").write_bytes(b"".join(line + b"\n" for line in came))

    told = proposed(paiban, hotline, at, "--source", hotline / "came.jsonl", "--to", "kafka")
    on_topic = [json.loads(line) for line in read_topic(kafka_bootstrap, topics["proposals"])]
    assert [row["number"] for row in on_topic] == [told["number"]]
    mine = next(m for m in told["proposal"]["moves"] if m["id"] == move["id"])
    done = paiban(
        "proposals", "accept", hotline, told["number"], "--by", "l01", "--move", mine["id"], "--at", f"{DAY}T{at}+08:00"
    )
    assert done.code == exit_codes.DONE, done.err

    agent = mine["agents"][0]
    pause = next(change for change in mine["changes"] if change["activity"] != "work")
    start, end = (int(datetime.fromisoformat(pause[edge]).timestamp()) for edge in ("start", "end"))
    send(hotline, [
        AgentState(f"obey-{suffix}-0", now * 1_000_000 + 1, "x", agent, "ready"),
        AgentState(f"obey-{suffix}-1", start * 1_000_000, "x", agent, pause["activity"]),
        AgentState(f"obey-{suffix}-2", end * 1_000_000, "x", agent, "ready"),
    ])  # fmt: skip
    rows = watched(paiban, hotline)
    zone_start, zone_end = (datetime.fromtimestamp(second).astimezone() for second in (start, end))
    flagged = [
        row
        for row in rows
        if row.get("agent") == agent
        and row["type"] not in ("adherence", "ended")
        and zone_start <= datetime.fromisoformat(row["at"]) <= zone_end
    ]
    assert not flagged
    days = [row for row in rows if row["type"] == "adherence" and row["agent"] == agent]
    assert days


def read(file: Path) -> list:
    """The events of a file."""
    return [read_event(line, States()) for line in file.read_bytes().splitlines()]


def send(hotline: Path, events: list) -> None:
    with open_place(hotline) as place:
        log = open_log(place, "kafka")
        broker = place.site.settings.broker
        try:
            log.create((broker.agent_states, broker.queue_events))
            for topic, people in ((broker.agent_states, True), (broker.queue_events, False)):
                mine = [Message(key(e), write(e)) for e in events if isinstance(e, AgentState) is people]
                for first in range(0, len(mine), 2000):
                    log.append(topic, mine[first : first + 2000])
        finally:
            log.close()


def read_topic(bootstrap: str, topic: str) -> list[bytes]:
    """Everything on a topic, until nothing more comes for a while; by a group of its own."""
    from streams.kafka import KafkaLog

    found: list[bytes] = []
    log = KafkaLog({"bootstrap_servers": [bootstrap]}, f"reader-{uuid4().hex[:6]}", "")
    try:
        log.subscribe((topic,), lambda partitions: {})
        quiet = 0
        while quiet < (6 if found else 60):
            batches = log.poll(0.5)
            found += [record.value for batch in batches for record in batch.records]
            quiet = 0 if batches else quiet + 1
    finally:
        log.close()
    return found


def watched(paiban, hotline) -> list[dict]:
    said = paiban("watch", hotline, "--source", "kafka", "--idle", 15, "--json")
    assert said.code == exit_codes.DONE, said.err
    return [json.loads(line) for line in said.out.splitlines()]
