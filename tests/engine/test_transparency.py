"""G11: the monthly report singles out nobody, counts a month where the force is, and leaves drills out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.events import stamp
from oneroom.engine.measures.transparency import FEW, GROUPS, group, last_whole, month, report

OCTOBER = month("2026-10", "Asia/Shanghai")
HEADS = {"acts": {"seq": 9, "hash": "00"}, "looks": {"seq": 0, "hash": "00"}}
NOON = datetime(2026, 10, 5, 4, tzinfo=UTC)


def entry(kind, at=NOON, *, matter="", subject="", late_s=0.0, **facts):
    said = {n: stamp(v) if isinstance(v, datetime) else v for n, v in facts.items()}
    recorded = stamp(at + timedelta(seconds=late_s))
    return {"kind": kind, "at": stamp(at), "recorded": recorded, "matter": matter, "subject": subject, "facts": said}


def of(*acts, looks=()):
    return json.loads(report(OCTOBER, acts, looks, heads=HEADS, simulated=True))


def test_a_month_begins_and_ends_where_the_force_is():
    assert (stamp(OCTOBER.since), stamp(OCTOBER.until)) == ("2026-09-30T16:00:00.000Z", "2026-10-31T16:00:00.000Z")
    assert last_whole(datetime(2026, 12, 31, 16, tzinfo=UTC), "Asia/Shanghai").name == "2026-12"
    assert month("2026-12", "UTC").until == datetime(2027, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="does not match"):
        month("October", "UTC")
    help_calls = [entry("sos.raised", at) for at in (OCTOBER.since, OCTOBER.until)] * 5
    assert of(*help_calls)["groups"]["help"] == {"cells": {"raised": 5}, "total": 5}


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30)), st.integers(1, 4), st.integers(1, 4))
def test_g11_nobody_finds_a_small_number_by_any_other_number_of_the_group(counts, one, another):
    """Whatever the small count is, what is said is the same."""
    assert group(counts | {"x": one}) == group(counts | {"x": another})
    said = group(counts)
    assert all(n == FEW or n >= 5 for n in said["cells"].values())
    if said["total"] is not None:
        assert said["total"] == sum(counts.values())


def test_what_is_counted_of_a_month():
    taken = [
        said
        for n in range(6)
        for said in (
            entry("incident.received", matter=f"incident:{n}", source="phone"),
            entry("incident.classified", matter=f"incident:{n}", category="crime", grade=2),
            entry("assignment.offered", matter=f"incident:{n}", subject=f"assignment:{n}"),
            entry("assignment.acknowledged", NOON + timedelta(seconds=20 + 10 * (n > 2)), matter=f"incident:{n}",
                  subject=f"assignment:{n}"),
        )
    ]  # fmt: skip
    drill = [
        entry("incident.received", matter="incident:77", source="web", drill=True),
        entry("incident.deidentified", matter="incident:77", cause="two_signed"),
    ]
    before = NOON - timedelta(days=40)
    holds = [entry("hold.placed", before, hold=1, reason="court"), entry("hold.placed", before, hold=2, reason="case"),
             entry("hold.released", before, hold=2)]  # fmt: skip
    rest = [
        entry("retention.applied", kept="track", count=2), entry("ladder.climbed", due=NOON, late_s=1),
        entry("ladder.climbed", due=NOON, late_s=9), entry("glass.broken", subject="opening:1", why="danger"),
        entry("glass.reviewed", OCTOBER.until, subject="opening:1", finding="called_for"),
    ]  # fmt: skip
    looks = [{"at": stamp(NOON), "purpose": "dispatch"}] * 7 + [{"at": stamp(before), "purpose": "dispatch"}] * 7
    said = of(*holds, *taken, *drill, *rest, looks=looks)

    groups = said["groups"]
    assert groups["sources"] == {"cells": {"phone": 6}, "total": 6}
    assert groups["categories"]["cells"] == {"crime": 6}
    assert said["measures"]["sign"] == {"orders": 6, "promise_s": 30, "percent": 100, "median_s": 25}
    assert said["measures"]["arrive"] == {"orders": 0, "promise_s": 300}
    assert groups["erased"]["cells"] == {}, "a drill counts nowhere"
    assert groups["gone"] == {"cells": {"track": 2}, "total": 2}, "a count of things is no person's"
    assert groups["steps"] == {"cells": {"late": 1, "on_time": 1}, "total": 2}
    assert groups["glass"] == {"cells": {"danger": FEW}, "total": None}
    assert groups["glass_waits"]["cells"] == {}, "reviewed after the month"
    assert groups["holds_run"] == {"cells": {"held": FEW}, "total": None}
    assert groups["looks"] == {"cells": {"dispatch": 7}, "total": 7}
    assert set(groups) == set(GROUPS)
    assert said["simulated"] is True
