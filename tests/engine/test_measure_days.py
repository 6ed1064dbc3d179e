"""The tables of days: what is kept up entry by entry equals a whole count, for any record and any way to cut it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
from hypothesis import given

from oneroom.engine.measures.days import NAMES, NONE, Figures, figures_by_matter, total
from oneroom.engine.measures.loop import ARRIVE, DEPART, REPORT, SIGN, Loop, spread

START = datetime(2026, 11, 21, tzinfo=UTC)
SOURCES = ("phone", "web", "self")
STEPS = ("acknowledged", "en_route", "on_scene", "reported")


@st.composite
def records(draw):
    """
    Records of a few matters: received (some as drills, some by a crew), classified, ordered, their steps in any order
    and some missing, graded anew, merged and parted; all interleaved, and times that sometimes go back.
    """
    acts = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9), st.integers(1, 3)), max_size=60))
    entries, received, at = [], set(), START
    for matter, act, which in acts:
        at += timedelta(seconds=draw(st.integers(-20, 400)))
        subject = f"assignment:{matter * 10 + which}"
        kind, facts = {
            0: ("incident.received", {"source": SOURCES[which - 1], "drill": (matter, which) == (4, 2), "grade": 3}),
            1: ("incident.classified", {"grade": which, "unit": which}),
            2: ("incident.graded", {"grade": which}),
            3: ("assignment.offered", {}),
            8: (f"assignment.{('lapsed', 'withdrawn', 'diverted')[which - 1]}", {}),
            9: (("incident.merged", "incident.unmerged")[which % 2], {}),
        }.get(act, (f"assignment.{STEPS[min(act - 4, 3)]}", {}))  # fmt: skip
        if kind != "incident.received" and matter not in received:
            entries.append(("incident.received", at, f"incident:{matter}", f"incident:{matter}", {"source": "phone"}))
        received.add(matter)
        entries.append((kind, at, subject, f"incident:{matter}", facts))
    return entries


def whole(entries):
    """(grade, unit) -> figures, counted as the board counts: one fold over everything, then spreads of groups."""
    loop = Loop()
    for entry in entries:
        loop.take(*entry)
    groups = {}
    for call in loop.counted():
        groups.setdefault((call.grade, call.unit), []).append(call)
    found = {}
    for key, calls in groups.items():
        orders = loop.orders(calls)
        sign, depart, arrive, report = (spread(m, orders) for m in (SIGN, DEPART, ARRIVE, REPORT))
        arrived = [s for o in orders if (s := o.took_s(ARRIVE)) is not None]
        found[key] = Figures(
            len(calls), sum(c.source == "self" for c in calls), len(orders), sign.n, sign.within, depart.n,
            depart.within, arrive.n, sum(s <= 60 for s in arrived), sum(s <= 180 for s in arrived),
            sum(s <= 300 for s in arrived), report.n, report.within,
        )  # fmt: skip
    return found


def kept_up(entries, cuts):
    """The same, kept up in pieces: of each piece only the matters it speaks of are made anew."""
    kept, done = {}, 0
    for cut in [*sorted(cuts), len(entries)]:
        touched = {entry[3] for entry in entries[done:cut]}
        kept |= figures_by_matter(entry for entry in entries[:cut] if entry[3] in touched)
        done = max(done, cut)
    found = {}
    for call, figures in kept.values():
        if figures is not None:
            found[call.grade, call.unit] = found.get((call.grade, call.unit), NONE) + figures
    return found


@given(records(), st.lists(st.integers(0, 60), max_size=8), st.integers(0, 60))
def test_kept_up_in_any_pieces_equals_the_whole_at_any_prefix(entries, cuts, prefix):
    so_far = entries[:prefix]

    assert kept_up(so_far, [cut for cut in cuts if cut <= len(so_far)]) == whole(so_far)


def test_figures_add_up():
    one, two = Figures(*range(13)), Figures(*[1] * 13)

    assert total([one, two]) == Figures(*(n + 1 for n in range(13)))
    assert total([]) == NONE
    assert len(NAMES) == 13


def test_the_circles_are_counted_from_the_order_and_a_lapsed_order_was_not_signed_in_time():
    def at(seconds):
        return START + timedelta(seconds=seconds)

    matter = "incident:1"
    (_call, figures) = figures_by_matter([
        ("incident.received", START, matter, matter, {"source": "self"}),
        ("incident.classified", START, matter, matter, {"grade": 1, "unit": 7}),
        *[("assignment.offered", START, f"assignment:{n}", matter, {}) for n in range(1, 6)],
        ("assignment.acknowledged", at(30), "assignment:1", matter, {}),
        ("assignment.on_scene", at(60), "assignment:1", matter, {}),
        ("assignment.on_scene", at(180), "assignment:2", matter, {}),
        ("assignment.on_scene", at(300), "assignment:3", matter, {}),
        ("assignment.on_scene", at(301), "assignment:4", matter, {}),
        ("assignment.lapsed", at(90), "assignment:5", matter, {}),
    ])[matter]  # fmt: skip

    assert figures == Figures(1, 1, 5, 2, 1, 0, 0, 4, 1, 2, 3, 0, 0)
