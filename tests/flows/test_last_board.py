"""R6: the board that is kept for when the database is away, of which only what changed is read each time."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents import services
from oneroom.apps.incidents.lastboard import last_board
from oneroom.apps.people.models import Account
from oneroom.web.degraded.written import BOARD, Written
from tests.clock import HAND

pytestmark = pytest.mark.django_db(transaction=True)


def test_r6_a_board_of_which_only_what_changed_was_read_is_the_board_as_it_stands(room):
    """After each act of two matters' lives, up to when one is set aside and the other's crew has reported."""
    board, written = last_board(at=HAND.now()), Written()

    def follow(what):
        nonlocal board
        board = last_board(at=HAND.now(), before=board)
        assert board == last_board(at=HAND.now()), what
        assert written.of(board) == BOARD.dump_json(board), what

    knife = room.report("knife", at="market", grade=1)
    follow("taken")
    dora = room.actor("dora")
    other = room.report("noise", at="north", grade=4)
    follow("another taken")
    Account.objects.filter(username="leader-li").update(mobile="139 0000 0099")  # of which the record says nothing
    follow("another telephone")
    sent = room.dispatch(knife, "crew-1")
    follow("sent")
    room.fast_forward(minutes=2)
    follow("climbed")
    for verb in ("acknowledge", "set_out", "arrive"):
        room.step(sent, verb, by="zhang")
        follow(verb)
    services.regrade(other.pk, grade=2, reasons=["in_progress"], by=dora, at=HAND.now())
    follow("regraded")
    services.set_aside(other.pk, verb="invalidate", reason="test_call", by=dora, at=HAND.now())
    follow("set aside")
    assert other.pk not in board.matters
    assert {one.matter for one in board.ladders.values()} == {f"incident:{knife.pk}"}
    assert board.orders[sent.pk].state == "on_scene"


def test_r6_after_more_entries_than_are_worth_looking_through_all_of_the_board_is_read(room, monkeypatch):
    monkeypatch.setattr("oneroom.apps.incidents.lastboard.ENTRIES_MOST", 2)
    before = last_board(at=HAND.now())
    taken = [room.report(words, at="market", grade=3).pk for words in ("noise", "a fight")]

    assert sorted(last_board(at=HAND.now(), before=before).matters) == taken
