"""
Recusal when a matter is assigned (workflow §2.10): who sends a crew to a relative of somebody aboard is told so.

Only relatives whom people declared themselves count; nobody is named, no ranking changes, and the person decides.
"""

from __future__ import annotations

import pytest
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.models import Account
from oneroom.apps.personnel.services import declare_kin
from tests.force import Force
from tests.web.api_client import Caller

pytestmark = pytest.mark.django_db
NUMBER = "the caller&#x27;s number is that of a relative whom somebody aboard declared"
NAME = "the caller has the name of a relative whom somebody aboard declared"


def page(room, who: str, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(room.town.people[who])
    return client


def declares(room, who: str, **said: str) -> None:
    said = {"kind": "sibling", "name": "", "phone": "", **said}
    assert page(room, who).post("/account/relatives", said).status_code == 302


def panel(room, matter, language: str = "en") -> dict[str, str]:
    """What is written of each proposed crew."""
    shown = page(room, "dora", language).get(f"/room/incidents/{matter.pk}/proposals").content.decode()
    rows = shown.split("<li id=")[1:]
    return {code: row for row in rows for code, crew in room.town.crews.items() if f'data-crew="{crew.pk}"' in row}


def test_a_relatives_number_is_a_warning_to_who_assigns_and_changes_no_ranking(room):
    matter = room.report("They shout", at="west", caller_name="Quillkin Lu", caller_phone="13922223333")
    before = panel(room, matter)
    declares(room, "zhang", name="Somebody else", phone="139 2222 3333")

    after = panel(room, matter)

    assert list(after) == list(before), "the same crews in the same order"
    assert [code for code, row in after.items() if NUMBER in row] == ["crew-1"]
    assert not any("recusal" in row for row in before.values())
    assert not any("Quillkin" in row or "Zhang" in row for row in after.values()), "nobody is named"
    assert "公务回避" in panel(room, matter, "zh-hans")["crew-1"]
    crew = room.town.crews["crew-1"].pk
    asked = Caller("dora").get(f"incidents/{matter.pk}/proposals")
    assert asked["recusal"] == [{"crew": crew, "by": "number"}]

    Caller("dora").post(f"incidents/{matter.pk}/offer", {"crews": [crew]})

    [sent] = [e.facts for e in Entry.objects.filter(kind="assignment.offered")]
    assert (sent["crew"], sent["recusal"]) == (crew, "number"), "it was warned of, and a person decided"


def test_a_name_alone_says_that_it_is_a_name_and_a_relation_that_was_taken_back_is_none(room):
    matter = room.report("noise", at="west", grade=3, caller_name="Quillkin Lu", caller_phone="13911110000")
    declares(room, "wang", name="quillkin lu")
    assert [code for code, row in panel(room, matter).items() if NAME in row] == ["crew-1"]

    back = Account.objects.get(username="wang").relations.get().pk
    page(room, "wang").post("/account/relatives", {"back": str(back)})

    assert not any("recusal" in row for row in panel(room, matter).values())
    room.dispatch(matter, "crew-1")
    assert "recusal" not in Entry.objects.get(kind="assignment.offered").facts


def test_a_colleague_who_calls_is_a_relative_too_whoever_of_the_two_declared_it(room):
    force = Force(room)
    zhang = force.person("Zhang", account="zhang")
    carl = force.person("Carl", account="carl")
    Account.objects.filter(username="carl").update(mobile="13700007777")
    declare_kin(carl.pk, zhang.pk, "spouse", by=room.actor("carl"), at=room.now)
    matter = room.report("noise", at="west", grade=3, caller_name="C", caller_phone="13700007777")

    assert [code for code, row in panel(room, matter).items() if NUMBER in row] == ["crew-1"]
