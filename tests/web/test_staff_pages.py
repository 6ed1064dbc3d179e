"""
The office's registers over HTTP: rules and who read them (T41 B36), sessions and exams (B35 B44), awards (T42),
villages (B17), posts (B14), care (B37), relatives that people declare themselves.
"""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.orgs.models import UnitSpell
from oneroom.apps.orgs.services import begin_unit
from oneroom.apps.personnel import services
from oneroom.apps.personnel.models import Award, Kinship, Post, Posting, Village, WelfareNote
from oneroom.engine.establishment import transfer
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("hanna", Role.HR)
    made.staff("eva", Role.ORG_PLANNER)
    return made


@pytest.fixture
def sits(force):
    def client(who, language="en"):
        made = Client(headers={"Accept-Language": language, "Accept": "text/html"})
        made.force_login(force.room.town.people[who])
        return made

    return client


def page(client, address, status=200, **asked):
    answer = client.get(address, asked)
    assert answer.status_code == status, answer.content.decode()[:300]
    return answer.content.decode()


def done(client, address, status=302, **said):
    answer = client.post(address, said)
    text = b"".join(answer).decode() if answer.streaming else answer.content.decode()
    refusal = re.search(r'role="alert"[^>]*>([^<]*)', text)
    assert answer.status_code == status, (answer.status_code, refusal and refusal[1])
    return text


def figure(text, label):
    """The number below a label of the figures."""
    return re.search(rf"<dt>{label}</dt><dd class=\"num\">([^<]*(?:<a[^>]*>[^<]*)?)", text)[1].split(">")[-1].strip()


B36 = ("政治要件办理规定", "包头市公安局工作规则", "党员“十二分制”管理办法", "民辅警八小时以外监督管理规定")


def test_b36_four_documents_are_published_and_each_is_read_by_who_says_so_himself(force, sits):
    force.places("west", 1)
    force.places("east", 1)
    zhang, edgar = force.person("Zhang", account="zhang"), force.person("Edgar")
    force.sits(zhang, force.post("w1", "west"))
    force.sits(edgar, force.post("e1", "east"))
    hanna, phone = sits("hanna"), sits("zhang")
    day = force.today.isoformat()
    for n, title in enumerate(B36):
        said = {"rule": f"b36_{n}", "title_zh": title, "topic": "work", "effective": day}
        done(hanna, "/office/rules", 422, act="publish", review=day, **said)
        done(hanna, "/office/rules", act="publish", review=force.days(365).isoformat(), **said)
    assert [title in page(sits("hanna", "zh-hans"), "/office/rules") for title in B36] == [True] * 4
    assert "1–4 of 4" in page(hanna, "/office/rules")
    own = page(phone, "/account/rules")
    assert "still to be read: 4" in own
    first = re.search(r'name="policy" value="(\d+)"', own)[1]

    done(phone, "/account/rules", policy=first)
    done(phone, "/account/rules", policy=first)

    assert "still to be read: 3" in page(phone, "/account/rules")
    assert Entry.objects.filter(kind="policy.acknowledged").count() == 1
    one = page(hanna, f"/office/rules/{first}")
    assert [figure(one, x) for x in ("Serve", "Have read it", "Not yet")] == ["2", "1", "1"]
    rows = {cells[0]: cells[1:] for cells in re.findall(
        r"<tr id=\"row-\d+\"><td>([^<]*)</td><td class=\"n num\">(\d+)</td><td class=\"n num\">(\d+)</td>"
        r"<td class=\"n num\">(\d+)</td>", one)}  # fmt: skip
    assert rows == {"West station": ("1", "1", "0"), "East station": ("1", "0", "1")}
    assert "Edgar" not in one, "by count: who has not read it is named nowhere"
    chief = page(sits("leader-li"), f"/office/rules/{first}")
    assert "West station" in chief
    assert "East station" not in chief
    done(sits("leader-li"), "/office/rules", 404, act="publish")


def test_t41_a_new_version_is_to_be_read_anew_and_the_old_one_is_no_longer_in_force(force, sits):
    force.person("He", kind="auxiliary", account="aux-he")
    hanna, he = sits("hanna"), sits("aux-he")
    said = {"rule": "duty", "title_zh": "勤务", "topic": "auxiliaries", "review": force.days(900).isoformat()}
    done(hanna, "/office/rules", act="publish", effective=force.days(-9).isoformat(), **said)
    done(he, "/account/rules", policy=re.search(r'value="(\d+)"><p', page(he, "/account/rules"))[1])
    assert "still to be read: 0" in page(he, "/account/rules")

    done(hanna, "/office/rules", act="publish", effective=force.today.isoformat(), **said)

    assert "still to be read: 1" in page(he, "/account/rules")
    assert "1–1 of 1" in page(hanna, "/office/rules")
    assert "1–1 of 1" in page(hanna, "/office/rules", state="over")
    done(hanna, "/office/rules", 422, act="publish", effective="soon", **said)


def test_b35_192_sessions_and_whom_they_reached_are_counted_on_the_page(force, sits):
    people = [force.person(f"P{n}") for n in range(4)]
    machine = {"kind": "meeting", "topic": "first_agenda", "unit": "branch", "by": force.hr, "at": force.room.now}
    for n in range(191):
        there = [people[n % 2].pk, people[2].pk]
        services.hold_sitting(**machine, day=date(2022, 1 + n % 12, 1 + n // 12), attended=there)
    hanna = sits("hanna")
    said = {"act": "hold", "kind": "meeting", "topic": "first_agenda", "unit": "branch", "day": "2022-12-30"}

    def reach():
        row = page(hanna, "/office/register", year="2022").split('id="topic-first_agenda"')[1].split("</tr>")[0]
        return re.findall(r'num">([^<]*)<', row)

    text = done(hanna, "/office/register", 422, attended=f"{people[0].number} NOBODY9", **said)
    assert "There is no such badge: NOBODY9." in text
    assert f"{people[0].number} NOBODY9" in text, "what was typed is not lost"
    assert reach() == ["191", "3", "4", "75.0"]

    done(hanna, "/office/register", attended=f"{people[3].number.lower()}, {people[0].number}\n", **said)

    assert reach() == ["192", "4", "4", "100.0"]
    assert "of 192" in page(hanna, "/office/register", topic="first_agenda")
    assert page(hanna, "/office/register", 422, year="last")
    file = done(hanna, "/office/register", 200, **{"as": "csv"}, topic="first_agenda")
    assert file.count("first_agenda") == 192
    assert people[0].name not in file


def test_b44_an_exam_is_entered_and_only_then_does_the_appointment_go_through(force, sits):
    force.places("west", 2)
    one, two = force.person("One"), force.person("Two")
    force.sits(one, force.post("w1", "west"))
    done(sits("eva"), "/office/posts/each", act="begin", post="judge", unit="west", kind="sworn", name_zh="法制员",
         exam="law_before_post", front_line="yes", since=force.today.isoformat())  # fmt: skip
    assert "law_before_post" in page(sits("eva"), "/office/posts/each", post="judge")
    hanna = sits("hanna")
    appoint = {"act": "post", "post": "judge", "day": force.days(1).isoformat(), "basis": "appointment"}
    exam = {"act": "hold", "kind": "exam", "topic": "law_before_post", "unit": "west", "day": force.today.isoformat()}

    text = done(hanna, f"/office/people/{one.pk}", 409, **appoint)
    assert "has not passed the exam before this appointment: law_before_post" in text
    done(hanna, "/office/register", 422, attended=one.number, passed=two.number, **exam)
    done(hanna, "/office/register", attended=f"{one.number} {two.number}", passed=two.number, **exam)
    done(hanna, f"/office/people/{one.pk}", 409, **appoint)
    done(hanna, "/office/register", attended=one.number, passed=one.number, until=force.days(9).isoformat(), **exam)
    done(hanna, f"/office/people/{one.pk}", **appoint)

    assert Posting.objects.get(person=one, until=None).post == "judge"
    sitting = re.findall(r'href="(/office/register/\d+)"', page(hanna, "/office/register"))[0]
    there = page(hanna, sitting)
    assert "One" in there
    assert "passed" in there


def test_t42_awards_follow_the_table_and_reconcile_with_the_budget_on_the_page(force, sits):
    people = [force.person(f"A{n}", kind="auxiliary") for n in range(3)]
    hanna, year = sits("hanna"), force.today.year
    day = f"{year}-02-01"
    done(hanna, "/office/awards", 422, act="budget", year=str(year), item="auxiliaries", amount="12,5")
    done(hanna, "/office/awards", act="budget", year=str(year), item="auxiliaries", amount="3000.10")
    budget = re.search(r'<option value="(\d+)">\d+ · auxiliaries', page(hanna, "/office/awards"))[1]
    give = {"act": "give", "award": "merit_3", "budget": budget, "day": day}
    text = done(hanna, "/office/awards", 422, number=people[0].number, **give)
    assert "The table of awards has no such award on that day." in text
    done(hanna, "/office/awards", act="scale", award="merit_3", amount="1000.05", since=f"{year}-01-01")

    for person in people[:2]:  # an amount that is sent along changes nothing: there is no discretion
        done(hanna, "/office/awards", number=person.number, amount="99999", **give)
    assert set(Award.objects.values_list("amount_fen", flat=True)) == {100_005}
    done(hanna, "/office/awards", act="scale", award="merit_3", amount="1000.01", since=f"{year}-02-02")
    text = done(hanna, "/office/awards", 409, number=people[2].number, **{**give, "day": f"{year}-02-02"})
    assert "There is not so much left in this budget." in text

    text = page(hanna, "/office/awards", year=str(year))
    row = text.split('<td class="code">auxiliaries</td>')[1].split("</tr>")[0]
    assert re.findall(r"num\">([^<]*)<", row) == ["3000.10", "2000.10", "1000.00"]
    assert f"Awards of {year} in all: 2000.10 yuan" in text
    assert "1–2 of 2" in text
    done(hanna, "/office/awards", 403, **{"as": "csv"})


def test_b17_one_village_one_auxiliary_and_a_vacancy_counts_the_same_day(force, sits):
    force.places("west", 2, kind="auxiliary")
    eva, hanna, day = sits("eva"), sits("hanna"), force.today.isoformat()
    for n, name in ((1, "东村"), (2, "西村")):
        done(eva, "/office/villages", act="enter", village=f"v{n}", name_zh=name, name_en=f"Village {n}", unit="west")
        done(eva, "/office/posts/each", act="begin", post=f"va{n}", unit="west", kind="auxiliary", name_zh="驻村辅警",
             front_line="yes", village=f"v{n}", since=day)  # fmt: skip
    done(eva, "/office/villages", 409, act="enter", village="v1", name_zh="东村", unit="west")
    done(eva, "/office/villages", 422, act="enter", village="v3", name_zh="南村", unit="nowhere")
    assert Village.objects.count() == 2
    people = [force.person(f"Aux{n}", kind="auxiliary") for n in (1, 2)]
    for n, person in enumerate(people, 1):
        done(hanna, f"/office/people/{person.pk}", act="post", post=f"va{n}", day=day, basis="first")
    text = page(hanna, "/office/villages")
    assert (figure(text, "Covered"), figure(text, "Without an auxiliary")) == ("100.0 %", "0")
    assert "Aux1" in text

    done(hanna, f"/office/people/{people[1].pk}", act="leave", left=force.days(1).isoformat(), cause="ended")

    assert figure(page(hanna, "/office/villages"), "Covered") == "100.0 %"
    tomorrow = page(hanna, "/office/villages", on=force.days(1).isoformat())
    assert (figure(tomorrow, "Covered"), figure(tomorrow, "Without an auxiliary")) == ("50.0 %", "1")
    gaps = page(hanna, "/office/villages", on=force.days(1).isoformat(), state="vacant")
    assert "Village 2" in gaps
    assert "Village 1" not in gaps
    file = done(hanna, "/office/villages", 200, **{"as": "csv"}, on=force.days(1).isoformat())
    assert "Village 1" in file
    assert "Aux1" not in file, "a file holds no names"
    assert "Village 1" not in page(sits("leader-lu"), "/office/villages"), "another station's"


def test_b14_an_over_quota_posting_is_refused_on_the_page_and_the_ledger_shows_that_it_sums(force, sits):
    force.places("west", 1)
    force.places("east", 4)
    force.staff("emil", Role.ORG_PLANNER)
    eva, emil, hanna, day = sits("eva"), sits("emil"), sits("hanna"), force.today.isoformat()
    done(eva, "/office/posts/each", act="begin", post="seat", many="2", unit="west", kind="sworn", name_zh="民警",
         front_line="yes", since=day)  # fmt: skip
    one, two = force.person("One"), force.person("Two")
    posts = {"act": "post", "day": day, "basis": "first"}
    done(hanna, f"/office/people/{one.pk}", post="seat-1", **posts)
    text = done(hanna, f"/office/people/{two.pk}", 409, post="seat-2", **posts)
    assert f"west has 1 places of this kind on {day} and would have 2 people." in text
    assert not Posting.objects.filter(person=two).exists()

    done(eva, "/office/posts/ask", giver="east", taker="west", kind="sworn", count="1", day=day, why="One more street")
    waiting = re.search(r"/office/signatures/(\d+)", page(emil, "/office/signatures"))[1]
    assert "One more street" in page(emil, "/office/signatures")
    done(hanna, f"/office/people/{two.pk}", 409, post="seat-2", **posts)
    done(eva, f"/office/signatures/{waiting}", 403, act="sign")
    done(emil, f"/office/signatures/{waiting}", act="sign")
    done(hanna, f"/office/people/{two.pk}", post="seat-2", **posts)

    ledger = page(emil, "/office/posts/ledger")
    sums = ledger.split('id="sums-h"')[1].split("</section>")[0]
    assert re.findall(r"<td>Officer</td><td class=\"n num\">(\d+)</td><td class=\"n num\">(\d+)</td>"
                      r"<td class=\"n num\">(-?\d+)</td>", sums) == [("5", "5", "0")]  # fmt: skip
    assert "Print" in done(emil, "/office/posts/ledger", 200, **{"as": "print"})
    text = done(eva, "/office/posts/each", 409, act="end", ends="seat-1", until=force.days(1).isoformat())
    assert "Somebody sits in this post" in text
    done(eva, "/office/posts/each", 409, act="begin", post="seat", many="2", unit="west", kind="sworn", name_zh="民警",
         since=day)  # fmt: skip


NOT_THEIRS = ("zhou", "leader-li", "eva", "hanna", "ada", "ina", "zhang")  # commander, chief, planner, hr, admin …


def test_b37_no_commander_planner_or_administrator_reads_a_word_of_care_by_any_way(force, sits):
    force.staff("cara", Role.WELFARE_OFFICER)
    force.places("west", 1)
    zhang = force.person("Zhang", account="zhang")
    force.sits(zhang, force.post("w1", "west"))
    cara, words = sits("cara"), "He sleeps badly since the fire"
    said = {"act": "write", "words": words, "again": force.days(7).isoformat()}
    done(cara, "/office/care", 422, number="NOBODY", **said)
    done(cara, "/office/care", number=zhang.number, **said)
    note = WelfareNote.objects.get()
    listed = page(cara, "/office/care")
    assert "Zhang" in listed
    assert words not in listed
    assert not Look.objects.exists()

    for who in NOT_THEIRS:
        client = sits(who)
        for address in ("/office/care", f"/office/care/{note.pk}"):
            assert client.get(address).status_code == 404, who
            assert client.post(address, {"act": "write", "number": zhang.number, "as": "csv"}).status_code == 404, who
        for address in (f"/office/people/{zhang.pk}", "/office/people", "/office/find?q=Zhang", "/office/register"):
            text = client.get(address, follow=True).content.decode()
            for secret in (words, "sleeps", "/office/care"):
                assert secret not in text, (who, address)
    ina = sits("ina")
    day = force.today.isoformat()
    asked = {"kind": "welfare.noted", "purpose": "inspection", "basis": "DC-2026-0012", "since": day, "until": day}
    answers = ina.post("/office/record", asked, follow=True).content.decode()
    assert "A word of care was written" in answers, "that there is one stands in the record"
    for secret in ("Zhang", zhang.number, f"person:{zhang.pk}", words):
        assert secret not in answers, "of whom, and what, does not"
    done(cara, "/office/care", 403, **{"as": "csv"})

    assert words in page(cara, f"/office/care/{note.pk}")
    look = Look.objects.get()
    assert (look.record, look.purpose) == (f"welfare:{note.pk}", "care")
    done(cara, f"/office/care/{note.pk}")
    assert cara.get(f"/office/care/{note.pk}").status_code == 404
    assert "Zhang" not in page(cara, "/office/care")
    facts = " ".join(f"{e.subject} {e.matter} {e.facts}" for e in Entry.objects.filter(kind__startswith="welfare."))
    assert f"person:{zhang.pk}" not in facts
    assert "'person'" not in facts


def test_relatives_in_the_force_are_declared_by_whom_they_concern_and_stand_against_a_posting(force, sits):
    force.places("west", 3)
    chief, son = force.person("Chief"), force.person("Zhang", account="zhang")
    force.sits(chief, force.post("w0", "west"))
    force.sits(son, force.post("w1", "west"))
    force.post("head", "west", leads=True)
    phone, hanna = sits("zhang"), sits("hanna")
    assert "None is declared." in page(phone, "/account/relatives")
    text = done(phone, "/account/relatives", 422, badge="NOBODY", kin="parent")
    assert "There is nobody with this badge in the force." in text
    done(phone, "/account/relatives", 422, badge=son.number, kin="parent")
    done(phone, "/account/relatives", badge=chief.number.lower(), kin="parent")
    assert "Chief" in page(phone, "/account/relatives")
    assert "Declared relatives in the force" in page(hanna, f"/office/people/{son.pk}")
    assert "Declared relatives" not in page(sits("leader-li"), f"/office/people/{son.pk}")
    appoint = {"act": "post", "post": "head", "day": force.days(800).isoformat(), "basis": "appointment"}

    text = done(hanna, f"/office/people/{chief.pk}", 409, **appoint)
    assert "declared relative in the line of command" in text

    declared = Kinship.objects.get()
    assert sits("wang").post("/account/relatives", {"kin_back": str(declared.pk)}).status_code == 404
    done(phone, "/account/relatives", kin_back=str(declared.pk))
    done(hanna, f"/office/people/{chief.pk}", **appoint)
    assert sits("wang").post("/account/relatives", {"badge": chief.number, "kin": "parent"}).status_code == 422


def test_t11_b15_b18_the_years_side_by_side_show_who_and_what_went_down(force, sits):
    force.places("branch", 475)
    force.places("west", 525)
    posts = [
        services.NewPost(f"{u[0]}{n}", u, "sworn", "岗", front_line=True) for u in ("branch", "west") for n in range(5)
    ]
    machine = {"by": SYSTEM, "at": force.room.now}
    services.begin_posts(posts, day=force.today, **machine)
    long_ago, this = date(2018, 1, 1), date(force.today.year, 1, 1)
    Post.objects.update(since=long_ago)  # before the town was founded
    UnitSpell.objects.update(since=long_ago)
    people = [force.person(f"P{n}") for n in range(5)]
    orders = [services.Order(p.pk, f"b{n}") for n, p in enumerate(people)]
    services.post_people(orders, day=date(this.year - 2, 3, 1), basis="entered", **machine)
    services.post_people(
        [services.Order(people[0].pk, "w0")], day=date(this.year - 1, 7, 1), basis="move_down", **machine
    )
    services.post_people([services.Order(people[1].pk, "w1")], day=this, basis="move_down", **machine)
    services.book_quota(transfer("branch", "west", "sworn", 76, this), basis="adjusted", **machine)

    text = page(sits("hanna"), "/office/moves")

    def year(n):
        return re.findall(r'num">([^<]*)</td>', text.split(f'id="year-{n}"')[1].split("</tr>")[0])

    assert year(this.year - 2) == ["0", "0", "0", "0.0 %", "100.0 %", "0", "0.0 %", "–", "0.0 %", "–"]
    assert year(this.year - 1)[:5] == ["1", "0", "0", "20.0 %", "80.0 %"]
    assert year(this.year) == ["1", "0", "0", "40.0 %", "60.0 %", "76", "7.6 %", "16.0 %", "47.5 %", "–"]
    assert "1–2 of 2" in page(sits("hanna"), "/office/moves", way="down"), "T11: each of them is a line"
    file = done(sits("hanna"), "/office/moves", 200, **{"as": "csv"}, way="down")
    assert file.count("Moved down to a station") == 2
    assert "P0" not in file
    assert "Year by year" not in page(sits("leader-li"), "/office/moves"), "a chief has his own station's lines"


def test_t40_32_moves_of_16_heads_are_32_and_16_and_all_16_branches_changed_their_heads(force, sits):
    this, machine = date(force.today.year, 1, 1), {"by": SYSTEM, "at": force.room.now}
    heads = []
    for n in range(16):
        begin_unit(kind="branch_bureau", code=f"b{n}", name_zh="分局", name_en="Branch", **machine)
        force.places(f"b{n}", 2)
        force.post(f"head{n}", f"b{n}", leads=True)
        heads.append(force.person(f"H{n}"))
    Post.objects.update(since=date(2018, 1, 1))
    UnitSpell.objects.update(since=date(2018, 1, 1))
    Posting.objects.bulk_create(
        Posting(person=head, post=f"head{n}", basis="entered", since=date(2018, 1, 1)) for n, head in enumerate(heads)
    )
    for step, day in ((1, date(this.year - 1, 3, 1)), (2, date(this.year - 1, 9, 1))):
        orders = [services.Order(head.pk, f"head{(n + step) % 16}") for n, head in enumerate(heads)]
        services.post_people(orders, day=day, basis="rotation", **machine)

    text = page(sits("hanna"), "/office/moves")

    def year(n):
        return re.findall(r'num">([^<]*)</td>', text.split(f'id="year-{n}"')[1].split("</tr>")[0])

    assert (year(this.year - 1)[1:3], year(this.year - 1)[-1]) == (["32", "16"], "16/16 = 100.0 %")
    assert (year(this.year)[1:3], year(this.year)[-1]) == (["0", "0"], "0/16 = 0.0 %")


def test_t41_sixteen_rule_sets_on_auxiliaries_are_published_and_in_force(force, sits):
    hanna = sits("hanna")
    said = {"act": "publish", "topic": "auxiliaries", "review": force.days(900).isoformat()}
    for n in range(16):
        done(hanna, "/office/rules", rule=f"aux_{n}", title_zh=f"制度{n}", effective=force.today.isoformat(), **said)
    later = force.days(30).isoformat()
    done(hanna, "/office/rules", rule="aux_3", title_zh="制度3", effective=later, **said)

    assert "1–16 of 16" in page(hanna, "/office/rules", about="auxiliaries"), "what is to come is not in force yet"
