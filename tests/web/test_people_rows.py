"""Rows about people as their *How to test* has them, through the doors: T10 musts and their override, B09 skills."""

from __future__ import annotations

import pytest
from django.test import Client

from oneroom.apps.duty.clock import renew_skills
from oneroom.apps.incidents.models import Incident
from oneroom.apps.people.models import Signature
from oneroom.apps.personnel.models import Posting
from oneroom.engine.roles import Role
from tests.force import Force
from tests.web.api_client import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("hanna", Role.HR)
    made.staff("emma", Role.HR)
    made.places("west", 4)
    return made


def sits(force, who):
    client = Client(headers={"accept-language": "en", "accept": "text/html"})
    client.force_login(force.room.town.people[who])
    return client


def test_t10_who_never_served_at_the_front_line_gets_no_desk_unless_two_persons_say_why(force):
    force.post("desk", "west", front_line=False)
    force.post("beat", "west")
    wanda, edgar = force.person("Wanda"), force.person("Edgar")
    hanna, day = sits(force, "hanna"), force.days(1).isoformat()
    said = {"act": "post", "day": day, "basis": "appointment"}

    assert hanna.post(f"/office/people/{edgar.pk}", {**said, "post": "beat"}).status_code == 302, "a station first"
    refused = hanna.post(f"/office/people/{wanda.pk}", {**said, "post": "desk"})
    assert refused.status_code == 409
    assert "the first post is at the front line" in refused.content.decode()
    assert not Posting.objects.filter(person=wanda).exists()

    hanna.post(f"/office/people/{wanda.pk}", {**said, "post": "desk", "why": "Only she reads the script"})
    asked = Signature.objects.get(act="post_despite")
    assert not Posting.objects.filter(person=wanda).exists(), "one person is not two"
    assert hanna.post(f"/office/signatures/{asked.pk}", {"act": "sign"}).status_code in (403, 404)
    assert sits(force, "leader-li").post(f"/office/signatures/{asked.pk}", {"act": "sign"}).status_code == 302
    assert Posting.objects.get(person=wanda).post == "desk"


@pytest.mark.parametrize(
    ("post", "basis", "says"),
    [
        ({"leads": True}, "appointment", "front line"), ({"selected": True}, "transfer", "front line"),
        ({"front_line": False}, "appointment", "the first post is at the front line"),
    ],
)  # fmt: skip
def test_t10_each_must_says_which_it_is(force, post, basis, says):
    force.post("seat", "west", **post)
    answer = sits(force, "hanna").post(
        f"/office/people/{force.person('Wanda').pk}",
        {"act": "post", "post": "seat", "day": force.days(1).isoformat(), "basis": basis},
    )
    assert answer.status_code == 409, answer.content.decode()[:2000]
    assert says in answer.content.decode()


def test_b09_dispatch_proposes_as_fit_only_whom_a_valid_certificate_says_to_be(force):
    room, hanna = force.room, sits(force, "hanna")
    zhang = force.person("Zhang", account="zhang")
    matter = room.report("two cars", at="west", category="traffic")
    Incident.objects.filter(pk=matter.pk).update(subcategory="injuries")
    crew = room.town.crews["crew-1"].pk

    def able() -> list[str]:
        ranked = Caller("dora").get(f"incidents/{matter.pk}/proposals")["ranked"]
        return next(r["skills"] for r in ranked if r["crew"] == crew)

    assert "traffic" not in able()
    said = {"act": "certify", "skill": "traffic", "since": force.today.isoformat(), "until": force.days(1).isoformat()}
    assert hanna.post(f"/office/people/{zhang.pk}", said).status_code == 302
    assert able() == ["traffic"], "at once: both kinds of call are theirs now"
    room.fast_forward(minutes=24 * 60)
    renew_skills(room.now)
    assert "traffic" not in able(), "the certificate ended last night"
