"""The planner's road from the command line, as a user walks it."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desk import exit_codes
from store.lock import site_lock

SIMULATED = ["simulated_service_level", "simulated_half_width"]

SITE_FORMAT = {
    "forecast.csv": ["queue", "start", "mean", "q10", "q50", "q90", "aht_s"],
    "requirement.csv": ["queue", "start", "required", "gross", "binding"],
    "roster.csv": ["agent", "start", "end", "activity", "queue", "version"],
    "coverage.csv": ["queue", "start", "required", "rostered", "predicted_service_level", *SIMULATED],
}


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, the lock and the database apart."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith((".", "paiban.db"))
    }


def test_init_makes_a_site_that_validates(paiban, tmp_path):
    made = paiban("init", tmp_path / "new", "--today", "2026-03-05")
    assert made.code == exit_codes.DONE
    assert paiban("validate", tmp_path / "new").code == exit_codes.DONE


def test_init_leaves_a_folder_with_files_alone(paiban, tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    assert paiban("init", tmp_path).code == exit_codes.WRONG_INPUT
    assert files(tmp_path) == {"mine.txt": b"keep"}


def test_validate_names_every_error_of_every_file_and_writes_nothing(paiban, hotline):
    (hotline / "queues.toml").write_text((hotline / "queues.toml").read_text().replace("target =", "targt =", 1))
    agents = hotline / "agents.csv"
    agents.write_text(agents.read_text().replace("full_time", "full_tme", 1))
    before = files(hotline)
    found = paiban("validate", hotline, "--json")
    assert found.code == exit_codes.WRONG_INPUT
    named = {problem["file"] for problem in json.loads(found.out)["problems"]}
    assert {"queues.toml", "agents.csv"} <= named
    assert all(p["where"] and p["found"] and p["allowed"] for p in json.loads(found.out)["problems"])
    assert files(hotline) == before


def test_a_night_writes_every_file_of_the_site_format(one_night):
    out = one_night / "out"
    for name, columns in SITE_FORMAT.items():
        with (out / name).open(newline="") as file:
            assert next(csv.reader(file)) == columns, name
    assert {"roster.xlsx", "roster.html", "result.json", "ics"} <= {path.name for path in out.iterdir()}
    result = json.loads((out / "result.json").read_text())
    assert result["hard_violations"] == 0
    assert result["bound"] <= result["objective"]


def test_the_published_roster_breaks_no_hard_rule(paiban, hotline):
    checked = paiban("check", hotline, "--json")
    assert checked.code == exit_codes.DONE
    assert json.loads(checked.out)["hard"] == 0


def test_check_lists_what_a_changed_roster_breaks_and_leaves_with_1(paiban, hotline):
    roster = hotline / "out" / "roster.csv"
    rows = roster.read_text().splitlines()
    broken = [row for row in rows if ",meal," not in row]
    (hotline / "changed.csv").write_text("\n".join(broken) + "\n")
    checked = paiban("check", hotline, hotline / "changed.csv", "--json")
    assert checked.code == exit_codes.VIOLATIONS
    assert "shift" in {violation["rule"] for violation in json.loads(checked.out)["violations"] if violation["hard"]}


def test_the_same_night_twice_changes_nothing(paiban, hotline):
    before = files(hotline / "out")
    again = paiban("nightly", hotline, "--from", "2026-03-09", "--weeks", 2, "--seconds", 6, "--seed", 1, "--json")
    assert again.code == exit_codes.DONE
    assert json.loads(again.out)["changed"] is False
    assert files(hotline / "out") == before


def test_a_second_night_at_the_same_time_leaves_with_5(paiban, hotline):
    with site_lock(hotline):
        assert paiban("nightly", hotline, "--from", "2026-03-09", "--seconds", 5).code == exit_codes.BUSY


def test_yesterdays_roster_stands_when_tonight_fails(paiban, hotline):
    before = files(hotline / "out")
    (hotline / "contracts.toml").write_text("[full_time]\nrest_minutes = -1\n")
    assert paiban("nightly", hotline, "--from", "2026-03-09").code == exit_codes.WRONG_INPUT
    assert files(hotline / "out") == before


def test_contradictory_fixed_rows_are_named_with_exit_code_3(paiban, hotline):
    (hotline / "leave.csv").write_text("agent,start,end,kind\na001,2026-03-10,2026-03-12,annual\n")
    (hotline / "fixed.csv").write_text(
        "agent,start,end,activity,queue,version\na001,2026-03-11T08:30,2026-03-11T17:30,work,billing,\n"
    )
    made = paiban("roster", hotline, "--from", "2026-03-09", "--weeks", 2, "--seconds", 5)
    assert made.code == exit_codes.CONTRADICTION
    assert "a001" in made.err
    assert "leave" in made.err


@pytest.mark.skipif(os.name == "nt", reason="signals as on POSIX")
def test_ctrl_c_keeps_the_best_roster_so_far(hotline):
    """Interrupted once it has a first roster, the command publishes it and leaves in good order."""
    words = ["roster", str(hotline), "--from", "2026-03-23", "--weeks", "2", "--seconds", "3000"]
    run = subprocess.Popen(
        [sys.executable, "-c", "from desk.cli import main; main()", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    for line in run.stderr:
        if "best" in line:
            break
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=300)
    assert run.returncode == exit_codes.DONE
    assert "published as version 2" in out


def test_the_calculator_agrees_with_the_handbook(paiban):
    """A textbook case (Koole, Call Center Optimization, 2013): load 5 erlang, 80/20 takes 7 at AHT 300 s."""
    found = paiban("erlang", "--calls", 15, "--interval", 15, "--aht", 300, "--json")
    answer = json.loads(found.out)
    assert answer["load"] == pytest.approx(5.0)
    assert answer["service_level"] >= 0.8
    assert answer["around"][1]["service_level"] < 0.8


def test_needs_of_five_and_three_served_by_the_same_people_take_seven(paiban):
    """docs/formulas.md's example on the command line; three of the seven need to serve both."""
    asked = ("erlang", "--calls", 59, "--aht", 180, "--interval", 60, "--beside", "27:180")
    answer = json.loads(paiban(*asked, "--json").out)
    assert answer["required_alone"] == [5, 3]
    agents = {way["way"]: (way["agents"], way["flexible"]) for way in answer["ways"]}
    assert agents["apart"] == (8, 0)
    assert agents["all pooled"] == (7, 7)
    assert agents["some flexible"][0] == 7
    assert agents["some flexible"][1] < 7
    assert "5 + 3" in paiban(*asked).out
    assert "全员通接" in paiban(*asked, "--lang", "zh").out


@pytest.mark.parametrize("wrong", [("--beside", "x"), ("--beside", "5:0"), ("--beside", "5", "--max-asa", "9")])
def test_a_queue_beside_that_cannot_be_reckoned_is_refused_with_what_is_allowed(paiban, wrong):
    found = paiban("erlang", "--calls", 59, "--aht", 180, *wrong)
    assert found.code == exit_codes.WRONG_INPUT
    assert "--beside" in found.err
