"""G6, security point 21: what one person alone cannot finish, and that both persons stand on the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string

from oneroom.apps.ledger.models import Entry, Sealed
from oneroom.apps.ledger.services import exported
from oneroom.apps.people.clock import lapse_signatures
from oneroom.apps.people.models import Grant, Signature
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import ask_second, drop_second, end_grant, give_role, reopen_account, sign_second
from oneroom.engine.roles import Role
from oneroom.engine.signatures import BULK_ROWS, Act, Person, objection
from oneroom.engine.values import SYSTEM, Conflict, NotAllowed, NotFound, Overtaken
from tests.clock import HAND

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en", "Accept": "text/html"}


def sits(room, who):
    client = Client(headers=ENGLISH)
    client.force_login(room.town.people[who])
    return client


def asks(room, who="ada", *, role=Role.DISPATCHER, account="carl"):
    about = f"account:{room.town.people[account].pk}"
    return ask_second(
        Act.GIVE_ROLE, about, details={"role": role.value}, words="He knows the room", by=room.actor(who), at=room.now
    )


def is_dispatcher(room, who="carl"):
    return Role.DISPATCHER in actor_of(room.town.people[who]).roles


@pytest.mark.parametrize(
    ("asker", "signer", "concerns", "why"),
    [
        (Person(1, frozenset({7})), Person(1, frozenset({8})), (), "same_person"),
        (Person(1, frozenset({7})), Person(2, frozenset({7})), (), "same_unit"),
        (Person(1, frozenset({7})), Person(2, frozenset({8, 7})), (), "same_unit"),
        (Person(1, frozenset({None})), Person(2, frozenset({None})), (), "same_unit"),
        (Person(1, frozenset({7})), Person(2, frozenset()), (), "same_unit"),
        (Person(1, frozenset({7})), Person(2, frozenset({8})), (2,), "concerns_him"),
        (Person(1, frozenset({None})), Person(2, frozenset({8})), (3,), ""),
        (Person(1, frozenset({7})), Person(2, frozenset({8})), (), ""),
    ],
)
def test_g6_whose_signature_counts(asker, signer, concerns, why):
    assert objection(asker, signer, concerns=concerns) == why


def test_g6_nothing_happens_before_the_second_person_and_all_of_it_then_with_both_on_the_record(room):
    pk = asks(room)
    assert not is_dispatcher(room)
    with pytest.raises(NotAllowed, match="yourself"):
        sign_second(pk, by=room.actor("ada"), at=room.now)
    for who in ("zhou", "ina", "leader-li", "zhang"):
        with pytest.raises(NotFound):
            sign_second(pk, by=room.actor(who), at=room.now)

    sign_second(pk, by=room.actor("abe"), at=room.now)

    assert is_dispatcher(room)
    ada, abe = room.town.people["ada"].pk, room.town.people["abe"].pk
    story = list(Entry.objects.filter(kind__in=["signature.asked", "signature.given", "grant.given"]).order_by("-seq"))
    assert [(e.kind, e.actor) for e in story[:3]] == [
        ("grant.given", ada), ("signature.given", abe), ("signature.asked", ada)
    ]  # fmt: skip
    assert story[1].facts["asked_by"] == ada
    assert story[2].facts["details"] == ["role:dispatcher"]
    assert "He knows the room" in Sealed.objects.get(purpose="signature.reason").text
    assert "He knows" not in str(list(Entry.objects.values_list("facts", flat=True)))
    with pytest.raises(Overtaken):
        sign_second(pk, by=room.actor("abe"), at=room.now)


def test_g6_of_one_unit_two_are_one_and_the_unit_is_asked_anew_at_the_signature(room):
    pk = asks(room)
    abe = Grant.objects.filter(account=room.town.people["abe"], ends=None)
    abe.update(unit=None)
    with pytest.raises(NotAllowed, match="unit"):
        sign_second(pk, by=room.actor("abe"), at=room.now)
    abe.update(unit=room.town.units["east"])
    Grant.objects.filter(account=room.town.people["ada"]).update(ends=room.now)
    with pytest.raises(NotAllowed):  # who asked is no administrator any more
        sign_second(pk, by=room.actor("abe"), at=room.now)
    assert not is_dispatcher(room)


def test_g6_nobody_signs_for_what_he_gets_himself(room):
    pk = asks(room, account="abe", role=Role.INSPECTOR)
    with pytest.raises(NotAllowed, match="own account"):
        sign_second(pk, by=room.actor("abe"), at=room.now)


def test_g6_no_person_passes_by_the_mechanism(room):
    ada, carl = room.actor("ada"), room.town.people["carl"].pk
    for alone in (
        lambda: give_role(carl, Role.DISPATCHER, by=ada, at=room.now),
        lambda: end_grant(carl, Role.CALL_TAKER, by=ada, at=room.now),
        lambda: reopen_account(carl, by=ada, at=room.now),
    ):
        with pytest.raises(NotAllowed, match="second person"):
            alone()
    give_role(carl, Role.DISPATCHER, by=SYSTEM, at=room.now)  # the console and the clock are no persons


def test_every_such_act_is_done_somewhere():
    assert set(settings.SIGNED_ACTS) == {act.value for act in Act}
    assert all(callable(import_string(path)) for path in settings.SIGNED_ACTS.values())


def test_g6_a_request_lapses_after_a_day_and_is_refused_or_taken_back(room):
    first = asks(room)
    with pytest.raises(Conflict):
        asks(room)
    HAND.forward(timedelta(hours=23, minutes=59).total_seconds())
    assert lapse_signatures(HAND.now()) == 0
    HAND.forward(60)
    with pytest.raises(Overtaken):  # also before the clock comes by
        sign_second(first, by=room.actor("abe"), at=room.now)
    assert lapse_signatures(HAND.now()) == 1
    second = asks(room)
    drop_second(second, by=room.actor("abe"), at=room.now)
    drop_second(asks(room), by=room.actor("ada"), at=room.now)
    assert list(Signature.objects.order_by("pk").values_list("result", flat=True)) == ["lapsed", "refused", "withdrawn"]
    assert not is_dispatcher(room)


def test_g6_a_role_is_given_and_taken_back_on_the_screens_of_two_administrators(room):
    ada, abe = sits(room, "ada"), sits(room, "abe")
    carl = room.town.people["carl"]
    page = f"/office/accounts/{carl.pk}"
    assert ada.post(page, {"act": "give", "role": "dispatcher"}).status_code == 422  # without a reason
    assert ada.post(page, {"act": "give", "role": "dispatcher", "why": "He knows the room"}).status_code == 302
    assert "Waits for a second signature" in ada.get(page).content.decode()
    listed = abe.get("/office/signatures").content.decode()
    assert "Give a role: Carl · dispatcher" in listed
    assert "He knows the room" in listed
    pk = Signature.objects.get().pk
    assert ada.post(f"/office/signatures/{pk}", {"act": "sign"}).status_code == 403
    assert abe.post(f"/office/signatures/{pk}", {"act": "sign"}).status_code == 302
    assert is_dispatcher(room)

    abe.post(page, {"act": "end", "role": "dispatcher", "why": "The day is over"})
    assert is_dispatcher(room)
    ada.post(f"/office/signatures/{Signature.objects.get(ended_at=None).pk}", {"act": "sign"})
    assert not is_dispatcher(room)


def test_g6_a_long_list_leaves_the_house_once_when_a_second_person_has_signed(room):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO incidents_incident (reference, origin, received_at, state, state_since, category, grade,"
            " final_category, reasons, place_zh, place_en, escalated, drill, outcome, subcategory, final_subcategory,"
            ' supervised, "case", no_case_reason, reopened, reopen_proposed, given)'
            " SELECT '20260101-' || n, 'phone', %s, 'closed', %s, 'crime', 1, '', '{}', '', '', false, false, '', '',"
            " '', false, '', '', 0, '', '' FROM generate_series(1, %s) n",
            [room.now, room.now, BULK_ROWS + 1],
        )
    dora, ina = sits(room, "dora"), sits(room, "leader-li")
    out = {"as": "csv", "grade": "1"}

    assert dora.post("/office/incidents", out).status_code == 422
    assert dora.post("/office/incidents", {**out, "why": "For the yearly report"}).status_code == 202
    pk = Signature.objects.get().pk
    assert dora.post("/office/incidents", {**out, "why": "again"}).status_code == 409
    assert not Entry.objects.filter(kind="list.exported").exists()
    assert dora.post(f"/office/signatures/{pk}", {"act": "sign"}).status_code == 403
    assert ina.post(f"/office/signatures/{pk}", {"act": "sign"}).status_code == 302

    assert dora.post("/office/incidents", {**out, "grade": "", "why": "x"}).status_code == 202, "another list"
    file = dora.post("/office/incidents", out)
    assert file["Content-Type"].startswith("text/csv")
    assert Entry.objects.get(kind="list.exported").facts["rows"] == BULK_ROWS + 1
    assert dora.post("/office/incidents", out).status_code == 422, "once"


def test_g6_a_list_that_is_taken_out_in_slices_needs_the_second_person_as_the_whole_does(room):
    for words in ("one", "two", "three"):
        room.report(words, at="west", grade=3)
    rows, day = 3, {"as": "csv"}
    dora, dan = sits(room, "dora"), sits(room, "dan")
    exported("calls", form="csv", rows=BULK_ROWS - rows, asked=[], by=room.actor("dora"), at=room.now)
    exported("calls", form="csv", rows=9999, asked=[], signature=7, by=room.actor("dora"), at=room.now)
    assert "a day take a second signature" not in dora.get("/office/incidents").content.decode()

    assert dora.post("/office/incidents", day).status_code == 200, "up to the last row of a thousand"
    page = dora.get("/office/incidents", headers={"Accept-Language": "en"}).content.decode()
    assert "a day take a second signature" in page
    assert dora.post("/office/incidents", day).status_code == 422
    assert dora.post("/office/incidents", {"as": "print"}).status_code == 422
    assert dora.post("/office/incidents", {**day, "why": "The rest of it"}).status_code == 202
    assert dan.post("/office/incidents", day).status_code == 200, "each by himself"

    HAND.forward(24 * 3600)
    assert sits(room, "dora").post("/office/incidents", day).status_code == 200, "another day"


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("ada", Role.INSPECTOR),
        ("ada", Role.OVERSIGHT_EXTERNAL),
        ("ina", Role.ADMINISTRATOR),
        ("ada", Role.SECURITY_OFFICER),
        ("ina", Role.SECURITY_OFFICER),
    ],
)
def test_point_12_who_runs_the_house_does_not_check_it_even_when_two_would_sign(room, who, role):
    held = Grant.objects.filter(account=room.town.people[who], ends=None).count()

    with pytest.raises(Conflict, match="does not check it") as refused:
        give_role(room.town.people[who].pk, role, by=SYSTEM, at=room.now)

    assert refused.value.field == "role"
    assert Grant.objects.filter(account=room.town.people[who], ends=None).count() == held
    give_role(room.town.people[who].pk, Role.PATROL_OFFICER, by=SYSTEM, at=room.now)  # any other goes
