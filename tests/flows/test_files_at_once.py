"""Two pages of one person look through a file at the same moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction

from oneroom.apps.people.models import KeptFile
from oneroom.apps.people.services import keep_file, kept_file
from oneroom.engine.values import BadInput
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("before", [False, True], ids=["first", "in place of another"])
def test_of_two_files_that_are_looked_through_at_once_the_last_is_kept_and_neither_is_an_error(room, before):
    dora, at, second = room.actor("dora"), room.now, []
    if before:
        keep_file("people", b"before", shown="", by=dora, at=at)

    def other_page():
        try:
            second.append(keep_file("people", b"second", shown="b", by=dora, at=at))
        except Exception as error:  # looked at by the test
            second.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=other_page)
    with transaction.atomic():
        first = keep_file("people", b"first", shown="a", by=dora, at=at)
        thread.start()
        until(somebody_waits)
    thread.join()

    [key] = second
    assert isinstance(key, str), key
    assert kept_file("people", key, by=dora, at=at) == (b"second", "b")
    assert KeptFile.objects.count() == 1
    with pytest.raises(BadInput, match="kept no longer"):
        kept_file("people", first, by=dora, at=at)
