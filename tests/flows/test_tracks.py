"""Scope 5.1-14: where officers were opens with a matter or a call for help only, and they see who looked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from oneroom.apps.duty.models import CrewMember
from oneroom.apps.duty.services import Fix, record_positions
from oneroom.apps.incidents.models import Assignment
from oneroom.apps.incidents.services import report_and_clear
from oneroom.apps.incidents.tracks import open_track, track_reads
from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.orders.services import end_sos, raise_sos
from oneroom.engine.values import BadInput, NotAllowed, NotFound
from tests.clock import HAND
from tests.town import corner

pytestmark = pytest.mark.django_db


def drives(room, crew="crew-1", minutes=3):
    """A fix a minute."""
    lon, lat = corner("west")
    for n in range(minutes):
        HAND.forward(60)
        record_positions([Fix(room.town.crews[crew].pk, lon + n * 1e-4, lat, room.now, 5.0)], room.now)


def opens(room, who, matter=None, crew="crew-1"):
    reference = matter.reference if matter else ""
    return open_track(room.town.crews[crew].pk, reference=reference, by=room.actor(who), at=room.now)


@pytest.fixture
def sent(room):
    drives(room)
    HAND.forward(1)
    matter = room.report("knife", at="west")
    order = room.dispatch(matter, "crew-1")
    drives(room)
    room.step(order, "acknowledge", "set_out", "arrive", by="zhang")
    return matter


def test_a_track_opens_with_the_matter_the_crew_was_sent_to_and_only_for_its_time(room, sent):
    track = opens(room, "leader-li", sent)

    assert len(track.places) == 3, "what was before the order stays shut"
    look = Look.objects.get(record=f"track:{track.crew_id}")
    assert (look.purpose, look.basis, look.fields) == ("track_matter", f"incident:{sent.pk}", ["crew.track"])
    entry = Entry.objects.get(kind="track.opened")
    rode = sorted(f"account:{room.town.people[who].pk}" for who in ("zhang", "wang"))
    assert (entry.facts["fixes"], sorted(entry.scopes)) == (3, rode)


def test_without_a_matter_or_a_call_for_help_no_track_opens_to_anybody(room, sent):
    elsewhere = room.report("noise", at="west", grade=3)
    for who in ("zhou", "leader-li", "ina"):
        with pytest.raises(NotAllowed):
            opens(room, who)
        with pytest.raises(BadInput):
            opens(room, who, elsewhere)
    with pytest.raises(NotFound):
        opens(room, "leader-lu", sent)  # another station's crew
    for who in ("dora", "carl", "zhang", "ada"):
        with pytest.raises(NotAllowed):
            opens(room, who, sent)
    assert not Look.objects.filter(record__startswith="track:").exists()


def test_a_call_for_help_opens_the_half_hour_before_it_and_a_day_later_no_more(room):
    HAND.forward(3600)
    drives(room)
    help_id = raise_sos(by=room.actor("zhang"), at=room.now)
    assert len(opens(room, "zhou").places) == 3
    end_sos(help_id, reason="safe_now", by=room.actor("zhou"), at=room.now)
    HAND.forward(timedelta(hours=24).total_seconds())
    opens(room, "zhou")
    HAND.forward(1)
    with pytest.raises(NotAllowed):
        opens(room, "zhou")


def test_the_officers_see_on_their_phones_who_looked_when_and_for_what(room, sent):
    opens(room, "leader-li", sent)
    opens(room, "ina", sent)

    for who in ("zhang", "wang"):
        assert [r.who for r in track_reads(by=room.actor(who), at=room.now)] == ["Ina", "Leader-Li"]
    assert track_reads(by=room.actor("chen"), at=room.now) == []
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(room.town.people["wang"])
    page = client.get("/t/crew").content.decode()
    assert "Leader-Li · the crew&#x27;s way to a matter" in page


def test_a_track_on_the_screen_leaves_one_act_and_says_which_field_is_wrong(room, sent):
    client = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    client.force_login(room.town.people["leader-li"])
    crew = str(room.town.crews["crew-1"].pk)
    assert "Crew-3" not in client.get("/office/tracks").content.decode()
    assert client.post("/office/tracks", {"crew": "x"}).status_code == 422
    assert client.post("/office/tracks", {"crew": crew, "matter": "20990101-0001"}).status_code == 422
    other = str(room.town.crews["crew-3"].pk)
    assert client.post("/office/tracks", {"crew": other, "matter": sent.reference}).status_code == 404
    page = client.post("/office/tracks", {"crew": crew, "matter": sent.reference}).content.decode()
    assert page.count("<tr>") == 1 + 3
    assert "<polyline" in page


def test_officers_see_who_looked_at_their_own_way_whatever_crews_they_ride_with_since(room, sent):
    """The crew is formed anew before anybody looks: the way was that of the two who rode, not of who rides now."""
    before, after = room.town.crews["crew-1"], room.town.crews["crew-2"]
    people = room.town.people
    order = Assignment.objects.get(incident=sent)
    report_and_clear(order.pk, outcome="mediated", by=room.actor("zhang"), at=room.now)
    HAND.forward(60)
    CrewMember.objects.filter(account=people["wang"]).update(crew=after, role="auxiliary")
    CrewMember.objects.create(crew=before, account=people["dan"], role="auxiliary")

    opens(room, "ina", sent)

    seen = {who: [r.who for r in track_reads(by=room.actor(who), at=room.now)] for who in ("zhang", "wang", "dan")}
    assert seen == {"zhang": ["Ina"], "wang": ["Ina"], "dan": []}
    CrewMember.objects.filter(account=people["wang"]).delete()
    assert [r.who for r in track_reads(by=room.actor("wang"), at=room.now)] == ["Ina"], "with no crew at all too"
    HAND.forward(timedelta(days=31).total_seconds())
    assert track_reads(by=room.actor("zhang"), at=room.now) == []
