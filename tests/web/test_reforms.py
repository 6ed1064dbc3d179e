"""Reform plans as a planner works with them: forms, before and after, signatures, documents (T05 T08 B02 B06)."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
from django.test import Client

from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.orgs.queries import station_at
from oneroom.apps.orgs.services import begin_unit
from oneroom.apps.people.services import create_account, give_role
from oneroom.apps.reforms.clock import take_effect
from oneroom.apps.reforms.models import ReformPlan
from oneroom.apps.reforms.services import draft_plan
from oneroom.engine.organisation.changes import Abolish, Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.town import corner

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(room):
    made = create_account(username="pia", name="Pia", password=None, language="en", by=SYSTEM, at=room.now)
    give_role(made.pk, Role.ORG_PLANNER, unit_id=None, by=SYSTEM, at=room.now)
    made.refresh_from_db()
    room.town.people["pia"] = made
    return room.actor("pia")


@pytest.fixture
def browser(room, planner):
    def of(who: str = "pia") -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(room.town.people[who])
        return client

    return of


def day_of(room, n: int = 1) -> str:
    return (room.now.astimezone().date() + timedelta(days=n)).isoformat()


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_t08_a_merger_is_drafted_by_form_signed_by_two_and_a_call_goes_to_the_heir(room, browser):
    pia, li = browser(), browser("leader-li")
    made = pia.post("/office/reforms", {"name": "Merge", "day": day_of(room)})
    page = made["Location"]
    added = pia.post(f"{page}/act", {
        "act": "add", "seen": "1", "do": "merge", "units": "west\nEast station", "code": "both", "name_zh": "合并所",
        "name_en": "Both station",
    })  # fmt: skip
    assert added.status_code == 302, text(added)
    shown = text(pia.get(page))
    assert "Merge West station, East station into Both station" in shown
    assert "Nothing stands against it" in shown
    assert "Units that end 2" in shown
    assert "Police station 2 → 1 −1, −50.0 %" in shown
    assert re.search(r"West station (ended )?to Both station", shown)
    assert "←2" in shown

    assert pia.post(f"{page}/act", {"act": "ask", "why": "agreed"}).status_code == 302
    assert "Waits for somebody of another unit" in text(li.get(page))
    assert pia.post(f"{page}/act", {"act": "sign"}).status_code == 403, "not he who asked"
    assert li.post(f"{page}/act", {"act": "sign"}).status_code == 302
    assert "Merge" in text(li.get("/office/signatures")), "the list of signatures names the plan"

    room.fast_forward(minutes=24 * 60 + 1)
    take_effect(room.now)
    follow_the_day(room.now)
    assert {station_at(*corner(place)).code for place in ("west", "east")} == {"both"}
    assert "in force" in text(pia.get(page))


def test_t05_each_orphan_stands_beside_the_change_that_makes_it_and_the_plan_is_not_asked_for(room, browser):
    pia = browser()
    page = pia.post("/office/reforms", {"name": "Gone", "day": day_of(room)})["Location"]
    pia.post(f"{page}/act", {"act": "add", "seen": "1", "do": "alter", "unit": "east", "rank": "town"})
    pia.post(f"{page}/act", {"act": "add", "seen": "2", "do": "abolish", "unit": "west"})

    shown = pia.get(page).content.decode()
    first, second = re.findall(r'id="change-\d">(.*?)</li>', shown, re.DOTALL)

    assert "✕" not in first
    assert second.count("✕") == 4
    assert "Nobody answers any more for 100.0 % of its ground." in second
    assert "Cannot be signed: 4 things would be left without an owner" in text(pia.get(page))
    asked = pia.post(f"{page}/act", {"act": "ask", "why": "agreed"})
    assert asked.status_code == 422
    assert "nobody has what it had" in text(asked)
    pia.post(f"{page}/act", {"act": "remove", "n": "1", "seen": "3"})
    assert "Nothing stands against it" in text(pia.get(page))


@pytest.mark.parametrize(
    ("typed", "status", "why"),
    [
        ({"do": "merge", "units": "west, nowhere", "code": "b", "name_zh": "b"}, 422, "There is no unit nowhere"),
        ({"do": "merge", "units": "west, east", "code": "Big One", "name_zh": "b"}, 422, "small letters"),
        ({"do": "split", "unit": "west", "into": "onlycode"}, 422, "One unit a line"),
        ({"do": "alter", "unit": "west"}, 422, "Say what is to be changed"),
        ({"do": "vanish", "unit": "west"}, 422, "no such choice"),
        ({"do": "alter", "unit": "west", "rank": "x", "seen": "7"}, 409, "Somebody else"),
        ({"do": "delegate", "unit": "west", "to": "east", "function": "<b>"}, 422, "Plain words only"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_change_is_refused_in_a_sentence_and_nothing_typed_is_lost(room, browser, typed, status, why):
    pia = browser()
    page = pia.post("/office/reforms", {"name": "Try", "day": day_of(room)})["Location"]

    answer = pia.post(f"{page}/act", {"act": "add", "seen": "1", **typed})

    assert answer.status_code == status
    assert why in text(answer)
    assert ReformPlan.objects.get().changes == []
    if "units" in typed:
        assert typed["units"] in answer.content.decode()


def test_a_change_that_no_longer_fits_the_facts_is_named_at_its_place(room, browser, planner):
    pk = draft_plan("Old", room.now.astimezone().date() + timedelta(days=2), [Abolish("ghost", "west")], by=planner,
                    at=room.now)  # fmt: skip

    answer = browser().get(f"/office/reforms/{pk}")

    assert answer.status_code == 200
    assert "One change cannot be made" in text(answer)
    assert "There is no unit ghost on that day." in text(answer)


def test_a_plan_leaves_as_json_and_comes_back_as_a_draft(room, browser, planner):
    both = New("both", "station", "合并所", system=System.OPERATIONS)
    pk = draft_plan("Merge", room.now.astimezone().date() + timedelta(days=2), [Merge(("west", "east"), "both", both)],
                    by=planner, at=room.now)  # fmt: skip
    pia = browser()
    out = pia.get(f"/office/reforms/{pk}/document")

    back = pia.post("/office/reforms", {"document": io.BytesIO(out.content), "day": day_of(room, 5)})

    assert back.status_code == 302
    again = pia.get(f"{back['Location']}/document").json()
    assert again == {**json.loads(out.content), "day": day_of(room, 5)}
    for broken in (b"", b"{", b"[]", b'{"schema": "other"}', b"\xff\xfe", b"[" * 100_000):
        refused = pia.post("/office/reforms", {"document": io.BytesIO(broken)})
        assert refused.status_code == 422, broken[:20]
    assert ReformPlan.objects.count() == 2


def test_b06_287_offices_into_92_and_26_of_84_are_counted_before_and_after(room, browser, planner):
    top = begin_unit(kind="city_bureau", code="city", name_zh="市局", name_en="City", by=SYSTEM, at=room.now)
    begun = {"by": SYSTEM, "at": room.now, "parent": top, "system": System.SUPPORT}
    for n in range(84):
        begin_unit(kind="section_office", code=f"o{n}", name_zh=f"{n}科", name_en=f"Office {n}", **begun)
    changes = [Abolish(f"o{n}", f"o{n + 30}") for n in range(26)]
    pk = draft_plan("Cut", room.now.astimezone().date() + timedelta(days=1), changes, by=planner, at=room.now)

    shown = text(browser().get(f"/office/reforms/{pk}"))

    assert "Section 84 → 58 −26, −31.0 %" in shown
    assert "Units that end 26" in shown
    assert "Oversight and support" in shown


def test_t47_the_organisation_page_gives_each_figure_with_its_definition_and_the_days_of_change(room, browser):
    day = room.now.astimezone().date()
    for code in ("west", "east"):
        stored.UnitFunction.objects.create(function="traffic", unit=code, since=day)
    answer = browser().get("/office/organisation")
    shown = text(answer)

    assert "Doubled functions 1" in shown
    assert "Functions for which units side by side, under one parent, both answer." in shown
    assert re.search(r"Traffic: East station ?, West station", shown)
