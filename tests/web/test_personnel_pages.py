"""The office's posts and people (B14, B09, B37): who sees what, figures by day, private fields behind a purpose."""

from __future__ import annotations

import pytest
from django.test import Client

from oneroom.apps.ledger.models import Look
from oneroom.apps.people.models import Account, Signature
from oneroom.apps.personnel.models import Person, Posting
from oneroom.engine.roles import Role
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(room):
    made = Force(room)
    made.places("west", 3)
    made.places("east", 1)
    made.post("w1", "west", sensitive=True)
    made.post("e1", "east")
    return made


def sits(force, who, language="en"):
    client = Client(headers={"Accept-Language": language, "Accept": "text/html"})
    client.force_login(force.room.town.people[who])
    return client


def test_b14_the_page_shows_places_people_and_vacancies_of_a_day(force):
    force.sits(force.person("One"), "w1", day=force.days(2))
    client = sits(force, "ina")

    def row(**asked):
        answer = client.get("/office/posts", asked)
        assert answer.status_code == 200
        page = answer.content.decode()
        cells = page.split("West station")[-1].split("</tr>")[0]
        return [c.split(">")[-1] for c in cells.split("</td>")][2:5]

    assert row() == ["3", "0", "3"]
    assert row(on=force.days(2).isoformat()) == ["3", "1", "2"]
    assert client.get("/office/posts", {"on": "yesterday"}).status_code == 422


def test_b14_who_asks_sees_the_refusal_at_its_field_and_a_second_person_signs_on_the_office_page(force):
    force.staff("eva", Role.ORG_PLANNER)
    force.staff("emil", Role.ORG_PLANNER)
    eva, emil = sits(force, "eva"), sits(force, "emil")
    said = {
        "giver": "west",
        "taker": "east",
        "kind": "sworn",
        "count": "9",
        "day": force.today.isoformat(),
        "why": "More calls",
    }

    refused = eva.post("/office/posts/ask", said)
    assert refused.status_code == 409
    assert "west has -6 places" in refused.content.decode()
    assert 'value="9"' in refused.content.decode(), "what was typed is not lost"
    assert eva.post("/office/posts/ask", {**said, "count": "2"}).status_code == 302

    waiting = Signature.objects.get(act="change_quota")
    assert "West station → East station" in emil.get("/office/posts").content.decode()
    assert emil.get("/office/signatures").status_code == 200
    assert emil.post(f"/office/signatures/{waiting.pk}", {"act": "sign"}).status_code == 302
    ledger = emil.get("/office/posts/ledger").content.decode()
    assert "-2" in ledger
    assert "+2" in ledger
    answer = emil.post("/office/posts", {"as": "csv"})
    assert "West station" in b"".join(answer).decode() or answer.status_code in (403, 404)


def test_a_chief_sees_the_people_of_his_own_station_alone(force):
    one, two = force.person("Wanda"), force.person("Edgar")
    force.sits(one, "w1")
    force.sits(two, "e1")
    li = sits(force, "leader-li")

    page = li.get("/office/people").content.decode()
    assert "Wanda" in page
    assert "Edgar" not in page
    assert li.get(f"/office/people/{one.pk}").status_code == 200
    assert li.get(f"/office/people/{two.pk}").status_code == 404
    posts = li.get("/office/posts").content.decode()
    assert "West station" in posts
    assert "East station" not in posts


def test_people_are_found_by_name_badge_and_unit_and_the_list_leaves_by_no_way(force):
    one, two = force.person("Wanda"), force.person("Edgar")
    force.sits(one, "w1")
    force.sits(two, "e1")
    ina = sits(force, "ina")
    for asked in ({"who": "Wan"}, {"who": one.number}, {"unit": "West"}, {"unit": "west"}, {"unit": "west所"}):
        page = ina.get("/office/people", asked).content.decode()
        assert "Wanda" in page, asked
        assert "Edgar" not in page, asked
    assert ina.post("/office/people", {"as": "csv"}).status_code >= 400


def test_private_fields_open_with_a_purpose_only_and_leave_a_look(force):
    force.staff("hanna", Role.HR)
    one = force.person("Wanda", phone="13911112222", document="D-77")
    force.sits(one, "w1")
    hanna = sits(force, "hanna")

    assert "13911112222" not in hanna.get(f"/office/people/{one.pk}").content.decode()
    assert hanna.post(f"/office/people/{one.pk}/private", {"purpose": ""}).status_code == 422
    assert not Look.objects.exists()
    opened = hanna.post(f"/office/people/{one.pk}/private", {"purpose": "reach"}).content.decode()
    assert "13911112222" in opened
    look = Look.objects.get()
    assert (look.record, look.purpose, look.fields) == (f"person:{one.pk}", "reach", ["person.private"])
    for who in ("leader-li", "ina", "zhou", "ada"):
        assert sits(force, who).post(f"/office/people/{one.pk}/private", {"purpose": "reach"}).status_code == 404


def test_the_personnel_office_posts_certifies_and_lets_somebody_leave_on_the_page(force):
    force.staff("hanna", Role.HR)
    hanna, day = sits(force, "hanna"), force.today.isoformat()
    made = hanna.post("/office/people/new", {
        "number": "x100", "name": "Wang", "kind": "sworn", "joined": "2015-07-01", "phone": "13911112222",
    })  # fmt: skip
    one = Person.objects.get(number="X100")
    address = f"/office/people/{one.pk}"
    assert made["Location"] == address

    assert hanna.post(address, {"act": "post", "post": "w1", "day": day, "basis": "first"}).status_code == 302
    assert Posting.objects.get(person=one).post == "w1"
    assert hanna.post(address, {"act": "certify", "skill": "traffic", "since": day, "until": day}).status_code == 422
    assert hanna.post(address, {"act": "certify", "skill": "traffic", "since": day, "until": ""}).status_code == 302
    page = hanna.get(address).content.decode()
    for words in ("Post w1", "sensitive", "traffic duty", "West station"):
        assert words in page, words
    assert (
        hanna.post(address, {"act": "leave", "left": force.days(1).isoformat(), "cause": "retired"}).status_code == 302
    )
    assert "left on" in hanna.get(address).content.decode()
    assert sits(force, "leader-li").post(address, {"act": "leave"}).status_code == 404


def test_a_rule_that_stands_against_it_offers_the_second_signature(force):
    force.staff("hanna", Role.HR)
    force.post("judge", "west", exam="law", front_line=False)
    force.post("desk", "west", front_line=False)
    one = force.person("Wanda")
    hanna = sits(force, "hanna")
    said = {"act": "post", "post": "desk", "day": force.days(1).isoformat(), "basis": "appointment"}

    refused = hanna.post(f"/office/people/{one.pk}", said)
    assert refused.status_code == 409
    assert "the first post is at the front line" in refused.content.decode()
    assert "All the same: why" in refused.content.decode()
    hanna.post(f"/office/people/{one.pk}", {**said, "why": "Only she reads the script"})
    assert Signature.objects.get(act="post_despite").about == f"person:{one.pk}"


def test_b44_the_exam_is_waived_by_no_signature_and_every_reason_stands_on_the_page(force):
    force.staff("hanna", Role.HR)
    force.post("judge", "west", exam="law", front_line=False)
    one = force.person("Wanda")
    said = {"act": "post", "post": "judge", "day": force.days(1).isoformat(), "basis": "appointment"}

    for why in ("", "The exam is next week"):
        refused = sits(force, "hanna").post(f"/office/people/{one.pk}", {**said, "why": why})
        page = refused.content.decode()
        assert refused.status_code == 409
        assert "has not passed the exam" in page
        assert "the first post is at the front line" in page
        assert "All the same: why" not in page
    assert not Signature.objects.filter(act="post_despite").exists()
    assert not one.postings.exists()


def test_a_leavers_session_and_phone_are_refused_at_the_next_contact(force):
    one = force.person("Zhang", account="zhang")
    phone = Client()
    phone.force_login(force.room.town.people["zhang"])
    assert phone.get("/api/rings").status_code == 200
    assert phone.get("/api/ticket").status_code == 200

    from oneroom.apps.personnel import services

    services.leave(one.pk, day=force.days(1), cause="resigned", by=force.hr, at=force.room.now)

    assert phone.get("/api/rings").status_code == 401
    assert phone.get("/api/ticket").status_code == 401
    assert not Account.objects.get(pk=one.account_id).is_active


def test_the_personnel_office_reads_the_organisation_and_its_plans_and_changes_nothing(force):
    """Issue 5: whoever posts people sees the units they are posted to, on any day."""
    force.staff("hanna", Role.HR)
    hanna = sits(force, "hanna")

    shown = hanna.get("/office/organisation").content.decode()
    assert "West station" in shown
    assert 'href="/office/organisation"' in hanna.get("/office/people").content.decode(), "it stands in the navigation"
    assert "/office/organisation/import" not in shown
    assert hanna.get(f"/office/organisation?on={force.days(30)}").status_code == 200
    assert hanna.get("/office/reforms").status_code == 200
    assert hanna.post("/office/reforms", {"name": "Mine", "day": force.days(9).isoformat()}).status_code == 403
    for path in ("/office/organisation/import", "/office/organisation/areas"):
        assert hanna.get(path).status_code == 404, path
