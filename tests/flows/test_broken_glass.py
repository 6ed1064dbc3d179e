"""G7: somebody opens what is not his, for half an hour, before an inspector. G6: two open or erase what is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from oneroom.apps.incidents import services
from oneroom.apps.incidents.access import incident_for, read_opening
from oneroom.apps.incidents.clock import close_openings
from oneroom.apps.incidents.models import Incident, Opening
from oneroom.apps.incidents.services.openings import break_glass, review_opening
from oneroom.apps.ledger.models import Entry, Look, Sealed
from oneroom.apps.people.models import Signature
from oneroom.apps.people.services import end_grant
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM, BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.clock import HAND

pytestmark = pytest.mark.django_db
WORDS = "A man with a knife"


def sits(room, who, language="en"):
    client = Client(headers={"Accept-Language": language, "Accept": "text/html"})
    client.force_login(room.town.people[who])
    return client


def breaks(room, matter, who="leader-lu", **said):
    said = {"why": "wrong_station", "words": "They stand at my door"} | said
    return break_glass(matter.reference, **said, by=room.actor(who), at=room.now)


@pytest.fixture
def matter(room):
    return room.report(WORDS, at="west", caller_name="Lin", caller_phone="13900000001", safe_contact="yes")


def test_g7_a_chief_reads_another_stations_matter_for_half_an_hour_and_it_ends_by_itself(room, matter):
    lu = room.actor("leader-lu")
    with pytest.raises(NotFound):
        incident_for(matter.pk, by=lu)

    pk = breaks(room, matter)

    _opening, row, said = read_opening(pk, by=lu, at=room.now)
    assert (row.pk, said["reports"][0]["words"], said["reports"][0]["caller"]["name"]) == (matter.pk, WORDS, "Lin")
    look = Look.objects.get(record=f"incident:{matter.pk}", actor=lu.id)
    assert (look.purpose, look.basis) == ("break_glass", f"opening:{pk}")
    with pytest.raises(NotFound):
        incident_for(matter.pk, by=lu)  # it opens reading, and no act
    with pytest.raises(NotFound):
        read_opening(pk, by=room.actor("zhang"), at=room.now)
    with pytest.raises(Conflict):
        breaks(room, matter)
    HAND.forward(timedelta(minutes=30).total_seconds())
    with pytest.raises(NotFound):  # whether or not the clock has come by
        read_opening(pk, by=lu, at=room.now)
    assert close_openings(room.now) == 1
    assert Entry.objects.get(kind="glass.closed").facts["cause"] == "time"
    breaks(room, matter)


def test_g7_the_inspector_hears_at_once_and_again_when_nobody_reviewed_it(room, matter):
    pk = breaks(room, matter)

    room.fast_forward()
    room.phone("ina").rings("oversight", "app", "email", stage="look_review")
    entry = Entry.objects.get(kind="glass.broken")
    assert entry.scopes == [f"account:{room.town.people['ina'].pk}"]
    assert (entry.matter, entry.facts["why"]) == (f"incident:{matter.pk}", "wrong_station")
    assert "door" not in str(list(Entry.objects.values_list("facts", flat=True)))
    assert "They stand at my door" in Sealed.objects.get(purpose="opening.reason").text
    room.heard.extend(h for h in room.unheard() if h.stage != "look_review")
    room.fast_forward(minutes=72 * 60 + 1)
    room.phone("ina").rings("oversight", "app", "email", stage="look_review")
    assert Opening.objects.get(pk=pk).review_due == entry.at + timedelta(hours=72)


@pytest.mark.parametrize(("language", "late"), [("en", "1 waits for its review"), ("zh-hans", "有 1 次")])
def test_g7_what_is_not_reviewed_within_72_hours_shows_red(room, matter, language, late):
    pk = breaks(room, matter)
    ina = sits(room, "ina", language)
    page = ina.get("/office/openings").content.decode()
    assert "They stand at my door" in page
    assert late not in page
    assert 'class="pp banner--bad"' not in page
    HAND.forward(timedelta(hours=72).total_seconds())

    page = ina.get("/office/openings").content.decode()

    assert late in page
    assert 'class="pp banner--bad"' in page
    assert ina.post(f"/office/openings/{pk}/review", {"finding": "because"}).status_code == 422
    assert ina.post(f"/office/openings/{pk}/review", {"finding": "called_for"}).status_code == 302
    assert late not in ina.get("/office/openings").content.decode()
    assert Entry.objects.get(kind="glass.reviewed").facts["finding"] == "called_for"
    assert Entry.objects.filter(kind="ladder.stopped", subject=f"opening:{pk}").exists()


def test_g7_who_may_and_who_may_not_and_nobody_without_a_reason(room, matter):
    for who in ("ada", "ina"):
        with pytest.raises(NotAllowed):
            breaks(room, matter, who)
        assert sits(room, who).get("/office/glass").status_code == 404
    for said in ({"words": ""}, {"why": "curiosity"}):
        with pytest.raises(BadInput):
            breaks(room, matter, **said)
    assert not Opening.objects.exists()
    for who in ("carl", "zhang", "aux-he", "leader-lu"):
        breaks(room, matter, who)
    pk = Opening.objects.order_by("pk")[0].pk
    with pytest.raises(IllegalMove):
        review_opening(pk, finding="called_for", by=room.actor("ina"), at=room.now)
    with pytest.raises(NotAllowed):
        review_opening(pk, finding="called_for", by=room.actor("zhou"), at=room.now)


def test_g7_a_role_that_ends_shuts_it_on_the_next_request(room, matter):
    pk = breaks(room, matter, "qian")
    qian = sits(room, "qian")
    assert WORDS in qian.get(f"/office/openings/{pk}").content.decode()
    end_grant(
        room.town.people["qian"].pk, Role.PATROL_OFFICER, unit_id=room.town.units["east"].pk, by=SYSTEM, at=room.now
    )
    assert qian.get(f"/office/openings/{pk}").status_code == 404


def test_g7_on_the_screen_an_officer_breaks_it_reads_and_closes_it(room, matter):
    qian = sits(room, "qian")
    assert "/office/glass" in qian.get("/t/").content.decode()
    said = {"matter": matter.reference, "why": "danger", "words": "He is on his way here"}
    assert qian.post("/office/glass", {**said, "matter": "20990101-0001"}).status_code == 422
    opened = qian.post("/office/glass", said)
    page = qian.get(opened["Location"]).content.decode()
    assert WORDS in page
    assert "Glass broken" in page
    assert matter.reference in qian.get("/office/glass").content.decode()
    assert sits(room, "leader-lu").get(opened["Location"]).status_code == 404
    assert qian.post(opened["Location"]).status_code == 302
    assert qian.get(opened["Location"]).status_code == 404


@pytest.fixture
def over(room, matter):
    services.set_aside(matter.pk, verb="cancel", reason="by_room", by=room.actor("zhou"), at=room.now)
    return matter


def test_g6_the_words_of_a_matter_that_is_over_open_by_two_signatures_for_half_an_hour(room, over):
    li = sits(room, "leader-li")
    assert "By two signatures" in li.get(f"/office/incidents/{over.pk}").content.decode()
    assert sits(room, "leader-lu").post(f"/office/incidents/{over.pk}/by-two", {"act": "unseal"}).status_code == 404
    asked = {"act": "unseal", "why": "A complaint came in"}
    assert li.post(f"/office/incidents/{over.pk}/by-two", asked).status_code == 302
    assert not Opening.objects.exists()
    pk = Signature.objects.get().pk
    assert li.post(f"/office/signatures/{pk}", {"act": "sign"}).status_code == 403
    assert sits(room, "leader-lu").post(f"/office/signatures/{pk}", {"act": "sign"}).status_code == 302

    opening = Opening.objects.get()
    assert WORDS in li.get(f"/office/openings/{opening.pk}").content.decode()
    assert Look.objects.filter(purpose="unsealed", basis=f"opening:{opening.pk}").exists()
    HAND.forward(30 * 60)
    assert li.get(f"/office/openings/{opening.pk}").status_code == 404


def test_g6_the_words_of_a_matter_are_erased_by_two_and_not_while_it_is_open_or_watched(room, over):
    li, lu = sits(room, "leader-li"), sits(room, "leader-lu")
    still_open = room.report("noise", at="west", grade=3)
    asked = {"act": "erase", "why": "The caller asks for it"}
    assert li.post(f"/office/incidents/{still_open.pk}/by-two", asked).status_code == 422
    li.post(f"/office/incidents/{over.pk}/by-two", asked)
    sign = f"/office/signatures/{Signature.objects.get().pk}"
    Incident.objects.filter(pk=over.pk).update(supervised=True)
    assert lu.post(sign, {"act": "sign"}).status_code == 409
    assert Sealed.objects.filter(matter=f"incident:{over.pk}", erased=None).exists()
    Incident.objects.filter(pk=over.pk).update(supervised=False)

    assert lu.post(sign, {"act": "sign"}).status_code == 302

    assert not Sealed.objects.filter(matter=f"incident:{over.pk}", erased=None).exists()
    assert Entry.objects.get(kind="record.erased", matter=f"incident:{over.pk}").facts["cause"] == "two_signed"
