"""T26, T07: a closure drawn on the map acts on the next proposal, way and coverage, in every process, until it ends."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from django.test import Client

from oneroom.apps.duty.services import Fix, record_positions
from oneroom.apps.incidents.coverage import live_picture
from oneroom.apps.incidents.proposals import proposals
from oneroom.apps.incidents.ways import route_for
from oneroom.apps.ledger.models import Entry
from oneroom.apps.places import loaded
from oneroom.apps.places.access import closure_for, closures_for
from oneroom.apps.places.clock import reopen_in_time
from oneroom.apps.places.models import Closure
from oneroom.apps.places.retention import closures
from oneroom.apps.places.services import close_roads, prolong_closure, reopen_roads
from oneroom.engine.retention import Due
from oneroom.engine.values import BadInput, NotAllowed, NotFound, Overtaken
from tests.served import WebProcess
from tests.town import SOUTH, STEP, WEST
from tests.web.api_client import Caller

pytestmark = pytest.mark.django_db


def at(x: float, y: float) -> list[float]:
    """A point of the town, in blocks."""
    return [WEST + x * STEP, SOUTH + y * STEP]


def close(room, *points, by="dora", how="along", hours=2.0, **more):
    said = {"one_way": False, "reason": "accident", "until": room.now + timedelta(hours=hours)} | more
    return close_roads(how=how, points=[list(p) for p in points], by=room.actor(by), at=room.now, **said)


def order(room, matter):
    return [(p.crew.code, p.travel_s) for p in proposals(matter, at=room.now).ranked]


def stand(room, crew, x, y):
    lon, lat = at(x, y)
    record_positions([Fix(room.town.crews[crew].pk, lon, lat, room.now, 5.0)], room.now)


def test_t26_a_closure_drawn_on_a_road_changes_the_next_proposal_and_its_end_changes_it_back(room):
    matter = room.report("fight", at="market", grade=2)
    room.fast_forward(seconds=1)
    stand(room, "crew-1", 0, 1.2)
    stand(room, "crew-2", 1, 1.75)
    stand(room, "crew-3", 2, 1.9)
    before = order(room, matter)
    assert before[0][0] == "crew-2"
    way = route_for(matter, room.town.crews["crew-1"].pk, at=room.now)["travel_s"]

    made = close(room, at(0.5, 1))  # Market Street between Elm and Oak
    after = order(room, matter)
    assert dict(after)["crew-1"] > dict(before)["crew-1"]
    assert dict(after)["crew-2"] == dict(before)["crew-2"]
    assert route_for(matter, room.town.crews["crew-1"].pk, at=room.now)["travel_s"] > way

    north = close(room, at(1, 1.2), at(1, 1.5), how="area")  # Oak Road, north of the market: crew-2 stands in it
    assert dict(order(room, matter))["crew-2"] == dict(before)["crew-2"]  # who stands in it leaves it
    room.fast_forward(seconds=1)
    stand(room, "crew-2", 1, 2)
    assert dict(order(room, matter))["crew-2"] > 2 * dict(before)["crew-2"]
    for pk in (made, north):
        reopen_roads(closure_for(pk, by=room.actor("dan")).pk, cause="ended", by=room.actor("dan"), at=room.now)
    assert dict(order(room, matter))["crew-1"] == dict(before)["crew-1"]


def test_t26_the_order_itself_turns_and_turns_back(room):
    matter = room.report("fight", at="market", grade=2)
    room.fast_forward(seconds=1)
    stand(room, "crew-1", 0.05, 1)
    stand(room, "crew-2", 1, 1.7)
    stand(room, "crew-3", 2, 2)
    first = [crew for crew, _s in order(room, matter)]
    assert first[0] == "crew-2"
    made = close(room, at(1, 1.5), at(1, 1.3))
    stood = order(room, matter)
    assert stood[0][0] == "crew-2"  # it stands in it
    room.fast_forward(seconds=1)
    stand(room, "crew-2", 1.1, 2)
    assert order(room, matter)[0][0] == "crew-1"
    reopen_roads(made, cause="ended", by=room.actor("dora"), at=room.now)
    room.fast_forward(seconds=1)
    stand(room, "crew-2", 1, 1.7)
    assert [crew for crew, _s in order(room, matter)] == first


def test_t26_a_matter_within_what_is_closed_all_around_is_still_somebodys_way(room):
    matter = room.report("fire", at="market", grade=1)
    close(room, at(1, 1), how="crossing", reason="fire")
    assert [crew for crew, _s in order(room, matter)]
    assert all(seconds > 0 for _crew, seconds in order(room, matter)[1:])


def test_t26_coverage_is_that_of_the_roads_that_are_open(room):
    before = live_picture(at=room.now)
    close(room, at(-0.1, 0.2), at(2.1, 0.8), how="area")  # all three lanes to the south
    after = live_picture(at=room.now)
    assert (after.reach.ms[:, 0] >= before.reach.ms[:, 0]).all()
    assert (after.reach.ms[:, 0] > before.reach.ms[:, 0]).any()


def test_t26_the_clock_opens_a_street_at_its_hour_unless_it_is_prolonged(room):
    made, longer = close(room, at(0.5, 1), hours=1), close(room, at(1.5, 1), hours=1)
    prolong_closure(longer, until=room.now + timedelta(hours=3), by=room.actor("dora"), at=room.now)
    assert reopen_in_time(room.now) == 0
    room.fast_forward(minutes=61)
    assert reopen_in_time(room.now) == 1
    assert [one.id for one in closures_for(by=room.actor("carl"))] == [longer]
    with pytest.raises(Overtaken):
        reopen_roads(made, cause="ended", by=room.actor("dora"), at=room.now)
    facts = [(e.kind, e.facts.get("cause"), e.actor) for e in Entry.objects.filter(subject=f"closure:{made}")]
    assert facts == [("roads.closed", None, room.actor("dora").id), ("roads.reopened", "expired", 0)]
    assert Entry.objects.get(kind="roads.prolonged").subject == f"closure:{longer}"


def test_t26_it_is_refused_in_a_sentence_that_names_the_field(room):
    cases = [
        ({"points": [at(0.5, 1.5)]}, "points"), ({"points": []}, "points"), ({"how": "somehow"}, "how"),
        ({"reason": "because"}, "reason"), ({"hours": -1}, "until"), ({"hours": 24 * 91}, "until"),
        ({"one_way": True}, "one_way"), ({"how": "area"}, "points"),
    ]  # fmt: skip
    for said, field in cases:
        points = said.pop("points", [at(0.5, 1)])
        with pytest.raises(BadInput) as refused:
            close(room, *points, **said)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        close(room, at(0.5, 1), by="carl")
    assert not Closure.objects.exists()


def test_t26_only_the_rooms_dispatchers_and_commander_end_it_and_the_call_taker_sees_it(room):
    made = close(room, at(0.5, 1))
    for who in ("carl", "zhang", "leader-li", "ada"):
        with pytest.raises(NotFound):
            closure_for(made, by=room.actor(who))
    assert closure_for(made, by=room.actor("zhou")).pk == made
    with pytest.raises(NotAllowed):
        closures_for(by=room.actor("zhang"))
    [shown] = Caller("carl").get("closures")["closures"]
    assert (shown["streets"], shown["pieces"], shown["may_change"]) == (
        [{"zh": "集市街", "en": "Market Street"}],
        1,
        False,
    )
    assert shown["lines"] == [[[round(x, 5) for x in at(0, 1)], [round(x, 5) for x in at(1, 1)]]]


def test_t26_a_street_or_a_crossing_of_the_gazetteer_is_closed_by_its_name(room):
    dora = Caller("dora")
    until = (room.now + timedelta(hours=1)).isoformat()
    [street] = [p for p in dora.get("places?q=market street")["places"] if p["kind"] == "road"]
    seen = dora.post("closures/preview", {"points": [{"place_id": street["id"]}]})
    assert (seen["how"], seen["pieces"], len(seen["lines"])) == ("street", 2, 2)
    crossing = dora.get("places?q=market elm")["places"][0]
    made = dora.post("closures", {"points": [{"place_id": crossing["id"]}], "reason": "fire", "until": until})["id"]
    assert Closure.objects.get(pk=made).how == "crossing"
    assert Closure.objects.get(pk=made).pieces == 3
    said = dora.post(
        "closures", {"points": [{"lon": 121.0, "lat": 31.0}], "reason": "fire", "until": until}, status=422
    )
    assert said["field"] == "location"
    dora.post(f"closures/{made}/reopen")
    assert dora.get("closures")["closures"] == []


def test_a_closure_that_ended_goes_at_its_term(room):
    made = close(room, at(0.5, 1))
    assert list(closures.find(Due("closure", room.now + timedelta(days=200), timedelta(days=90)), (), 10)) == []
    reopen_roads(made, cause="ended", by=room.actor("dora"), at=room.now)
    due = Due("closure", room.now + timedelta(days=1), timedelta(days=90))
    assert list(closures.find(due, (), 10)) == [made]
    closures.forget([made], due, room.now)
    assert not Closure.objects.exists()


def test_a_reader_keeps_the_times_that_it_began_with(room):
    held = loaded.network()
    times = held.metric(8)
    close(room, at(0.5, 1))
    now = loaded.network()
    assert now is not held
    assert now.graph is held.graph
    assert held.metric(8) is times
    assert (now.metric(8).arc_ms != times.arc_ms).sum() == 2


def browser(server, town):
    """Dora's browser at a web process."""
    signed = Client()
    signed.force_login(town.people["dora"])
    cookies = {name: morsel.value for name, morsel in signed.cookies.items()} | {"csrftoken": "a" * 32}
    return httpx.Client(base_url=server.url, cookies=cookies, headers={"X-CSRFToken": "a" * 32}, trust_env=False)


@pytest.mark.django_db(transaction=True)
def test_t26_a_closure_in_one_web_process_acts_on_the_next_proposal_of_another(database_url, room):
    matter = room.report("fight", at="market", grade=2)
    room.fast_forward(seconds=1)
    stand(room, "crew-1", 0.2, 1)

    def seconds(asked):
        answer = asked.get(f"/api/incidents/{matter.pk}/proposals")
        assert answer.status_code == 200, answer.text
        return {one["callsign_en"]: one["travel_s"] for one in answer.json()["ranked"]}["Crew-1"]

    with WebProcess(database_url) as first, WebProcess(database_url) as second:
        one, other = browser(first, room.town), browser(second, room.town)
        before = seconds(other)
        assert seconds(one) == before
        now = parsedate_to_datetime(one.get("/healthz").headers["Date"])
        body = {
            "points": [dict(zip(("lon", "lat"), at(0.9, 1), strict=True))], "reason": "accident",
            "until": (now + timedelta(hours=1)).isoformat(),
        }  # fmt: skip
        room.fast_forward(seconds=1)
        stand(room, "crew-1", 0, 1.1)
        open_way = seconds(other)
        made = one.post("/api/closures", json=body, headers={"Idempotency-Key": "two-processes-1"})
        assert made.status_code == 200, made.text
        assert seconds(other) > open_way
        assert seconds(one) == seconds(other)
        ended = other.post(
            f"/api/closures/{made.json()['id']}/reopen", json={}, headers={"Idempotency-Key": "two-processes-2"}
        )
        assert ended.status_code == 200, ended.text
        assert seconds(one) == open_way
        one.close()
        other.close()
