"""People of the force: who can what, who may be appointed, who leaves (B09, B35–B37, B44, T40–T42)."""

from __future__ import annotations

from datetime import date

import pytest

from oneroom.apps.duty.clock import renew_skills
from oneroom.apps.duty.models import Crew, CrewMember
from oneroom.apps.duty.services import form_crew
from oneroom.apps.ledger.models import Entry, Sealed
from oneroom.apps.people.models import Account, Grant, Signature
from oneroom.apps.people.services import ask_second, give_role, sign_second
from oneroom.apps.personnel import queries, services
from oneroom.apps.personnel.models import Person, Post, Posting, WelfareNote
from oneroom.apps.personnel.services import Order
from oneroom.engine.roles import Role
from oneroom.engine.signatures import Act
from oneroom.engine.values import SYSTEM, BadInput, Conflict, NotAllowed, NotFound, Objected
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(room):
    return Force(room)


def code_of(refused) -> str:
    return refused.value.code


def test_b44_an_appointment_without_a_pass_is_blocked_and_with_one_goes_through(force):
    force.places("west", 2)
    one = force.person("One")
    force.sits(one, force.post("w1", "west"))
    force.post("judge", "west", exam="law_before_post")
    appoint = {"day": force.days(1), "basis": "appointment", "by": force.hr, "at": force.room.now}
    order = [Order(one.pk, "judge")]

    with pytest.raises(Conflict) as refused:
        services.post_people(order, **appoint)
    assert code_of(refused) == "must_exam_first"
    exam = {"kind": "exam", "topic": "law_before_post", "unit": "branch", "by": force.hr, "at": force.room.now}
    services.hold_sitting(**exam, day=force.today, attended=[one.pk])
    with pytest.raises(Conflict) as refused:  # he was there, and did not pass
        services.post_people(order, **appoint)
    assert code_of(refused) == "must_exam_first"
    services.hold_sitting(**exam, day=force.today, attended=[one.pk], passed={one.pk: force.days(1)})
    with pytest.raises(Conflict):  # it counts until the day before
        services.post_people(order, **appoint)
    services.hold_sitting(**exam, day=force.today, attended=[one.pk], passed={one.pk: force.days(365)})

    assert services.post_people(order, **appoint)


def test_t10_an_exception_takes_two_persons_and_a_reason_and_the_record_says_so(force):
    force.places("branch", 1)
    new = force.person("New")
    force.post("desk", "branch", front_line=False)
    order = Order(new.pk, "desk")
    said = {"day": force.today, "basis": "first"}
    with pytest.raises(Conflict) as refused:
        services.post_people([order], **said, by=force.hr, at=force.room.now)
    assert code_of(refused) == "must_newcomer_front_line"

    asked = services.ask_exception(order, **said, words="Only she reads the script", by=force.hr, at=force.room.now)
    sign_second(asked, by=force.room.actor("leader-li"), at=force.room.now)

    posted = Entry.objects.get(kind="person.posted")
    assert (posted.facts["signature"], posted.actor) == (asked, force.hr.id)


def test_no_signature_makes_an_auxiliary_an_officer(force):
    force.places("west", 1)
    aux = force.person("Aux", kind="auxiliary")
    order = Order(aux.pk, force.post("w1", "west"))
    with pytest.raises(Conflict) as refused:
        services.ask_exception(
            order, day=force.today, basis="first", words="He is good", by=force.hr, at=force.room.now
        )

    assert code_of(refused) == "must_category"


def test_t10_a_signature_sets_aside_what_was_asked_for_and_nothing_that_came_after(force):
    force.places("branch", 1)
    new = force.person("New")
    order = Order(new.pk, force.post("desk", "branch", front_line=False))
    said = {"day": force.today, "basis": "first"}
    asked = services.ask_exception(order, **said, words="Only she reads the script", by=force.hr, at=force.room.now)
    assert Signature.objects.get(pk=asked).details["rules"] == "newcomer_front_line"
    Post.objects.filter(code="desk").update(leads=True)  # meanwhile the desk became one that leads

    with pytest.raises(Conflict) as refused:
        sign_second(asked, by=force.room.actor("leader-li"), at=force.room.now)

    assert [r.code for r in refused.value.reasons] == ["must_career_front_line", "must_promotion_front_line"]
    assert not new.postings.exists()


def test_t10_nobody_signs_for_himself(force):
    force.places("branch", 1)
    li = force.person("Li", account="leader-li")
    order = Order(li.pk, force.post("desk", "branch", front_line=False))
    said = {"day": force.today, "basis": "first", "words": "He is good at it"}
    asked = services.ask_exception(order, **said, by=force.hr, at=force.room.now)

    with pytest.raises(NotAllowed) as refused:
        sign_second(asked, by=force.room.actor("leader-li"), at=force.room.now)

    assert code_of(refused) == "concerns_him"


def test_t10_b44_every_reason_is_said_at_once_and_which_two_persons_may_set_aside(force):
    force.places("west", 2)
    new = force.person("New", origin="120101", rank="staff")
    post = force.post(
        "head", "west", front_line=False, leads=True, chief=True, place="120100", exam="law", skills=("drone",),
        rank="division",
    )  # fmt: skip

    with pytest.raises(Objected) as refused:
        force.sits(new, post, basis="appointment")

    assert {r.code: r.two_may for r in refused.value.reasons} == {
        "must_rank": False, "must_needs": False, "must_exam_first": False, "must_newcomer_front_line": True,
        "must_career_front_line": True, "must_promotion_front_line": True, "must_home_place": False,
    }  # fmt: skip
    assert not new.postings.exists()


def test_t39_who_has_five_full_years_in_a_sensitive_post_does_not_come_back_within_the_year(force):
    force.places("west", 3)
    one = force.person("One")
    force.post("safe", "west", sensitive=True)
    force.post("desk", "west")
    Post.objects.update(since=date(2010, 1, 1))
    left = force.days(-100)
    Posting.objects.create(person=one, post="safe", basis="first", since=date(2018, 1, 1), until=left)
    Posting.objects.create(person=one, post="desk", basis="rotation", since=left)

    with pytest.raises(Conflict) as refused:
        force.sits(one, "safe", basis="transfer")
    assert code_of(refused) == "must_sensitive_years"
    assert force.sits(one, "safe", day=force.days(300), basis="transfer"), "a year elsewhere begins five new ones"


def test_a_declared_relative_in_the_line_of_command_stands_against_a_posting(force):
    force.places("west", 3)
    force.places("east", 3)
    chief, son, other = force.person("Chief"), force.person("Son"), force.person("Other")
    force.sits(chief, force.post("e0", "east"))
    services.declare_kin(son.pk, chief.pk, "parent", by=force.hr, at=force.room.now)
    force.sits(son, force.post("w1", "west"))  # another station: fine
    force.post("head", "west", leads=True)

    with pytest.raises(Conflict) as refused:
        force.sits(chief, "head", day=force.days(800), basis="appointment")
    assert code_of(refused) == "must_kinship"
    with pytest.raises(Conflict) as refused:  # nor both under one leader (Civil Servants Law 74)
        force.sits(chief, force.post("w0", "west"), day=force.days(800), basis="transfer")
    assert code_of(refused) == "must_kinship"
    with pytest.raises(Conflict) as refused:
        services.post_people(
            [Order(chief.pk, "w0"), Order(son.pk, force.post("w3", "west"))], day=force.days(800), basis="transfer",
            by=SYSTEM, at=force.room.now,
        )  # fmt: skip
    assert [r.code for r in refused.value.reasons] == ["must_kinship"] * 2, "the same order puts both there"
    force.sits(other, force.post("w2", "west"))
    force.sits(other, "head", day=force.days(800), basis="appointment")  # undeclared is unknown: nothing is mined


def test_b09_dispatch_offers_a_skill_only_while_a_certificate_of_a_member_holds(force):
    room = force.room
    crew = room.town.crews["crew-1"]
    zhang = force.person("Zhang", account="zhang")
    skills = lambda: Crew.objects.get(pk=crew.pk).skills  # noqa: E731
    given = services.certify(zhang.pk, "traffic", since=force.today, until=force.days(1), by=force.hr, at=room.now)
    assert skills() == ["traffic"]

    renew_skills(room.now)
    assert skills() == ["traffic"]
    room.fast_forward(minutes=24 * 60)
    renew_skills(room.now)
    assert skills() == [], "the certificate ended last night"

    services.certify(zhang.pk, "mediation", since=force.today, until=None, by=force.hr, at=room.now)
    assert skills() == ["mediation"]
    services.end_certificate(zhang.certificates.get(skill="mediation").pk, day=force.today, by=force.hr, at=room.now)
    assert skills() == []
    assert given


def test_b09_a_crew_is_formed_with_what_its_people_are_certified_for_and_not_with_what_is_typed(force):
    dora = force.person("Dora", account="dora")
    services.certify(dora.pk, "first_aid", since=force.today, until=None, by=force.hr, at=force.room.now)
    said = {"callsign_zh": "九组", "callsign_en": "Nine", "unit_id": force.room.town.units["west"].pk}

    crew = form_crew(
        code="crew-9", **said, members=[(dora.account_id, "lead")], skills=["traffic"], by=SYSTEM, at=force.room.now
    )

    assert crew.skills == ["first_aid"]


def test_a_leaver_loses_account_roles_and_crew_place_at_once(force):
    room = force.room
    force.places("west", 1)
    zhang = force.person("Zhang", account="zhang", phone="13900000000")
    force.sits(zhang, force.post("w1", "west"))
    version = Account.objects.get(pk=zhang.account_id).access_version
    crew = room.town.crews["crew-1"]

    services.leave(zhang.pk, day=force.days(1), cause="resigned", by=force.hr, at=room.now)

    account = Account.objects.get(pk=zhang.account_id)
    assert not account.is_active
    assert account.access_version > version, "older stream tickets are refused"
    assert not Grant.objects.filter(account=account, ends=None).exists()
    assert not CrewMember.objects.filter(account=account).exists()
    assert CrewMember.objects.get(crew=crew, role="lead").account.username == "wang", "the other officer leads now"
    assert not zhang.postings.filter(until=None).exists()
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"person.left", "grant.ended", "access.changed", "crew.member_left"} <= kinds
    with pytest.raises(NotFound):
        services.leave(zhang.pk, day=force.days(1), cause="resigned", by=force.hr, at=room.now)


def test_t41_an_auxiliary_gets_no_officers_role_not_even_by_two_signatures(force):
    room = force.room
    aux = force.person("He", kind="auxiliary", account="aux-he")
    with pytest.raises(Conflict) as refused:
        give_role(aux.account_id, Role.PATROL_OFFICER, unit_id=room.town.units["east"].pk, by=SYSTEM, at=room.now)
    assert code_of(refused) == "officers_only"
    asked = ask_second(
        Act.GIVE_ROLE, f"account:{aux.account_id}", details={"role": "case_officer"}, words="He is good",
        by=room.actor("ada"), at=room.now,
    )  # fmt: skip
    with pytest.raises(Conflict):
        sign_second(asked, by=room.actor("abe"), at=room.now)
    with pytest.raises(BadInput):
        form_crew(
            code="crew-8", callsign_zh="八", callsign_en="Eight", unit_id=room.town.units["east"].pk,
            members=[(aux.account_id, "lead")], by=SYSTEM, at=room.now,
        )  # fmt: skip


def test_t41_sixteen_rule_sets_on_auxiliaries_are_in_force_with_versions_and_readers(force):
    said = {"topic": "auxiliaries", "review": date(2030, 1, 1), "by": force.hr, "at": force.room.now}
    ids = [
        services.publish_policy(code=f"rule_{n}", title_zh=f"制度{n}", effective=date(2020, 1, 1), **said)
        for n in range(16)
    ]
    later = services.publish_policy(code="rule_3", title_zh="制度3", effective=date(2022, 1, 1), **said)

    assert len(queries.policies_on(date(2021, 1, 1), "auxiliaries")) == 16
    assert len(queries.policies_on(date(2023, 1, 1), "auxiliaries")) == 16
    assert later in {p.pk for p in queries.policies_on(date(2023, 1, 1))}
    assert ids[3] not in {p.pk for p in queries.policies_on(date(2023, 1, 1))}
    force.person("He", kind="auxiliary", account="aux-he")
    force.person("Li")
    services.acknowledge(later, by=force.room.actor("aux-he"), at=force.room.now)
    services.acknowledge(later, by=force.room.actor("aux-he"), at=force.room.now)
    assert (queries.acknowledged(later).part, queries.acknowledged(later).whole) == (1, 2)
    assert Entry.objects.filter(kind="policy.acknowledged").count() == 1


def test_b36_the_four_documents_are_listed_and_nothing_can_hold_a_private_life(force):
    titles = ("政治要件办理规定", "包头市公安局工作规则", "党员十二分制管理办法", "民辅警八小时以外监督管理规定")
    for n, title in enumerate(titles):
        services.publish_policy(
            code=f"b36_{n}", title_zh=title, topic="work", effective=date(2022, 1, 1), review=date(2023, 1, 1),
            by=force.hr, at=force.room.now,
        )  # fmt: skip
    assert [p.title_zh for p in queries.policies_on(date(2022, 6, 1), "work")] == list(titles)
    from django.apps import apps

    fields = [f"{m.__name__}.{f.name}" for m in apps.get_app_config("personnel").get_models() for f in m._meta.fields]
    for word in ("points", "score", "reason", "off_duty", "opinion", "party", "health"):
        assert not [f for f in fields if word in f.lower()], word


def test_b35_192_sessions_and_coverage_counts_each_person_once(force):
    people = [force.person(f"P{n}") for n in range(4)]
    said = {"kind": "meeting", "topic": "first_agenda", "unit": "branch", "by": force.hr, "at": force.room.now}
    for n in range(192):
        there = [people[n % 2].pk, people[2].pk]
        services.hold_sitting(**said, day=date(2022, 1 + n % 12, 1 + n // 12), attended=there)

    span = (date(2022, 1, 1), date(2023, 1, 1))
    assert queries.sittings("first_agenda", *span) == 192
    share = queries.attended("first_agenda", *span)
    assert (share.part, share.whole) == (3, 4)
    services.hold_sitting(**said, day=date(2022, 12, 31), attended=[people[3].pk])
    assert queries.attended("first_agenda", *span).percent == 100


def test_t40_person_times_are_not_persons_and_16_of_16_heads_changed(force):
    from oneroom.apps.orgs.services import begin_unit

    heads = []
    for n in range(16):
        begin_unit(kind="branch_bureau", code=f"b{n}", name_zh="分局", name_en="Branch", by=SYSTEM, at=force.room.now)
        force.places(f"b{n}", 2)
        force.post(f"head{n}", f"b{n}", leads=True)
        force.post(f"seat{n}", f"b{n}")
        heads.append(force.person(f"H{n}"))
    for n, head in enumerate(heads):  # long at the front line, so that they may head
        force.sits(head, f"seat{n}")
    later = force.days(800)
    orders = [Order(h.pk, f"head{n}") for n, h in enumerate(heads)]
    services.post_people(orders, day=later, basis="appointment", by=SYSTEM, at=force.room.now)
    for step in (1, 2):
        orders = [Order(h.pk, f"head{(n + step) % 16}") for n, h in enumerate(heads)]
        services.post_people(orders, day=force.days(800 + 30 * step), basis="rotation", by=SYSTEM, at=force.room.now)

    span = (force.days(801), force.days(900))
    assert queries.times_and_people(*span) == (32, 16)
    share = queries.leaders_rotated(*span, units=[f"b{n}" for n in range(16)])
    assert (share.part, share.whole, share.percent) == (16, 16, 100)


def test_t42_awards_and_budget_reconcile_to_the_fen(force):
    people = [force.person(f"A{n}", kind="auxiliary") for n in range(7)]
    budget = services.set_budget(2022, "awards_auxiliary", 100_000, by=force.hr, at=force.room.now)
    for n, person in enumerate(people):
        services.give_award(
            person.pk, budget=budget, kind="merit_3", amount_fen=1_001 + n, day=date(2022, 5, 1), by=force.hr,
            at=force.room.now,
        )  # fmt: skip

    [(item, given, spent)] = queries.budget_lines(2022)
    assert (item, given, spent) == ("awards_auxiliary", 100_000, sum(1_001 + n for n in range(7)))
    assert spent == queries.awards_sum(2022)
    assert spent == sum(e.facts["amount_fen"] for e in Entry.objects.filter(kind="award.given"))
    more = {"kind": "merit_1", "day": date(2022, 6, 1), "by": force.hr, "at": force.room.now}
    with pytest.raises(Conflict) as refused:
        services.give_award(people[0].pk, budget=budget, amount_fen=100_000, **more)
    assert code_of(refused) == "over_budget"
    with pytest.raises(Conflict):
        services.set_budget(2022, "awards_auxiliary", 10, by=force.hr, at=force.room.now)


def test_b37_words_of_care_are_sealed_and_the_record_does_not_say_of_whom(force):
    zhang = force.person("Zhang", account="zhang")
    cara = force.staff("cara", Role.WELFARE_OFFICER)
    for who in ("leader-li", "zhou", "ina", "ada"):
        with pytest.raises(NotAllowed):
            services.write_welfare(zhang.pk, "He sleeps badly", again=None, by=force.room.actor(who), at=force.room.now)

    note = services.write_welfare(zhang.pk, "He sleeps badly", again=force.days(7), by=cara, at=force.room.now)

    entry = Entry.objects.get(kind="welfare.noted")
    assert set(entry.facts) == {"welfare", "words"}
    assert str(zhang.pk) not in entry.subject.replace(f"welfare:{note}", "")
    services.end_welfare(note, by=cara, at=force.room.now)
    assert Sealed.objects.get(pk=WelfareNote.objects.get(pk=note).words_id).text is None


def test_leave_is_a_day_without_a_reason(force):
    one = force.person("One")
    services.unavailable(one.pk, since=force.today, until=force.days(3), by=force.hr, at=force.room.now)

    assert queries.away_on(force.days(2)) == {one.pk}
    assert queries.away_on(force.days(3)) == set()
    with pytest.raises(Conflict):
        services.unavailable(one.pk, since=force.days(1), until=force.days(9), by=force.hr, at=force.room.now)
    assert {f.name for f in one.absences.model._meta.fields} == {"id", "person", "since", "until"}


def test_what_is_private_is_sealed_and_no_entry_names_anybody(force):
    one = force.person("张三丰", phone="13911112222", document="120101199001011234")
    row = Person.objects.select_related("private").get(pk=one.pk)

    assert "13911112222" in row.private.text
    said = " ".join(str(e.facts) + e.subject for e in Entry.objects.all())
    for private in ("张三丰", "13911112222", "120101199001011234", one.number):
        assert private not in said
