"""Requests are decided level by level, by the right people, in time; nothing else can happen to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centre.approvals import ACTS, Approved, Deed, NotAllowedError, Open, Step, act, filed, line_of, replay
from centre.people import Agent
from centre.policy import ApprovalPolicy

HOUR = 3600
POLICY = ApprovalPolicy(answer_hours=10)
LINE = (Step("leader", ("l1", "l2")), Step("head", ("head",)), Step("director", ("director",)))
PEOPLE = ("a1", "a2", "l1", "l2", "head", "director", "stranger")


def person(name: str, role: str = "agent", team: str = "T1") -> Agent:
    return Agent.model_validate({"agent": name, "name": name, "role": role, "team": team, "contract": "c"})


AGENTS = {
    p.agent: p for p in (person("a1"), person("l1", "leader"), person("l2", "leader"), person("l9", "leader", "T9"))
}


def request(emergency: bool = False, deadline: int = 100 * HOUR) -> Open:
    return filed(LINE, ("a1",), 0, deadline, POLICY, emergency=emergency)


def test_it_is_approved_when_every_level_has_agreed_and_not_before() -> None:
    state = request()
    for at, by in ((1, "l1"), (2, "head")):
        state = act(state, Deed(at, "agree", by))
        assert isinstance(state, Open)
    assert act(state, Deed(3, "agree", "director")).status == "approved"


@pytest.mark.parametrize("by", ["head", "director", "a1", "stranger"])
def test_no_level_is_skipped_and_nobody_else_decides(by: str) -> None:
    with pytest.raises(NotAllowedError):
        act(request(), Deed(1, "agree", by))


def test_nobody_decides_his_own() -> None:
    with pytest.raises(NotAllowedError, match="own"):
        filed(LINE, ("l1",), 0, HOUR, POLICY)
    own_leader = line_of(AGENTS["l1"], "head", AGENTS, POLICY)
    assert own_leader == (Step("head", ("head",)),)
    assert line_of(AGENTS["a1"], "head", AGENTS, POLICY, without=("l1",))[0].people == ("l2",)


def test_the_line_is_the_own_teams_and_ends_where_the_rule_says() -> None:
    assert [step.role for step in line_of(AGENTS["a1"], "director", AGENTS, POLICY)] == ["leader", "head", "director"]
    assert line_of(AGENTS["a1"], "leader", AGENTS, POLICY) == (Step("leader", ("l1", "l2")),)
    assert line_of(AGENTS["l9"], "head", AGENTS, POLICY)[0].role == "head"


def test_who_has_nobody_above_cannot_be_decided() -> None:
    director = person("d", "director")
    with pytest.raises(NotAllowedError, match="name who holds"):
        line_of(director, "director", {"d": director}, ApprovalPolicy(people={}))


def test_a_deputy_decides_in_the_holders_stead() -> None:
    deputised = ApprovalPolicy(deputies={"head": ("l9",)})
    state = act(
        filed(line_of(AGENTS["a1"], "head", AGENTS, deputised), ("a1",), 0, HOUR, deputised), Deed(1, "agree", "l1")
    )
    assert act(state, Deed(2, "agree", "l9")).status == "approved"


def test_a_silent_level_is_escalated_after_its_time_and_not_a_second_earlier() -> None:
    with pytest.raises(NotAllowedError):
        act(request(), Deed(10 * HOUR - 1, "agree", "head"))
    state = act(request(), Deed(10 * HOUR, "agree", "head"))
    assert isinstance(state, Open)
    assert [deed.act for deed in state.deeds] == ["escalate", "agree"]
    assert act(state, Deed(10 * HOUR + 1, "agree", "director")).status == "approved"


def test_it_expires_at_its_deadline() -> None:
    assert request(deadline=HOUR).tick(HOUR - 1).status == "filed"
    assert request(deadline=HOUR).tick(HOUR).status == "expired"
    with pytest.raises(NotAllowedError, match="expired"):
        act(request(deadline=HOUR), Deed(HOUR, "agree", "l1"))


def test_in_an_emergency_a_level_is_skipped_and_told_afterwards() -> None:
    with pytest.raises(NotAllowedError):
        act(request(), Deed(1, "skip", "head"))
    state = act(request(emergency=True), Deed(1, "skip", "director"))
    assert isinstance(state, Approved)
    assert state.untold == (0, 1)
    state = replay(state, [Deed(2, "tell", "l2"), Deed(3, "tell", "head")])
    assert isinstance(state, Approved)
    assert state.untold == ()


def test_a_partner_agrees_for_himself_and_nobody_answers_for_him() -> None:
    state = filed((Step("partner", ("a2",)), Step("head", ("head",))), ("a1", "a2"), 0, 100 * HOUR, POLICY)
    with pytest.raises(NotAllowedError):
        act(state, Deed(50 * HOUR, "agree", "head"))
    state = act(state, Deed(50 * HOUR, "agree", "a2"))
    assert act(state, Deed(51 * HOUR, "agree", "head")).status == "approved"


deeds = st.lists(st.tuples(st.integers(0, 9 * HOUR), st.sampled_from(ACTS), st.sampled_from(PEOPLE)), max_size=14)


@given(deeds, st.booleans(), st.integers(1, 80))
def test_no_sequence_of_deeds_leads_to_an_illegal_state(rows, emergency, deadline_hours) -> None:
    """A plain twin keeps score of who said what; the machine must never be more lenient or more strict."""
    deadline = deadline_hours * HOUR
    state, at = request(emergency, deadline), 0
    agreed, since, ended, untold = 0, 0, "", []
    for wait, what, by in rows:
        at += wait
        if not ended and at >= deadline:
            ended = "expired"
        reach = min(agreed + (at - since) // (10 * HOUR), 2)
        levels = [n for n, step in enumerate(LINE) if by in step.people]
        level = levels[0] if levels else -1
        may = not ended and agreed <= level <= reach
        if what in ("agree", "refuse"):
            legal = may
        elif what == "withdraw":
            legal = not ended and by == "a1"
        elif what == "skip":
            legal = not ended and emergency and level > agreed
        elif what == "tell":
            legal = ended == "approved" and level in untold
        else:
            legal = True
        try:
            state = act(state, Deed(at, what, by))
            done = True
        except NotAllowedError:
            done = False
        assert done == legal, (what, by, at)
        if not legal:
            continue
        if what == "agree":
            agreed, since = level + 1, at
            ended = "approved" if agreed == 3 else ""
        elif what in ("refuse", "withdraw"):
            ended = {"refuse": "refused", "withdraw": "withdrawn"}[what]
        elif what == "skip":
            ended, untold = "approved", list(range(agreed, level))
        elif what == "tell":
            untold.remove(level)
        if ended:
            assert state.status == ended or (ended == "expired" and isinstance(state, Open))
        else:
            assert isinstance(state, Open)
    again = replay(request(emergency, deadline), state.deeds)
    assert (again.status, again.deeds) == (state.status, state.deeds)


@pytest.mark.rule("ORG-1")
def test_an_on_site_manager_stands_between_leader_and_head_and_is_passed_over_where_there_is_none() -> None:
    with_one = {**AGENTS, "m1": person("m1", "manager", "")}
    roles = [step.role for step in line_of(with_one["a1"], "head", with_one, POLICY)]
    assert roles == ["leader", "manager", "head"]
    assert [step.role for step in line_of(with_one["m1"], "head", with_one, POLICY)] == ["head"]
    assert [step.role for step in line_of(AGENTS["a1"], "head", AGENTS, POLICY)] == ["leader", "head"]
