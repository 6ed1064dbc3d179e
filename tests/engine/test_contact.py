"""Safe to contact: whether, how and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from oneroom.engine.contact import WAYS, Safe, Verdict, may_contact

NOON = time(12, 0)


@pytest.mark.parametrize(
    ("safe", "way", "threatened", "why"),
    [
        (Safe("no"), "phone", False, "said_no"),
        (Safe("no", ways=("page",)), "page", False, "said_no"),
        (Safe("unknown"), "phone", True, "not_known"),
        (Safe("unknown"), "page", True, "not_known"),
        (Safe("unknown"), "phone", False, "ok"),
        (Safe("yes"), "phone", True, "ok"),
        (Safe("yes", ways=("page",)), "phone", True, "not_this_way"),
        (Safe("yes", ways=("page",)), "sms", True, "not_this_way"),
        (Safe("yes", ways=("page",)), "page", True, "ok"),
        (Safe("yes", text_only=True), "phone", False, "text_only"),
        (Safe("yes", since=time(9), until=time(11, 59)), "phone", False, "not_now"),
        (Safe("yes", since=time(9), until=time(17)), "phone", False, "ok"),
        (Safe("yes", since=time(22), until=time(6)), "phone", False, "not_now"),
        (Safe("yes", since=time(11), until=time(6)), "phone", False, "ok"),
    ],
)
def test_whether_how_and_when(safe, way, threatened, why):
    verdict = may_contact(safe, way, at=NOON, threatened=threatened)

    assert (verdict.ok, verdict.why) == (why == "ok", why)


@pytest.mark.parametrize("way", WAYS)
def test_who_said_no_is_reached_by_no_way_at_no_hour(way):
    assert not any(
        may_contact(Safe("no"), way, at=time(hour), threatened=threatened).ok
        for hour in range(24) for threatened in (False, True)
    )  # fmt: skip


def test_a_way_that_nobody_thought_about_is_refused():
    with pytest.raises(ValueError, match="no such way"):
        may_contact(Safe("yes"), "carrier_pigeon", at=NOON, threatened=False)


@pytest.mark.parametrize(
    "safe", [Safe("no"), Safe("unknown"), Safe("yes", ("page",)), Safe("yes", (), time(3), time(4))]
)
def test_two_persons_open_the_one_way_they_signed_for_and_no_other(safe):
    over = replace(safe, overridden=("phone",))
    noon = time(12)
    assert may_contact(over, "phone", at=noon, threatened=True) == Verdict(True, "overridden")
    for way in ("sms", "page"):
        assert may_contact(over, way, at=noon, threatened=True) == may_contact(safe, way, at=noon, threatened=True)


def test_who_cannot_hear_is_not_telephoned_by_any_signature():
    over = Safe("no", text_only=True, overridden=("phone", "page"))
    assert may_contact(over, "phone", at=time(12), threatened=True).why == "said_no"
    assert may_contact(over, "page", at=time(12), threatened=True).ok
