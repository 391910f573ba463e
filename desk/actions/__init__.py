"""What a person does with Paiban, one function each; the command line and whatever comes after it call these.

Loaded when first asked for: `paiban --help` need not wait for a solver.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desk.actions.alarm import raise_alarm
    from desk.actions.backtesting import backtest
    from desk.actions.calibrated import calibrate
    from desk.actions.checking import check
    from desk.actions.closed_loop import named_disruption, rehearse_closed
    from desk.actions.demonstration import demonstrate
    from desk.actions.duty import RollCall, Rounds, call_roll, give_consent, rounds_of, snapshot_of, walk_round
    from desk.actions.escalating import Incidents, acknowledge, deliver_due, incidents, report_up
    from desk.actions.explaining import ExplainedDay, ExplainedGap, explain_day, explain_gap
    from desk.actions.explaining_holes import ExplainedHoles, explain_hole
    from desk.actions.handing_over import HandoverLog, add_item, close_item, hand_over, handover_log
    from desk.actions.leave import (
        CertificateOf,
        WaitingList,
        certificates,
        hand_in_certificate,
        recheck_waiting,
        stop_waiting,
        waiting_list,
    )
    from desk.actions.leave_balances import Balances, adjust_balance, balances
    from desk.actions.live import Watched, output_words, rehearse, watch
    from desk.actions.monthly import Statement, statement
    from desk.actions.night import nightly
    from desk.actions.overtime import Offers, ask_overtime, close_offer, make_offer, offers
    from desk.actions.planning import forecast, horizon, staff
    from desk.actions.promises import promises_kept
    from desk.actions.proposal_told import ProposalTold
    from desk.actions.proposals import accept as accept_proposal
    from desk.actions.proposals import list_proposals, proposal_row, propose, publish_proposal
    from desk.actions.proposals import refuse as refuse_proposal
    from desk.actions.proposals_said import answered_words, looked_words, promise_words, proposal_words, status_words
    from desk.actions.published_floor import next_shift
    from desk.actions.reckoning import excuse, reckon, revoke
    from desk.actions.recruiting import headcount
    from desk.actions.reforecasting import reforecast
    from desk.actions.relaxing import Relaxed, relax
    from desk.actions.repairing import away_of, mend, more_of, span_of
    from desk.actions.reporting import MadeReport, due_reports, inspect, make_due_reports, make_report
    from desk.actions.requests import (
        Asked,
        Decided,
        all_requests,
        ask_leave,
        ask_swap,
        decide,
        hands_of,
        partners,
        request_row,
        when,
    )
    from desk.actions.rostered_days import day_meant
    from desk.actions.rostering import interruptible, make_roster, make_rosters
    from desk.actions.scoring import detection
    from desk.actions.serving import served
    from desk.actions.signing import SignedStatement, correct, read_statement, sign_statement, supplement
    from desk.actions.sites import make_example, problem_row, validate
    from desk.actions.swaps import SwapRegister, swap_register
    from desk.actions.targeting import Targets, set_targets, targets_of
    from desk.actions.training import TrainingNeeds, name_need, training_needs
    from desk.actions.verdicts import Listed
    from desk.floor_engine import Run
    from desk.wiring import open_place

_WHERE = {
    "SwapRegister": "desk.actions.swaps",
    "swap_register": "desk.actions.swaps",
    "raise_alarm": "desk.actions.alarm",
    "Relaxed": "desk.actions.relaxing",
    "relax": "desk.actions.relaxing",
    "TrainingNeeds": "desk.actions.training",
    "name_need": "desk.actions.training",
    "training_needs": "desk.actions.training",
    "MadeReport": "desk.actions.reporting",
    "Targets": "desk.actions.targeting",
    "due_reports": "desk.actions.reporting",
    "inspect": "desk.actions.reporting",
    "make_due_reports": "desk.actions.reporting",
    "make_report": "desk.actions.reporting",
    "set_targets": "desk.actions.targeting",
    "targets_of": "desk.actions.targeting",
    "day_meant": "desk.actions.rostered_days",
    "served": "desk.actions.serving",
    "excuse": "desk.actions.reckoning",
    "next_shift": "desk.actions.published_floor",
    "reckon": "desk.actions.reckoning",
    "revoke": "desk.actions.reckoning",
    "detection": "desk.actions.scoring",
    "Run": "desk.floor_engine",
    "ExplainedDay": "desk.actions.explaining",
    "ExplainedGap": "desk.actions.explaining",
    "ExplainedHoles": "desk.actions.explaining_holes",
    "explain_day": "desk.actions.explaining",
    "explain_gap": "desk.actions.explaining",
    "explain_hole": "desk.actions.explaining_holes",
    "Incidents": "desk.actions.escalating",
    "acknowledge": "desk.actions.escalating",
    "deliver_due": "desk.actions.escalating",
    "incidents": "desk.actions.escalating",
    "report_up": "desk.actions.escalating",
    "SignedStatement": "desk.actions.signing",
    "Statement": "desk.actions.monthly",
    "correct": "desk.actions.signing",
    "read_statement": "desk.actions.signing",
    "sign_statement": "desk.actions.signing",
    "supplement": "desk.actions.signing",
    "HandoverLog": "desk.actions.handing_over",
    "RollCall": "desk.actions.duty",
    "Rounds": "desk.actions.duty",
    "add_item": "desk.actions.handing_over",
    "call_roll": "desk.actions.duty",
    "close_item": "desk.actions.handing_over",
    "give_consent": "desk.actions.duty",
    "hand_over": "desk.actions.handing_over",
    "handover_log": "desk.actions.handing_over",
    "rounds_of": "desk.actions.duty",
    "snapshot_of": "desk.actions.duty",
    "walk_round": "desk.actions.duty",
    "Balances": "desk.actions.leave_balances",
    "CertificateOf": "desk.actions.leave",
    "Offers": "desk.actions.overtime",
    "WaitingList": "desk.actions.leave",
    "adjust_balance": "desk.actions.leave_balances",
    "ask_overtime": "desk.actions.overtime",
    "balances": "desk.actions.leave_balances",
    "certificates": "desk.actions.leave",
    "close_offer": "desk.actions.overtime",
    "hand_in_certificate": "desk.actions.leave",
    "make_offer": "desk.actions.overtime",
    "offers": "desk.actions.overtime",
    "recheck_waiting": "desk.actions.leave",
    "stop_waiting": "desk.actions.leave",
    "waiting_list": "desk.actions.leave",
    "open_place": "desk.wiring",
    "backtest": "desk.actions.backtesting",
    "demonstrate": "desk.actions.demonstration",
    "answered_words": "desk.actions.proposals_said",
    "looked_words": "desk.actions.proposals_said",
    "promise_words": "desk.actions.proposals_said",
    "proposal_words": "desk.actions.proposals_said",
    "status_words": "desk.actions.proposals_said",
    "ProposalTold": "desk.actions.proposal_told",
    "list_proposals": "desk.actions.proposals",
    "promises_kept": "desk.actions.promises",
    "proposal_row": "desk.actions.proposals",
    "propose": "desk.actions.proposals",
    "publish_proposal": "desk.actions.proposals",
    "rehearse_closed": "desk.actions.closed_loop",
    "named_disruption": "desk.actions.closed_loop",
    "Watched": "desk.actions.live",
    "output_words": "desk.actions.live",
    "reforecast": "desk.actions.reforecasting",
    "rehearse": "desk.actions.live",
    "watch": "desk.actions.live",
    "nightly": "desk.actions.night",
    "forecast": "desk.actions.planning",
    "calibrate": "desk.actions.calibrated",
    "headcount": "desk.actions.recruiting",
    "horizon": "desk.actions.planning",
    "staff": "desk.actions.planning",
    "Asked": "desk.actions.requests",
    "Decided": "desk.actions.requests",
    "Listed": "desk.actions.verdicts",
    "all_requests": "desk.actions.requests",
    "ask_leave": "desk.actions.requests",
    "ask_swap": "desk.actions.requests",
    "decide": "desk.actions.requests",
    "hands_of": "desk.actions.requests",
    "partners": "desk.actions.requests",
    "request_row": "desk.actions.requests",
    "when": "desk.actions.requests",
    "check": "desk.actions.checking",
    "interruptible": "desk.actions.rostering",
    "make_roster": "desk.actions.rostering",
    "make_rosters": "desk.actions.rostering",
    "away_of": "desk.actions.repairing",
    "span_of": "desk.actions.repairing",
    "mend": "desk.actions.repairing",
    "more_of": "desk.actions.repairing",
    "make_example": "desk.actions.sites",
    "problem_row": "desk.actions.sites",
    "statement": "desk.actions.monthly",
    "validate": "desk.actions.sites",
}

_OTHERWISE = {
    "accept_proposal": ("desk.actions.proposals", "accept"),
    "refuse_proposal": ("desk.actions.proposals", "refuse"),
}
"""What is called otherwise here than in its own room."""

__all__ = [
    "Asked",
    "Balances",
    "CertificateOf",
    "Decided",
    "ExplainedDay",
    "ExplainedGap",
    "ExplainedHoles",
    "HandoverLog",
    "Incidents",
    "Listed",
    "MadeReport",
    "Offers",
    "ProposalTold",
    "Relaxed",
    "RollCall",
    "Rounds",
    "Run",
    "SignedStatement",
    "Statement",
    "SwapRegister",
    "Targets",
    "TrainingNeeds",
    "WaitingList",
    "Watched",
    "accept_proposal",
    "acknowledge",
    "add_item",
    "adjust_balance",
    "all_requests",
    "answered_words",
    "ask_leave",
    "ask_overtime",
    "ask_swap",
    "away_of",
    "backtest",
    "balances",
    "calibrate",
    "call_roll",
    "certificates",
    "check",
    "close_item",
    "close_offer",
    "correct",
    "day_meant",
    "decide",
    "deliver_due",
    "demonstrate",
    "detection",
    "due_reports",
    "excuse",
    "explain_day",
    "explain_gap",
    "explain_hole",
    "forecast",
    "give_consent",
    "hand_in_certificate",
    "hand_over",
    "handover_log",
    "hands_of",
    "headcount",
    "horizon",
    "incidents",
    "inspect",
    "interruptible",
    "list_proposals",
    "looked_words",
    "make_due_reports",
    "make_example",
    "make_offer",
    "make_report",
    "make_roster",
    "make_rosters",
    "mend",
    "more_of",
    "name_need",
    "named_disruption",
    "next_shift",
    "nightly",
    "offers",
    "open_place",
    "output_words",
    "partners",
    "problem_row",
    "promise_words",
    "promises_kept",
    "proposal_row",
    "proposal_words",
    "propose",
    "publish_proposal",
    "raise_alarm",
    "read_statement",
    "recheck_waiting",
    "reckon",
    "reforecast",
    "refuse_proposal",
    "rehearse",
    "rehearse_closed",
    "relax",
    "report_up",
    "request_row",
    "revoke",
    "rounds_of",
    "served",
    "set_targets",
    "sign_statement",
    "snapshot_of",
    "span_of",
    "staff",
    "statement",
    "status_words",
    "stop_waiting",
    "supplement",
    "swap_register",
    "targets_of",
    "training_needs",
    "validate",
    "waiting_list",
    "walk_round",
    "watch",
    "when",
]


def __getattr__(name: str) -> Any:
    if name in _OTHERWISE:
        module, other = _OTHERWISE[name]
        return getattr(import_module(module), other)
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
