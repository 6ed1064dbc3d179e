"""G2, G3: what is done with personal records leaves an entry of one of six kinds: who, when and why; or is refused."""

from __future__ import annotations

import pytest

from oneroom.apps.ledger.models import Entry, Look, Sealed
from oneroom.apps.ledger.services import erase
from oneroom.apps.ledger.verify import verify
from oneroom.engine.values import SYSTEM
from tests.flows.test_duplicates import AGAIN, KNIFE, call
from tests.web.api_client import Caller

pytestmark = pytest.mark.django_db


def the(kind, **which):
    """The one entry of this kind."""
    return Entry.objects.get(kind=kind, **which)


def test_g3_each_of_the_six_kinds_leaves_its_entry_with_who_when_and_why(room):
    people, desk = room.town.people, Caller("carl")

    first = call(desk, KNIFE, caller_phone="13900000001")
    second = call(desk, AGAIN, caller_phone="13900000002")
    name = f"incident:{first['id']}"
    collected = the("incident.received", matter=name)
    assert (collected.actor, collected.at, collected.facts["source"]) == (people["carl"].pk, room.now, "phone")

    desk.post(f"incidents/{second['id']}/grade", {"grade": 1, "reasons": ["weapon"]})
    altered = the("incident.graded")
    assert (altered.actor, altered.facts["before"], altered.facts["grade"]) == (people["carl"].pk, 2, 1)
    assert altered.facts["reasons"] == ["weapon"]

    Caller("dora").post(f"incidents/{first['id']}/open", {"purpose": "dispatch"})
    consulted = Look.objects.get(record=name)
    assert (consulted.actor, consulted.purpose, consulted.basis) == (people["dora"].pk, "dispatch", name)
    assert {"caller", "words"} <= {field.rpartition(".")[2] for field in consulted.fields}

    leader = Caller("leader-lu").client
    page = leader.get(f"/incidents/{first['id']}/dossier", {"purpose": "review"})
    assert page.status_code == 200
    disclosed = the("incident.disclosed")
    assert (disclosed.actor, disclosed.matter) == (people["leader-lu"].pk, name)
    assert Look.objects.filter(actor=people["leader-lu"].pk, purpose="review").exists()

    desk.post(f"incidents/{second['id']}/merge", {"into": first["id"]})
    combined = the("incident.merged")
    assert (combined.actor, combined.matter) == (people["carl"].pk, f"incident:{second['id']}")

    erase(name, cause="term", by=SYSTEM, at=room.now)
    erased = the("record.erased")
    assert (erased.matter, erased.facts["cause"]) == (name, "term")
    assert not Sealed.objects.filter(matter=name, text__isnull=False).exists()
    assert verify("acts").fault is None
    assert verify("looks").fault is None


def test_g2_nothing_personal_opens_without_a_purpose_that_fits_and_the_refusal_is_in_the_log(room, caplog):
    taken = call(Caller("carl"), KNIFE, caller_phone="13900000001")
    room.fast_forward(seconds=1)

    for purpose, status in (("respond", 403), ("complete", 403), ("curiosity", 403)):
        caplog.clear()
        said = Caller("dora").post(f"incidents/{taken['id']}/open", {"purpose": purpose}, status=status)
        assert KNIFE["words"] not in str(said)
        assert any("incidents/<int:pk>/open" in line.getMessage() for line in caplog.records), caplog.text
    assert not Look.objects.filter(record=f"incident:{taken['id']}").exists()

    opened = Caller("dora").post(f"incidents/{taken['id']}/open", {"purpose": "dispatch"})
    assert opened["reports"][0]["words"] == KNIFE["words"]
