"""New rows by prepared statements are the rows that Django would have made."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.expressions import DatabaseDefault
from django.forms.models import model_to_dict

from oneroom.apps.incidents.models import Incident, Report
from oneroom.apps.ledger.models import Sealed
from oneroom.apps.ledger.prepared import find, insert, run
from oneroom.apps.ledger.together import NameOf, insert_together
from oneroom.apps.orders.models import Ladder, Rung
from oneroom.apps.people.models import Account
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


def test_rows_of_several_models_go_in_together_and_know_each_other():
    at = HAND.now()
    row = incident("together", reasons=["weapon"])
    texts = [Sealed(matter=NameOf("incident", row), purpose=f"p{n}", text=f"{n}", key=b"k", created=at) for n in "ab"]
    report = Report(incident=row, source="phone", received_at=at, code_hash=b"c", words=texts[1])
    ladder = Ladder(
        kind="overdue", stage="x", subject=NameOf("incident", row), matter="m", grade=1, started=at, rungs=[]
    )
    steps = [Rung(ladder=ladder, n=n, code="", due=at) for n in (0, 12)]
    insert_together(row, *texts, report, ladder, *steps)

    for made in (row, *texts, report, ladder, *steps):
        ours, kept = (model_to_dict(row) for row in (made, type(made).objects.get(pk=made.pk)))
        bare = {name for name, value in ours.items() if isinstance(value, bytes | DatabaseDefault)}
        assert {n: v for n, v in ours.items() if n not in bare} == {n: v for n, v in kept.items() if n not in bare}
    assert [Sealed.objects.get(pk=t.pk).text for t in texts] == ["a", "b"]
    assert (report.incident_id, report.words_id, report.caller_id) == (row.pk, texts[1].pk, None)
    assert ladder.subject == f"incident:{row.pk}"
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_together(incident("other"), incident("together"))
    assert Incident.objects.count() == 1


def test_an_account_is_found_by_its_id_as_django_finds_it():
    made = Account.objects.create(username="anna", name="Anna", password="!", temporary_until=HAND.now())
    kept = Account.objects.get(username="anna")
    assert model_to_dict(Account.objects.get(pk=made.pk)) == model_to_dict(kept)
    assert Account.objects.get(pk=str(made.pk)).temporary_until == kept.temporary_until
    assert find(Account, made.pk + 1) is None
    with pytest.raises(Account.DoesNotExist):
        Account.objects.get(pk=made.pk + 1)
