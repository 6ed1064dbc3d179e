"""Plans as a planner works with them: forms in words, two planners at once, runs, their outcome (T08 T26 T27)."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from oneroom.apps import plans
from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.services import create_account, give_role
from oneroom.apps.plans.codes import TROUBLES
from oneroom.apps.plans.models import Run, Scenario
from oneroom.apps.plans.services import ask_run, draft_scenario
from oneroom.apps.plans.services.runs import end_run
from oneroom.apps.reforms.services import draft_plan
from oneroom.engine.organisation.changes import Merge
from oneroom.engine.roles import Role
from oneroom.engine.simulate.changes import DOES as HAND
from oneroom.engine.values import SYSTEM
from oneroom.web.pages.office.plans.assumptions import OF_CREWS, SENTENCES
from oneroom.web.pages.office.plans.words import DOES, Names, trouble_said
from tests.compared import AREAS, FIGURES, area, figure, results
from tests.papers import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(room):
    for name in ("pia", "paul"):
        made = create_account(username=name, name=name.title(), password=None, language="en", by=SYSTEM, at=room.now)
        give_role(made.pk, Role.ORG_PLANNER, unit_id=None, by=SYSTEM, at=room.now)
        made.refresh_from_db()
        room.town.people[name] = made
    return room.actor("pia")


@pytest.fixture
def browser(room, planner):
    def of(who: str = "pia", language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(room.town.people[who])
        return client

    return of


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def begun(room, by, name: str = "Fewer stations") -> int:
    return draft_scenario(name, by=by, at=room.now)


def done(room, by, plan: int, assumed=(), **more) -> Run:
    run = ask_run(plan, "compare", {}, by=by, at=room.now)
    end_run(run, "done", results=results(**more), assumed=assumed, at=room.now)
    return Run.objects.get(pk=run)


def add(client: Client, plan: int, **fields):
    seen = Scenario.objects.get(pk=plan).version
    return client.post(f"/office/plans/{plan}/act", {"act": "add", "seen": seen, **fields})


def test_t08_an_empty_list_says_what_to_do_and_a_plan_begins_from_a_drafted_reform(room, browser, planner):
    pia = browser()
    assert "No plan is there yet. Begin one below" in text(pia.get("/office/plans"))
    day = room.now.astimezone().date()
    reform = draft_plan("Merge both", day, [Merge(("west",), "east")], by=planner, at=room.now)
    made = pia.post("/office/plans", {"act": "begin", "name": "Try it first", "reform": str(reform)})
    shown = text(pia.get(made["Location"]))
    assert "Merge West station into East station" in shown
    assert "Try it first" in text(pia.get("/office/plans?from=reform"))
    assert "Nothing fits what you asked for" in text(pia.get("/office/plans?from=facts"))
    again = pia.post("/office/plans", {"act": "begin", "name": " ", "reform": str(reform)})
    assert again.status_code == 422
    assert f'value="{reform}" selected' in again.content.decode(), "what was chosen is still there"


def test_t08_each_change_is_a_sentence_that_can_be_left_out(room, browser, planner):
    pia, plan = browser(), begun(room, planner)
    crew = room.town.crews["crew-1"]
    said = [
        ({"do": "merge", "into": "East station", "units": "west"}, "Merge West station into East station"),
        ({"do": "move_crew", "crews": crew.callsign_en, "unit": "East station"},
         f"Crew {crew.callsign_en} stands at East station."),
        ({"do": "move_crew", "crews": "crew-2", "lon": "121.46", "lat": "31.22"},
         "stands at the point 121.46000, 31.22000"),
        ({"do": "add_crew", "code": "N1", "unit": "east", "officers": "2", "on": "20:00", "hours": "12",
          "days": ["4", "5"], "skills": ["first_aid"]},
         "A new crew N1 of 2 at East station, from 20:00 for 12 h (Fri, Sat), first aid."),
        ({"do": "remove_crew", "crews": "crew-3"}, "is not there any more."),
        ({"do": "watch", "crews": "crew-1, N1", "on": "08:00", "hours": "8,5", "days": list("0123456")},
         "N1: on duty from 08:00 for 8.5 h."),
        ({"do": "divert", "on": "yes", "up_to_grade": "2", "gain_s": "90"},
         "Crews are diverted to calls up to P2 that they reach at least 90 s earlier."),
        ({"do": "need", "category": "", "grade": "1", "crews": "2"}, "Calls (all kinds, P1) need 2 crews."),
    ]  # fmt: skip
    for fields, sentence in said:
        answer = add(pia, plan, **fields)
        assert answer.status_code == 302, (fields, text(answer))
        assert sentence in text(pia.get(f"/office/plans/{plan}")), sentence
    row = Scenario.objects.get(pk=plan)
    assert (len(row.changes), len(row.hand)) == (1, 7)
    out = pia.post(f"/office/plans/{plan}/act", {"act": "leave_out", "of": "hand", "n": "0", "seen": row.version})
    assert out.status_code == 302
    assert len(Scenario.objects.get(pk=plan).hand) == 6


def typed(client: Client, plan: int, do: str) -> dict[str, str]:
    """What a form begins with."""
    page = client.get(f"/office/plans/{plan}").content.decode()
    form = next(f for f in page.split("<form") if f'name="do" value="{do}"' in f)
    return dict(re.findall(r'<input class="input num" id="[^"]*" name="([^"]+)"[^>]* value="([^"]*)"', form))


def test_t27_forms_with_todays_numbers_change_only_what_was_changed(room, browser, planner):
    pia, plan = browser(), begun(room, planner)
    ladder = typed(pia, plan, "ladder")
    assert len(ladder) == 20
    assert add(pia, plan, do="ladder", **ladder).status_code == 422, "as it is today"
    assert add(pia, plan, do="ladder", **{**ladder, "second.1": "20"}).status_code == 302
    assert add(pia, plan, do="ladder", **{**ladder, "second.1": "9"}).status_code == 422, "before the rung before it"
    policy = typed(pia, plan, "policy")
    assert add(pia, plan, do="policy", **{**policy, "other_area_s.2": "0"}).status_code == 302
    assert add(pia, plan, do="next_at", rung="second").status_code == 422, "as it is today"
    assert add(pia, plan, do="next_at", rung="moon").status_code == 422
    assert add(pia, plan, do="next_at", rung="again").status_code == 302
    assert Scenario.objects.get(pk=plan).hand[-1] == {"do": "next_at", "rung": "again"}
    assert "when the ladder reaches the leader once more" in text(pia.get(f"/office/plans/{plan}"))
    shown = text(pia.get(f"/office/plans/{plan}"))
    assert "Answer ladder of P1: rungs after 0, 15, 20, 60, 90, 120 s." in shown
    assert "another station&#x27;s area: 0 / 0 / 60 / 90." in shown


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"do": "merge", "into": "East station", "units": "East station"}, "Name at least one more station"),
        ({"do": "merge", "into": "nowhere", "units": "west"}, "There is no station nowhere on that day."),
        ({"do": "move_crew", "crews": "crew-1"}, "Say where the crew is to stand"),
        ({"do": "move_crew", "crews": "nobody", "unit": "west"}, "There is no crew nobody on that day."),
        ({"do": "move_crew", "crews": "crew-1", "lon": "east", "lat": "1"}, "This is not a number"),
        ({"do": "add_crew", "code": "crew-1", "unit": "west"}, "There is a crew crew-1 already."),
        ({"do": "watch", "crews": "crew-1", "on": "8", "hours": "8", "days": "0"}, "A time of day looks like 08:00."),
        ({"do": "watch", "crews": "crew-1", "on": "08:00", "hours": "8"}, "Choose at least one day of the week."),
        ({"do": "divert"}, "There is no such choice here."),
        ({"do": "fly"}, "There is no such choice here."),
    ],
)
def test_what_cannot_be_meant_is_refused_and_what_was_typed_is_still_there(room, browser, planner, fields, sentence):
    pia, plan = browser(), begun(room, planner)
    answer = add(pia, plan, **fields)
    assert answer.status_code == 422
    assert sentence in text(answer)
    page = answer.content.decode()
    for name, value in fields.items():
        if name in ("into", "units", "crews", "lon", "code"):
            assert re.search(rf'name="{name}"[^>]* value="{value}"', page), name
    assert Scenario.objects.get(pk=plan).version == 1


def test_who_was_slower_is_told_so_and_finds_his_words_and_a_second_press_adds_them(room, browser, planner):
    plan = begun(room, planner)
    mine = {"act": "add", "seen": "1", "do": "merge", "into": "east", "units": "west"}
    assert add(browser("paul"), plan, do="remove_crew", crews="crew-2").status_code == 302
    refused = browser().post(f"/office/plans/{plan}/act", mine)
    assert refused.status_code == 409
    assert "Somebody else has just changed this plan. Yours was not done; look again." in text(refused)
    page = refused.content.decode()
    assert re.search(r'name="units"[^>]* value="west"', page)
    assert 'name="seen" value="2"' in page, "his next press goes over what he sees now"
    assert browser().post(f"/office/plans/{plan}/act", {**mine, "seen": "2"}).status_code == 302
    row = Scenario.objects.get(pk=plan)
    assert (len(row.changes), len(row.hand)) == (1, 1), "nobody's change was lost"


def test_who_may_not_draft_sees_plans_and_is_offered_no_form(room, browser, planner):
    plan = begun(room, planner)
    ina = browser("ina")
    shown = ina.get(f"/office/plans/{plan}")
    assert shown.status_code == 200
    assert "Add to the plan" not in text(shown)
    assert ina.post(f"/office/plans/{plan}/act", {"act": "run", "kind": "compare"}).status_code == 403
    for who in ("zhang", "ada", "carl"):
        assert browser(who).get(f"/office/plans/{plan}").status_code == 404
        assert browser(who).get("/office/plans").status_code == 404


def test_a_run_is_asked_for_watched_and_cancelled_and_the_last_good_one_stays(room, browser, planner):
    pia, plan = browser(), begun(room, planner)
    good = done(room, planner, plan)
    asked = pia.post(
        f"/office/plans/{plan}/act", {"act": "run", "kind": "compare", "days": "7", "runs": "30", "seed": "5"}
    )
    assert asked.status_code == 302
    run = Run.objects.latest("pk")
    assert (run.asked["days"], run.asked["runs"], run.asked["seed"]) == (7, 30, 5)
    Run.objects.filter(pk=run.pk).update(state="running", done=12, of=60)
    panel = pia.get(f"/office/plans/{plan}/runs").content.decode()
    assert 'max="60" value="12"' in panel
    assert "12 of 60 parts done" in panel
    assert f"/office/plans/{plan}/runs/{good.pk}" in panel
    again = pia.post(f"/office/plans/{plan}/act", {"act": "run", "kind": "compare", "days": "7"})
    assert again.status_code == 409
    assert "This plan is being run already." in text(again)
    assert pia.post(f"/office/plans/{plan}/act", {"act": "cancel", "run": run.pk}).status_code == 302
    end_run(run.pk, "cancelled", at=room.now)
    shown = text(pia.get(f"/office/plans/{plan}"))
    assert f"Run {run.pk} was cancelled; it left nothing." in shown
    assert "the last good one" in shown
    failed = ask_run(plan, "compare", {}, by=planner, at=room.now)
    end_run(failed, "failed", trouble="crew_off_roads", said={"crew": "crew-2"}, at=room.now)
    shown = text(pia.get(f"/office/plans/{plan}"))
    assert "Crew crew-2 stands off the road network" in shown
    assert f"/office/plans/{plan}/runs/{good.pk}" in pia.get(f"/office/plans/{plan}").content.decode()
    assert "Crew crew-2 stands off" in text(pia.get(f"/office/plans/{plan}/runs/{failed}"))
    assert pia.get(f"/office/plans/{plan}/runs/{failed}/report.pdf").status_code == 404


@pytest.mark.parametrize(
    ("typed", "name"),
    [({"runs": "1"}, "runs"), ({"days": "9999"}, "days"), ({"seed": "x"}, "seed"),
     ({"kind": "replay", "since": "2026-11-02", "until": "2026-11-01"}, "until"), ({"kind": "guess"}, "kind")],
)  # fmt: skip
def test_settings_that_cannot_be_run_are_refused_at_their_field(room, browser, planner, typed, name):
    plan = begun(room, planner)
    fields = {"act": "run", "kind": "compare", **typed}
    answer = browser().post(f"/office/plans/{plan}/act", fields)
    assert answer.status_code == 422
    page = answer.content.decode()
    if name != "kind":
        assert re.search(rf'name="{name}"[^>]*value="{fields[name]}"[^>]*aria-invalid="true"', page)
    assert not Run.objects.exists()


def test_t26_the_verdict_speaks_only_of_what_leaves_chance_out(room, browser, planner):
    plan = begun(room, planner)
    run = done(room, planner, plan)
    shown = text(browser().get(f"/office/plans/{plan}/runs/{run.pk}"))
    assert "P1 is 26 s faster; areas that gain: 1, that lose: 1; no crews, officers or hours added." in shown
    assert "The slower areas hold 32 % of calls; the worst, East station, by 15 s." in shown
    assert "+9 s [−21, +40] unclear" in shown
    assert "−26 s [−38, −14] faster" in shown
    assert "Overdue or never reached 4.1 % 3.2 % −0.9 [−1.3, −0.5] better" in shown
    assert "Calls that waited for a crew 12.0 15.5 +3.5 [+1.5, +5.5] worse" in shown
    assert "Calls that nobody came to 0.4 % 0.5 % +0.1 [−0.2, +0.4] unclear" in shown
    assert "Tuesday from 3:00, the hour of the week with the fewest crews: A 9, B 8" in shown
    assert "Of 2 areas about 0.1 would seem to gain or lose by chance alone." in shown
    unsure = {**FIGURES, "response_p90_s.grade1": figure(378, 352, -60, 8)}
    nobody = [{**a, **figure(300, 290, -30, 10)} for a in AREAS]
    run = done(
        room,
        planner,
        plan,
        figures=unsure,
        areas=nobody,
        cost={"crews": [24, 26], "officers": [52.1, 57.3], "crew_hours_week": [1000, 1168]},
    )
    shown = text(browser().get(f"/office/plans/{plan}/runs/{run.pk}"))
    assert (
        "P1: no clear difference; areas that gain: 0, that lose: 0; +2 crews, +5 officers, +168 crew hours a week."
        in shown
    )
    assert "No area is clearly slower. In 2 areas no difference can be seen." in shown


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_t26_who_is_not_reached_any_more_loses_most_wherever_the_page_speaks_of_it(room, browser, planner, language):
    """The west is never reached under the plan, half of the east is not, and of the third area there are few calls."""
    plan, endless = begun(room, planner), float("inf")
    never = {**figure(378, 352, -60, 8), "plan": ["inf", 300.0, "inf"], "difference": ["inf", 20.0, "inf"]}
    none = figure(0.0, 0.004, -0.002, 0.01)
    west = {**area("west", "西所", "West station", 34, 300, endless, endless, endless), "unreached": figure(0, 1, 1, 1)}
    west |= {name: [str(x) for x in west[name]] for name in ("plan", "difference")}
    east = {**area("east", "东所", "East station", 16, 310, 280, -50, -10), "unreached": figure(0.01, 0.5, 0.4, 0.58)}
    far = {"unit": "far", "zh": "远所", "en": "Far station", "calls_day": 0.02}
    north = {**area("north", "北所", "North station", 50, 310, 280, -50, -10), "unreached": none}
    run = done(room, planner, plan, areas=[west, east, north, far], figures={
        **FIGURES, "response_p90_s.grade1": never, "unreached.all": figure(0.0, 0.42, 0.4, 0.44),
        "response_p90_s.grade2": figure(452, 452.3, 0.1, 0.5),
    })  # fmt: skip
    client = browser(language=language)
    page = client.get(f"/office/plans/{plan}/runs/{run.pk}")
    shown, head = text(page), page.content.decode().split('class="plan-verdict"')[1].split("</div>")[0]
    if language == "en":
        assert (
            "P1: a tenth of calls or more is never reached; nobody comes to 42.0 % of calls, today to 0.0 %; " in head
        )
        assert "areas that gain: 1, that lose: 2" in head
        assert (
            "hold 50 % of calls; in the worst, West station, nobody comes to 100.0 % of calls, today to 0.0 %" in head
        )
        assert "P 1 6:18 not reached +∞ [+20 s, +∞] slower" in shown
        assert "West station 5:00 not reached +∞ [+∞, +∞] more not reached 34" in shown
        assert (
            "East station 5:10, 1.0 % not reached 4:40, 50.0 % not reached −30 s [−50, −10] more not reached" in shown
        )
        assert "Far station – – – too few calls 0.0" in shown
    else:
        assert "西所" in head
        assert "6:18 未到达 +∞" in shown
        assert "远所 – – – 警情太少" in shown
    assert page.content.decode().count('class="is-slower" d="M') == 2, "both stand on the map as losers"
    assert text_of(client.get(f"/office/plans/{plan}/runs/{run.pk}/report.pdf").content)
    assert client.get(f"/office/plans/{plan}/runs/{run.pk}/report").status_code == 200
    rows = list(csv.reader(io.StringIO(
        client.get(f"/office/plans/{plan}/runs/{run.pk}/figures.csv").content.decode("utf-8-sig")
    )))  # fmt: skip
    assert {"West station", "Far station"} <= {row[1] for row in rows} or language != "en"


def test_a_difference_of_less_than_a_second_is_not_told_as_none(room, browser, planner):
    plan = begun(room, planner)
    run = done(room, planner, plan, figures={**FIGURES, "response_p90_s.grade1": figure(378, 377.7, -0.5, -0.1)})
    assert "P1 is less than 1 s faster" in text(browser().get(f"/office/plans/{plan}/runs/{run.pk}"))


def test_hours_that_change_are_named_though_the_crews_are_the_same(room, browser, planner):
    plan = begun(room, planner)
    run = done(room, planner, plan, cost={"crews": [24, 24], "officers": [67.2, 67.2], "crew_hours_week": [1344, 1400]})
    shown = text(browser().get(f"/office/plans/{plan}/runs/{run.pk}"))
    assert "that lose: 1; +56 crew hours a week." in shown
    assert "Officers for these hours 67.2 67.2" in shown


def test_the_last_good_run_stands_however_many_failed_since(room, browser, planner):
    plan = begun(room, planner)
    good = done(room, planner, plan)
    for _n in range(21):
        end_run(ask_run(plan, "compare", {}, by=planner, at=room.now), "failed", trouble="no_roads", at=room.now)
    shown = browser().get(f"/office/plans/{plan}").content.decode()
    assert f"/office/plans/{plan}/runs/{good.pk}" in shown
    assert "the last good one" in text(browser().get(f"/office/plans/{plan}"))


def test_the_page_has_the_map_as_a_drawing_and_as_a_table_and_its_credit(room, browser, planner):
    plan = begun(room, planner)
    run = done(room, planner, plan)
    page = browser().get(f"/office/plans/{plan}/runs/{run.pk}").content.decode()
    assert page.count('class="is-faster" d="M') == 1
    assert page.count('class="is-slower" d="M') == 1
    assert page.count('class="hatch"') == 1, "slower is hatched, not only coloured"
    assert "© OpenStreetMap contributors" in page
    assert "simulated calls" in page
    assert "style=" not in page.split("<main", 1)[1].split("</main>", 1)[0]


def test_an_area_without_ground_stands_in_the_table_and_a_grade_without_calls_has_no_row(room, browser, planner):
    plan = begun(room, planner)
    few = {k: v for k, v in FIGURES.items() if not k.endswith("grade1")}
    run = done(room, planner, plan, figures=few, areas=[area("gone", "旧所", "Old station", 3.2, 300, 290, -20, -1)],
               reached={}, coverage={}, cost={})  # fmt: skip
    shown = text(browser().get(f"/office/plans/{plan}/runs/{run.pk}"))
    assert "P2 is 21 s faster" in shown
    assert "Old station 5:00 4:50 −10 s [−20, −1] faster 3.2" in shown
    assert browser().get(f"/office/plans/{plan}/runs/{run.pk}/report.pdf").status_code == 200


@pytest.mark.parametrize(("language", "said"), [("en", "P1 is 26 s faster"), ("zh-hans", "P1 快 26")])
def test_t26_the_report_is_on_paper_with_intervals_assumptions_and_page_numbers(room, browser, planner, language, said):
    plan = begun(room, planner, "合并两所 Merge")
    run = done(room, planner, plan)
    client = browser(language=language)
    assert client.get(f"/office/plans/{plan}/runs/{run.pk}/report").status_code == 200
    answer = client.get(f"/office/plans/{plan}/runs/{run.pk}/report.pdf")
    assert answer["Content-Type"] == "application/pdf"
    pages = text_of(answer.content).rstrip("\f").split("\f")
    whole = "\n".join(pages)
    assert said in whole
    assert "OpenStreetMap" in whole
    assert "–38" in whole, "the interval stands beside its drawing"
    for n, page in enumerate(pages, start=1):
        assert re.search(rf"\s{n}\s*$", page), n
    assert Entry.objects.filter(kind="list.exported", facts__list="plan-report").count() == 1


def test_figures_go_out_as_a_file_with_an_entry(room, browser, planner):
    plan = begun(room, planner)
    run = done(room, planner, plan)
    answer = browser().get(f"/office/plans/{plan}/runs/{run.pk}/figures.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Part", "Figure", "A today", "B plan", "Difference", "From", "To", "What that means"]
    assert ["Arrival, 90th percentile, s", "P1", "378.0", "352.0", "-26.0", "-38.0", "-14.0", "faster"] in rows
    assert Entry.objects.filter(kind="list.exported", facts__list="plan-figures").count() == 1


def test_a_run_of_another_plan_is_not_found_under_this_one(room, browser, planner):
    plan, other = begun(room, planner), begun(room, planner, "Another")
    run = done(room, planner, plan)
    for end in ("", "/report", "/report.pdf", "/figures.csv"):
        assert browser().get(f"/office/plans/{other}/runs/{run.pk}{end}").status_code == 404
    assert browser().post(f"/office/plans/{other}/act", {"act": "cancel", "run": run.pk}).status_code == 404


def test_the_changes_of_the_organisation_become_a_reform(room, browser, planner):
    pia, plan = browser(), begun(room, planner)
    day = room.now.astimezone().date().isoformat()
    nothing = pia.post(f"/office/plans/{plan}/act", {"act": "reform", "name": "So be it", "day": day})
    assert nothing.status_code == 422
    add(pia, plan, do="merge", into="east", units="west")
    made = pia.post(f"/office/plans/{plan}/act", {"act": "reform", "name": "So be it", "day": day})
    assert made["Location"].startswith("/office/reforms/")
    assert "Merge West station into East station" in text(pia.get(made["Location"]))


def test_every_trouble_is_a_sentence_in_both_languages():
    for code in TROUBLES:
        said = dict.fromkeys(("unit", "crew", "lon", "lat", "count", "why", "id"), "7")
        with translation.override("en"):
            english = trouble_said(code, said)
        with translation.override("zh-hans"):
            chinese = trouble_said(code, said)
        assert len({code, english, chinese}) == 3, code
        assert "%(" not in english + chinese, code


def test_everything_that_a_run_may_assume_has_a_sentence():
    """What is written as ``{"code": …}`` beside a run, and what its code is made of."""
    found = set[str]()
    for path in Path(plans.__file__).parent.glob("*.py"):
        found |= set(re.findall(r'"code": "(\w+?)"[,}]', path.read_text()))
        if '"code": "post_" +' in path.read_text():
            found |= {"post_in_area", "post_where_seen", "post_unknown"}
        if '"code": "watches_" +' in path.read_text():
            found |= {"watches_rosters", "watches_duty", "watches_assumed"}
    assert found <= {*SENTENCES, *OF_CREWS}, "say in pages/office/plans/assumptions.py what this means"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_assumptions_are_said_with_their_values(room, browser, planner, language):
    plan = begun(room, planner)
    span = {"what": "scene", "median_s": 1200.0, "sigma": 0.7, "n": 12, "kinds": 3, "of": 9}
    assumed = [
        {"code": "demand", "calls": 4312, "since": "2026-10-01T00:00:00+08:00", "until": "2026-11-01T00:00:00+08:00"},
        {"code": "replayed", "calls": 4312, "since": "2026-10-01T00:00", "until": "2026-11-01T00:00"},
        {"code": "districts_calls", "calls": 4312, "since": "2026-10-01T00:00", "until": "2026-11-01T00:00"},
        {"code": "districts_hour", "hour": 17}, {"code": "districts_handling", "minutes": 30},
        {"code": "demand_old", "until": "2026-10-01T00:00"}, {"code": "post_in_area", "crew": "crew-1", "unit": "west"},
        {"code": "post_in_area", "crew": "crew-2", "unit": "west"},
        {"code": "post_where_seen", "crew": "a", "unit": "b"},
        {"code": "post_unknown", "crew": "a", "unit": "b"}, {"code": "riders", "crews": 3, "officers": 2},
        {"code": "watches_rosters", "crews": 3, "days": 3}, {"code": "watches_duty", "crews": 3},
        {"code": "watches_assumed", "crews": 3, "halves": True},
        {"code": "watches_assumed", "crews": 3, "halves": False},
        {"code": "span_fitted", **span}, {"code": "span_default", **span},
        {"code": "silent_fitted", "share": 0.02, "n": 100}, {"code": "silent_default", "share": 0.02, "n": 1},
        {"code": "speed", "by_grade": [1.1, 1.0, 0.9, 0.9], "fitted": [1]},
        {"code": "habits", "wakes": 0.5, "handover_s": 600, "mute_s": 1800}, {"code": "needs", "kinds": 9},
        {"code": "sent", "share": 0.8, "n": 100}, {"code": "unit_place", "unit": "east", "of": "west"},
        {"code": "stands_at_post"}, {"code": "nothing_closed"}, {"code": "officer_hours", "hours": 40},
        {"code": "replay_filled", "day": "2026-10-01"}, {"code": "districts_hour", "hour": 8},
        {"code": "districts_calls", "calls": 4312, "since": "2026-10-01T00:00", "until": "2026-11-01T00:00"},
        {"code": "districts_handling", "minutes": 30},
        {"code": "left_out", "outside": 3, "unreachable": 1},
    ]  # fmt: skip
    assert {a["code"] for a in assumed} == {*SENTENCES, *OF_CREWS}
    run = done(room, planner, plan, assumed=assumed)
    page = browser(language=language).get(f"/office/plans/{plan}/runs/{run.pk}").content.decode()
    said = re.findall(r"<li>(.*?)</li>", page.split('id="assumed-h"')[1].split("</ol>")[0])
    assert len(said) == len(assumed) - 1, "two crews of one code are one sentence"
    assert not [s for s in said if "%" in s and "%(" in s]
    if language == "en":
        assert "Crew-1, Crew-2" in said[-3]
        assert "In a run no street is closed, whatever is closed today." in said
        assert "An officer works 40 hours a week; leave and sickness are left out." in said
        assert "4,312 calls of the public from 2026-10-01 to 2026-11-01" in said[0]


def test_every_change_by_hand_has_words():
    class Nobody:
        callsigns, stations = {}, ()

    watch = {"on": "08:00", "hours": 8, "days": [0]}
    names, whole = Names(Nobody()), {
        "move_crew": {"crew": "a", "to": {"unit": "b"}}, "remove_crew": {"crew": "a"},
        "add_crew": {"code": "a", "unit": "b", "officers": 2, "skills": [], "watch": watch},
        "watch": {"crews": ["a"], **watch}, "beat": {"crew": "a", "places": [[1, 2]]},
        "need": {"category": "crime", "grade": 1, "crews": 1}, "policy": {"run_s": [1, 2, 3, 4]},
        "divert": {"on": False}, "ladder": {"grade": 1, "after_s": [0, 1]}, "next_at": {"rung": "second"},
    }  # fmt: skip
    for do in HAND:
        assert names.by_hand({"do": do, **whole[do]}) not in ("", do), do
    assert set(DOES) - {"merge"} <= set(HAND)
