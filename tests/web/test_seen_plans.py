from __future__ import annotations
import pytest
from datetime import timedelta
from oneroom.apps.people.services import create_account, give_role
from oneroom.apps.plans.models import Run, Scenario
from oneroom.apps.plans.services import ask_run, draft_scenario, alter_scenario
from oneroom.apps.plans.services.runs import end_run
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.browsing import browsing, picture
from tests.served import served, walk
from tests.compared import results
pytestmark = pytest.mark.django_db(transaction=True)
@pytest.fixture
def open_as(browser, room, database_url, monkeypatch):
    walk(monkeypatch)
    made = create_account(username="pia", name="Pia", password=None, language="en", by=SYSTEM, at=room.now)
    give_role(made.pk, Role.ORG_PLANNER, unit_id=None, by=SYSTEM, at=room.now)
    made.refresh_from_db(); room.town.people["pia"] = made
    with served(database_url) as url, browsing(browser, room.town.people) as open_as:
        yield lambda who, path, **options: open_as(who, url + path, **options)
def test_seen(open_as, room):
    by = room.actor("pia")
    for lang in ("en", "zh-hans"):
        picture(open_as("pia", "/office/plans", language=lang), f"list-none-{lang}")
    pk = draft_scenario("Merge West and East, post 3 crews forward", by=by, at=room.now)
    hand = [{"do": "move_crew", "crew": c, "to": {"unit": "east"}} for c in ("crew-1", "crew-2")] + [{"do":"move_crew","crew":"crew-3","to":{"lon":121.46,"lat":31.22}}]
    alter_scenario(pk, seen=1, changes=[{"do":"merge","units":["west"],"into":"east"}], hand=hand, by=by, at=room.now)
    run = ask_run(pk, "compare", {}, by=by, at=room.now)
    end_run(run, "done", results=results(), assumed=[{"code": "a"}], at=room.now)
    for lang in ("en", "zh-hans"):
        page = open_as("pia", f"/office/plans/{pk}", language=lang); picture(page, f"plan-{lang}")
        for d in page.locator("details[name=change]").all():
            d.locator("summary").click()
        page.locator("details:has(#pick-open)").locator("summary").click()
        picture(page, f"plan-open-{lang}")
        page = open_as("pia", f"/office/plans/{pk}/runs/{run}", language=lang); picture(page, f"result-{lang}")
        page = open_as("pia", f"/office/plans/{pk}/runs/{run}/report", language=lang); picture(page, f"report-{lang}")
    other = ask_run(pk, "compare", {}, by=by, at=room.now)
    Run.objects.filter(pk=other).update(state="running", done=12, of=60)
    page = open_as("pia", f"/office/plans/{pk}", language="zh-hans"); picture(page, "plan-running-zh")
    page = open_as("pia", f"/office/plans/{pk}/runs/{run}", script=""); page.wait_for_selector("#plan-map[data-map=ready]"); page.wait_for_timeout(1500); picture(page, "result-map")
    end_run(other, "failed", trouble="crew_off_roads", said={"crew": "crew-2"}, at=room.now)
    Scenario.objects.bulk_create(Scenario(name=f"Plan number {n} with a rather long name to see", day=room.now.date(), drafted_at=room.now) for n in range(500))
    page = open_as("pia", "/office/plans"); picture(page, "list-500")
    alter_scenario(pk, seen=2, hand=[*hand, *({"do": "remove_crew", "crew": f"c{n}"} for n in range(490))], by=by, at=room.now)
    page = open_as("pia", f"/office/plans/{pk}"); picture(page, "plan-500")
