"""R6, G14: while the database is away the room goes on from a journal, and what was done is booked when it is back."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.db import OperationalError
from django.test import RequestFactory

from oneroom.apps.incidents.lastboard import clashes, last_board
from oneroom.apps.incidents.models import Assignment, Incident, LateAct
from oneroom.apps.ledger.models import Entry
from oneroom.apps.ledger.services import compared
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orders.models import Ladder, Rung
from tests.away import fickle
from tests.clock import HAND
from tests.pockets import POCKETS
from tests.town import corner
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(database_url, room, tmp_path):
    with fickle(database_url, tmp_path, room.town) as house:
        yield house


def call(words="Somebody broke the window", at="market", **more):
    lon, lat = corner(at)
    return {
        "source": "phone", "words": words, "category": "crime", "grade": 1, "location": {"lon": lon, "lat": lat},
        "caller_phone": "13900000099", **more,
    }  # fmt: skip


def test_a_call_taken_while_the_database_is_away_is_sent_signed_and_booked_with_both_times(house, room):
    crew = room.town.crews["crew-1"].pk
    house.lose("carl", "dora", "zhang", "chen")
    began = HAND.now()

    taken = house.post("carl", "/api/incidents", call()).json()
    sent = house.post("dora", f"/api/incidents/{taken['id']}/offer", {"crews": [crew]}).json()
    [order] = sent["assignments"]
    rings = house.browser("zhang").get("/api/rings").json()["rings"]
    HAND.forward(10)
    for verb in ("acknowledge", "set_out"):
        assert house.post("zhang", f"/api/assignments/{order}/step", {"verb": verb}).status_code == 200
    house.post("zhang", f"/api/assignments/{order}/word", {"words": "We see smoke"})
    HAND.forward(60)
    assert Incident.objects.count() == 0  # nothing of it is in the database yet

    assert taken["reference"] == "20261122-D001"
    assert [r["subject"] for r in rings] == [f"assignment:{order}"]
    assert house.browser("chen").get("/api/rings").json()["rings"] == []  # nobody else's phone
    assert house.browser("zhang").get("/api/rings").json()["rings"] == []  # he signed

    house.find()
    matter = Incident.objects.get()
    booked = Assignment.objects.get()
    assert (matter.pk, matter.reference, matter.state) == (taken["id"], taken["reference"], "dispatched")
    assert (booked.pk, booked.state, booked.lead) == (order, "en_route", True)
    assert (booked.offered_at - began).total_seconds() == 0
    assert (booked.acknowledged_at - began).total_seconds() == 10
    report = matter.reports.get()
    assert compared([report.words])[report.words_id] == "Somebody broke the window"
    ladder = Ladder.objects.get(subject=f"assignment:{order}", stage="acknowledge")
    assert (ladder.pk, ladder.stop_cause) == (rings[0]["ladder"], "acknowledged")
    entry = Entry.objects.get(kind="assignment.acknowledged")
    assert (entry.via, (entry.recorded - entry.at).total_seconds()) == ("journal", 60)
    assert verify("acts").fault is None
    assert clashes() == []
    assert house.hand.lines() == []


def test_an_unanswered_order_climbs_by_the_gateways_and_not_once_more_when_it_is_booked(house, room):
    incident = room.report("burglary", at="market")
    sent = room.dispatch(incident, "crew-1")
    house.lose("zhang", "leader-li")
    before = len(POCKETS)

    HAND.forward(16)
    until(lambda: len(POCKETS) > before)
    [(channel, message)] = POCKETS[before:]
    rung = house.browser("zhang").get("/api/rings").json()["rings"][0]
    assert (channel, message.to_account) == ("sms", room.town.people["zhang"].pk)
    assert "order" in message.text
    assert "burglary" not in message.text
    assert (rung["rung"], rung["rung_code"], rung["subject"]) == (1, "again", f"assignment:{sent.pk}")
    HAND.forward(45)  # the second and the duty chief
    until(lambda: len(POCKETS) == before + 3)
    assert house.browser("leader-li").get("/api/rings").json()["rings"][0]["rung_code"] == "duty_chief"
    until(lambda: sum(line.said["kind"] == "sent" for line in house.hand.lines()) >= 3)

    house.find()
    told = Rung.objects.filter(ladder__subject=f"assignment:{sent.pk}", done__isnull=False).order_by("n")
    assert [(r.n, r.code) for r in told] == [(0, "crew"), (1, "again"), (2, "second"), (3, "duty_chief")]
    assert (told[1].done - told[0].done).total_seconds() == 16
    room.fast_forward(seconds=1)  # the clock and the courier of the house that is well again
    assert len(POCKETS) == before + 3
    assert house.browser("zhang").get("/api/rings").json()["rings"][0]["ladder"] == rung["ladder"]


def test_what_clashes_is_put_before_a_person_with_what_was_typed_and_is_answered(house, room):
    """Somebody sent the crew elsewhere before the cut, and this house had not seen it."""
    first = room.report("a fight", at="north", grade=2)
    second = room.report("burglary", at="market")
    house.lose("dora", "zhang", "dan")
    room.dispatch(first, "crew-1", by="dan")  # by another machine, that still reached the database

    sent = house.post("dora", f"/api/incidents/{second.pk}/offer", {"crews": [room.town.crews["crew-1"].pk]})
    [order] = sent.json()["assignments"]
    assert house.post("zhang", f"/api/assignments/{order}/step", {"verb": "acknowledge"}).status_code == 200
    noted = house.post("dora", f"/api/incidents/{second.pk}/words", {"words": "The caller hangs up"})
    assert noted.status_code == 200
    house.find()

    offer, sign = clashes()
    assert (offer.act, offer.cause, offer.about["reference"]) == ("offer", "overtaken", second.reference)
    assert (sign.act, sign.cause) == ("step", "not_found")
    assert LateAct.objects.get(act="note").state == "booked"
    queue = house.browser("dora").get("/room/queue?with=head").text
    assert "This crew was just sent elsewhere" in queue
    assert second.reference in queue
    assert "Crew-1" in queue
    answered = house.post("dora", f"/api/late/{offer.pk}/settle", {"result": "not_needed"})
    assert answered.status_code == 200
    assert house.post("dora", f"/api/late/{offer.pk}/settle", {"result": "not_needed"}).status_code == 409
    assert [row.pk for row in clashes()] == [sign.pk]


def test_what_follows_an_act_that_is_younger_than_the_board_waits_and_is_not_refused(house, room):
    """R6, G14: the crew signed, and another was cleared, in the two seconds before the cut that no board has."""
    first, second = room.report("burglary", at="market"), room.report("a fight", at="north", grade=2)
    sent = room.dispatch(first, "crew-1")
    house.lose("zhang", "dora")
    room.step(sent, "acknowledge", by="zhang")  # on the record, and not on the board
    step, offer = f"/api/assignments/{sent.pk}/step", f"/api/incidents/{second.pk}/offer"

    early = house.post("zhang", step, {"verb": "set_out"})
    busy = house.post("dora", offer, {"crews": [room.town.crews["crew-1"].pk]})

    assert (early.status_code, early.json()["code"]) == (503, "database_away")
    assert (busy.status_code, busy.json()["code"]) == (503, "database_away")
    assert [line.said["kind"] for line in house.hand.lines()] == ["begun"]
    house.find()
    assert house.post("zhang", step, {"verb": "set_out"}).status_code == 200
    assert house.post("dora", offer, {"crews": [room.town.crews["crew-1"].pk]}).status_code == 409
    assert clashes() == []


def test_words_that_cannot_be_booked_are_not_lost(house, room):
    incident = room.report("a fight", at="north", grade=2)
    house.lose("dora")
    room.dispatch(incident, "crew-1")
    house.post("dora", f"/api/incidents/{incident.pk}/radio", {"words": "Two men left south"})
    Incident.objects.filter(pk=incident.pk).update(state="cancelled")
    house.find()

    [late] = clashes()
    assert (late.act, late.cause) == ("note", "illegal_move")
    said = house.post("dora", f"/api/late/{late.pk}/open", {"purpose": "dispatch"}).json()
    assert said == {"words": "Two men left south"}
    assert house.post("zhang", f"/api/late/{late.pk}/open", {"purpose": "dispatch"}).status_code in (403, 404)


def test_a_booking_that_is_killed_half_way_and_runs_again_does_nothing_twice(database_url, room, tmp_path, monkeypatch):
    from oneroom.web.degraded import booking

    with fickle(database_url, tmp_path, room.town) as house:
        house.lose("carl", "dora", "zhang")
        taken = house.post("carl", "/api/incidents", call()).json()
        crew = room.town.crews["crew-1"].pk
        house.post("dora", f"/api/incidents/{taken['id']}/offer", {"crews": [crew]})
        house.post("carl", f"/api/incidents/{taken['id']}/words", {"words": "and a second window"})

    plain, seen, ended = booking.Booker._book, [], threading.Event()

    def dies(self, some):
        if len(seen) == 3:  # where the journal begins, the call, the order
            ended.wait(30)  # it never comes to the next line
            raise OperationalError
        plain(self, some)
        seen.append(some)

    monkeypatch.setattr(booking, "TOGETHER", 1)
    monkeypatch.setattr(booking.Booker, "_book", dies)
    with fickle(database_url, tmp_path, room.town) as half:
        until(lambda: len(seen) == 3)
        assert Assignment.objects.count() == 1
        assert len(half.hand.lines()) == 4
        ended.set()
    monkeypatch.undo()
    with fickle(database_url, tmp_path, room.town) as whole:
        until(lambda: whole.hand.lines() == [])
        assert not whole.live.keeper.on

    assert Incident.objects.get().reference == taken["reference"]
    assert Assignment.objects.count() == 1
    assert Entry.objects.filter(kind="incident.received").count() == 1
    assert Entry.objects.filter(kind="incident.words_added").count() == 1
    assert LateAct.objects.count() == 3
    assert verify("acts").fault is None


def test_an_act_that_was_done_before_the_cut_and_is_sent_again_is_not_done_twice(house, room):
    """The answer was lost with the database; the page sends it again, and the house cannot know that it was done."""
    real = house.post("carl", "/api/incidents", call(), key="answer-was-lost").json()
    Incident.objects.filter(pk=real["id"]).update(state="archived")  # not on the board that is kept
    house.lose("carl", "dora")
    again = house.post("carl", "/api/incidents", call(), key="answer-was-lost").json()
    assert again["reference"] != real["reference"]
    assert again["code"] == real["code"]
    Incident.objects.filter(pk=real["id"]).update(state="classified")
    house.post("carl", f"/api/incidents/{again['id']}/words", {"words": "one more line"})
    house.find()

    assert Incident.objects.get().pk == real["id"]
    assert Incident.objects.get().added.count() == 1  # what was said of the other number went to this one
    [late] = clashes()
    assert (late.act, late.cause, late.about["reference"]) == ("intake", "other_number", again["reference"])


def test_the_same_key_is_one_act_and_other_content_under_it_is_refused(house, room):
    house.lose("carl")
    first = house.post("carl", "/api/incidents", call(), key="only-once")
    assert house.post("carl", "/api/incidents", call(), key="only-once").json() == first.json()
    other = house.post("carl", "/api/incidents", call("Another thing"), key="only-once")
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    house.find()
    assert house.post("carl", "/api/incidents", call(), key="only-once").json() == first.json()  # as ever
    assert Incident.objects.count() == 1


def test_who_shows_no_badge_or_one_that_does_not_hold_does_nothing(house, room):
    from oneroom.web.tickets import BADGE_COOKIE

    house.lose("carl", "zhang", "dora")
    forged = house.browser("carl").cookies[BADGE_COOKIE][1:]
    for cookie in ("", "nonsense", forged):
        house.browser("carl").cookies.set(BADGE_COOKIE, cookie, domain="127.0.0.1", path="/")
        house._browsers["carl"].cookies.clear()
        house._browsers["carl"].cookies.update({BADGE_COOKIE: cookie})
        answer = house.post("carl", "/api/incidents", call())
        assert (answer.status_code, answer.json()["code"]) == (503, "not_vouched"), cookie
    foreign = house.browser("dora").post(
        "/api/incidents", json=call(), headers={"Idempotency-Key": "from-elsewhere", "Origin": "https://evil.invalid"}
    )
    assert foreign.status_code == 403
    form = house.browser("dora").post("/api/incidents", data={"words": "x"})
    assert form.status_code == 403
    assert [line.said["kind"] for line in house.hand.lines()] == ["begun"]


def test_rights_are_those_of_the_last_known_board(house, room):
    incident = room.report("burglary", at="market")
    sent = room.dispatch(incident, "crew-1")
    house.lose("zhang", "chen", "carl", "aux-he")
    crew = room.town.crews["crew-2"].pk

    assert house.post("carl", f"/api/incidents/{incident.pk}/offer", {"crews": [crew]}).status_code == 403
    assert house.post("chen", f"/api/assignments/{sent.pk}/step", {"verb": "acknowledge"}).status_code == 404
    step = f"/api/assignments/{sent.pk}/step"
    assert house.post("zhang", step, {"verb": "arrive"}).status_code == 503  # he may have set out just before the cut
    assert house.post("zhang", step, {"verb": "acknowledge"}).status_code == 200
    assert house.post("zhang", step, {"verb": "arrive"}).status_code == 409
    assert house.browser("zhang").get("/room/queue").status_code == 404
    wrong = house.post("carl", "/api/incidents", call(category="no_such"))
    assert (wrong.status_code, wrong.json()["field"]) == (422, "category")
    assert house.post("carl", "/api/incidents", call(words="")).json()["field"] == "words"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "This must wait until it is back"), ("zh-hans", "须等数据库恢复后才能办理")]
)
def test_what_is_not_on_the_list_is_told_that_it_must_wait(house, room, language, words):
    incident = room.report("burglary", at="market")
    house.browser("dora", language)
    house.lose("dora")
    for path in ("close", "grade", "hold"):
        answer = house.post("dora", f"/api/incidents/{incident.pk}/{path}", {})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert words in answer.json()["message"]
    page = house.browser("dora").get("/office/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert words in page.text


def test_a_page_that_is_opened_anew_can_be_worked_with(house, room):
    incident = room.report("burglary", at="market")
    sent = room.dispatch(incident, "crew-2")
    house.lose("dora", "chen", "carl")

    page = house.browser("dora").get(f"/room/?open={incident.pk}").text
    form = house.browser("carl").get("/room/intake/").text
    phone = house.browser("chen").get("/t/").text
    listed = house.browser("chen").get("/t/list").text
    order = house.browser("chen").get(f"/t/orders/{sent.pk}").text

    assert incident.reference in page
    assert f"/api/incidents/{incident.pk}/offer" in page
    assert "Crew-1" in page
    assert 'data-mode="away"' in page
    assert 'data-act="/api/incidents"' in form
    assert "DEGRADED" in form
    assert f"/api/assignments/{sent.pk}/step" in phone
    assert f'data-order="{sent.pk}"' in listed
    assert 'data-verb="acknowledge"' in order
    assert house.browser("dora").get("/api/me").json()["name"] == "Dora"
    assert house.browser("chen").get("/api/orders").json()["orders"][0]["id"] == sent.pk
    assert [p["en"] for p in house.browser("dora").get("/api/places?q=Market").json()["places"]][:1] != [None]


def test_open_screens_are_told_at_once_and_new_ones_too(house, room):
    incident = room.report("burglary", at="market")
    house.browser("dora")
    ticket = house.browser("dora").get("/api/ticket").json()["ticket"]
    from tests.web.streams import Ear

    with house.browser("dora").stream("GET", "/live", params={"ticket": ticket}) as answer:
        ear = Ear(answer)
        assert next(data for name, data, _ in iter(ear.next, None) if name == "hello").keys() == {"seq"}
        house.lose("dora")
        said = next(data for name, data, _ in iter(ear.next, None) if name == "degraded")
        assert said["mode"] == "away"
        house.post("dora", f"/api/incidents/{incident.pk}/offer", {"crews": [room.town.crews["crew-1"].pk]})
        change = next(data for name, data, _ in iter(ear.next, None) if name == "change")
        assert change["kind"] == "assignment.offered"
        late = house.browser("dora").get("/api/ticket").json()["ticket"]  # by the badge: nobody asks the database
        with house.browser("dora").stream("GET", "/live", params={"ticket": late}) as second:
            anew = Ear(second)
            assert next(d for n, d, _ in iter(anew.next, None) if n == "hello")["standing"] is True
            assert next(d for n, d, _ in iter(anew.next, None) if n == "degraded")["mode"] == "away"
        house.find()
        modes = [next(d["mode"] for n, d, _ in iter(ear.next, None) if n == "degraded") for _ in range(2)]
        assert modes == ["booking", "well"]


def test_a_process_that_starts_while_the_database_is_away_goes_on_from_the_journal(database_url, room, tmp_path):
    incident = room.report("burglary", at="market")
    with fickle(database_url, tmp_path, room.town) as house:
        house.lose("dora", "zhang")
        sent = house.post("dora", f"/api/incidents/{incident.pk}/offer", {"crews": [room.town.crews["crew-1"].pk]})
        [order] = sent.json()["assignments"]
        cookies = house.browser("zhang").cookies
    from tests.away import Fickle

    Fickle.deaf = True
    try:
        with fickle(database_url, tmp_path, room.town) as again:
            until(lambda: again.live.keeper.on)
            again._browsers["zhang"] = house._browsers["zhang"]
            house._browsers["zhang"]._base_url = again.url
            again._browsers["zhang"].base_url = again.url
            assert cookies
            rings = again.browser("zhang").get("/api/rings").json()["rings"]
            assert [r["subject"] for r in rings] == [f"assignment:{order}"]
            assert again.post("zhang", f"/api/assignments/{order}/step", {"verb": "acknowledge"}).status_code == 200
            again.find()
    finally:
        Fickle.deaf = False
    assert Assignment.objects.get().state == "acknowledged"


def test_a_full_journal_says_so_and_does_nothing(house, room):
    house.lose("carl")
    house.hand._journal._size = house.hand._journal._end + 100
    answer = house.post("carl", "/api/incidents", call())
    assert (answer.status_code, answer.json()["code"]) == (507, "journal_full")
    house.hand._journal._size += 100_000
    taken = house.post("carl", "/api/incidents", call()).json()
    assert taken["reference"].endswith("-D001")  # the number of the one that was refused is given again
    house.find()
    assert Incident.objects.count() == 1


def test_the_board_after_the_booking_is_the_board_that_was_worked_on(house, room):
    """Replay equals direct: states, orders and ladders, as the journal had them."""
    first = room.report("a fight", at="north", grade=2)
    house.lose("carl", "dora", "zhang", "qian")
    taken = house.post("carl", "/api/incidents", call()).json()
    one, three = (room.town.crews[c].pk for c in ("crew-1", "crew-3"))
    [a, b] = house.post("dora", f"/api/incidents/{taken['id']}/offer", {"crews": [one, three]}).json()["assignments"]
    for who, order, verbs in (("zhang", a, ("acknowledge", "set_out", "arrive")), ("qian", b, ("acknowledge",))):
        for verb in verbs:
            HAND.forward(2)
            assert house.post(who, f"/api/assignments/{order}/step", {"verb": verb}).status_code == 200
    house.post("dora", f"/api/incidents/{first.pk}/words", {"words": "still quiet"})
    worked_on = house.hand.known()
    house.find()

    found = last_board(at=HAND.now())
    for name in ("matters", "orders"):
        assert getattr(found, name).keys() == getattr(worked_on, name).keys()
    states = {pk: (m.state, m.state_since, m.grade, m.reference) for pk, m in found.matters.items()}
    assert states == {pk: (m.state, m.state_since, m.grade, m.reference) for pk, m in worked_on.matters.items()}
    assert {pk: (o.state, o.state_since, o.lead) for pk, o in found.orders.items()} == {
        pk: (o.state, o.state_since, o.lead) for pk, o in worked_on.orders.items()
    }
    as_seen = {(x.id, x.stage, x.subject, x.started, tuple(sorted(x.done))) for x in found.ladders.values()}
    assert as_seen == {(x.id, x.stage, x.subject, x.started, tuple(sorted(x.done))) for x in worked_on.ladders.values()}


def test_r12_a_database_whose_disk_is_full_counts_as_away_until_it_takes_writes_again(house, room, monkeypatch):
    from oneroom.web import away, faults
    from oneroom.web.degraded import booking, keeper

    def full(*_):
        raise OperationalError from psycopg.errors.DiskFull("no space left on device")

    monkeypatch.setattr(keeper, "ROOM_S", 0.5)
    monkeypatch.setattr(booking.Booker, "book", full)
    house.browser("carl")
    house.browser("dora", "zh-hans")
    house.see()
    try:
        full()
    except OperationalError as refused:  # as a page that wanted to write meets it
        said = faults.without_database(RequestFactory().post("/api/incidents"), refused)
    assert said.status_code == 507
    until(lambda: house.live.keeper.on)
    waits = house.post("dora", "/api/incidents/1/grade", {"grade": 2})
    assert (waits.status_code, waits.json()["code"]) == (507, "database_full")
    assert "须等腾出空间" in waits.json()["message"]
    taken = house.post("carl", "/api/incidents", call())
    assert taken.status_code == 200
    monkeypatch.setattr(away, "_full_s", None)
    assert house.live.keeper.on  # it answers questions, and takes no writes: nothing is booked
    monkeypatch.undo()
    until(lambda: not house.live.keeper.on)
    assert Incident.objects.get().reference == taken.json()["reference"]
