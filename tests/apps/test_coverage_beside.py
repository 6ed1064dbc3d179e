"""In a large city the picture of coverage is made beside: nobody waits, and who is gone is gone at once (T26)."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from oneroom.apps.duty.services import say_state
from oneroom.apps.incidents import coverage, proposals, standbys
from oneroom.engine.values import Conflict
from tests.waiting import until
from tests.web.slow_street import calls, slow_street

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def large(room, monkeypatch):
    """A town that counts as a large city."""
    slow_street(room)
    calls(room, west=6, east=4)
    coverage.forget()
    monkeypatch.setattr(coverage, "_LARGE", 0)
    yield room
    until(lambda: not coverage._making.locked())
    connection.close()


def names(picture):
    return [crew.code for crew in picture.crews]


def test_who_is_gone_is_gone_at_once_and_who_is_free_again_comes_with_the_next_picture(large):
    first = coverage.live_picture(at=large.now)
    assert names(first) == ["crew-1", "crew-2", "crew-3"]
    say_state(large.town.crews["crew-3"], "meal", by=large.actor("qian"), at=large.now)
    coverage._making.acquire()  # as if one were being made: nobody waits for it
    try:
        second = coverage.live_picture(at=large.now)
    finally:
        coverage._making.release()
    assert names(second) == ["crew-1", "crew-2"]
    assert second.within()[300] == pytest.approx(0.6)
    assert second.leaves().keys() == {crew.id for crew in second.crews}
    say_state(large.town.crews["crew-3"], "available", by=large.actor("qian"), at=large.now)
    until(lambda: names(coverage.live_picture(at=large.now)) == names(first))
    until(lambda: not coverage._making.locked())


def test_who_has_just_become_free_is_not_said_to_leave_nothing_and_can_be_ordered(large):
    """Not in the picture made beside, yet as free as its state says: nothing is told of it, and nothing refused."""
    say_state(large.town.crews["crew-3"], "meal", by=large.actor("qian"), at=large.now)
    coverage.live_picture(at=large.now)
    say_state(large.town.crews["crew-3"], "available", by=large.actor("qian"), at=large.now)
    matter = large.report("fight", at="market", grade=2)
    new = large.town.crews["crew-3"].pk
    coverage._making.acquire()  # as if one were being made
    try:
        ranked = proposals.proposals(matter, at=large.now).ranked
        before = coverage.live_picture(at=large.now)
        assert before.index_of([new]) == []
        assert before.lost([new]) is None
        post = standbys.station_post(before, new, large.town.units["east"].pk, gone=[], at=large.now)
    finally:
        coverage._making.release()
    assert {p.crew.code: p.leaves for p in ranked}["crew-3"] is None
    assert post.drive_s is not None
    say_state(large.town.crews["crew-3"], "meal", by=large.actor("qian"), at=large.now)
    with pytest.raises(Conflict, match="not free any more"):
        standbys.station_post(
            coverage.live_picture(at=large.now), new, large.town.units["east"].pk, gone=[], at=large.now
        )


def test_only_one_is_made_at_a_time(large):
    coverage.live_picture(at=large.now)
    say_state(large.town.crews["crew-2"], "meal", by=large.actor("chen"), at=large.now)
    before = threading.active_count()
    for _ in range(20):
        coverage.live_picture(at=large.now)
    assert threading.active_count() <= before + 1
