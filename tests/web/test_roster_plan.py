"""A planner makes a roster by forms alone: shifts, needs, pattern, unavailable, wishes, and why not (rows B37 T15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oneroom.apps.duty.models import Duty, Roster, Wish
from oneroom.apps.personnel.models import Certificate, Person
from tests.room import Room
from tests.rostered import draft, page, published, station

pytestmark = pytest.mark.django_db


@pytest.fixture
def roster(room: Room) -> Roster:
    """Four empty days of the west station."""
    made = draft(room, station(room), days=4)
    made.refresh_from_db()
    return made


def line(n: int, code: str, begins: str, people: int, leads: int, **more: object) -> dict[str, object]:
    said = {"code": code, "begins": begins, "hours": 12, "commands": "1", "work_people": people, "work_leads": leads,
            "off_people": people, "off_leads": leads, "skill": "", "skilled": "1", **more}  # fmt: skip
    return {f"{name}{n}": value for name, value in said.items()}


def post(room: Room, roster: Roster, act: str, **said: object):
    return page(room).post("/office/duty", {"act": act, "roster": roster.pk, **said})


def test_b37_shifts_and_needs_typed_wishes_and_days_away_make_a_solved_roster(room, roster):
    plan = line(0, "D", "07:30", 2, 1) | line(1, "N", "19:30", 2, 1)
    assert post(room, roster, "plan", **plan).status_code == 302
    assert 'value="07:30"' in page(room).get(f"/office/duty?roster={roster.pk}").content.decode()
    day = roster.first + timedelta(days=2)
    assert (
        page(room, "zhang").post("/account/duties", {"act": "wish", "day": str(day), "shift": "N"}).status_code == 302
    )
    assert str(day) in page(room, "zhang").get("/account/duties").content.decode()
    chen = room.town.people["chen"].pk
    away = {"person": chen, "since": str(roster.first), "until": str(roster.first)}
    assert post(room, roster, "unavailable", **away).status_code == 302

    assert post(room, roster, "solve").status_code == 302
    roster.refresh_from_db()
    assert roster.shifts["D"] == [450, 720, True]
    assert roster.cells[str(room.town.people["zhang"].pk)][2] == "N", "the wish"
    assert roster.cells[str(chen)][0] == "", "who is away"
    assert not {f.name for f in Wish._meta.get_fields()} & {"reason", "note", "words"}


def test_b37_what_no_roster_can_keep_is_named_by_certificate_and_both_numbers(room, roster):
    person = Person.objects.create(account=room.town.people["zhang"], name="Z", kind="sworn", joined=roster.first)
    Certificate.objects.create(person=person, skill="first_aid", since=roster.first, until=roster.first + timedelta(9))
    plan = line(0, "D", "08:00", 2, 1, skill="first_aid", skilled="2") | line(1, "N", "20:00", 2, 1)
    assert post(room, roster, "plan", **plan).status_code == 302
    said = post(room, roster, "solve")
    assert said.status_code == 409
    assert "Needed with a certificate (first aid): 2; only 1 may work then." in said.content.decode()


def test_b37_a_pattern_fills_the_draft_and_what_it_breaks_is_named(room, roster):
    assert post(room, roster, "pattern", pattern="dn--", shift_by="1").status_code == 302
    roster.refresh_from_db()
    assert sorted("".join(c or "-" for c in row) for row in roster.cells.values())[:2] == ["--DN", "-DN-"]
    shown = page(room).get(f"/office/duty?roster={roster.pk}").content.decode()
    assert "People needed" in shown or "Nobody commands" in shown


def test_b37_who_is_ill_is_entered_the_gap_filled_by_one_button_and_little_changes(room: Room):
    published(room, station(room))
    before = {(d.account_id, d.day): d.shift for d in Duty.objects.all()}
    ill = next(d for d in Duty.objects.filter(commands=False).order_by("begins"))
    begun = {"act": "draft", "unit": ill.unit_id, "first": str(ill.day), "days": "2"}
    assert page(room).post("/office/duty", begun).status_code == 302
    again = Roster.objects.get(state="draft")
    away = {"person": ill.account_id, "since": str(ill.day), "until": str(ill.day)}
    assert post(room, again, "unavailable", **away).status_code == 302
    refused = post(room, again, "publish")
    assert refused.status_code == 422
    assert "cannot work on that day" in refused.content.decode()

    assert post(room, again, "repair").status_code == 302
    assert post(room, again, "publish").status_code == 302

    after = {(d.account_id, d.day): d.shift for d in Duty.objects.filter(cancelled_at=None)}
    assert (ill.account_id, ill.day) not in after
    assert len({key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}) <= 3


@pytest.mark.parametrize(
    ("act", "said", "words"),
    [
        ("pattern", {"pattern": "DX", "shift_by": "1"}, "no shift X"),
        ("pattern", {"pattern": "", "shift_by": "1"}, "1 to 28 days"),
        ("pattern", {"pattern": "D", "shift_by": "-1"}, "A whole number belongs here."),
        ("plan", {}, "one shift at least"),
        ("plan", line(0, "D", "25:00", 2, 1), "as in 08:00"),
        ("plan", line(0, "D", "08:00", 1, 2), "no more leads than people"),
        ("plan", line(0, "D", "08:00", 2, 1) | line(1, "D", "20:00", 2, 1), "Two shifts have this letter."),
        ("unavailable", {"person": "1", "since": "", "until": ""}, "Say from which day through which."),
    ],
)
def test_what_is_typed_wrong_is_named_and_nothing_changes(room, roster, act, said, words):
    answer = post(room, roster, act, **said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    before = roster.shifts, roster.cells
    roster.refresh_from_db()
    assert (roster.shifts, roster.cells) == before
