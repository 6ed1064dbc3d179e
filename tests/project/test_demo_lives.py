"""The simulated city as `oneroom demo` runs it: a real web process, real crews beside it, nobody else."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils.timezone import localtime

from oneroom.apps.duty.models import Crew
from oneroom.apps.incidents.models import Incident
from oneroom.apps.ledger.queries import entries_since
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.people.models import Grant
from oneroom.apps.reforms.models import ReformPlan
from oneroom.project.clock import CLOCK_FILE, FASTEST, FileClock
from oneroom.project.database import to_url
from oneroom.project.demo import world
from oneroom.project.demo.city import bundled
from tests.waiting import PATIENCE_MS, until

pytestmark = pytest.mark.django_db

PATIENCE_S = 180.0  # twenty-five minutes of the city take half a minute; a busy machine needs longer
FREE_CREW = """async () => {
  const { ask } = await import("/static/oneroom/act.js");
  return (await ask("/api/crews")).crews.find((c) => c.state === "available" && c.lon !== null);
}"""
SEND = """async (crew) => {
  const { act } = await import("/static/oneroom/act.js");
  const location = { lon: crew.lon, lat: crew.lat };
  const call = { words: "a quarrel in the shop", category: "dispute", grade: 3, reasons: ["no_danger"], location };
  const { id } = await act("/api/incidents", call);
  return (await act(`/api/incidents/${id}/offer`, { crews: [crew.id] })).assignments[0];
}"""
EVENING = datetime(2026, 11, 22, 10, tzinfo=UTC)
CREWS = 40  # enough to see all that happens; a city of two hundred wants a machine of its own


@dataclass(frozen=True)
class Running:
    """A city that goes on while its tests look."""

    house: str
    parts: list[subprocess.Popen[bytes]]
    clock: FileClock

    @contextmanager
    def within_a_day(self):
        """Its date, while the city lives at the pace of the world and this day has an hour left at the least."""
        hour = timedelta(hours=1)
        until(lambda: localtime(now := self.clock.now()).date() == localtime(now + hour).date(), PATIENCE_S)
        self.clock.set_rate(1)
        yield localtime(self.clock.now()).date()
        self.clock.set_rate(FASTEST)


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker, tmp_path_factory):
    """One city for all tests; what it leaves behind is taken away at the end."""
    hashers = ["oneroom.project.demo.credentials.MadeByMachine"]  # overridden, since Django keeps those it has made
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=hashers):
        clock = FileClock(tmp_path_factory.mktemp("city") / "clock.json")
        clock.start(EVENING, FASTEST)
        world.load(bundled("shanghai", CREWS), at=clock.now())
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        environment = {
            **os.environ, "ONEROOM_DATABASE_URL": to_url(connection.settings_dict), CLOCK_FILE: str(clock.path),
            "ONEROOM_SECRET_KEY": django_settings.SECRET_KEY, "ONEROOM_DEMO": "1",
            "ONEROOM_CALLS_TOKEN": "the exchange of the test", "DJANGO_SETTINGS_MODULE": "oneroom.project.settings",
        }  # fmt: skip
        commands = (["runweb"], ["runcrews", "--crews", str(CREWS)])
        parts = [
            subprocess.Popen([sys.executable, "-m", "oneroom", *command, "--port", port], env=environment)
            for command in commands
        ]
        yield Running(f"http://127.0.0.1:{port}", parts, clock)
        for part in reversed(parts):
            part.kill()
            part.wait()
        with connection.cursor() as cursor:  # what was opened under the browser's loop would stop the database's end
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        call_command("flush", interactive=False, verbosity=0)


def test_calls_are_taken_sent_driven_to_reported_and_closed_without_anybody(city):
    wanted = {"incident.received", "assignment.acknowledged", "assignment.on_scene", "assignment.reported"}

    until(lambda: entries_since(0, kinds=["incident.closed"], limit=1), PATIENCE_S)

    told = entries_since(0, kinds=wanted)
    assert {line.kind for line in told} == wanted
    assert {line.via for line in told if line.kind.startswith("assignment.")} == {"device"}
    assert [part.poll() for part in city.parts] == [None, None]
    assert verify("acts").fault is None


def test_one_crew_is_a_browser_that_signs_sets_off_arrives_and_reports_by_taps_among_the_simulated(city, browser):
    house = city.house
    simulated = {"assignment.acknowledged", "assignment.reported"}
    until(lambda: {line.kind for line in entries_since(0, kinds=simulated)} == simulated, PATIENCE_S)

    desk, phone = browser.new_context(), browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True)
    for context in (desk, phone):
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "oneroom_language", "value": "en", "url": house}])
    room, hand = desk.new_page(), phone.new_page()
    room.goto(f"{house}/start/")
    room.click("form:has(input[value='dispatcher']) button")
    room.wait_for_url("**/room/**")
    crew = room.evaluate(FREE_CREW)
    hand.goto(f"{house}/start/")
    hand.select_option("select[name=crew]", str(crew["id"]))
    hand.tap("form:has(input[value='officer']) button")
    hand.wait_for_url("**/t/**")
    sent = room.evaluate(SEND, crew)

    hand.tap("#to-do a")
    for verb in ("acknowledge", "set_out", "arrive", "report"):
        hand.tap(f'.four [data-verb="{verb}"].is-now')
    hand.fill("#report-words", "simulated: all quiet")
    hand.tap(".opt:has-text('Under control')")
    hand.tap('.part-report button[type="submit"]')

    mine = {"assignment.acknowledged", "assignment.en_route", "assignment.on_scene", "assignment.reported"}
    until(lambda: {line.kind for line in _of(sent, mine)} == mine, PATIENCE_S)
    assert {line.via for line in _of(sent, mine)} == {"device"}
    assert len({line.facts["crew"] for line in entries_since(0, kinds=simulated)}) > 1
    assert verify("acts").fault is None
    desk.close()
    phone.close()


CALL_AT = """async (location) => {
  const { act } = await import("/static/oneroom/act.js");
  const call = { words: "a quarrel in the shop", category: "dispute", grade: 3, reasons: ["no_danger"], location };
  return (await act("/api/incidents", call)).id;
}"""


@pytest.mark.last  # two stations are one ever after
def test_t08_two_stations_of_the_living_city_merge_today_and_a_call_in_the_merged_area_goes_to_the_heir(city, browser):
    """The plan on the demo planner's desk: given a day by him, signed by the chief, and the city goes on."""
    house, desks = city.house, {}
    until(lambda: entries_since(0, kinds=["incident.received"], limit=1), PATIENCE_S)
    for seat in ("planner", "chief", "dispatcher"):
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "oneroom_language", "value": "en", "url": house}])
        desks[seat] = context.new_page()
        desks[seat].goto(f"{house}/start/")
        desks[seat].click(f"form:has(input[value='{seat}']) button")
        desks[seat].wait_for_url("**/room/**" if seat == "dispatcher" else "**/office/**")
    plan = ReformPlan.objects.get()
    gone, heir = plan.changes[0]["units"][0], plan.changes[0]["into"]
    was = OrgUnit.objects.get(code=gone)
    people = set(Grant.objects.filter(unit=was, ends=None).values_list("account_id", flat=True))
    crews = set(Crew.objects.filter(unit=was).values_list("code", flat=True))  # of forty none may be its
    assert people

    planner, chief = desks["planner"], desks["chief"]
    with city.within_a_day() as day:
        planner.goto(f"{house}/office/reforms/{plan.pk}")
        planner.locator("summary", has_text="Name and day").press("Enter")
        planner.fill("#day", day.isoformat())
        planner.press("#day", "Enter")
        planner.get_by_role("heading", name="Nothing stands against it").wait_for()
        planner.fill("#why", "Two small stations are one")
        planner.press("#why", "Enter")
        planner.get_by_text("Waits for somebody of another unit").wait_for()
        chief.goto(f"{house}/office/reforms/{plan.pk}")
        chief.get_by_role("button", name="Sign", exact=True).press("Enter")
        chief.get_by_text("in force").first.wait_for()

    place = {"lon": was.lon, "lat": was.lat}
    call = desks["dispatcher"].evaluate(CALL_AT, place)
    assert Incident.objects.get(pk=call).unit.code == heir
    was.refresh_from_db()
    assert (was.valid_to is not None, was.heir.code) == (True, heir)
    assert crews <= set(Crew.objects.filter(unit__code=heir).values_list("code", flat=True))
    assert not Grant.objects.filter(unit=was, ends=None).exists(), "access of the ended unit is none"
    moved = Grant.objects.filter(account__in=people, unit__code=heir, ends=None)
    assert set(moved.values_list("role", flat=True)) <= {"patrol_officer", "auxiliary", "inspector"}, "nobody heads it"
    seen = entries_since(0, kinds=["unit.ended"])[-1].seq
    until(lambda: entries_since(seen, kinds=["incident.closed"], limit=1), PATIENCE_S)
    assert [part.poll() for part in city.parts] == [None, None]
    assert verify("acts").fault is None
    for page in desks.values():
        page.context.close()


def _of(assignment, kinds):
    return [line for line in entries_since(0, kinds=kinds) if line.facts.get("assignment") == assignment]
