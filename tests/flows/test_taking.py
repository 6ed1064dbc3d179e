"""Taking a report: what it leaves, and that no number is lost by one that was refused."""

from __future__ import annotations

import pytest
from django.db import DataError

from oneroom.apps.incidents.models import DayCount, Incident
from oneroom.apps.incidents.services import intake
from oneroom.apps.ledger.models import DoneOnce, Entry
from oneroom.apps.ledger.services import chain
from oneroom.apps.ledger.verify import verify
from tests.web.api_client import Caller
from tests.web.test_api import CALL

# In the place of the statement that appends.
NOT_A_NUMBER = "SELECT length(%s::text) / (cardinality(%s::text[]) - cardinality(%s::text[]))"


def test_numbers_of_a_day_have_no_gap_where_an_act_failed(room, monkeypatch):
    first = room.report("a quarrel", at="market").reference

    def fails(*_args, **_kwargs):
        raise RuntimeError("in the middle of it")

    with monkeypatch.context() as broken:
        broken.setattr(intake, "overdue_began", fails)
        with pytest.raises(RuntimeError):
            room.report("a quarrel that nobody hears of", at="market")
    online = room.report_online("a bicycle is gone")

    day, _, number = first.partition("-")
    assert online.reference == f"{day}-{int(number) + 1:04d}"
    assert Incident.objects.get(pk=online.incident_id).reference == online.reference
    assert not Incident.objects.filter(reference__startswith="~").exists()


def test_the_number_that_the_last_statement_gives_stands_in_every_answer(room):
    """It is given with the commit, so nobody waits for this process; who sends a call twice is told the same one."""
    desk = Caller("dora")
    first, again = (desk.post("incidents", CALL, key="one-and-the-same") for _ in range(2))
    other = desk.post("incidents", CALL, key="another-one")

    day, _, number = first["reference"].partition("-")
    assert again == first
    assert other["reference"] == f"{day}-{int(number) + 1:04d}"
    assert Incident.objects.get(pk=first["id"]).reference == first["reference"]
    kept = DoneOnce.objects.get(key="one-and-the-same").answer
    assert kept == {"id": first["id"], "reference": first["reference"]}


def test_what_the_last_statement_refuses_is_undone_whole_and_told(room, monkeypatch):
    """It is on its way together with the COMMIT: the database skips that one, and keeps nothing."""
    number = room.report("a quarrel", at="market").reference.partition("-")[2]
    entries, matters = Entry.objects.count(), Incident.objects.count()

    with monkeypatch.context() as broken:
        broken.setattr(chain, "_APPEND", NOT_A_NUMBER)
        with pytest.raises(DataError):
            room.report("a quarrel that nobody hears of", at="market")

    assert (Entry.objects.count(), Incident.objects.count()) == (entries, matters)
    assert room.report("one more", at="market").reference.endswith(f"{int(number) + 1:04d}")
    assert verify("acts").fault is None


def test_the_ten_thousandth_report_of_a_day_keeps_all_its_digits(room):
    day = room.report("a quarrel", at="market").reference.partition("-")[0]
    DayCount.objects.update(last=9999)

    assert room.report("one more", at="market").reference == f"{day}-10000"


def test_what_is_classified_as_it_is_taken_never_waits_to_be_classified(room):
    incident = room.report("a quarrel", at="market", grade=2, category="dispute")

    entries = list(Entry.objects.filter(matter=f"incident:{incident.pk}").order_by("seq").values_list("kind", "facts"))
    assert [kind for kind, _ in entries] == ["incident.received", "incident.classified", "ladder.started"]
    assert entries[2][1]["stage"] == "dispatch"
    assert (incident.state, incident.grade, incident.category) == ("classified", 2, "dispute")
    assert verify("acts").fault is None
