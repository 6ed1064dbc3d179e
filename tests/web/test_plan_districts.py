"""Ground divided anew on its page: asked for, looked at, taken over, and refused in words (row T17)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from oneroom.apps.plans.models import Run, Scenario
from oneroom.apps.plans.running import turn
from oneroom.apps.plans.services import draft_scenario
from tests.flows.test_plan_districts import city, pia, uneven  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {"act": "ask", "of": "station", "work": "ground", "units": "st-a, st-b, st-c", "tolerance": "5"}


@pytest.fixture
def plan(city, pia):  # noqa: F811
    return draft_scenario("Even ground", by=pia, at=city.now)


def sits(city, who="pia", language="en"):  # noqa: F811
    client = Client(headers={"accept-language": language})
    client.force_login(city.town.people[who])
    return client


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_who_may_only_look_reads_that_nothing_was_divided_yet(city, plan):  # noqa: F811
    said = text(sits(city, "zhou").get(f"/office/plans/{plan}/districts"))
    assert "No ground was divided in this plan yet." in said
    assert "Divide ground anew" not in said


def test_t17_a_planner_divides_ground_sees_who_changes_and_takes_it_over(city, plan):  # noqa: F811
    uneven()
    client, at = sits(city), f"/office/plans/{plan}/districts"
    assert "Divide ground anew" in text(client.get(at))
    assert client.post(at, ASKED).status_code == 302
    assert "Run" in text(client.get(at))
    assert turn()
    said = text(client.get(at))
    assert "% off an equal share; 5 % are allowed. Today it is 75." in said
    assert "Station a Station b" in said
    assert "that is certain" in said
    assert "Drives are those of 8:00" in said
    run = Run.objects.get()
    assert client.post(at, {"act": "take", "run": run.pk, "seen": "9"}).status_code == 409
    assert client.post(at, {"act": "take", "run": run.pk, "seen": "1"}).status_code == 302
    assert {c["do"] for c in Scenario.objects.get(pk=plan).changes} == {"alter"}
    assert "Take over" not in text(client.get(at)), "the plan has them already"
    assert client.get(f"/office/plans/{plan}").status_code == 200
    assert client.get(f"/office/plans/{plan}/runs/{run.pk}").headers["Location"] == at
    assert client.get(f"/office/plans/{plan}/runs/{run.pk}/report").status_code == 404
    assert "偏离均分值" in text(sits(city, language="zh-hans").get(at))


def test_t17_brigades_get_districts_that_work_with_stations(city, plan):  # noqa: F811
    client, at = sits(city), f"/office/plans/{plan}/districts"
    client.post(at, {**ASKED, "of": "brigade", "units": "tb", "count": "6"})
    assert turn()
    said = text(client.get(at))
    assert "Works with" in said
    assert "Traffic brigade district 6" in said
    assert said.count("begins") == 6


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"borders": "st-a"}, 422, "A border is two codes"), ({"tolerance": "x"}, 422, "not a number"),
        ({"tolerance": "99"}, 422, "from 1 to 50"), ({"of": "moon"}, 422, "Pick one of the list"),
        ({"act": "fly"}, 422, "Pick one of the list"), ({"act": "cancel", "run": "999"}, 404, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_and_what_was_typed_stays(city, plan, more, status, words):  # noqa: F811
    answer = sits(city).post(f"/office/plans/{plan}/districts", {**ASKED, "keep": "st-b", **more})
    assert answer.status_code == status
    assert words in text(answer)
    if status == 422:
        assert 'value="st-b"' in answer.content.decode()


def test_a_run_that_fails_says_why_and_the_last_good_one_stays(city, plan):  # noqa: F811
    client, at = sits(city), f"/office/plans/{plan}/districts"
    client.post(at, ASKED)
    turn()
    client.post(at, {**ASKED, "units": "nobody"})
    turn()
    said = text(client.get(at))
    assert "There is no unit nobody on that day." in said
    assert "What was found" in said
    assert client.post(at, {"act": "take", "run": Run.objects.latest("pk").pk, "seen": "1"}).status_code == 404
    assert sits(city, "zhou").post(at, ASKED).status_code == 403
    assert sits(city, "zhou").get(at).status_code == 200
