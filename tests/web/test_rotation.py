"""Rotation over HTTP: who is due and why (T39), exemptions, a round from draft to its day (T39, T40), T41, T47."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client

from oneroom.apps.incidents.models import Assignment
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orgs.models import UnitFunction
from oneroom.apps.people.models import Signature
from oneroom.apps.personnel import services
from oneroom.apps.personnel.access_rotation import due_on
from oneroom.apps.personnel.facts import counting, force_on
from oneroom.apps.personnel.models import Absence, Move, Post, Posting, Round, RoundMove
from oneroom.apps.personnel.services import plan_rounds
from oneroom.engine.roles import Role
from oneroom.engine.rotation.due import due_list
from tests.force import Force

pytestmark = pytest.mark.django_db
LONG_AGO = date(2000, 1, 1)


@pytest.fixture
def force(room):
    made = Force(room)
    made.hr  # noqa: B018 - she is there from the beginning
    for unit in ("west", "east"):
        made.places(unit, 6)
        for n in range(3):
            made.post(f"{unit}{n}", unit, sensitive=n == 0)
    Post.objects.update(since=LONG_AGO)
    return made


def sits(force, who, language="en"):
    client = Client(headers={"Accept-Language": language, "Accept": "text/html"})
    client.force_login(force.room.town.people[who])
    return client


def since(person, post, day):
    Posting.objects.create(person=person, post=post, basis="entered", since=day)
    return person


def five_years(force):
    return force.today.replace(year=force.today.year - 5)


def due(client, **asked):
    """The lines of the file: full on, how near, unit, post, code, rule, since, exempt."""
    answer = client.post("/office/rotation", {"as": "csv", **asked})
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(answer).decode().lstrip("\ufeff"))))[1:]


@pytest.mark.parametrize(
    ("since_day", "on", "near"),
    [
        ("2016-03-10", "2020-03-09", []), ("2016-03-10", "2020-03-10", ["within 12 months"]),
        ("2016-03-10", "2020-09-10", ["within 6 months"]), ("2016-03-10", "2020-12-10", ["within 3 months"]),
        ("2016-03-10", "2021-03-09", ["within 3 months"]),  # 4 years 364 days
        ("2016-03-10", "2021-03-10", ["reached"]),  # 5 years 0 days
        ("2016-02-29", "2021-02-27", ["within 3 months"]), ("2016-02-29", "2021-02-28", ["reached"]),
    ],
)  # fmt: skip
def test_t39_due_twelve_six_and_three_months_ahead_and_reached_on_the_day(force, since_day, on, near):
    since(force.person("Wanda"), "west0", date.fromisoformat(since_day))

    lines = due(sits(force, "ina"), on=on)

    assert [line[1] for line in lines if line[5].startswith("five years")] == near


def test_t39_leave_stops_the_clock_only_where_the_force_says_so(force, settings):
    one = since(force.person("Wanda"), "west0", date(2016, 3, 10))
    Absence.objects.create(person=one, since=date(2018, 1, 1), until=date(2018, 3, 2))  # sixty days
    ina = sits(force, "ina")

    assert due(ina, on="2021-03-10")[0][0] == "2021-03-10"
    settings.LEAVE_STOPS_ROTATION = True
    assert due(ina, on="2021-03-10")[0][:2] == ["2021-05-09", "within 3 months"]
    page = ina.get(f"/office/rotation/people/{one.pk}").content.decode()
    assert "days that do not count: 60" in page
    assert "2018-01-01" in page


def test_t39_the_list_narrows_sorts_and_its_file_names_nobody_and_a_chief_sees_none_of_it(force):
    since(force.person("Wanda"), "west0", five_years(force))
    since(force.person("Edgar"), "east1", date(2010, 1, 1))
    ina = sits(force, "ina")

    page = ina.get("/office/rotation", {"rule": "sensitive_years"}).content.decode()
    assert "Wanda" in page
    assert "Edgar" not in page
    names = ina.get("/office/rotation", {"sort": "-name"}).content.decode()
    assert names.index("Wanda") < names.index("Edgar")
    assert "East station" in ina.get("/office/rotation", {"unit": "east"}).content.decode()
    assert {line[4] for line in due(ina)} == {"west0", "east1"}
    assert not any("Wanda" in cell for line in due(ina) for cell in line)
    printed = ina.post("/office/rotation", {"as": "print"}).content.decode()
    assert "west0" in printed
    assert "Wanda" not in printed
    for who in ("leader-li", "zhou", "ada", "zhang"):
        assert sits(force, who).get("/office/rotation").status_code == 404
    assert "五年" in sits(force, "ina", "zh-hans").get("/office/rotation").content.decode()


def test_t39_a_limit_is_set_aside_by_two_with_a_reason_and_an_end_and_the_list_says_so(force):
    one = since(force.person("Wanda"), "west0", five_years(force))
    hanna, ina = sits(force, "hanna"), sits(force, "ina")
    address = f"/office/rotation/people/{one.pk}"
    until = force.days(90).isoformat()
    said = {"of": "west0:sensitive_years", "until": until, "why": "The audit ends in spring"}

    for wrong in ({"of": "west0:kinship"}, {"until": ""}, {"until": force.days(900).isoformat()}, {"why": " "}):
        assert hanna.post(address, said | wrong).status_code == 422, wrong
    assert ina.post(address, said).status_code == 403
    assert due(ina)[0][7] == ""
    assert hanna.post(address, said).status_code == 302
    assert until in hanna.get(address).content.decode()
    asked = Signature.objects.get(act="exempt")
    assert hanna.post(f"/office/signatures/{asked.pk}", {"act": "sign"}).status_code in (403, 404)
    assert ina.post(f"/office/signatures/{asked.pk}", {"act": "sign"}).status_code == 302

    assert due(ina)[0][7] == until
    assert Entry.objects.get(kind="rotation.exempted").facts["rule"] == "sensitive_years"


@pytest.fixture
def two(force):
    """Wanda must leave the west, Edgar the east; seats are free in both."""
    return (
        since(force.person("Wanda"), "west0", five_years(force)),
        since(force.person("Edgar"), "east0", five_years(force)),
    )


def planned(force, hanna, **more):
    said = {"name": "Spring", "day": force.days(30).isoformat(), "months": "0", "percent": "50"} | more
    answer = hanna.post("/office/rotation/rounds", said)
    assert answer.status_code == 302, answer.content.decode()
    assert "The planner is at it" in hanna.get(answer["Location"]).content.decode()
    assert plan_rounds(force.room.now) == 1
    return answer["Location"], Round.objects.latest("pk")


def test_t39_t40_a_round_is_planned_adjusted_signed_by_two_and_holds_from_its_day(force, two):
    wanda, edgar = two
    hanna, ina = sits(force, "hanna"), sits(force, "ina")
    emil = since(force.person("Emil"), "west2", force.today)
    address, row = planned(force, hanna)
    moves = dict(row.moves.values_list("person_id", "target"))
    assert moves.keys() == {wanda.pk, edgar.pk}
    assert moves[wanda.pk].startswith("east")
    page = hanna.get(address).content.decode()
    for words in ("Wanda", "five years in a sensitive post since", "proved", "Have it signed"):
        assert words in page, words

    seen = {"act": "adjust", "seen": str(row.version), "person": str(wanda.pk)}
    assert hanna.post(address, seen | {"target": "west2"}).status_code == 409, "somebody sits there"
    services.declare_kin(wanda.pk, emil.pk, "spouse", by=force.hr, at=force.room.now)
    near = next(c for c in ("west0", "west1") if c != moves[edgar.pk])
    refused = hanna.post(address, seen | {"target": near})
    assert refused.status_code == 409, "no hand puts relatives under one leader"
    assert "Civil Servants Law 74" in refused.content.decode()
    row.refresh_from_db()
    free = next(c for c in ("east1", "east2") if c != moves[wanda.pk])
    assert hanna.post(address, seen | {"target": free, "seen": str(row.version)}).status_code == 302
    assert hanna.post(address, seen | {"target": free, "seen": "1"}).status_code == 409, "another version"
    row.refresh_from_db()
    assert RoundMove.objects.get(round=row, person=wanda).by_hand
    ask = {"act": "ask", "seen": str(row.version), "why": "Five years are full"}
    assert hanna.post(address, ask).status_code == 302
    assert hanna.post(address, {"act": "sign"}).status_code == 403
    assert not Posting.objects.filter(post=free).exists(), "nothing before it is signed"

    assert ina.post(address, {"act": "drop"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "draft", "what is refused is a draft again"
    assert hanna.post(address, ask).status_code == 302
    assert ina.post(address, {"act": "sign"}).status_code == 302

    day = row.day
    assert Posting.objects.get(person=wanda, since=day).post == free
    assert Posting.objects.get(person=wanda, post="west0").until == day
    assert Entry.objects.filter(kind="person.posted", facts__basis="rotation").count() == 2
    assert Move.objects.filter(basis="rotation", day=day).values("person").distinct().count() == 2
    assert due(ina, on=day.isoformat()) == [], "who moved begins anew"
    signed = ina.get(address).content.decode()
    assert signed.count("five years in a sensitive post since") == 2, "a signed round still says why each must go"


def test_t39_a_signed_round_is_taken_back_before_its_day_with_all_it_wrote(force, two):
    wanda, _edgar = two
    hanna, ina = sits(force, "hanna"), sits(force, "ina")
    address, row = planned(force, hanna)
    hanna.post(address, {"act": "ask", "seen": str(row.version), "why": "Five years are full"})
    assert ina.post(address, {"act": "sign"}).status_code == 302

    assert hanna.post(address, {"act": "withdraw"}).status_code == 302

    assert [(p.post, p.until) for p in wanda.postings.all()] == [("west0", None)]
    assert not Move.objects.filter(basis="rotation").exists()
    assert "taken back" in hanna.get(address).content.decode()


def test_t39_where_there_is_no_round_the_page_says_which_people_are_too_many_for_which_seats(force, two):
    wanda, _edgar = two
    hanna = sits(force, "hanna")
    services.declare_kin(wanda.pk, since(force.person("Emil"), "east1", force.today).pk, "spouse",
                         by=force.hr, at=force.room.now)  # fmt: skip
    address, row = planned(force, hanna)
    assert (row.state, [b["kind"] for b in row.answer["bottlenecks"]]) == ("impossible", ["too_few_seats"])
    page = hanna.get(address).content.decode()
    assert "These 1 people are eligible only for these 0 seats." in page
    assert "relatives" in page
    assert not Posting.objects.filter(since=row.day).exists()


def test_t40_no_unit_loses_more_than_the_round_says(force, two):
    since(force.person("Walter"), "west1", date(2010, 1, 1))
    since(force.person("Wim"), "west2", date(2010, 1, 1))
    hanna = sits(force, "hanna")

    address, row = planned(force, hanna, percent="40")

    assert row.state == "impossible"
    assert (
        "3 people must leave West station, which may lose only 1 in one round." in hanna.get(address).content.decode()
    )
    assert hanna.post(address, {"act": "ask", "seen": "2", "why": "x"}).status_code == 409
    wrong = {"name": "x", "day": force.days(9).isoformat(), "months": "0", "percent": "0"}
    assert hanna.post("/office/rotation/rounds", wrong).status_code == 422


def test_t41_what_the_law_keeps_for_officers_is_refused_to_an_auxiliary_over_http(force):
    """Posting, role and scene report: refused at the door, and nothing is written."""
    room = force.room
    force.staff("hanna", Role.HR)
    aux = force.person("He", kind="auxiliary", account="aux-he")
    refused = sits(force, "hanna").post(
        f"/office/people/{aux.pk}",
        {"act": "post", "post": "west1", "day": force.today.isoformat(), "basis": "first"},
    )
    assert refused.status_code == 409
    assert "another kind of staff" in refused.content.decode()
    assert not aux.postings.exists()
    incident = room.report("burglary", at="market")
    room.dispatch(incident, "crew-3")
    order = Assignment.objects.get(incident=incident)
    phone = Client()
    phone.force_login(room.town.people["aux-he"])
    answer = phone.post(f"/api/assignments/{order.pk}/report", '{"outcome": "helped"}',
                        content_type="application/json", headers={"Idempotency-Key": "aux-he-signs-01"})  # fmt: skip
    assert answer.status_code == 403, "a report is signed in an officer's own name"
    order.refresh_from_db()
    assert not order.outcome


def test_t47_two_units_that_answer_for_one_function_are_found_on_the_page(force):
    for unit in ("west", "east"):
        UnitFunction.objects.create(function="traffic", unit=unit, since=force.today)

    page = sits(force, "ina").get("/office/organisation").content.decode()

    assert "traffic" in page.lower()


def test_t39_nobody_is_left_out_for_whom_years_need_counting(force, settings):
    """The list reads only those who may be due; of everybody else the same is found as when all are read."""
    past = [
        ("A", "west0", "2016-02-29", None), ("B", "west1", "2011-11-22", None),
        ("C", "east0", "2015-01-01", "2016-01-01"), ("C", "east0", "2016-06-01", None),
        ("D", "east1", "2010-05-31", "2020-12-31"),
        ("E", "east2", "2020-01-01", None), ("E", "west2", "2012-02-29", None),
    ]  # fmt: skip
    people = {name: force.person(name) for name, *_rest in past}
    for name, post, begun, until in past:
        full = (name, post) != ("E", "west2")
        Posting.objects.create(person=people[name], post=post, basis="entered", since=begun, until=until, full=full)
    Absence.objects.create(person=people["A"], since=date(2018, 1, 1), until=date(2018, 3, 2))
    by, seen = force.room.actor("ina"), set()
    for stops in (False, True):
        settings.LEAVE_STOPS_ROTATION = stops
        for n in range(0, 2600, 41):
            day = date(2019, 1, 1) + timedelta(days=n)
            every = due_list(force_on(day), day, counting=counting(leave_stops=stops))
            assert [line.due for line in due_on(day, by=by)] == every, day
            seen |= {(int(d.person), d.post, d.ahead) for d in every}
    assert len(seen) >= 16, "each of them was near, nearer and there"
