"""A reform of the organisation takes effect on its day: rights, crews, calls and promises follow (T06, T08, B03)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from oneroom.apps.duty.models import Crew, DutySpell
from oneroom.apps.incidents.models import Incident
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.orgs.models import OrgUnit, UnitSpell
from oneroom.apps.orgs.queries import station_at
from oneroom.apps.orgs.services import begin_unit, enact
from oneroom.apps.people.models import Grant
from oneroom.engine.organisation.changes import Abolish, Alter, Delegate, Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.organisation.faults import Fault
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.values import SYSTEM, BadInput, Unmet
from tests.town import corner

pytestmark = pytest.mark.django_db

BOTH = New("both", "station", "合并所", "Both station", system=System.OPERATIONS)


def kinds(prefix: str) -> list[str]:
    return [entry.kind for entry in Entry.objects.filter(kind__startswith=prefix).order_by("seq")]


def today(room):
    return room.now.astimezone().date()


def test_t08_two_stations_merge_on_their_day_and_everything_of_theirs_is_the_heirs(room):
    day = today(room) + timedelta(days=1)
    burglary = room.report("burglary", at="west", grade=2)
    sent = room.dispatch(burglary, "crew-1")
    room.phone("zhang").rings("crew")
    room.phone("wang").rings("crew")
    enact([Merge(("west", "east"), "both", BOTH)], day=day, by=SYSTEM, at=room.now)

    follow_the_day(room.now)
    assert station_at(*corner("west")).code == "west", "the day has not come"
    assert kinds("unit.ended") == []

    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    room.fast_forward(minutes=24 * 60 + 1)
    follow_the_day(room.now)

    both = OrgUnit.objects.get(code="both")
    west = OrgUnit.objects.get(code="west")
    assert (west.valid_to, west.heir_id) == (day, both.pk)
    assert {crew.unit_id for crew in Crew.objects.all()} == {both.pk}
    assert Crew.objects.get(code="crew-1").state == "on_scene", "who is on a call stays on it"
    assert Incident.objects.get(pk=burglary.pk).unit_id == both.pk
    assert {station_at(*corner(place)).code for place in ("west", "east", "north")} == {"both"}
    assert room.report("key", at="east", grade=3).unit_id == both.pk, "a new call goes to the heir"
    gone = OrgUnit.objects.filter(code__in=("west", "east"))
    assert not Grant.objects.filter(unit__in=gone, ends=None).exists(), "access of ended units is none"
    assert room.actor("zhang").unit_id == both.pk
    assert not room.actor("leader-li").units, "a chief of what is no more is none"
    assert not DutySpell.objects.filter(unit__in=gone, ends__gt=room.now).exists()
    assert kinds("unit.ended") == ["unit.ended"] * 2
    assert kinds("incident.inherited") == ["incident.inherited"]
    assert follow_the_day(room.now) == 0


def test_t08_a_reform_locks_no_row_against_those_who_point_at_it_while_the_room_works(room):
    """Whoever points at a unit looks at it at his commit, when he holds the record's head: the two would deadlock."""
    room.report("burglary", at="west", grade=2)

    with CaptureQueriesContext(connection) as asked:
        enact([Merge(("west", "east"), "both", BOTH)], day=today(room), by=SYSTEM, at=room.now)

    whole = [q["sql"] for q in asked if re.search(r"FOR UPDATE", q["sql"])]
    tables = ("orgs_orgunit", "duty_crew", "duty_duty", "incidents_incident")
    assert [q for q in asked if "FOR NO KEY UPDATE" in q["sql"] and "orgs_orgunit" in q["sql"]]
    assert [sql for sql in whole if any(f'FROM "{table}"' in sql for table in tables)] == []


def test_t08_ground_of_all_who_end_goes_to_their_one_heir(room):
    lon, lat = corner("west")
    box = [[lon - 1, lat - 1], [lon - 0.9, lat - 1], [lon - 0.9, lat - 0.9], [lon - 1, lat - 0.9], [lon - 1, lat - 1]]
    begin_unit(
        kind="station", code="far", name_zh="远所", name_en="Far station", lon=lon, lat=lat,
        area={"type": "Polygon", "coordinates": [box]}, by=SYSTEM, at=room.now,
    )  # fmt: skip

    enact([Abolish("west", heir="east"), Abolish("far", heir="east")], day=today(room), by=SYSTEM, at=room.now)

    points = [corner("west"), corner("east"), (lon - 0.95, lat - 0.95)]
    assert [station_at(*point).code for point in points] == ["east"] * 3


def test_t06_from_the_day_on_an_application_goes_to_the_branch_and_until_then_to_the_bureau(room):
    day = today(room) + timedelta(days=3)
    stored.UnitFunction.objects.create(function="exit_entry", unit="west", since=day - timedelta(days=100))

    enact([Delegate("exit_entry", "west", ("east",))], day=day, by=SYSTEM, at=room.now)

    owners = [stored.owners_on("exit_entry", day + timedelta(days=n)) for n in (-1, 0, 1)]
    assert owners == [["west"], ["east"], ["east"]]


def test_a_reform_that_orphans_anything_is_refused_with_each_orphan_named_and_writes_nothing(room):
    before = list(UnitSpell.objects.values_list("pk", "until"))
    room.report("burglary", at="west", grade=2)

    with pytest.raises(Unmet) as refused:
        enact([Abolish("west")], day=today(room), by=SYSTEM, at=room.now)

    assert list(refused.value.fields) == [
        "no_heir.west", "uncovered.west", "right_outlives.west", "crew_without_unit.west", "matter_without_heir.west",
    ]  # fmt: skip
    with translation.override("en"):
        said = {name.partition(".")[0]: str(words) for name, words in refused.value.fields.items()}
    assert said["uncovered"] == "Nobody answers any more for 100.0 % of its ground."
    assert said["matter_without_heir"] == "1 open matters are with it, and nobody inherits it."
    assert list(UnitSpell.objects.values_list("pk", "until")) == before
    assert kinds("organisation") == []


def test_every_app_may_object_to_a_reform_and_none_ends_the_asking(room, settings):
    settings.GUARDS = {"organisation.reform": [f"{__name__}.no_tuesdays", f"{__name__}.no_renames"]}

    with pytest.raises(Unmet) as refused:
        enact([Alter("west", {"name_zh": "新西所"})], day=today(room), by=SYSTEM, at=room.now)

    assert {name: str(said) for name, said in refused.value.fields.items()} == {
        "tuesday.west": "Not on a Tuesday.", "renamed.west": "It was west所.",
    }  # fmt: skip


def no_tuesdays(*, proposal):
    yield Fault("tuesday", "west", {}, "Not on a Tuesday.")


def no_renames(*, proposal):
    yield Fault("renamed", "west", {"was": proposal.was.units["west"].name_zh}, "It was %(was)s.")


def test_nobody_reforms_the_past(room):
    with pytest.raises(BadInput, match="past"):
        enact([Alter("west", {"rank": "x"})], day=today(room) - timedelta(days=1), by=SYSTEM, at=room.now)


def test_a_rename_of_today_is_on_every_screen_at_once_and_yesterday_keeps_its_name(room):
    enact([Alter("west", {"name_zh": "新西所"})], day=today(room), by=SYSTEM, at=room.now)

    assert OrgUnit.objects.get(code="west").name_zh == "新西所"
    yesterday: Tree = stored.tree_on(today(room) - timedelta(days=1))
    assert "west" not in yesterday.units, "the town was founded today"
    assert kinds("unit.changed") == ["unit.changed"]


def test_the_database_itself_refuses_two_descriptions_of_one_unit_on_a_day(room):
    with pytest.raises(IntegrityError, match="unit_is_one_thing_a_day"), transaction.atomic():
        UnitSpell.objects.create(code="west", kind="station", name_zh="x", since=today(room) + timedelta(days=9))


def test_what_the_house_points_at_is_what_the_facts_say_of_today(room):
    enact([Merge(("west", "east"), "both", BOTH)], day=today(room), by=SYSTEM, at=room.now)

    tree = stored.tree_on(today(room))
    now = {unit.code: (unit.kind, unit.name_zh) for unit in OrgUnit.objects.filter(valid_to=None)}
    assert now == {code: (spell.kind, spell.name_zh) for code, spell in tree.units.items()}
