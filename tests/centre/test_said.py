"""A sentence is a string, and remembers what it was made of."""

import json
import pickle

import orjson

from centre.said import Said
from desk.wording import words


def test_a_sentence_is_its_english() -> None:
    said = Said("{agent} has {hours:.1f} hours", agent="a007", hours=7.5)
    assert said == "a007 has 7.5 hours"
    assert json.dumps([said]) == orjson.dumps([said]).decode() == '["a007 has 7.5 hours"]'.replace(", ", ",")


def test_a_sentence_without_values_may_hold_braces() -> None:
    assert Said("{not a value}") == "{not a value}"


def test_a_sentence_survives_a_pickle_with_what_it_was_made_of() -> None:
    said = pickle.loads(pickle.dumps(Said("{of} within", of=Said("one {n}", n=1))))
    assert (said, said.template, said.values["of"].template) == ("one 1 within", "{of} within", "one {n}")


def test_a_sentence_is_told_in_the_readers_language_and_so_is_one_within_it() -> None:
    outer = Said("{count} in all: {what}", count=3, what=Said.term("activity", "meal"))
    assert outer == "3 in all: meal"
    zh = words("zh")
    assert zh.tell(outer).endswith(zh.activity("meal"))
    assert zh.tell("no sentence of ours") == "no sentence of ours"
