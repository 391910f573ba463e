"""The table of house rules and their proofs is that of the code and the tests; no row of it is empty."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

_spec = spec_from_file_location("house_rules", Path(__file__).parent / "house_rules.py")
assert _spec is not None
assert _spec.loader is not None
house_rules = module_from_spec(_spec)
_spec.loader.exec_module(house_rules)


def rows() -> dict[str, tuple[list[str], list[str]]]:
    """What the document says of each rule: places and tests."""
    found = {}
    for line in house_rules.DOCUMENT.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 6 and re.fullmatch(r"[A-Z]{3}-\d+", cells[1]):
            found[cells[1]] = (re.findall(r"`([^`]+)`", cells[3]), re.findall(r"`([^`]+)`", cells[4]))
    return found


def test_the_document_has_a_row_for_every_rule_and_none_is_empty() -> None:
    """Else run the tests of the house rules with `--house-rules docs/house-rules-proofs.md`."""
    assert list(rows()) == list(house_rules.rules())
    assert [name for name, (places, tests) in rows().items() if not places or not tests] == []


def test_what_the_document_says_is_so() -> None:
    for rule, (places, tests) in rows().items():
        known = {*house_rules.places()[rule], *house_rules.rules()[rule].get("enforced", ())}
        assert set(places) <= known, rule
        assert {f"tests/{test}" for test in tests} <= set(house_rules.proofs()[rule]), rule


@pytest.mark.parametrize("rule", house_rules.rules())
def test_every_rule_has_a_place_and_proofs_that_exist(rule: str) -> None:
    assert house_rules.enforced(rule)
    assert house_rules.proofs()[rule]
    assert [test for test in house_rules.proofs()[rule] if not house_rules.exists(test)] == []


def test_no_test_proves_a_rule_that_is_none() -> None:
    assert set(house_rules.proofs()) == set(house_rules.rules())


def test_all_rules_of_the_regulations_are_there() -> None:
    wanted = {"ORG": 5, "SHF": 10, "LEV": 8, "SWP": 8, "ATT": 6, "ESC": 4, "FLR": 4, "KPI": 4, "PLN": 2}
    assert list(house_rules.rules()) == [f"{part}-{n}" for part, last in wanted.items() for n in range(1, last + 1)]


def test_a_rule_whose_proof_failed_is_told() -> None:
    with pytest.raises(ValueError, match=re.escape("ORG-1: no proof")):
        house_rules.table(passed=())


def test_every_proof_that_the_document_names_is_found_in_it() -> None:
    assert {f"tests/{test}" for _, tests in rows().values() for test in tests} == house_rules.documented()
