"""Location warnings: about a place, for a time, seen only with a live matter there."""

from __future__ import annotations

import json

import pytest

from oneroom.apps.incidents.access import warnings_for
from oneroom.apps.ledger.models import Entry, Look, Sealed
from oneroom.apps.places import access
from oneroom.apps.places.clock import end_expired_warnings
from oneroom.apps.places.models import LocationWarning
from oneroom.apps.places.services import end_warning, raise_warning, renew_warning
from oneroom.engine.values import BadInput, NotAllowed, NotFound
from tests.town import corner
from tests.web.api_client import Caller


def warn(room, at="market", *, by="zhang", reason="dog", words="A big dog in the yard, not tied", **more):
    lon, lat = corner(at)
    return raise_warning(
        lon=lon, lat=lat, reason=reason, words=words, by=room.actor(by), at=room.now, **more
    )  # fmt: skip


def seen(room, incident, who="dora", purpose="dispatch"):
    return warnings_for(incident.pk, purpose=purpose, by=room.actor(who), at=room.now)


def test_the_room_and_the_crew_of_a_live_matter_are_warned_and_each_showing_is_a_look(room):
    made = warn(room)
    incident = room.report("burglary", at="market")
    sent = room.dispatch(incident, "crew-1")

    [shown] = seen(room, incident)
    assert (shown.reason, shown.words) == ("dog", "A big dog in the yard, not tied")
    assert shown.author_id == room.actor("zhang").id
    assert seen(room, incident, "zhang", "respond") == [access.Warned(**{
        **{name: getattr(shown, name) for name in ("id", "reason", "words", "author_id", "created", "expires")},
        "may_change": True,
    })]  # fmt: skip

    looks = Look.objects.filter(record=f"warning:{made}").order_by("seq")
    assert [(look.actor, look.purpose, look.basis) for look in looks] == [
        (room.actor("dora").id, "dispatch", f"incident:{incident.pk}"),
        (room.actor("zhang").id, "respond", f"assignment:{sent.pk}"),
    ]


def test_without_a_live_matter_at_the_place_nobody_finds_a_warning(room):
    made = warn(room)
    elsewhere = room.report("noise", at="north")
    here = room.report("burglary", at="market")

    assert seen(room, elsewhere) == []  # 450 m away
    with pytest.raises(NotFound):
        seen(room, here, "qian", "respond")  # a crew that is not on it
    with pytest.raises(NotFound):
        access.warning_for(made, by=room.actor("dora"), at=room.now)  # by counting numbers
    here.state = "cancelled"
    here.save(update_fields=["state"])
    with pytest.raises(NotAllowed):
        seen(room, here)  # a closed matter opens nothing
    assert Look.objects.count() == 0


def test_no_address_lists_or_searches_warnings(room):
    made = warn(room)
    dora = Caller("dora")

    paths = dora.get("openapi.json")["paths"]
    asked = {(method, path) for path, methods in paths.items() if "warning" in path for method in methods}
    assert asked == {
        ("post", "/api/warnings"), ("post", "/api/warnings/{pk}/renew"), ("post", "/api/warnings/{pk}/end"),
        ("post", "/api/incidents/{pk}/warnings/open"),
    }  # fmt: skip
    dora.post(f"warnings/{made}/end", status=404)  # hers to see only where a live matter is
    assert dora.get("places?q=dog")["places"] == []


def test_the_clock_ends_a_warning_on_its_day_and_its_words_are_gone(room):
    made = warn(room, days=2)
    kept = warn(room, days=2, reason="gas", words="Gas bottles behind the kitchen")
    incident = room.report("burglary", at="market")
    renew_warning(kept, days=90, by=room.actor("zhang"), at=room.now)
    assert end_expired_warnings(room.now) == 0

    room.fast_forward(minutes=2 * 24 * 60)
    assert [w.id for w in seen(room, incident)] == [kept]  # at once, before the clock's next beat
    assert end_expired_warnings(room.now) == 1

    row = LocationWarning.objects.select_related("words").get(pk=made)
    assert row.ended == room.now
    assert (row.words.text, row.words.key) == (None, None)
    ended = Entry.objects.get(kind="warning.ended")
    assert (ended.facts, ended.actor) == ({"warning": made, "cause": "expired"}, 0)


def test_its_author_or_a_commander_ends_it_and_nobody_else(room):
    first, second = warn(room), warn(room, by="carl")
    for who in ("dora", "wang"):
        with pytest.raises(NotFound):
            access.warning_for(first, by=room.actor(who), at=room.now)
    for pk, who in ((first, "zhang"), (second, "zhou")):
        by = room.actor(who)
        end_warning(access.warning_for(pk, by=by, at=room.now).pk, cause="ended", by=by, at=room.now)

    assert not LocationWarning.objects.filter(ended=None).exists()
    assert not Sealed.objects.filter(purpose="warning.words", erased=None).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": "gang member"}, "reason"),
        ({"words": " "}, "words"),
        ({"words": "call 138 0000 2207 first"}, "words"),
        ({"words": "x" * 201}, "words"),
        ({"days": 91}, "days"),
        ({"days": 0}, "days"),
        ({"radius_m": 5000}, "radius_m"),
    ],
)
def test_what_cannot_be_taken_is_told_and_nothing_is_written(room, wrong, field):
    with pytest.raises(BadInput) as said:
        warn(room, **wrong)
    assert said.value.field == field
    assert not LocationWarning.objects.exists()
    assert not Sealed.objects.filter(purpose="warning.words").exists()


def test_the_record_holds_no_word_and_no_place_of_a_warning(room):
    incident = room.report("burglary", at="market")
    made = Caller("carl").post(
        "warnings", {"incident": incident.pk, "reason": "attacked", "words": "Came through the back door", "days": 90}
    )["id"]  # fmt: skip

    entry = Entry.objects.get(kind="warning.raised")
    assert entry.matter == f"incident:{incident.pk}"
    assert set(entry.facts) == {"warning", "reason", "words", "radius", "until"}
    assert "back door" not in json.dumps(entry.facts)
    shown = Caller("dora").post(f"incidents/{incident.pk}/warnings/open", {"purpose": "dispatch"})["warnings"]
    assert [(w["id"], w["words"], w["may_change"]) for w in shown] == [(made, "Came through the back door", False)]
    Caller("zhou").post(f"warnings/{made}/renew", {"days": 91}, status=422)
    Caller("zhou").post(f"warnings/{made}/end")
    assert Caller("dora").post(f"incidents/{incident.pk}/warnings/open", {"purpose": "dispatch"})["warnings"] == []
