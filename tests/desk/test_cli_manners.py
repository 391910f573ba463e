"""Every verb: an example in its help, JSON on demand, a line in docs/commands.md; only known exit codes."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from desk import exit_codes
from desk.cli import reference
from desk.cli.app import app

COMMANDS = reference.PAGE.read_text("utf-8")
VERBS = dict(reference.verbs(get_command(app)))


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_has_an_example_that_begins_with_it(verb: str) -> None:
    assert f"Example: paiban {verb}" in " ".join((VERBS[verb].help or "").split())


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "board"])
def test_a_verb_says_json_when_asked_to(verb: str) -> None:
    """All but the board, which serves until it is stopped and says nothing."""
    assert any("--json" in parameter.opts for parameter in VERBS[verb].params)


def test_the_list_of_commands_is_in_step_with_them() -> None:
    assert reference.brought_up_to_date(COMMANDS) == COMMANDS, "python -m desk.cli.reference brings it up to date"


def test_every_exit_code_is_in_the_list() -> None:
    codes = {value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)}
    assert codes
    assert [code for code in codes if f"| {code} |" not in COMMANDS] == []


def test_the_version_is_that_of_the_package(paiban) -> None:
    wanted = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    told = paiban("--version")
    assert (told.code, told.out) == (exit_codes.DONE, f"paiban {wanted}\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("requst",), "错误：没有命令 'requst'。是不是 'request'？"),
        (("request", "leave", "x", "--bad", "1"), "错误：没有选项 --bad（可能是：--at）"),
        (("request", "leave"), "错误：缺少参数 'SITE'。"),
        (("roster", "x", "--seconds", "abc"), "错误：'--seconds' 的值无效：应为数字"),
        (("roster", "x", "--weeks", "0"), "错误：'--weeks' 的值无效：应不小于 1"),
        (("init", "x", "--today", "2026"), "错误：'--today' 的值无效：'2026' 不是日期；请写成 YYYY-MM-DD"),
        (
            ("approve", "x", "1", "--by", "l1", "--refuse", "--told"),
            "错误：值无效：--refuse、--emergency、--told 三者只用其一",
        ),
    ],
)
def test_wrong_arguments_are_told_in_the_readers_language(paiban, monkeypatch, arguments, says) -> None:
    monkeypatch.setenv("PAIBAN_LANGUAGE", "zh")
    told = paiban(*arguments)
    assert (told.code, told.out) == (exit_codes.WRONG_INPUT, "")
    assert told.err.rstrip().splitlines()[-1] == says
    assert not re.search("Usage|Try|Error|Invalid|Missing", told.err)
    monkeypatch.setenv("PAIBAN_LANGUAGE", "en")
    english = paiban(*arguments)
    assert "\nError: " in english.err


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_is_chinese_but_for_names_and_examples(paiban, monkeypatch, verb: str) -> None:
    monkeypatch.setenv("PAIBAN_LANGUAGE", "zh")
    told = paiban(*verb.split(), "--help")
    assert told.out.startswith("用法：")
    assert not re.search("Usage|Options:|Arguments:|Show this message|required|default: |Example:", told.out)


NO_WORDS = re.compile(r"`[^`]*`|--[\w-]+|\[x?[<>=\d].*?\]|\S*[_.=:/]\S*|\b[A-Z]+\b|command line|Paiban|Erlang [AC]")
"""What stands in help in every language: code, options, ranges, keys, placeholders, names."""


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_no_english_sentence_is_left_in_the_chinese_help(paiban, monkeypatch, verb: str) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    told = paiban(*verb.split(), "--help", "--lang", "zh")
    parts = [part for part in told.out.split("\n\n") if "示例：" not in part and not part.startswith("用法：")]
    lines = "\n".join(parts).splitlines()
    assert told.code == exit_codes.DONE
    assert [line for line in lines if re.search(r"[A-Za-z]{2,}[ ,]+[a-z]{2,}", NO_WORDS.sub("", line))] == []


def test_the_language_may_stand_before_the_verb(paiban, tmp_path: Path) -> None:
    told = paiban("--lang", "zh", "init", str(tmp_path / "hotline"))
    assert "21 个文件" in told.out
    assert "一组" in (tmp_path / "hotline" / "agents.csv").read_text("utf-8"), "the verb's own language is that too"
    wrong = paiban("--lang", "fr", "validate", str(tmp_path / "hotline"))
    assert wrong.code == exit_codes.WRONG_INPUT


@pytest.mark.parametrize("option", ["--lang", "--language"])
def test_the_language_typed_goes_before_that_of_the_environment(paiban, monkeypatch, tmp_path: Path, option) -> None:
    """Both what is said and what is written, with the option before the verb and behind it."""
    monkeypatch.setenv("PAIBAN_LANGUAGE", "en")
    before, behind, neither = (tmp_path / name for name in ("before", "behind", "neither"))
    told = [paiban(option, "zh", "init", before), paiban("init", behind, option, "zh"), paiban("init", neither)]
    assert ["21 个文件" in each.out for each in told] == [True, True, False]
    written = [(folder / "agents.csv").read_text("utf-8") for folder in (before, behind, neither)]
    assert ["一组" in each for each in written] == [True, True, False]
    monkeypatch.setenv("PAIBAN_LANGUAGE", "fr")
    assert paiban("--lang", "en", "validate", neither).code == exit_codes.DONE
    assert paiban("validate", neither).code == exit_codes.WRONG_INPUT


def test_a_verb_takes_a_language_and_refuses_one_that_is_not_spoken(paiban, tmp_path: Path) -> None:
    for verb in VERBS.values():
        assert any("--lang" in parameter.opts for parameter in verb.params), verb.name
    told = paiban("validate", str(tmp_path / "nowhere"), "--lang", "zh")
    assert (told.code, "没有这个目录" in told.err + told.out) == (exit_codes.WRONG_INPUT, True)
    assert paiban("validate", str(tmp_path), "--lang", "fr").code == exit_codes.WRONG_INPUT
