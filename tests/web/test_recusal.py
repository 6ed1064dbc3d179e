"""
Recusal when a matter is assigned (workflow §2.10): who sends a crew to a relative of somebody aboard is told so; and
when it is judged: no relative of the caller or of somebody who was sent reviews its report or closes it.

Only relatives whom people declared themselves count; nobody is named, no ranking changes, and the person decides.
"""

from __future__ import annotations

import pytest
from django.test import Client

from oneroom.apps.duty.models import CrewMember
from oneroom.apps.incidents.services import report_and_clear
from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.models import Account
from oneroom.apps.personnel.services import declare_kin, end_kin
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


def reported(room, **caller: str):
    """A matter whose crew has reported, as it lies before whoever judges it; and the report's assignment."""
    matter = room.report("noise", at="west", grade=3, category="help", **caller)
    sent = room.dispatch(matter, "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    report_and_clear(
        sent.pk, outcome="helped", category="help", subcategory="injured", by=room.actor("zhang"), at=room.now
    )
    return matter


def judged(who: str, matter, verb: str = "review", *, status: int = 200, **said) -> dict:
    return Caller(who).post(f"incidents/{matter.pk}/{verb}", said, status=status)


def recused(who: str, matter, verb: str = "review", **said) -> bool:
    return judged(who, matter, verb, status=403, **said)["code"] == "recused"


def test_whoever_declared_a_relative_of_the_crew_judges_no_report_of_it_and_another_does(room):
    """Workflow §2.10: the chief is the lead's spouse, by the lead's own declaration."""
    force = Force(room)
    zhang, chief = force.person("Zhang", account="zhang"), force.person("Li", account="leader-li")
    matter = reported(room)
    panel_of = lambda who: page(room, who).get(f"/room/incidents/{matter.pk}").content.decode()  # noqa: E731
    assert 'id="related-' not in panel_of("zhou")
    kinship = declare_kin(zhang.pk, chief.pk, "spouse", by=room.actor("zhang"), at=room.now)

    for verb, said in (
        ("review", {}),
        ("send-back", {"reason": "words_missing", "words": "When?"}),
        ("close", {"review": True, "outcome": "helped"}),
    ):
        assert recused("leader-li", matter, verb, **said), verb
    many = Caller("leader-li").post("incidents/close", {"incidents": [matter.pk]})
    assert (many["closed"], many["refused"][0]["code"]) == ([], "illegal_move")
    assert not Entry.objects.filter(kind__in=["incident.reviewed", "incident.closed", "incident.sent_back"]).exists()

    judged("zhou", matter)
    many = Caller("leader-li").post("incidents/close", {"incidents": [matter.pk]})
    assert (many["closed"], many["refused"][0]["code"]) == ([], "recused"), "nor is it closed among many"
    end_kin(kinship, by=room.actor("zhang"), at=room.now)
    assert Caller("leader-li").post("incidents/close", {"incidents": [matter.pk]})["closed"] == [matter.pk]


def test_who_rode_when_it_was_sent_counts_and_not_who_rides_now(room):
    force = Force(room)
    wang, chief = force.person("Wang", account="wang"), force.person("Li", account="leader-li")
    matter = reported(room)
    declare_kin(chief.pk, wang.pk, "sibling", by=room.actor("leader-li"), at=room.now)
    CrewMember.objects.filter(account__username="wang").delete()

    assert recused("leader-li", matter)


def test_a_declared_relative_of_the_caller_is_sure_by_number_and_by_name_only_noted(room):
    by_number = reported(room, caller_name="Somebody", caller_phone="13922223333")
    declares(room, "leader-li", name="Quillkin Lu", phone="139 2222 3333")

    shown = page(room, "zhou").get(f"/room/incidents/{by_number.pk}").content.decode()
    assert 'data-verb="review"' in shown
    assert recused("leader-li", by_number)
    declares(room, "zhou", name="", phone="139 2222 3333")
    shown = page(room, "zhou").get(f"/room/incidents/{by_number.pk}").content.decode()
    assert 'data-verb="review"' not in shown
    assert "a relative whom you declared, called in this matter" in shown
    assert "公务回避" in page(room, "zhou", "zh-hans").get(f"/room/incidents/{by_number.pk}").content.decode()

    by_name = reported(room, caller_name="quillkin lu", caller_phone="13955550000")
    judged("leader-li", by_name)
    assert Entry.objects.get(kind="incident.reviewed", facts__incident=by_name.pk).facts["recusal"] == "name"


def test_nobody_judges_a_matter_in_which_he_called_himself(room):
    Account.objects.filter(username="leader-li").update(mobile="13700007777")
    matter = reported(room, caller_name="L", caller_phone="13700007777")

    assert recused("leader-li", matter)
    assert recused("leader-li", matter, "close", review=True, outcome="helped")
