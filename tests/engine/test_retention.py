"""G5, security point 36: how long what is kept is a table with bounds, and a hold is stronger than a term."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.retention import NO_HOLDS, PARTS, RULES, BadTerm, Due, Holds, Span, due, read, terms

AT = datetime(2026, 11, 21, 19, 12, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANTS = st.integers(0, 60 * 365 * 86400).map(lambda s: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


def test_g5_the_house_s_terms_lie_within_their_bounds_and_tracks_go_after_thirty_days():
    for code, rule in RULES.items():
        assert rule.least <= rule.term <= rule.most, code
        assert timedelta() < rule.step <= DAY, code
    assert RULES["track"].term == 30 * DAY
    assert RULES["call"].most == 30 * DAY, "never a history of a number"
    assert RULES["matter"].term == 3 * 365 * DAY


def test_a_force_chooses_within_the_bounds_and_is_told_the_bounds_beyond_them():
    own = terms(read(" track=20, matter=730 ,"))
    assert (own["track"], own["matter"], own["alarm"]) == (20 * DAY, 730 * DAY, 365 * DAY)
    assert all(own[code] == 730 * DAY for code in PARTS), "a part does not outlast its matter"
    for said, sentence in [
        ("track=91", "track may be kept for 7 to 90 days, not 91"),
        ("call=31", "call may be kept for 1 to 30 days, not 31"),
        ("matter=30", "matter may be kept for 365 to 1825 days, not 30"),
        ("faces=1", "there is no class 'faces'"),
        ("track", "'track' is not a class"),
        ("track=long", "'track=long' is not a class"),
        ("matter=365,photo=400", "photo is a part of its matter, which goes after 365 days"),
        ("payload=7,payload_trace=7,track=nan", "track may be kept"),
    ]:
        with pytest.raises(BadTerm, match=re.escape(sentence)):
            terms(read(said))


@given(st.sampled_from(sorted(RULES)), INSTANTS, INSTANTS)
def test_nothing_goes_before_its_term_and_everything_a_step_after_it(code, since, at):
    rule = RULES[code]
    order = due(code, at, term=rule.term)
    if at - since <= rule.term:
        assert not order.takes(since)
    if at - since > rule.term + rule.step:
        assert order.takes(since)


@given(INSTANTS, st.integers(0, 100), st.integers(0, 100))
def test_what_is_held_stays_whenever_it_is_asked(at, before, after):
    span = Span(7, at - before * DAY, at + after * DAY)
    order = Due("track", datetime(2100, 1, 1, tzinfo=UTC), DAY, Holds(frozenset({"incident:1"}), (span,)))
    assert not order.takes(at, crew=7)
    assert order.takes(at, crew=8)
    assert order.takes(span.since - DAY, crew=7)
    assert not order.takes(at, matter="incident:1")
    assert order.takes(at, matter="incident:2")
    assert Due("track", order.before, DAY, NO_HOLDS).takes(at, crew=7)


def test_the_page_says_what_the_table_says():
    page = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("| `")]
    said = {row[0].strip("`"): tuple(timedelta(days=float(row[n])) for n in (3, 4, 5)) for row in rows}
    assert {code: (r.term, r.least, r.most) for code, r in RULES.items()} == {
        code: tuple(timedelta(seconds=round(t.total_seconds() / 60) * 60) for t in row) for code, row in said.items()
    }
    assert {row[0].strip("`"): row[6] for row in rows} == {
        code: "each hour" if rule.step < DAY else "each day" for code, rule in RULES.items()
    }
