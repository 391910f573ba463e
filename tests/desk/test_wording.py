"""Words: both catalogues whole, compiled and true to the code; dates and numbers as their readers write them."""

import ast
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from centre.errors import InputError
from desk.cli.language import spoken
from desk.web.jobs import KINDS
from desk.wording import LANGUAGES, catalogues, choose_language, words
from desk.wording.terms import AUDITED, COSTS, RULES, TERMS, keys
from scheduler import objective
from streams.alert_words import NAMES_ZH

ROOT = Path(__file__).parents[2]
TEXTS = {".md", ".po", ".j2", ".py", ".js", ".csv", ".toml"}
AGAIN = "run `python -m desk.wording.catalogues`, fill in what it lists, run it again"


@pytest.fixture(scope="module")
def said() -> Catalog:
    """Every message of the code, collected once."""
    return catalogues.template()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_the_code_has_its_words(language: str, said: Catalog) -> None:
    catalogue = catalogues.brought_up_to_date(catalogues.read(language), said)
    assert catalogues.missing(catalogue) == [], AGAIN


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_hold_what_the_code_says_and_nothing_else(language: str, said: Catalog) -> None:
    catalogue = catalogues.brought_up_to_date(catalogues.read(language), said)
    assert catalogues.po_bytes(catalogue) == (catalogues.FOLDER / f"{language}.po").read_bytes(), AGAIN


def test_translations_fill_in_the_same_values() -> None:
    def values(text: str) -> set[str | None]:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        return {name.split(".")[0] for name in names}  # "{day.year}" is of the value `day`

    for message in catalogues.read("zh"):
        if message.id:
            ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
            strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
            wanted = set().union(*map(values, ids))
            assert all(values(text) == wanted for text in strings), message.id


def test_chinese_words_are_chinese() -> None:
    """All but messages of nothing but values and marks."""
    for message in catalogues.read("zh"):
        first = message.id if isinstance(message.id, str) else message.id[0]
        if re.search(r"[A-Za-z]", re.sub(r"\{[^}]*\}", "", first)):
            text = message.string if isinstance(message.string, str) else message.string[0]
            assert re.search(r"[\u4e00-\u9fff]", text), message.id


def test_chinese_sentences_are_punctuated_in_chinese() -> None:
    """No half-width colon or comma follows a Chinese character, but where a user is to type it."""
    typed = ("主机:端口", "主机:8786", "话务量:平均", "队列:", "意愿:", "[")
    for message in catalogues.read("zh"):
        texts = (message.string,) if isinstance(message.string, str) else message.string
        for text in texts:
            if not any(each in text for each in typed):
                assert not re.search(r"[\u4e00-\u9fff][:,;]( |$)|[\u4e00-\u9fff]: ?\{", text), text


def test_a_catalogue_that_lacks_a_word_is_found(said: Catalog) -> None:
    """The tests above can fail."""
    catalogue = catalogues.brought_up_to_date(catalogues.read("zh"), said)
    catalogue.get("activity.meal").string = ""  # type: ignore[union-attr]
    assert catalogues.missing(catalogue) == ["activity.meal"]


@pytest.mark.parametrize(
    ("key", "chinese"),
    [
        ("role.leader", "班长"), ("role.agent", "座席代表"), ("role.inspector", "质检员"), ("role.head", "客服部主任"),
        ("attendance.late", "迟到"), ("attendance.absent", "旷工"), ("attendance.early_leaving", "早退"),
        ("attendance.away", "脱岗"), ("attendance.breach", "违纪"), ("activity.overtime", "加班"),
        ("state.not_ready", "示忙"), ("leave.personal", "事假"), ("leave.sick", "病假"), ("Service level", "服务水平"),
    ],
)  # fmt: skip
def test_terms_are_those_of_the_house_rules(key: str, chinese: str) -> None:
    assert words("zh")._(key) == chinese


def test_alerts_call_activities_and_states_as_the_board_does() -> None:
    zh = words("zh")
    names = {name: zh.term("state", name) for name in TERMS["state"]}
    names |= {name: zh.term("activity", name) for name in TERMS["activity"]}
    assert {name: told for name, told in NAMES_ZH.items() if name != "unknown"} == names


def test_an_agent_is_written_one_way() -> None:
    """The house rules write 座席, and so does everything else."""
    texts = [path for part in ("docs", "desk") for path in (ROOT / part).rglob("*") if path.suffix in TEXTS]
    assert [path.name for path in [ROOT / "README.md", *texts] if "坐席" in path.read_text("utf-8")] == []


def test_every_rule_the_checker_names_has_words() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "scheduler/checks").glob("*.py"))
    named = set(re.findall(r'Violation\(\s*"([^"]+)"', source))
    assert named
    assert named <= set(RULES)


def test_every_term_of_the_objective_has_words() -> None:
    assert set(objective.TERMS) == set(COSTS)


def audited(tree: ast.AST) -> Iterator[str]:
    """What is written out as done in calls that note something in the audit."""
    place = {"Deed": 2, "Noted": 2, "_note": 2, "_keep": 3, "changed": 0, "note": 2}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            at = place.get(getattr(node.func, "id", getattr(node.func, "attr", "")), 99)
            if at < len(node.args):
                match node.args[at]:
                    case ast.Constant(value=str(did)):
                        yield did
                    case ast.JoinedStr(values=[ast.Constant(value=str(did)), *_]):
                        yield from (f"{did}{kind}" for kind in KINDS)


def test_whatever_the_audit_says_somebody_did_has_words() -> None:
    files = [path for part in ("desk/actions", "desk/web") for path in (ROOT / part).rglob("*.py")]
    done = {did for path in files for did in audited(ast.parse(path.read_text("utf-8")))}
    assert len(done) > 20
    assert done <= set(AUDITED)


def test_no_key_is_shown_to_a_person() -> None:
    for language in LANGUAGES:
        for kind, names in TERMS.items():
            for name in names:
                assert words(language).term(kind, name) != f"{kind}.{name}"
    assert len(set(keys())) == len(keys())


def test_a_name_that_a_site_made_up_is_shown_as_written() -> None:
    assert words("zh").term("leave", "wedding_leave") == "wedding leave"


@pytest.mark.parametrize(
    ("argument", "site", "environment", "language"),
    [
        ("zh", "en", {"LANG": "en_GB.UTF-8"}, "zh"),
        (None, "zh", {"LANG": "en_GB.UTF-8"}, "zh"),
        (None, "", {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, "", {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, "", {"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
        (None, "", {"LANG": "fr_FR"}, "en"),
        (None, "", {}, "en"),
        ("zh-Hans", "", {}, "zh"),
    ],
)
def test_language_is_the_argument_the_site_the_environment_english(
    argument: str | None, site: str, environment: dict[str, str], language: str
) -> None:
    assert choose_language(argument, site, environment) == language


def test_asking_for_a_language_without_words_is_wrong_input() -> None:
    with pytest.raises(InputError, match="en, zh"):
        choose_language("fr")


def test_dates_and_numbers_are_written_as_their_readers_write_them() -> None:
    day, en, zh = date(2026, 3, 2), words("en"), words("zh")
    assert (en.day(day), en.day_short(day), en.weekday(day), en.month(day)) == (
        "2 Mar 2026",
        "2 Mar",
        "Mon",
        "March 2026",
    )
    assert (zh.day(day), zh.day_short(day), zh.weekday(day), zh.month(day)) == (
        "2026年3月2日",
        "3月2日",
        "周一",
        "2026年3月",
    )
    assert (en.day_narrow(day), zh.day_narrow(day)) == ("2 Mar", "3/2")
    assert (en.number(1234.56, 1), en.percent(0.8123), en.hours(450), en.hours(480)) == ("1,234.6", "81.2%", "7.5", "8")
    assert en.percent(None) == en.percent(float("nan")) == "–"
    assert (en.listing(["a", "b"]), zh.listing(["a", "b"])) == ("a, b", "a、b")


@pytest.mark.parametrize(
    ("words_typed", "environment", "expected"),
    [
        (["forecast", "there"], {}, "en"),
        (["forecast", "there", "--language", "zh"], {}, "zh"),
        (["forecast", "there", "--lang=zh"], {}, "zh"),
        (["forecast", "there"], {"PAIBAN_LANGUAGE": "zh"}, "zh"),
        (["forecast", "there"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["forecast", "{site}"], {"LANG": "en_GB.UTF-8"}, "zh"),
        (["forecast", "{site}", "--language", "en"], {}, "en"),
        (["forecast", "there", "--language", "fr"], {}, "en"),
        (["--lang", "zh", "forecast", "there"], {"PAIBAN_LANGUAGE": "en"}, "zh"),
        (["--lang", "zh", "forecast", "there", "--language", "en"], {}, "en"),
    ],
)
def test_the_command_line_speaks_as_it_is_asked_to(
    words_typed: list[str], environment: dict[str, str], expected: str, tmp_path: Path
) -> None:
    (tmp_path / "site.toml").write_text('language = "zh"\n', "utf-8")
    assert spoken([word.format(site=tmp_path) for word in words_typed], environment) == expected
