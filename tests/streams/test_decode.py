"""Messages become events or dead letters, never silence; and too many dead letters stop the reader."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centre.errors import InputError, PoisonCeilingError
from centre.events import STATES, AgentState, Case, Contact, QueueSnapshot
from streams.cloud_events import headers
from streams.dead_letters import Ceiling, DeadLetter, as_message
from streams.decode import States, UnreadableError, decode_batch
from streams.event_log import Batch, Entry, Fault, Partition, Position
from streams.native import key, native_adapter, read, write

HERE = Partition("agent-states", 2)
NATIVE = native_adapter(States())


def batch(values: list[bytes | None], faults: tuple[Fault, ...] = ()) -> Batch:
    records = [Entry(100 + n, 1_767_600_000_000, None, value) for n, value in enumerate(values)]
    return Batch(HERE, records, None, Position(100 + len(values), "id"), faults)


def message(**changes: Any) -> bytes:
    fields = {
        "id": "e1",
        "type": "agent_state",
        "at": "2026-03-02T08:30:00.250+08:00",
        "site": "Shanghai",
        "agent": "A001",
        "state": "ready",
    } | changes
    return json.dumps({name: value for name, value in fields.items() if value is not ...}).encode()


def test_an_agent_state_becomes_what_it_says_at_the_moment_it_says() -> None:
    event = read(message(reason="", queue="billing"), States())
    moment = datetime(2026, 3, 2, 0, 30, 0, 250_000, tzinfo=UTC)
    at = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert event == AgentState("e1", at, "Shanghai", "A001", "ready", "", "billing")


def test_fields_we_do_not_know_are_kept() -> None:
    event = read(message(skill="gold", nested={"a": [1, None]}, reason=None), States())
    assert isinstance(event, AgentState)
    assert event.extra == {"skill": "gold", "nested": {"a": [1, None]}}
    assert event.reason == ""


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "not JSON"),
        (b"\x00\x01\x02", "not JSON"),
        (b'{"id": "e1"', "not JSON"),
        (b'"text"', "Expected `object`"),
        (b"\xff\xfe", "not JSON"),
        (b'{"id": "\xff", "type": "agent_state"}', "not JSON"),
        (message(type="agent_mood"), "type is one of agent_state, queue_snapshot, contact, case"),
        (message(type=...), "type is one of"),
        (message(id=...), "required field `id`"),
        (message(id=""), "$.id"),
        (message(agent=17), "$.agent"),
        (message(at="yesterday"), "$.at"),
        (message(at="2026-03-02T08:30:00"), "timezone"),
        (message(at=1772411400), "$.at"),
        (message(state="dreaming"), "agent state 'dreaming' is unknown"),
        (message(type="queue_snapshot", queue="billing", agent=..., waiting=-1), "$.waiting"),
        (message(type="contact", contact="c1", milestone="sung", queue="billing"), "$.milestone"),
    ],
)
def test_what_cannot_be_read_is_a_dead_letter_with_reason_position_and_bytes(value: bytes, reason: str) -> None:
    decoded = decode_batch(batch([message(), value, message(id="e2")]), NATIVE)
    assert [event.id for event in decoded.events] == ["e1", "e2"]
    (letter,) = decoded.dead
    assert (letter.partition, letter.offset, letter.raw) == (HERE, 101, value)
    assert reason in letter.reason
    assert decoded.unreadable == [1]


def test_a_tombstone_says_nothing() -> None:
    decoded = decode_batch(batch([None, message()]), NATIVE)
    assert len(decoded.events) == 1
    assert not decoded.dead


def test_what_the_log_lost_is_a_dead_letter_over_all_its_offsets() -> None:
    decoded = decode_batch(batch([message()], (Fault(100, 140, "a wrong checksum"),)), NATIVE)
    (letter,) = decoded.dead
    assert (letter.offset, letter.offsets, letter.raw, letter.reason) == (100, 40, None, "a wrong checksum")


text = st.text(min_size=1, max_size=12)
moments = st.integers(631_152_000_000_000, 4_102_444_800_000_000)  # 1990 to 2100
counts = st.integers(0, 10**6)
seconds = st.floats(0, 10**6)
extras = st.dictionaries(text.map(lambda name: f"x_{name}"), st.none() | st.booleans() | counts | text, max_size=3)
optional = st.just("") | text
events = st.one_of(
    st.builds(
        AgentState, text, moments, text, text, st.sampled_from(STATES), optional, optional, extras, st.integers(0, 99)
    ),
    st.builds(
        QueueSnapshot,
        text,
        moments,
        text,
        text,
        counts,
        seconds,
        counts,
        counts,
        counts,
        counts,
        seconds,
        counts,
        extras,
    ),
    st.builds(
        Contact,
        text,
        moments,
        text,
        text,
        st.sampled_from(["offered", "answered", "abandoned", "ended"]),
        text,
        optional,
        extras,
    ),
    st.builds(
        Case,
        text,
        moments,
        text,
        text,
        st.sampled_from(["arrived", "taken", "returned", "closed"]),
        optional,
        optional,
        extras,
    ),
)


@given(events)
def test_what_is_written_reads_as_the_same_event(event: AgentState | QueueSnapshot | Contact | Case) -> None:
    written = write(event)
    assert read(written, States()) == event
    assert b"\n" not in written
    json.loads(written)


@given(st.binary(max_size=60) | st.recursive(st.none() | text, st.lists).map(lambda value: json.dumps(value).encode()))
def test_arbitrary_bytes_and_json_become_dead_letters_with_a_reason_and_no_other_error(value: bytes) -> None:
    decoded = decode_batch(batch([value]), NATIVE)
    assert not decoded.events
    assert decoded.dead[0].reason


@given(events)
def test_the_headers_of_a_cloud_event_complete_its_value(event: AgentState | QueueSnapshot | Contact | Case) -> None:
    whole = json.loads(write(event))
    rest = {name: value for name, value in whole.items() if name not in ("id", "type", "at", "site")}
    record = Entry(0, 0, None, json.dumps(rest).encode(), headers(event))
    if "/" not in event.site:
        assert NATIVE(record) == (event,)
    said_twice = Entry(0, 0, None, write(event), headers(event))
    assert NATIVE(said_twice) == (event,)


def test_types_and_sources_of_other_senders_are_understood_and_other_headers_left_alone() -> None:
    body = b'{"agent": "A001", "state": "ready"}'
    said = (
        ("ce_id", b"e7"),
        ("ce_type", b"com.example.floor.agent_state"),
        ("ce_source", b"/sites/Shanghai"),
        ("ce_time", b"2026-03-02T08:00:00Z"),
    )
    (event,) = NATIVE(Entry(0, 0, None, body, said))
    assert (event.id, event.site, type(event)) == ("e7", "Shanghai", AgentState)
    assert NATIVE(Entry(0, 0, None, message(), (("trace", b"\xff"),)))
    for value, found in ((body, (("ce_id", b"\xff"),)), (b"[]", said)):
        with pytest.raises(UnreadableError, match="not a CloudEvent"):
            NATIVE(Entry(0, 0, None, value, found))


def test_events_of_one_agent_share_a_key_and_those_without_go_by_queue() -> None:
    assert key(AgentState("1", 0, "s", "A001", "ready", queue="billing")) == b"A001"
    assert key(QueueSnapshot("1", 0, "s", "billing")) == b"billing"
    assert key(Contact("1", 0, "s", "c", "offered", "billing")) == b"billing"
    assert key(Contact("2", 0, "s", "c", "answered", "billing", "A001")) == b"billing"
    assert key(Case("1", 0, "s", "case-1", "arrived", "mail")) == b"mail"


def test_a_sites_table_maps_its_own_words_and_their_reasons() -> None:
    states = States({"Available": "ready", "NOT_READY": "not_ready", "not_ready/Lunch": "meal"})
    assert states.native("AVAILABLE") == "ready"
    assert states.native("Not_Ready") == "not_ready"
    assert states.native("NOT_READY", "lunch") == "meal"
    assert states.native("NOT_READY", "Dentist") == "not_ready"
    assert states.native("talking") == "talking"


def test_a_table_that_maps_to_no_native_state_is_refused() -> None:
    with pytest.raises(InputError, match="resting"):
        States({"Available": "resting"})


def test_a_dead_letter_message_carries_the_bytes_even_where_they_are_no_text() -> None:
    plain = json.loads(as_message(DeadLetter(HERE, 7, "why", b"{oops", 5)).value or b"")
    assert (plain["raw"], plain["reason"], plain["offset"], plain["partition"]) == ("{oops", "why", 7, 2)
    assert json.loads(as_message(DeadLetter(HERE, 7, "why", b"\xff", 5)).value or b"")["raw_base64"] == "/w=="
    assert as_message(DeadLetter(HERE, 7, "why", b"", 5)).key == b"agent-states/2/7"


def counted(ceiling: Ceiling, pattern: list[bool], size: int) -> int:
    """Feed records that can (True) or cannot be read in batches of `size`; how many were committed."""
    for start in range(0, len(pattern), size):
        piece = batch([message() if good else b"poison" for good in pattern[start : start + size]])
        decoded = decode_batch(piece, NATIVE)
        try:
            ceiling.count(piece, decoded.dead, decoded.unreadable)
        except PoisonCeilingError:
            return start
    return len(pattern)


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_a_hundred_in_a_row_stop_the_reader_ninety_nine_do_not(size: int) -> None:
    assert counted(Ceiling(share=1.0), [True] * 50 + [False] * 99 + [True] * 50, size) == 199
    stopped_at = counted(Ceiling(share=1.0), [True] * 50 + [False] * 500, size)
    assert 150 - size <= stopped_at < 150


def test_more_than_the_share_of_the_last_thousand_stop_the_reader() -> None:
    one_in_twenty = [n % 20 != 0 for n in range(5000)]
    assert counted(Ceiling(), one_in_twenty, 100) == 5000
    one_in_ten = [n % 10 != 0 for n in range(5000)]
    assert counted(Ceiling(), one_in_ten, 100) == 900


def test_an_old_burst_is_forgotten_and_a_late_one_found() -> None:
    assert counted(Ceiling(), [n % 2 == 0 for n in range(40)] + [True] * 5000, 10) == 5040
    stopped = counted(Ceiling(), [True] * 5000 + [n % 2 == 0 for n in range(400)], 10)
    assert 5000 <= stopped < 5200


def test_a_first_bad_message_on_a_quiet_floor_stops_nobody() -> None:
    assert counted(Ceiling(), [False, True, False], 1) == 3


VALUES = st.sampled_from(
    [
        None, b"", b"{oops", b"[]", message(), message(id="e2", sequence=7), message(skill="gold"), message(reason="x"),
        message(source="acd"), message().replace(b", ", b",\n"), message() + b"\n" + message(id="e3"),
        message(type="contact", contact="c", milestone="offered", queue="q"), message(state="dreaming"),
    ]
)  # fmt: skip


@given(st.lists(VALUES, max_size=80))
def test_a_batch_read_together_says_what_its_records_say_one_by_one(values: list[bytes | None]) -> None:
    together = decode_batch(batch(values), NATIVE)
    alone = decode_batch(batch(values), lambda record: NATIVE(record))
    assert together == alone


@given(st.lists(st.sampled_from([(), (("paiban-format", b"native"),), (("ce_id", b"c1"),)]), min_size=1, max_size=5))
def test_headers_that_complete_a_message_are_heeded_in_a_batch(found: list[tuple[tuple[str, bytes], ...]]) -> None:
    told = [message(id=...) if ("ce_id", b"c1") in theirs else message() for theirs in found]
    records = [Entry(n, 5, None, value, theirs) for n, (value, theirs) in enumerate(zip(told, found, strict=True))]
    whole = Batch(HERE, records, None, Position(len(records), "id"), ())
    ids = [event.id for event in decode_batch(whole, NATIVE).events]
    assert ids == ["c1" if ("ce_id", b"c1") in theirs else "e1" for theirs in found]
