"""New rows by prepared statements are the rows that Django would have made."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict

from oneroom.apps.incidents.models import Incident, Report
from oneroom.apps.ledger.models import Sealed
from oneroom.apps.ledger.prepared import insert, run
from oneroom.apps.orders.models import Ladder
from tests.clock import HAND

pytestmark = pytest.mark.django_db(transaction=True)


def incident(reference, **more):
    at = HAND.now()
    return Incident(reference=reference, origin="phone", received_at=at, state_since=at, grade=2, **more)


def test_a_row_goes_in_with_every_field_as_django_writes_it():
    """Lists, JSON, bytes, times, numbers, foreign keys, what is empty, and what the database fills itself."""
    at = HAND.now()
    ours, theirs = (
        incident(name, reasons=["weapon", "in_progress"], lon=121.4812345678, lat=31.2, place_zh="人民路")
        for name in "ab"
    )
    insert(ours)
    theirs.save(force_insert=True)
    reports = []
    for row, made in ((ours, insert), (theirs, lambda report: report.save(force_insert=True))):
        report = Report(incident=row, source="phone", received_at=at, code_hash=row.reference.encode() * 32)
        made(report)
        reports.append(report)
    ladders = [Ladder(kind="overdue", stage="x", subject=n, matter="m", grade=1, started=at,
                      rungs=[{"n": 0, "tell": ["room"], "zh": "房"}]) for n in "ab"]  # fmt: skip
    insert(ladders[0])
    ladders[1].save(force_insert=True)

    for made, saved in ((ours, theirs), reports, ladders):
        kept = [type(row).objects.get(pk=row.pk) for row in (made, saved)]
        a, b = (model_to_dict(row) for row in kept)
        differ = {name for name in a if a[name] != b[name]}
        assert differ <= {"id", "reference", "incident", "subject"}
        assert not made._state.adding
    assert Report.objects.get(pk=reports[0].pk).overridden_way == ""
    assert bytes(Report.objects.get(pk=reports[0].pk).code_hash) == b"a" * 32


def test_several_rows_get_their_ids_in_their_order_and_an_id_that_is_given_stays():
    at = HAND.now()
    rows = insert(*(Sealed(matter="m", purpose=f"p{n}", text=f"{n}", key=b"k", created=at) for n in range(4)))
    assert [Sealed.objects.get(pk=row.pk).text for row in rows] == ["0", "1", "2", "3"]
    insert(incident("given", pk=4711))
    assert Incident.objects.get(reference="given").pk == 4711
    assert insert() == ()


def test_what_fails_is_told_as_django_tells_it_and_undone_with_the_rest():
    insert(incident("twice"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(incident("twice"))
    assert Incident.objects.count() == 1
    with transaction.atomic():
        insert(incident("once"))
        assert run("SELECT count(*) FROM incidents_incident").fetchone() == (2,)
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            insert(incident("after"))
    assert connection.is_usable()
    assert Incident.objects.count() == 1
