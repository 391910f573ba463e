"""What libraries say comes out as sentences of ours, whatever they found."""

import csv
import json
import tomllib
from collections.abc import Callable
from datetime import date, datetime, time
from io import StringIO
from typing import Any, Literal

import msgspec
import pandas as pd
import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from centre.library_words import OF_TYPES, SENTENCES, library_words, pydantic_words, said_by
from centre.said import Said
from desk.wording import words

ZH = words("zh")


class Everything(BaseModel):
    model_config = ConfigDict(extra="forbid")

    whole: int = 0
    number: float = Field(0, gt=0, lt=9, allow_inf_nan=False)
    share: float = Field(0, ge=0, le=1)
    kind: Literal["a", "b"] = "a"
    month: str = Field("2026-03", pattern=r"^\d{4}-\d{2}$")
    name: str = Field("x", min_length=1, max_length=3)
    names: list[str] = Field(["x"], min_length=1, max_length=2)
    table: dict[str, int] = {}
    flag: bool = False
    day: date = date(2026, 3, 2)
    moment: AwareDatetime | None = None
    plain: datetime | None = None
    clock: time = time(8)


def details(given: dict[str, Any]) -> list[dict[str, Any]]:
    with pytest.raises(ValidationError) as caught:
        Everything.model_validate(given)
    return list(caught.value.errors())


@pytest.mark.parametrize(
    ("given", "chinese"),
    [
        ({"whole": "x"}, "整数"),
        ({"whole": 1.5}, "整数"),
        ({"whole": []}, "整数"),
        ({"number": "x"}, "数字"),
        ({"number": []}, "数字"),
        ({"number": float("inf")}, "有限的数"),
        ({"number": 0}, "大于 0.0 的数"),
        ({"number": 9}, "小于 9.0 的数"),
        ({"share": -1}, "不小于 0.0 的数"),
        ({"share": 2}, "不大于 1.0 的数"),
        ({"kind": "c"}, "'a', 'b' 之一"),
        ({"month": "x"}, r"符合 ^\d{4}-\d{2}$ 的文本"),
        ({"name": ""}, "至少 1 个字符"),
        ({"name": "long"}, "至多 3 个字符"),
        ({"name": 1}, "文本"),
        ({"names": []}, "至少 1 项"),
        ({"names": "x"}, "列表"),
        ({"names": ["x"] * 3}, "至多 2 项"),
        ({"table": 1}, "表"),
        ({"flag": "x"}, "true 或 false"),
        ({"flag": []}, "true 或 false"),
        ({"day": "x"}, "日期，如 2026-03-02"),
        ({"day": []}, "日期，如 2026-03-02"),
        ({"moment": "2026-03-02T08:30"}, "带时差的时刻，如 2026-03-02T08:30+08:00"),
        ({"plain": "x"}, "时刻，如 2026-03-02T08:30+08:00"),
        ({"clock": "x"}, "时间，如 08:30"),
        ({"unknown": 1}, "没有这个键"),
    ],
)
def test_what_pydantic_finds_is_told_in_chinese(given: dict[str, Any], chinese: str) -> None:
    assert [ZH.tell(pydantic_words(detail)) for detail in details(given)] == [chinese]


def test_a_type_of_error_that_is_not_known_keeps_its_own_sentence() -> None:
    detail = {"type": "of tomorrow", "msg": "Input should be blue", "ctx": {}}
    assert pydantic_words(detail) == "Input should be blue"


def failure(act: Callable[[], object]) -> Exception:
    try:
        act()
    except Exception as error:
        return error
    raise AssertionError("nothing failed")


TOML = [
    "x", "x = ", "x = 1 y", "[a]\n[a]", "a = 1\na.b = 2", "x = [1", "x = {a = 1", "x = {a = 1, a = 2}", 'x = "a', "[a",
    "[[a", 'x = "\\q"', "x = {a = 1}\nx.b = 2", "= 1", "x = 2026-02-31",
]  # fmt: skip


@pytest.mark.parametrize("text", TOML)
def test_what_is_no_toml_is_told_in_chinese(text: str) -> None:
    sentence = str(failure(lambda: tomllib.loads(text))).rpartition(" (at ")[0]
    assert isinstance(library_words(sentence), Said), sentence


@pytest.mark.parametrize(
    "act",
    [
        lambda: list(csv.reader(StringIO('a,"b'), strict=True)),
        lambda: list(csv.reader(StringIO('a,"b"c'), strict=True)),
        lambda: json.loads("{"[:0]),
        lambda: msgspec.json.decode(b"{x"),
        lambda: msgspec.json.decode(b'{"x":'),
        lambda: msgspec.json.decode(b'{"x": 1}', type=dict[str, str]),
        lambda: open("/nowhere/x"),  # noqa: PTH123, SIM115
        lambda: date.fromisoformat("x"),
    ],
)
def test_what_other_libraries_say_is_told_in_chinese(act: Callable[[], object]) -> None:
    said = said_by(failure(act))
    assert isinstance(said, Said), said
    assert ZH.tell(said) != said


def test_what_pandas_says_of_a_row_is_told_in_chinese() -> None:
    error = failure(lambda: pd.read_csv(StringIO("a,b\n1,2\n1,2,3\n"), index_col=False, on_bad_lines="error"))
    sentence = str(error).removeprefix("Error tokenizing data. C error: ").strip()
    assert ZH.tell(library_words(sentence)) == "第 3 行应有 2 个单元格，却有 3 个"


def test_a_sentence_within_another_is_told_too() -> None:
    said = library_words("<urlopen error [Errno 111] Connection refused>")
    assert ZH.tell(said) == "打开地址出错：[错误号 111] 连接被拒绝"


def test_a_library_that_is_not_known_is_quoted_in_a_chinese_sentence() -> None:
    told = ZH.tell(Said("{name}: {error}", name="x", error=ValueError("blue is no number")))
    assert told == "x: “blue is no number”"


def test_no_sentence_hides_another() -> None:
    """Of two that match the same text the longer one has to come first."""
    examples = {message: message.replace("{", "<").replace("}", ">") for message in SENTENCES}
    for message, example in examples.items():
        said = library_words(example)
        assert isinstance(said, Said)
        assert said.template == message


def test_every_sentence_has_chinese_words() -> None:
    assert [message for message in (*SENTENCES, *OF_TYPES.values()) if ZH._(message) == message] == []
