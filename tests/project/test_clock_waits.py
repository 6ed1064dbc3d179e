"""R6, R12: the clock stands by while what was done without the database waits to be booked."""

from __future__ import annotations

import pytest

from oneroom.project.management.commands import runclock
from oneroom.web.health import probe

pytestmark = pytest.mark.django_db(transaction=True)

# The server's own word that there is no room, without a disk to fill.
FULL = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"


def test_while_there_is_no_room_to_book_it_nothing_climbs_a_second_time(
    database_url, room, settings, tmp_path, monkeypatch
):
    """Whoever holds the journal lets ladders climb; the clock takes over where nobody books although one could."""
    settings.JOURNAL_FOLDER = tmp_path
    clock = runclock.Clockwork(database_url)
    try:
        assert not clock.turn()
        assert not clock.stands_by
        (tmp_path / "journal").write_bytes(b"1 a line\n")
        assert clock._must_wait()
        clock._waits_s -= runclock.LONGEST_WAIT_S + 1
        assert not clock._must_wait()

        with monkeypatch.context() as disk:
            disk.setattr(probe, "_ROOM", FULL)
            assert clock._must_wait()
        assert clock._must_wait()  # counted anew from when there was room
    finally:
        clock.close()
