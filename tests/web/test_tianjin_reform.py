"""
The reform of Tianjin as its planner works: drafted on its tree, looked through, signed, in force (T04–T09, T12).

Two of its plans are typed into the forms, the larger ones come as documents. Every figure is read from the pages.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.people.models import Account
from oneroom.apps.people.services import create_account, give_role
from oneroom.apps.reforms.clock import take_effect
from oneroom.engine.organisation.codec import Document, write_document
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.project.examples.load import found
from oneroom.project.examples.tianjin import BINHAI, BRANCHES, SUBS, tianjin
from tests.clock import HAND, NIGHT
from tests.web.test_reform_rows import text

pytestmark = pytest.mark.django_db
OVER = "/office/organisation"


@pytest.fixture
def city():
    """The force before its reform, with the people of its branches; nothing is planned yet."""
    HAND.set(NIGHT)
    made = tianjin()
    today = HAND.now().astimezone().date()
    found(made, day=today, by=SYSTEM, at=HAND.now())
    led, sub, station = (OrgUnit.objects.get(code=c).pk for c in ("tj-led00", f"{BINHAI}-s00", f"{BRANCHES[0]}-p00"))
    for name, role, unit in (
        ("pia", Role.ORG_PLANNER, led), ("chief", Role.STATION_CHIEF, station), ("sub", Role.PATROL_OFFICER, sub),
    ):  # fmt: skip
        account = create_account(username=name, name=name.title(), password=None, by=SYSTEM, at=HAND.now())
        give_role(account.pk, role, unit_id=unit, by=SYSTEM, at=HAND.now())
    return made


def sits(who: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(Account.objects.get(username=who))
    return client


def typed(pia: Client, name: str, day: date, changes: list[dict[str, str]]) -> str:
    page = pia.post("/office/reforms", {"name": name, "day": str(day)})["Location"]
    for n, change in enumerate(changes, 1):
        added = pia.post(f"{page}/act", {"act": "add", "seen": str(n), **change})
        assert added.status_code == 302, text(added)
    return page


def sent(pia: Client, name: str, day: date, changes) -> str:
    document = json.dumps(write_document(Document(name, day, tuple(changes)))).encode()
    file = SimpleUploadedFile("reform.json", document, "application/json")
    return pia.post("/office/reforms", {"document": file, "day": str(day)})["Location"]


def signed(pia: Client, chief: Client, page: str) -> str:
    """Both sign; what the page says of it."""
    asked = pia.post(f"{page}/act", {"act": "ask", "why": "As the city decided"})
    assert asked.status_code == 302, text(asked)
    assert pia.post(f"{page}/act", {"act": "sign"}).status_code == 403, "one person is not two"
    assert chief.post(f"{page}/act", {"act": "sign"}).status_code == 302
    return text(pia.get(page))


def test_t04_t05_t06_t07_t08_t09_t12_the_reform_is_drafted_looked_through_signed_and_follows_on_its_day(city):
    pia, chief = sits("pia"), sits("chief")
    eve = HAND.now().astimezone().date()
    day = eve + timedelta(days=1)
    reforms = {reform.rows: reform.changes for reform in city.reforms}

    # T08: one sub-bureau is forgotten an heir; its stations, and the right of who serves there, stand beside it.
    subs = [f"{BINHAI}-s{n:02d}" for n in range(len(SUBS))]
    ends = [{"do": "abolish", "unit": code, "heir": BINHAI if code != subs[0] else ""} for code in subs]
    t08 = typed(pia, "T08", day, ends)
    shown = text(pia.get(t08))
    assert "Cannot be signed: 7 things would be left without an owner" in shown, "it, five stations, one right"
    assert "1 roles are held there" in shown
    assert pia.post(f"{t08}/act", {"act": "ask", "why": "x"}).status_code == 422
    pia.post(f"{t08}/act", {"act": "remove", "n": "0", "seen": "12"})
    pia.post(f"{t08}/act", {"act": "add", "seen": "13", "do": "abolish", "unit": subs[0], "heir": "滨海新区公安局"})
    shown = text(pia.get(t08))
    assert "Nothing stands against it" in shown
    assert "Units that end 11" in shown
    assert "Levels in Binhai bureau 3 → 2" in shown
    signed(pia, chief, t08)

    # T05, T04, T09: what is large comes as a document.
    shown = signed(pia, chief, sent(pia, "T05", day, reforms["T05"]))
    assert "Merged units 287 → 92 −195, −67.9 %, 3.12 : 1" in shown
    assert "Deputy division 0 → 92" in shown
    shown = signed(pia, chief, sent(pia, "T04", day, reforms["T04"]))
    assert "Units that end 13" in shown
    assert "Units that change 40" in shown
    shown = signed(pia, chief, sent(pia, "T09", day, reforms["T09"]))
    assert "Department 315 → 213 −102, −32.4 %" in shown, "102 of 15 branches: 6.8 each"
    assert "53.6 % (1541/2875)" in shown, "T12"

    # T06: by hand; signed, taken back, and signed again, as long as its day has not come.
    delegated = {"do": "delegate", "unit": "tj-led02", "function": "exit_entry", "to": "\n".join((*BRANCHES, BINHAI))}
    first = typed(pia, "T06", day, [delegated])
    signed(pia, chief, first)
    assert goes(pia, "tj-heping-p00", day) == "Heping branch"
    assert pia.post(f"{first}/act", {"act": "withdraw"}).status_code == 302
    assert goes(pia, "tj-heping-p00", day) == "Corps 3", "with the bureau again"
    signed(pia, chief, typed(pia, "T06", day, [delegated]))
    assert [goes(pia, "tj-heping-p00", on) for on in (eve, day)] == ["Corps 3", "Heping branch"]

    before = json.loads(pia.get(f"{OVER}/units.json").content)["units"]
    HAND.forward(24 * 3600)
    take_effect(HAND.now())
    follow_the_day(HAND.now())

    assert text(pia.get("/office/reforms")).count("in force") == 5
    after = {unit["code"]: unit for unit in json.loads(pia.get(f"{OVER}/units.json").content)["units"]}
    assert not [c for c in after if after[c].get("parent") and after[c]["parent"] not in after], "nobody is orphaned"
    stations = [unit["code"] for unit in before if unit["kind"] == "station" and unit["code"].startswith(BINHAI)]
    assert {after[code]["parent"] for code in stations} == {BINHAI}
    assert len(before) - len(after) == 287 - 92 + 13 + 11 + 102
    assert {unit["system"] for unit in after.values()} == {"command", "oversight", "operations", "support"}
    held = sits("ada_tj").get(f"/office/accounts/{Account.objects.get(username='sub').pk}") if _admin() else None
    assert held is not None
    assert "Binhai bureau" in text(held), "T08: who served there serves at the heir"
    assert "Sub-bureau 1" not in text(held), "access of ended units is none"


def _admin() -> bool:
    account = create_account(username="ada_tj", name="Ada", password=None, by=SYSTEM, at=HAND.now())
    give_role(account.pk, Role.ADMINISTRATOR, unit_id=OrgUnit.objects.get(code="tj-room").pk, by=SYSTEM, at=HAND.now())
    return True


def goes(pia: Client, unit: str, on: date) -> str:
    """Where an application for a passport that is lodged at this unit goes on a day."""
    shown = pia.get(f"{OVER}?unit={unit}&on={on}").content.decode()
    row = re.search(r'data-function="exit_entry">.*?<td>(.*?)</td>', shown, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row.group(1))).strip() if row else ""
