"""
Row T45: each station, detention centre and traffic brigade has a named officer who oversees it, with independent read
access; coverage % and list of gaps; an officer cannot oversee his own line manager's unit alone.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.orgs.models import OrgUnit, UnitFunction, UnitSpell
from oneroom.apps.orgs.services import begin_unit, enact
from oneroom.apps.people.models import Grant, Signature
from oneroom.apps.people.services import create_account, end_grant, give_role
from oneroom.engine.organisation.changes import Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM

pytestmark = pytest.mark.django_db


def sits(room, who, language="en"):
    client = Client(headers={"Accept-Language": language, "Accept": "text/html"})
    client.force_login(room.town.people[who])
    return client


@pytest.fixture
def force(room):
    """A branch over both stations, a traffic brigade, a brigade that is none, a detention centre; a planner, nina."""
    at = room.now
    branch = begin_unit(kind="branch_bureau", code="branch", name_zh="分局", name_en="Branch", by=SYSTEM, at=at)
    for code, kind, name in (
        ("riders", "brigade", "Traffic riders"), ("divers", "brigade", "Divers"), ("cells", "division", "Cells"),
    ):  # fmt: skip
        room.town.units[code] = begin_unit(kind=kind, code=code, name_zh=name, name_en=name, parent=branch,
                                           system=System.OPERATIONS, by=SYSTEM, at=at)  # fmt: skip
    for function, unit in (("traffic", "riders"), ("detention", "cells"), ("exit_entry", "divers")):
        UnitFunction.objects.create(function=function, unit=unit, since=at.date() - timedelta(days=1))
    OrgUnit.objects.filter(code__in=("west", "east")).update(parent=branch)
    UnitSpell.objects.filter(code__in=("west", "east")).update(parent="branch")
    room.town.units["branch"] = branch
    for name, role in (("pia", Role.ORG_PLANNER), ("otto", Role.OVERSIGHT_EXTERNAL), ("nina", None), ("nils", None)):
        room.town.people[name] = create_account(username=name, name=name.title(), password=None, by=SYSTEM, at=at)
        if role is not None:
            give_role(room.town.people[name].pk, role, by=SYSTEM, at=at)
    for who in room.town.people.values():
        who.refresh_from_db()
    return room


def asks(room, who, unit, role="inspector"):
    """An administrator asks that somebody gets a role at a unit."""
    said = {
        "act": "give",
        "role": role,
        "unit": str(room.town.units[unit].pk),
        "until": "",
        "why": "Post of the matrix",
    }
    return sits(room, "ada").post(f"/office/accounts/{room.town.people[who].pk}", said)


def posted(room, who, unit, role="inspector"):
    """The same, and the second administrator signs."""
    answer = asks(room, who, unit, role)
    assert answer.status_code == 302, re.search(r'role="alert"[^>]*>(.*?)</', answer.content.decode(), re.DOTALL)
    waits = Signature.objects.get(ended_at=None)
    assert sits(room, "abe").post(f"/office/signatures/{waits.pk}", {"act": "sign"}).status_code == 302


def matrix(room, who="ina", language="en", **asked):
    answer = sits(room, who, language).get("/office/oversight-posts", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(room, **asked):
    """Unit -> row of the file."""
    answer = sits(room, "ina").post("/office/oversight-posts", {"as": "csv", **asked})
    text = b"".join(answer).decode().lstrip("\ufeff")
    return {row["Unit"]: row for row in csv.DictReader(io.StringIO(text))}


def test_t45_coverage_and_gaps_of_every_station_detention_centre_and_traffic_brigade(force):
    page = matrix(force)
    assert "0 of 4 units" in page
    assert "Divers" not in page, "no traffic brigade"
    posted(force, "nina", "west")
    posted(force, "nils", "cells")

    page = matrix(force, who="pia")
    assert "50.0 %" in page
    assert "2 of 4 units" in page
    assert "Nina" in page
    gaps = matrix(force, stands="gaps")
    assert "East station" in gaps
    assert "Traffic riders" in gaps
    assert "West station" not in gaps.partition("<tbody>")[2]
    posted(force, "nils", "branch")
    assert "Nils" in matrix(force, stands="nobody").partition("<tbody>")[2], "whom a gap is brought to"
    chinese = matrix(force, language="zh-hans")
    assert "无人派驻" in chinese


def test_t45_an_officer_is_not_posted_alone_over_the_unit_of_his_own_line_manager(force):
    for unit in ("west", "branch"):  # zhang rides for the west station: its chief and the branch's are above him
        answer = asks(force, "zhang", unit)
        assert answer.status_code == 409
        assert "a unit whose head he answers to" in answer.content.decode()
    posted(force, "zhang", "east")  # whose chief he does not answer to
    assert rows(force)["East station"]["Overseen"] == "covered"
    posted(force, "nina", "west")
    posted(force, "zhang", "west")  # not alone
    assert "Zhang (answers to this unit)" in matrix(force)
    assert rows(force)["West station"]["Overseen"] == "covered"

    end_grant(
        force.town.people["nina"].pk, Role.INSPECTOR, unit_id=force.town.units["west"].pk, by=SYSTEM, at=force.now
    )

    assert rows(force)["West station"]["Overseen"] == "who is posted answers to its head"
    assert "West station" in matrix(force, stands="gaps")


def test_t45_whoever_oversees_a_unit_alone_is_not_put_under_its_head(force):
    posted(force, "nina", "west")
    assert asks(force, "nina", "west", "patrol_officer").status_code == 409
    posted(force, "nina", "east", "patrol_officer")
    posted(force, "nils", "west")
    posted(force, "nina", "west", "patrol_officer")
    assert Grant.objects.filter(account=force.town.people["nina"], ends=None).count() == 3


def test_t45_two_requests_that_crossed_each_other_leave_nobody_alone(force):
    """Each was right when it was asked for; what the second would make of it is looked at when it is signed."""
    assert asks(force, "nina", "west").status_code == 302
    assert asks(force, "nina", "west", "patrol_officer").status_code == 302
    first, second = Signature.objects.filter(ended_at=None).order_by("pk")
    abe = sits(force, "abe")
    assert abe.post(f"/office/signatures/{first.pk}", {"act": "sign"}).status_code == 302
    assert abe.post(f"/office/signatures/{second.pk}", {"act": "sign"}).status_code == 409
    assert Grant.objects.get(account=force.town.people["nina"], ends=None).role == "inspector"


def test_t45_who_is_posted_reads_matters_and_record_of_the_unit_without_asking_anybody_there(force):
    matter = force.report("a brawl", at="west")
    posted(force, "nina", "west")
    force.town.people["nina"].refresh_from_db()
    nina = sits(force, "nina")
    assert matter.reference in nina.get("/office/incidents?day=all").content.decode()
    nina.post("/office/purpose", {"basis": "DC-2026-0012", "next": f"/office/incidents/{matter.pk}"})
    assert matter.reference in nina.get(f"/office/incidents/{matter.pk}").content.decode()
    said = {"matter": matter.reference, "purpose": "inspection", "basis": "DC-2026-0012"}
    found = nina.post("/office/record", said)
    assert nina.get(found["Location"]).status_code == 200
    for act in ("classify", "words", "offer"):  # and changes nothing there
        answer = nina.post(f"/api/incidents/{matter.pk}/{act}", {}, content_type="application/json")
        assert answer.status_code in (403, 404, 422), act
    assert not Entry.objects.filter(actor=force.town.people["nina"].pk, kind__startswith="incident.").exists()


def test_t45_a_file_of_the_matrix_holds_no_name_and_stands_on_the_record(force):
    posted(force, "nina", "west")
    west = rows(force)["West station"]
    assert west["Accounts posted here"] == str(force.town.people["nina"].pk)
    assert "Nina" not in str(west)
    assert rows(force, stands="gaps").keys() == {"East station", "Traffic riders", "Cells"}
    assert Entry.objects.filter(kind="list.exported", facts__list="posts").count() == 2
    outside = matrix(force, who="otto")
    assert "West station" in outside
    assert "Nina" not in outside, "outside oversight sees account numbers"


def test_t45_a_day_to_come_shows_the_gaps_that_a_reform_would_leave(force):
    posted(force, "nina", "west")
    day = force.now.astimezone().date() + timedelta(days=2)
    both = New("both", "station", "合并所", "Both station", system=System.OPERATIONS, parent="branch")
    enact([Merge(("west", "east"), "both", both)], day=day, by=SYSTEM, at=force.now)

    then = matrix(force, on=day.isoformat())

    assert "1 of 3 units" in then, "who was posted at one of them is posted at what has both"
    assert "Both station" in then
    assert "1 of 4 units" in matrix(force)
    assert sits(force, "ina").get("/office/oversight-posts?on=2027-01-01").status_code == 422


def test_t45_only_who_oversees_or_plans_sees_who_oversees(force):
    for who in force.town.people:
        expected = 200 if who in {"ina", "pia", "otto"} else 404
        assert sits(force, who).get("/office/oversight-posts").status_code == expected, who
