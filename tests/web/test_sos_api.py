"""Calls for help over HTTP: who may raise, see, answer and end one, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from oneroom.apps.incidents.models import Incident
from oneroom.apps.orders.models import Sos


@pytest.fixture
def as_(room):
    """post(who, address, body) and get(who, address), signed in, a new key each time."""
    n = iter(range(1000))

    def call(who: str, address: str, body: dict | None = None):
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(room.town.people[who])
        if body is None:
            return client.get(address)
        return client.post(
            address,
            json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": f"test-key-{next(n)}"},
        )

    return call


def test_a_call_is_raised_answered_and_ended(room, as_):
    pk = as_("zhang", "/api/sos", {}).json()["id"]
    assert as_("wang", "/api/sos", {}).json()["id"] != pk  # both of a crew may call
    listed = as_("dora", "/api/sos").json()["sos"]
    assert [s["state"] for s in listed] == ["raised", "raised"]
    page = as_("dora", "/room/head").content.decode()
    assert f'data-alarm="sos-{pk}"' in page
    assert "Send Crew-2" in page

    assert as_("dora", f"/api/sos/{pk}/answer", {"verb": "answer"}).status_code == 200
    page = as_("dora", "/room/head").content.decode()
    assert f'data-alarm="sos-{pk}"' not in page  # it sounds no more
    assert "Dora has it" in page  # and still stands there
    assert as_("dan", f"/api/sos/{pk}/answer", {"verb": "answer"}).status_code == 409
    assert as_("dora", f"/api/sos/{pk}/answer", {"verb": "end", "reason": "safe_now"}).status_code == 200
    assert f"sos-{pk}" not in as_("dora", "/room/head").content.decode()


def test_one_press_sends_the_nearest_crew_without_any_order(room, as_):
    pk = as_("zhang", "/api/sos", {}).json()["id"]
    crew = room.town.crews["crew-2"].pk

    sent = as_("dora", f"/api/sos/{pk}/answer", {"verb": "send", "crews": [crew]})

    matter = Incident.objects.get(pk=sent.json()["incident"])
    assert (matter.grade, matter.place_en != "") == (1, True)
    assert Sos.objects.get(pk=pk).state == "answered"


REFUSED = [
    ("dora", {"verb": "dismiss"}, 422, "verb"),
    ("dora", {"verb": "end"}, 422, "reason"),
    ("dora", {"verb": "end", "reason": "annoying"}, 422, "reason"),
    ("dora", {"verb": "send", "crews": []}, 422, "crews"),
    ("dora", {"verb": "send", "crews": [987654]}, 409, "crews"),
    ("dora", {"verb": "mistake"}, 404, None),  # only who called may say so
    ("dora", {"verb": "answer", "quietly": True}, 422, "quietly"),
    ("zhang", {"verb": "end", "reason": "mistake"}, 403, None),
    ("wang", {"verb": "answer"}, 403, None),
    ("leader-li", {"verb": "send", "crews": [1]}, 403, None),
    ("leader-lu", {"verb": "answer"}, 404, None),  # another station's
    ("chen", {"verb": "answer"}, 404, None),
]


def test_what_is_refused_says_why_and_changes_nothing(room, as_):
    pk = as_("zhang", "/api/sos", {}).json()["id"]

    for who, body, status, field in REFUSED:
        answer = as_(who, f"/api/sos/{pk}/answer", body)

        assert (answer.status_code, answer.json()["field"]) == (status, field), (who, body)
    assert Sos.objects.get().state == "raised"
    assert not Incident.objects.exists()


def test_who_may_not_call_and_a_call_from_the_future(room, as_):
    assert as_("dora", "/api/sos", {}).status_code == 403
    assert as_("ada", "/api/sos", {}).status_code == 403
    late = (room.now + timedelta(hours=1)).isoformat()
    assert as_("zhang", "/api/sos", {"happened": late}).json()["field"] == "happened"
    early = room.now - timedelta(minutes=3)
    as_("aux-he", "/api/sos", {"happened": early.isoformat()})
    assert [s.raised_at for s in Sos.objects.all()] == [early]  # it was pressed in a dead spot


def test_all_is_well_is_said_on_scene_only(room, as_):
    sent = room.dispatch(room.report("knife", at="market"), "crew-1")
    assert as_("zhang", f"/api/assignments/{sent.pk}/well", {}).status_code == 409
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    assert as_("zhang", f"/api/assignments/{sent.pk}/well", {}).status_code == 200
    assert as_("chen", f"/api/assignments/{sent.pk}/well", {}).status_code == 404
