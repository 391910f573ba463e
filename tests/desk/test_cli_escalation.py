"""ESC: reports climb level by level, are delivered by every way that is set up, acknowledged and answered."""

import hmac
import json
import socket
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from desk import exit_codes

TEXT = ("--text", "12 orders wait since morning", "--proposal", "two more on cases")


class Inbox(Message):
    """Keeps what a real SMTP server was handed."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.mails.append(message)


@pytest.fixture
def smtp() -> Iterator[tuple[str, Inbox]]:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"127.0.0.1:{port}", inbox
    finally:
        controller.stop()


@pytest.fixture
def hook() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    posted: list[tuple[dict[str, str], bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", posted
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def policy(site: Path, text: str) -> Path:
    (site / "own.toml").write_text(f'base = "operator-cn"\n{text}')
    settings = (site / "site.toml").read_text()
    (site / "site.toml").write_text(settings.replace('holidays = "CN"', 'holidays = "CN"\npolicy = "own.toml"'))
    return site


def say(paiban, verb: str, site: Path, *more: object, at: str, fails: bool = False) -> dict[str, Any]:
    told = paiban(verb, site, *more, "--at", f"2026-03-09T{at}+08:00", "--json")
    if fails:
        assert told.code == exit_codes.WRONG_INPUT
        return {}
    assert told.code == exit_codes.DONE, told.err
    found: dict[str, Any] = json.loads(told.out)
    return found


def told_roles(told: dict[str, Any]) -> list[str]:
    return [row["role"] for row in told["incidents"][0]["told"]]


@pytest.mark.rule("ESC-1")
def test_a_level_that_does_not_acknowledge_in_time_has_the_next_one_told(paiban, small_centre) -> None:
    made = say(paiban, "escalate", small_centre, "--kind", "stuck_orders", *TEXT, "--by", "a1", at="10:00")
    assert told_roles(made) == ["leader"]
    assert told_roles(say(paiban, "escalate", small_centre, at="10:29")) == ["leader"]
    assert told_roles(say(paiban, "escalate", small_centre, at="10:30")) == ["leader", "head"]
    thread = made["incidents"][0]["thread"]
    say(paiban, "acknowledge", small_centre, thread, "--by", "head", at="10:40")
    assert told_roles(say(paiban, "escalate", small_centre, at="12:00")) == ["leader", "head"]
    say(paiban, "acknowledge", small_centre, thread, "--by", "a3", at="12:00", fails=True)


@pytest.mark.rule("ESC-1")
def test_a_critical_report_goes_to_everybody_at_once_and_a_skipped_level_is_told_afterwards(
    paiban, small_centre
) -> None:
    danger = say(paiban, "escalate", small_centre, "--kind", "danger", *TEXT, "--by", "a1", at="23:30")
    assert told_roles(danger) == ["leader", "head", "director"]
    skipped = ("--kind", "emergency", *TEXT, "--by", "a3", "--skip-to", "head", "--thread", "fire")
    made = say(paiban, "escalate", small_centre, *skipped, at="23:31")
    row = next(row for row in made["incidents"] if row["thread"] == "fire")
    assert ([step["role"] for step in row["told"]], row["to_be_told"]) == (["head"], ["l2"])
    after = say(paiban, "acknowledge", small_centre, "fire", "--by", "l2", "--told", at="23:45")
    assert after["incidents"][0]["to_be_told"] == []
    small = ("--kind", "busy_idle", "--text", "all idle", "--by", "a3", "--skip-to", "head")
    say(paiban, "escalate", small_centre, *small, at="11:00", fails=True)


@pytest.mark.rule("ESC-2")
@pytest.mark.rule("ESC-3")
def test_a_report_carries_a_proposal_and_the_answer_is_recorded(paiban, small_centre) -> None:
    bare = ("--kind", "gross_error", "--text", "wrong bills sent", "--by", "l1")
    say(paiban, "escalate", small_centre, *bare, at="10:00", fails=True)
    say(paiban, "escalate", small_centre, "--kind", "busy_idle", "--text", "T1 idle", "--by", "l1", at="10:00")
    say(paiban, "escalate", small_centre, "--kind", "gossip", "--text", "x", "--by", "l1", at="10:00", fails=True)
    made = say(paiban, "escalate", small_centre, *bare, "--proposal", "call them back", at="10:01")
    thread = next(row["thread"] for row in made["incidents"] if row["kind"] == "gross_error")
    done = say(paiban, "acknowledge", small_centre, thread, "--by", "head", "--answer", "do it", "--close", at="10:05")
    row = done["incidents"][0]
    assert ([(a["by"], a["text"]) for a in row["answers"]], row["open"]) == ([("head", "do it")], False)
    assert [row["kind"] for row in say(paiban, "escalate", small_centre, at="10:06")["incidents"]] == ["busy_idle"]


def test_it_is_delivered_by_mail_webhook_and_topic_once_each(paiban, small_centre, smtp, hook, monkeypatch) -> None:
    address, inbox = smtp
    url, posted = hook
    monkeypatch.setenv("PAIBAN_WEBHOOK_SECRET", "s3cret")
    (small_centre / "events.db").touch()
    policy(small_centre, f'[escalation]\nsmtp = "{address}"\nwebhook = "{url}"\nsender = "paiban@example.com"\n'
           '[escalation.emails]\nhead = "head@example.com"\nl1 = "l1@example.com"\n')  # fmt: skip
    report = ("--kind", "stuck_orders", *TEXT, "--by", "a1")
    first = say(paiban, "escalate", small_centre, *report, at="10:00")
    ways = {(row["to"], row["way"]): row["ok"] for row in first["delivered"]}
    assert ways == {("l1", way): True for way in ("board", "webhook", "email", "topic")}
    assert [mail["To"] for mail in inbox.mails] == ["l1@example.com"]
    assert "two more on cases" in inbox.mails[0].get_payload()
    headers, body = posted[0]
    assert headers["X-Paiban-Signature"] == hmac.new(b"s3cret", body, sha256).hexdigest()
    assert json.loads(body)["kind"] == "stuck_orders"
    assert say(paiban, "escalate", small_centre, "--due", at="10:10")["delivered"] == []
    assert {row["to"] for row in say(paiban, "escalate", small_centre, "--due", at="10:31")["delivered"]} == {"head"}
    assert [mail["To"] for mail in inbox.mails] == ["l1@example.com", "head@example.com"]


def test_what_fails_is_recorded_and_tried_again(paiban, small_centre, smtp) -> None:
    address, inbox = smtp
    down = '[escalation]\nsmtp = "127.0.0.1:1"\n[escalation.emails]\nl1 = "l1@example.com"\n'
    policy(small_centre, down)
    made = say(paiban, "escalate", small_centre, "--kind", "stuck_orders", *TEXT, "--by", "a1", at="10:00")
    assert {(row["way"], row["ok"]) for row in made["delivered"]} == {("board", True), ("email", False)}
    (small_centre / "own.toml").write_text(f'base = "operator-cn"\n{down.replace("127.0.0.1:1", address)}')
    again = say(paiban, "escalate", small_centre, "--due", at="10:01")
    assert [(row["way"], row["ok"]) for row in again["delivered"]] == [("email", True)]
    assert len(inbox.mails) == 1


def test_quiet_hours_hold_back_what_is_not_critical_until_they_end(paiban, small_centre) -> None:
    late = say(paiban, "escalate", small_centre, "--kind", "stuck_orders", *TEXT, "--by", "a1", at="22:30")
    assert late["delivered"] == []
    critical = say(paiban, "escalate", small_centre, "--kind", "leak", *TEXT, "--by", "a1", at="22:31")
    assert {row["to"] for row in critical["delivered"]} == {"l1", "head", "director"}
    morning = paiban("escalate", small_centre, "--due", "--at", "2026-03-10T07:00+08:00", "--json")
    assert {row["to"] for row in json.loads(morning.out)["delivered"]} == {"l1", "head", "director"}


def test_one_incident_is_one_thread_and_is_not_told_again_within_half_an_hour(paiban, small_centre) -> None:
    report = ("--kind", "stuck_orders", "--proposal", "two more", "--by", "a1", "--thread", "orders")
    say(paiban, "escalate", small_centre, *report, "--text", "12 orders", at="10:00")
    again = say(paiban, "escalate", small_centre, *report, "--text", "20 orders", at="10:10")
    assert (len(again["incidents"]), again["delivered"]) == (1, [])
    later = say(paiban, "escalate", small_centre, "--due", at="10:30")
    assert "l1" in {row["to"] for row in later["delivered"]}
    say(paiban, "acknowledge", small_centre, "orders", "--by", "l1", "--close", at="10:31")
    fresh = say(paiban, "escalate", small_centre, *report, "--text", "3 orders", at="11:30")
    assert [(row["text"], row["open"]) for row in fresh["incidents"]] == [("3 orders", True)]


@pytest.mark.rule("ESC-4")
def test_a_grave_alert_of_the_floor_climbs_by_itself_and_ends_with_its_incident(paiban, small_centre) -> None:
    """a1 is rostered from 08:30 and comes at 09:10; a3 is on time."""
    rows = [("1", "08:20", "a3", "ready"), ("2", "08:45", "a3", "ready"), ("3", "09:10", "a1", "ready"),
            *((f"5{h}{a}", f"{h}:30", a, "ready") for h in range(10, 17) for a in ("a1", "a3")),
            *((f"6{a}", "16:31", a, "logged_out") for a in ("a1", "a3"))]  # fmt: skip
    (small_centre / "day.jsonl").write_text(
        "".join(
            json.dumps({"id": i, "type": "agent_state", "at": f"2026-03-09T{t}:00+08:00", "site": "Small", "agent": a,
                        "state": s}) + "\n"
            for i, t, a, s in rows
        )
    )  # fmt: skip
    told = paiban("watch", small_centre, "--source", small_centre / "day.jsonl", "--escalate", "--json")
    assert told.code == exit_codes.DONE, told.err
    every = say(paiban, "escalate", small_centre, "--all", at="23:00")["incidents"]
    mine = [row for row in every if "a1" in row["text"]]
    assert mine, every
    assert (mine[0]["by"], mine[0]["severity"], mine[0]["open"]) == ("", "severe", False)
    assert mine[0]["at"].startswith("2026-03-09T08:3")
    assert mine[0]["proposal"]
    assert mine[0]["told"][0]["people"] == ["l1"]
    assert not [row for row in every if "a3 " in row["text"]]
