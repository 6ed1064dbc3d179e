"""A threatened caller: every way in which anything could reach her is walked, and nothing does."""

from __future__ import annotations

import ast
from datetime import time, timedelta
from pathlib import Path

import pytest
from django.test import Client

import oneroom
from oneroom.apps.incidents import access, contact, services
from oneroom.apps.incidents.models import CallBack, Incident, Report
from oneroom.apps.incidents.queries import caller_story
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orders.models import Delivery
from oneroom.apps.people.models import Signature
from oneroom.apps.people.services import sign_second
from oneroom.engine.values import CITIZEN, Conflict, NotAllowed
from tests.pockets import POCKETS

NUMBER = "13912345678"
AT_HOME = {"category": "dispute", "subcategory": "domestic_violence"}


@pytest.fixture
def threatened(room):
    """She called from home and could not say whether it is safe to call back; the matter runs its whole course."""
    began = len(POCKETS)
    taken = services.take_report(
        services.Said("He is in the next room", "Fang Min", NUMBER), source="phone",
        where=services.Where(121.464, 31.224, "market", "market"), **AT_HOME, grade=2,
        by=room.actor("carl"), at=room.now,
    )  # fmt: skip
    room.pockets_from = began
    return Report.objects.select_related("incident").get(pk=taken.report_id)


def whole_course(room, matter: Incident) -> None:
    sent = room.dispatch(matter, "crew-1")
    room.fast_forward(minutes=1)
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.report_and_clear(sent.pk, outcome="mediated", by=room.actor("zhang"), at=room.now)
    services.review(matter.pk, by=room.actor("leader-li"), at=room.now)
    no_case = {"case": "no_case", "no_case_reason": "mediated"}
    services.close(matter.pk, **no_case, by=room.actor("leader-li"), at=room.now)
    room.fast_forward(minutes=30)


def test_no_message_no_call_no_answer_and_no_request_to_rate_reaches_her(room, threatened):
    crew = room.dispatch(threatened.incident, "crew-1")
    for who, purpose in (("dora", "dispatch"), ("zhang", "respond"), ("leader-li", "review")):
        said = access.personal_fields(threatened.incident_id, purpose=purpose, by=room.actor(who), at=room.now)
        assert said["reports"][0]["contact"] == dict.fromkeys(contact.WAYS, "not_known"), who
    with pytest.raises(Conflict):
        services.write_to_caller(threatened.pk, words="We come", by=room.actor("dora"), at=room.now)
    services.add_words(
        threatened.incident_id, words="hurry", source="caller", report_id=threatened.pk, by=CITIZEN, at=room.now
    )
    shown = access.talk_of(threatened, at=room.now)
    assert (shown.lines, shown.why) == ((), "not_known")
    services.take_off(crew.pk, verb="withdraw", by=room.actor("dora"), at=room.now)

    whole_course(room, Incident.objects.get(pk=threatened.incident_id))

    threatened.refresh_from_db()
    assert not caller_story(threatened, at=room.now).may_ask
    assert not [m for _, m in POCKETS[room.pockets_from :] if NUMBER in m.address or "Fang" in m.text]
    staff = {a.pk for a in room.town.people.values()}
    assert set(Delivery.objects.values_list("account_id", flat=True)) <= staff


def _asks(room, threatened, way, who="dora"):
    client = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    client.force_login(room.town.people[who])
    address = f"/office/incidents/{threatened.incident_id}"
    page = client.get(address)
    assert "Reach a caller all the same" in page.content.decode()
    said = {"report": threatened.pk, "way": way, "why": "She bleeds, we must know the door"}
    return client.post(f"{address}/contact", said).status_code


def test_two_persons_of_two_units_let_her_be_reached_by_one_way_for_half_an_hour_and_it_stands_on_the_record(
    room, threatened
):
    """Safeguard G6: override takes two; every door asks the same function."""
    assert _asks(room, threatened, "page") == 302
    waits = Signature.objects.get()
    with pytest.raises(Conflict):
        services.write_to_caller(threatened.pk, words="We come", by=room.actor("dora"), at=room.now)
    with pytest.raises(NotAllowed, match="yourself"):
        sign_second(waits.pk, by=room.actor("dora"), at=room.now)
    with pytest.raises(NotAllowed, match="of your unit"):
        sign_second(waits.pk, by=room.actor("zhou"), at=room.now)
    sign_second(waits.pk, by=room.actor("leader-li"), at=room.now)

    services.write_to_caller(threatened.pk, words="We come", by=room.actor("dora"), at=room.now)
    threatened.refresh_from_db()
    assert [s.words for s in access.talk_of(threatened, at=room.now).lines] == ["We come"]
    assert caller_story(threatened, at=room.now).may_ask
    for way in ("phone", "sms"):
        assert contact.may_contact(threatened, way, at=room.now).why == "not_known"
    told = Entry.objects.get(kind="incident.contact_overridden")
    assert (told.actor, told.matter) == (room.town.people["dora"].pk, f"incident:{threatened.incident_id}")
    assert (told.facts["way"], told.facts["signature"]) == ("page", waits.pk)
    assert "by two signatures" in _dossier(room, threatened)

    late = room.now + timedelta(minutes=30)
    assert not contact.may_contact(threatened, "page", at=late).ok
    assert access.talk_of(threatened, at=late).lines == ()
    assert not caller_story(threatened, at=late).may_ask


def test_the_second_person_reads_which_caller_of_which_matter_and_no_name(room, threatened):
    matter = room.report("he shouts at her again", at="market", caller_phone="13900001111")
    services.merge(threatened.incident_id, into=matter.pk, by=room.actor("dora"), at=room.now)
    threatened.refresh_from_db()
    _asks(room, threatened, "page")

    client = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    client.force_login(room.town.people["leader-li"])
    page = client.get("/office/signatures").content.decode()

    assert f"caller 1 of {matter.reference}" in page, "she called first"
    assert "Fang" not in page
    assert NUMBER not in page


def test_what_she_says_anew_ends_what_two_persons_signed(room, threatened):
    _asks(room, threatened, "phone")
    sign_second(Signature.objects.get().pk, by=room.actor("leader-li"), at=room.now)
    said = access.personal_fields(threatened.incident_id, purpose="dispatch", by=room.actor("dora"), at=room.now)
    assert said["reports"][0]["contact"] == {"phone": "ok", "sms": "not_known", "page": "not_known"}

    services.say_safe(threatened.pk, safe_contact="no", by=CITIZEN, at=room.now)

    threatened.refresh_from_db()
    assert contact.may_contact(threatened, "phone", at=room.now).why == "said_no"


def test_closing_within_that_half_hour_makes_no_call_back_due(room, threatened):
    """What two persons signed for is one message, not the routine afterwards."""
    _asks(room, threatened, "phone")
    sign_second(Signature.objects.get().pk, by=room.actor("leader-li"), at=room.now)
    whole_course(room, Incident.objects.get(pk=threatened.incident_id))
    assert not CallBack.objects.get(report=threatened).due


def test_only_the_room_and_the_station_ask_and_only_for_a_caller_who_may_not_be_reached(room, threatened):
    calm = room.report("a crash", at="market", grade=3, category="traffic")
    client = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    client.force_login(room.town.people["dora"])
    said = {"report": calm.reports.get().pk, "way": "phone", "why": "x"}
    assert client.post(f"/office/incidents/{calm.pk}/contact", said).status_code == 422
    address = f"/office/incidents/{threatened.incident_id}/contact"
    for wrong in ({"way": "smoke"}, {"report": "999"}, {"why": ""}):
        assert client.post(address, {**said, "report": threatened.pk, **wrong}).status_code == 422, wrong
    assert not Signature.objects.exists()
    client.force_login(room.town.people["zhang"])
    assert client.post(address, {**said, "report": threatened.pk}).status_code == 404


def _dossier(room, threatened):
    client = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    client.force_login(room.town.people["zhou"])
    return client.get(f"/incidents/{threatened.incident_id}/dossier").content.decode()


def test_nothing_in_the_house_sends_outside_but_the_courier_and_that_to_staff_alone():
    """A new way out must be thought about: it asks ``may_contact``, or this list grows by a line that says why not."""
    allowed = {
        "apps/orders/services/courier.py",
        "ports/channels/gateway.py",
        "web/degraded/climbing.py",  # what the courier sends, while the database is away: rungs, to staff of the board
        "project/checks/machine.py",  # reads whether an address is one, and sends nothing
        "project/watching/outside.py",  # alarms about the machinery, to addresses of the settings: of codes, of nobody
    }
    root = Path(oneroom.__file__).parent
    senders = set()
    for path in root.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "demo" in path.parts:
            continue
        for node in ast.walk(ast.parse(text)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            module = getattr(node, "module", "") or ""
            if {"apprise", "smtplib", "requests"} & {n.split(".")[0] for n in [*names, module]} or (
                module.endswith("orders.channel") and "Message" in names and "ports" not in path.parts
            ):
                senders.add(str(path.relative_to(root)))
    assert senders - allowed == set()


def test_as_soon_as_she_says_how_and_when_that_way_is_open_and_no_other(room, threatened):
    services.say_safe(
        threatened.pk, safe_contact="yes", ways=("page",), since=time(3), until=time(4), by=room.actor("carl"),
        at=room.now,
    )  # fmt: skip

    services.write_to_caller(threatened.pk, words="Two officers come", by=room.actor("dora"), at=room.now)
    threatened.refresh_from_db()
    assert [(s.mine, s.words) for s in access.talk_of(threatened, at=room.now).lines] == [(False, "Two officers come")]
    assert not contact.may_contact(threatened, "phone", at=room.now).ok
    assert access.talk_of(threatened, at=room.now + timedelta(hours=1)).why == "not_now"


def test_a_child_a_threat_and_what_nobody_has_read_yet_count_as_threatened_and_a_scratched_car_does_not(room):
    def report(**kind: object) -> Report:
        lon, lat = 121.464, 31.224
        taken = services.take_report(
            services.Said("x"), source="phone", where=services.Where(lon, lat, "m", "m"), grade=3,
            by=room.actor("carl"), at=room.now, **kind,
        )  # fmt: skip
        return Report.objects.select_related("incident").get(pk=taken.report_id)

    def phone(one: Report) -> bool:
        return contact.may_contact(one, "phone", at=room.now).ok

    assert not phone(report(category="missing", subcategory="child"))
    assert not phone(report(category="public_order", subcategory="threat"))
    assert not phone(report(category="traffic", reasons=["vulnerable"]))
    assert not phone(report(category="dispute"))  # what kind of dispute nobody asked
    assert not phone(Report.objects.select_related("incident").get(pk=room.report_online("help").report_id))
    assert phone(report(category="traffic"))
    assert phone(report(category="dispute", subcategory="neighbours"))


def test_merged_callers_never_see_each_others_lines(room):
    first, second = room.report("noise", at="market", grade=3), room.report("loud music", at="market", grade=3)
    one, other = first.reports.get(), second.reports.get()
    for report in (one, other):
        services.say_safe(report.pk, safe_contact="yes", by=room.actor("carl"), at=room.now)
        services.write_to_caller(report.pk, words=f"to {report.pk}", by=room.actor("carl"), at=room.now)
    services.merge(second.pk, into=first.pk, by=room.actor("dora"), at=room.now)

    for report in (one, other):
        report = Report.objects.select_related("incident").get(pk=report.pk)
        services.write_to_caller(report.pk, words=f"again {report.pk}", by=room.actor("carl"), at=room.now)
        said = [s.words for s in access.talk_of(report, at=room.now).lines]
        assert said == [f"to {report.pk}", f"again {report.pk}"]


def beaten(room) -> services.Taken:
    """A caller who is beaten, of whom nobody knows whether it is safe to call back; no grave grade."""
    return services.take_report(
        services.Said("He hits me", "Fang Min", NUMBER), source="phone",
        where=services.Where(121.464, 31.224, "market", "market"), **AT_HOME, grade=3,
        by=room.actor("carl"), at=room.now,
    )  # fmt: skip


def test_merged_into_a_harmless_matter_she_is_threatened_all_the_same(room):
    noise = room.report("shouting upstairs", at="market", grade=3, category="public_order")
    hers, other = beaten(room), Report.objects.get(incident=noise)
    assert contact.may_contact(other, "phone", at=room.now).ok
    services.merge(hers.incident_id, into=noise.pk, by=room.actor("carl"), at=room.now)

    for pk in (hers.report_id, other.pk):
        report = Report.objects.select_related("incident").get(pk=pk)
        assert report.incident_id == noise.pk
        assert contact.may_contact(report, "phone", at=room.now).why == "not_known"
        assert access.talk_of(report, at=room.now).why == "not_known"


def test_what_is_learned_from_a_merged_matter_says_closely_what_it_was(room):
    unread = room.report_online("help")
    services.merge(beaten(room).incident_id, into=unread.incident_id, by=room.actor("carl"), at=room.now)

    assert Incident.objects.get(pk=unread.incident_id).subcategory == AT_HOME["subcategory"]


def test_a_graver_grade_for_another_reason_does_not_forget_the_weapon(room):
    matter = room.report("a crash and a man with an axe", at="market", grade=3, category="traffic")
    services.regrade(matter.pk, grade=2, reasons=["weapon"], by=room.actor("carl"), at=room.now)
    services.regrade(matter.pk, grade=1, reasons=["life_at_risk"], by=room.actor("carl"), at=room.now)

    report = Report.objects.select_related("incident").get(incident=matter)
    assert report.incident.reasons == ["life_at_risk", "weapon"]
    assert not contact.may_contact(report, "phone", at=room.now).ok
