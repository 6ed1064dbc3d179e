"""What two calls agree on, added up: places, minutes, categories, words; proposed, never decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.duplicates import Call, alike, pieces, shared

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LON, LAT = 121.47, 31.23
KNIFE = "便利店里有个男的拿水果刀对着店员"
FIRST = Call(NOON, LON, LAT, category="crime", words=pieces(KNIFE))


def later(words: str = "店里有人持刀，在便利店门口", *, minutes: float = 2, east_m: float = 60, **more: object) -> Call:
    """A second call, some minutes later and some metres east."""
    call = Call(NOON + timedelta(minutes=minutes), LON + east_m / 95_200, LAT, category="crime", words=pieces(words))
    return replace(call, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (later(), "near, soon, same kind, words in common"),
        (later(category="public_order"), "two operators name one event differently"),
        (later("there is a man with a knife"), "another language says nothing against a place and a minute"),
        (later(minutes=14), "a quarter of an hour later"),
        (later(east_m=260), "from the other end of the block"),
        (later("", category=""), "nothing said yet"),
        (later("喂", lon=None, lat=None, phone="13900000001"), "the line broke; the same number calls again"),
    ],
)
def test_a_call_about_the_same_event_is_proposed(second: Call, why: str) -> None:
    assert [like.index for like in alike(second, [replace(FIRST, phone="13900000001")])] == [0], why


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (later(east_m=1500), "another street"),
        (later(minutes=150), "hours later"),
        (later("水管爆了，路上都是水", category="utility", minutes=20), "another matter at the same crossing"),
        (later(lon=None, lat=None, category="help"), "no place, and words that many say"),
    ],
)
def test_a_call_about_something_else_is_not(second: Call, why: str) -> None:
    assert alike(second, [FIRST]) == [], why


def test_two_character_words_match_and_are_shown_whole() -> None:
    assert "水果刀" in shared(KNIFE, "他手里是水果刀")
    assert shared("Two men are fighting near the bus stop", "a fight at the bus stop") == ["fighting", "bus", "stop"]


def test_particles_make_no_words() -> None:
    assert pieces("他在这里的") == frozenset()


def test_each_piece_of_evidence_is_said_with_its_quantity() -> None:
    [like] = alike(later(), [FIRST])

    said = {e.code: e for e in like.evidence}

    assert said["place"].quantity == pytest.approx(60, abs=1)
    assert said["time"].quantity == 120
    assert said["words"].quantity >= 2
    assert said.keys() == {"place", "time", "same_category", "words"}


def test_the_most_alike_comes_first() -> None:
    others = [later(east_m=250, minutes=9), later(east_m=10, minutes=1), later(east_m=2000)]

    assert [like.index for like in alike(FIRST, others)] == [1, 0]


@given(st.floats(0, 5000), st.floats(0, 5000), st.floats(0, 300))
def test_farther_is_never_more_alike(near: float, far: float, minutes: float) -> None:
    near, far = sorted((near, far))
    bits = [
        next((like.bits for like in alike(later(east_m=d, minutes=minutes), [FIRST])), float("-inf"))
        for d in (near, far)
    ]
    assert bits[0] >= bits[1]


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_shared_is_in_both(a: str, b: str) -> None:
    for word in shared(a, b):
        assert word in a.lower()
        assert pieces(word) <= pieces(b) | {word}
