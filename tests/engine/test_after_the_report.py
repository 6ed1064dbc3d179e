"""Close rules, who is called back, and the new rows of the table: tables and properties."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.escalation import due, overdue_ladder
from oneroom.engine.events import check
from oneroom.engine.lifecycle import callback, incident
from oneroom.engine.lifecycle.callback import Caller, decide, draw
from oneroom.engine.lifecycle.closing import Codes, Ending, unmet
from oneroom.engine.lifecycle.limits import LIMITS_S
from oneroom.engine.measures.counted import without_drills
from oneroom.engine.roles import Role
from oneroom.engine.values import Actor, IllegalMove, NotAllowed

CODES = Codes(
    outcomes={"helped", "case_opened"}, categories={"crime", "help"}, subcategories={"theft"}, law_cases={"crime"},
    no_case_reasons={"mediated"},
)  # fmt: skip
WHOLE = Ending("helped", "crime", "theft", "no_case", "mediated")


@pytest.mark.parametrize(
    ("ending", "gaps"),
    [
        (WHOLE, {}),
        (Ending(), {"outcome": "missing", "category": "missing", "subcategory": "missing"}),
        (replace(WHOLE, case="", no_case_reason=""), {"case": "missing"}),
        (replace(WHOLE, no_case_reason=""), {"no_case_reason": "missing"}),
        (replace(WHOLE, case="perhaps"), {"case": "unknown"}),
        (replace(WHOLE, outcome="case_opened", case="", no_case_reason=""), {}),
        (replace(WHOLE, outcome="case_opened"), {"case": "contrary"}),
        (replace(WHOLE, case="case"), {"no_case_reason": "contrary"}),
        (Ending("helped", "help", "theft"), {}),
        (Ending("flown", "help", "lost"), {"outcome": "unknown", "subcategory": "unknown"}),
    ],
)
def test_every_rule_that_does_not_hold_is_named_at_once(ending, gaps):
    assert unmet(ending, CODES) == gaps


def test_without_sub_categories_none_is_asked_for():
    assert unmet(replace(WHOLE, subcategory=""), replace(CODES, subcategories=())) == {}


CALLER = Caller(grade=3, complaint=False, known=True, safe="yes")


@pytest.mark.parametrize(
    ("caller", "drawn", "why", "limit_h"),
    [
        (replace(CALLER, grade=1), 0.99, "urgent", 24),
        (replace(CALLER, grade=2), 0.99, "urgent", 24),
        (replace(CALLER, grade=4, complaint=True), 0.99, "complaint", 24),
        (CALLER, 0.149, "drawn", 72),
        (CALLER, 0.15, "not_drawn", None),
        (replace(CALLER, grade=1, safe="not_safe"), 0.0, "not_safe", None),
        (replace(CALLER, complaint=True, safe="not_known_safe"), 0.0, "not_known_safe", None),
        (replace(CALLER, grade=1, known=False), 0.0, "no_caller", None),
    ],
)
def test_who_is_called_back_and_why(caller, drawn, why, limit_h):
    found = decide(caller, drawn=drawn)
    assert (found.why, found.due) == (why, limit_h is not None)
    assert found.limit_s == (limit_h * 3600 if limit_h else None)


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**40))
def test_a_draw_is_the_same_for_everybody_who_makes_it(entry_hash, report):
    assert draw(entry_hash, report) == draw(entry_hash, report)
    assert 0 <= draw(entry_hash, report) < 1


def test_a_share_of_callers_is_drawn_evenly():
    hits = sum(draw(hashlib.sha256(str(n).encode()).digest(), n) < 0.15 for n in range(20_000))
    assert 0.14 < hits / 20_000 < 0.16
    one = hashlib.sha256(b"one entry").digest()
    assert 0.13 < sum(draw(one, n) < 0.15 for n in range(5_000)) / 5_000 < 0.17, "one entry draws for many callers"


ENDINGS = [
    ("not_reached", 1, False), ("not_reached", 3, True), ("declined", 1, True), ("reached_satisfied", 1, True)
]  # fmt: skip


@pytest.mark.parametrize(("result", "tries", "over"), ENDINGS)
def test_only_not_reached_is_tried_again_and_not_for_ever(result, tries, over):
    assert callback.ended(result, tries) is over


def test_a_report_that_is_sent_back_stays_reported_and_only_chiefs_and_the_commander_send_it():
    for role in (Role.DUTY_CHIEF, Role.STATION_CHIEF, Role.SHIFT_COMMANDER):
        move = incident.INCIDENT.move("reported", "send_back", by=Actor(1, frozenset({role})))
        assert move.target == incident.State.REPORTED
    for role in (Role.DISPATCHER, Role.CALL_TAKER, Role.PATROL_OFFICER):
        with pytest.raises(NotAllowed):
            incident.INCIDENT.move("reported", "send_back", by=Actor(1, frozenset({role})))
    with pytest.raises(IllegalMove):
        incident.INCIDENT.move("closed", "send_back", by=Actor(1, frozenset({Role.DUTY_CHIEF})))


def test_supervision_never_moves_a_matter():
    rows = [m for m in incident.INCIDENT if m.verb == "supervise"]
    assert {m.source for m in rows} == {*incident.OPEN, *incident.ENDED}
    assert all(m.source is m.target for m in rows)


def test_the_ladders_of_completing_and_calling_back():
    from datetime import UTC, datetime, timedelta

    began = datetime(2026, 1, 1, tzinfo=UTC)
    day = LIMITS_S["call_back"][1]
    rungs = overdue_ladder(day, stage="call_back")
    late = due(rungs, since=began, now=began + timedelta(seconds=day * 1.5), done=())
    assert [r.code for r in late] == ["mark", "duty_chief", "shift_commander"]
    back = overdue_ladder(3600, stage="complete")
    assert [(r.code, r.after_s) for r in back] == [
        ("crew", 0), ("duty_chief", 3600), ("shift_commander", 5400), ("oversight", 7200)
    ]  # fmt: skip


def test_a_fold_without_drills_drops_every_entry_of_a_drill_and_no_other():
    class Told:
        def __init__(self, kind, matter, **facts):
            self.kind, self.matter, self.facts = kind, matter, facts

    drill = [Told("incident.received", "incident:1", incident=1, drill=True), Told("ladder.climbed", "incident:1")]
    real = [Told("incident.received", "incident:2", incident=2), Told("crew.on_duty", ""),
            Told("ladder.climbed", "incident:2")]  # fmt: skip
    assert list(without_drills([drill[0], *real, drill[1]])) == real


def test_entries_take_codes_and_no_words():
    with pytest.raises(ValueError, match="reason"):
        check("incident.sent_back", {"incident": 1, "reason": "Who was there?", "words": "0" * 64})
