"""G15: misuse by users is put before the inspector: odd volumes, and lookups of oneself."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from oneroom.apps.incidents.access import personal_fields
from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.ledger.services import Looking, looked
from oneroom.apps.oversight.models import LookFlag
from oneroom.apps.oversight.unusual import flags, judge_flag, watch_looks
from oneroom.apps.people.models import Account, Relation
from oneroom.engine.unusual import DENIALS, FEWEST, most, own
from oneroom.engine.values import BadInput, NotAllowed, NotFound, Overtaken

pytestmark = pytest.mark.django_db


def opens(room, matter, who="dora"):
    personal_fields(matter.pk, purpose="dispatch", by=room.actor(who), at=room.now)


def browses(room, who, records):
    for n in range(records):
        looked(
            f"incident:{10_000 + n}",
            ["report.words"],
            looking=Looking("dispatch", "x"),
            by=room.actor(who),
            at=room.now,
        )


@pytest.mark.parametrize(("usual", "allowed"), [(0, FEWEST), (10, FEWEST), (20, 60), (100, 300)])
def test_what_is_unusual_follows_the_usual_day_of_the_role_and_a_busy_night_never_is(usual, allowed):
    assert most(usual) == allowed


@pytest.mark.parametrize(
    ("caller", "rule"),
    [
        (("Dora", ""), "own_name"), ((" dora ", "13900000002"), "own_name"), (("", "+86 139-0000-0001"), "own_number"),
        (("Dorothy", "13900000002"), None), (("", ""), None), (("", "110"), None),
    ],
)  # fmt: skip
def test_oneself_is_found_by_name_and_by_number_however_it_is_written(caller, rule):
    assert own(name="Dora", mobile="13900000001", caller_name=caller[0], caller_phone=caller[1]) == rule


def test_g15_who_opens_less_first_and_then_himself_is_put_before_the_inspector_all_the_same(room):
    """A second look in the quarter of an hour leaves its own account where it opens what the first did not."""
    Account.objects.filter(username="dora").update(mobile="13911112222")
    mine = room.report("They shout at me", at="west", caller_name="Somebody", caller_phone="139 1111 2222")
    record = {"record": f"incident:{mine.pk}"}
    looked(**record, fields=["scene.photo"], looking=Looking("dispatch", "x"), by=room.actor("dora"), at=room.now)
    assert watch_looks(room.now) == 0

    opens(room, mine)
    opens(room, mine)
    looked(**record, fields=["report.words"], looking=Looking("dispatch", "x"), by=room.actor("dora"), at=room.now)

    assert list(Look.objects.order_by("seq").values_list("fields", flat=True)) == [
        ["scene.photo"], ["report.caller", "report.words"],
    ]  # fmt: skip
    assert watch_looks(room.now) == 1
    assert LookFlag.objects.get().rule == "own_number"


def test_g15_who_opens_a_matter_of_his_own_is_put_before_the_inspector_and_nobody_else(room):
    Account.objects.filter(username="dora").update(mobile="13911112222")
    mine = room.report("They shout at me", at="west", caller_name="Somebody", caller_phone="139 1111 2222")
    other = room.report("noise", at="west", grade=3, caller_name="Lin", caller_phone="13911113333")
    for who in ("dora", "zhou"):
        opens(room, mine, who)
        opens(room, other, who)

    assert watch_looks(room.now) == 1
    assert watch_looks(room.now) == 0, "each look is read once"

    flag = LookFlag.objects.get()
    assert (flag.rule, flag.account.username, flag.record) == ("own_number", "dora", f"incident:{mine.pk}")
    entry = Entry.objects.get(kind="look.flagged")
    assert entry.scopes == [f"account:{room.town.people['ina'].pk}"]
    assert "13911112222" not in str(entry.facts)
    assert not Look.objects.filter(actor=0).exists(), "the machine compares, nobody looks"


def test_g15_a_day_far_beyond_the_usual_of_the_role_is_flagged_once_with_its_records(room):
    browses(room, "dan", 15)
    browses(room, "dora", FEWEST)
    assert watch_looks(room.now) == 0
    browses(room, "dora", FEWEST + 20)  # 15 are usual: 45 are allowed
    assert watch_looks(room.now) == 1
    browses(room, "dora", FEWEST + 25)
    assert watch_looks(room.now) == 0

    flag = LookFlag.objects.get()
    assert (flag.rule, flag.count, flag.usual) == ("volume", FEWEST + 25, 15)


def test_g15_the_inspector_sees_the_records_and_judges_and_nobody_judges_himself(room):
    mine = room.report("They shout at me", at="west", caller_name="Dora")
    opens(room, mine)
    watch_looks(room.now)
    flag = LookFlag.objects.get()
    for who in ("dora", "zhou", "ada", "leader-li"):
        with pytest.raises(NotAllowed):
            flags(by=room.actor(who))
    client = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    client.force_login(room.town.people["ina"])
    page = client.get("/office/unusual").content.decode()
    assert mine.reference in page
    assert "bears his own name" in page
    assert client.post(f"/office/unusual/{flag.pk}", {"finding": "guilty"}).status_code == 422
    assert client.post(f"/office/unusual/{flag.pk}", {"finding": "explained"}).status_code == 302
    assert Entry.objects.get(kind="look.judged").facts["finding"] == "explained"
    ina = {"by": room.actor("ina"), "at": room.now}
    with pytest.raises(Overtaken):
        judge_flag(flag.pk, finding="explained", **ina)
    with pytest.raises(BadInput):
        judge_flag(flag.pk, finding="", **ina)
    own_flag = LookFlag.objects.create(
        rule="volume", account=room.town.people["ina"], day=room.now.date(), count=99, usual=1, found_at=room.now
    )
    with pytest.raises(NotFound):
        judge_flag(own_flag.pk, finding="explained", **ina)


def test_point_32_fifty_refusals_are_one_alert_and_each_is_in_the_log(room, caplog):
    cache.clear()
    dora, ina = (Client(headers={"Accept-Language": "en", "Accept": "text/html"}) for _ in range(2))
    dora.force_login(room.town.people["dora"])
    ina.force_login(room.town.people["ina"])
    for _ in range(DENIALS - 2):
        assert dora.get("/office/accounts").status_code == 404
    assert dora.get("/office/accounts%0Aforged line").status_code == 404
    assert not LookFlag.objects.exists()
    for _ in range(30):
        assert dora.get("/api/incidents/999999/proposals").status_code == 404

    flag = LookFlag.objects.get()
    assert (flag.rule, flag.account, flag.count) == ("denied", room.town.people["dora"], DENIALS)
    assert Entry.objects.filter(kind="look.flagged").count() == 1
    assert "50 requests were refused within ten minutes" in ina.get("/office/unusual").content.decode()
    said = [r.getMessage() for r in caplog.records if r.name == "oneroom.web.denials"]
    assert len(said) == DENIALS - 1 + 30
    assert not [line for line in said if "forged" in line]
    cache.clear()


def test_whoever_is_not_signed_in_and_what_is_let_through_count_for_nothing(room):
    cache.clear()
    client = Client(headers={"Accept": "text/html"})
    for _ in range(DENIALS + 1):
        client.get("/nothing-here")
    client.force_login(room.town.people["zhou"])
    for _ in range(DENIALS + 1):
        assert client.get("/office/signatures").status_code == 200
    assert not LookFlag.objects.exists()


def test_g15_who_opens_a_matter_of_a_relative_whom_he_declared_is_put_before_the_inspector(room):
    """Point 5: kin. Each declares his own; nobody else reads the name."""
    dora = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    dora.force_login(room.town.people["dora"])
    said = {"kind": "sibling", "name": "Quillkin Lu", "phone": "139 2222 3333"}
    assert dora.post("/account/relatives", said).status_code == 302
    assert "Quillkin Lu" in dora.get("/account/relatives").content.decode()
    by_number = room.report("They shout", at="west", caller_name="Somebody", caller_phone="13922223333")
    by_name = room.report("noise", at="west", grade=3, caller_name="quillkin lu", caller_phone="13911110000")
    other = room.report("noise", at="west", grade=3, caller_name="Lin", caller_phone="13911113333")
    for matter in (by_number, by_name, other):
        opens(room, matter, "dora")
        opens(room, matter, "zhou")

    assert watch_looks(room.now) == 2
    found = {(f.rule, f.account.username, f.record) for f in LookFlag.objects.all()}
    assert found == {("kin", "dora", f"incident:{m.pk}") for m in (by_number, by_name)}
    ina = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    ina.force_login(room.town.people["ina"])
    page = ina.get("/office/unusual").content.decode()
    assert page.count("a relative whom he declared") == 2
    assert "Quillkin" not in page
    assert not [e for e in Entry.objects.values_list("canonical", flat=True) if b"Quillkin" in bytes(e)]


def test_a_relation_is_ones_own_and_taking_it_back_erases_the_name(room):
    dora, dan = (Client(headers={"Accept-Language": "en", "Accept": "text/html"}) for _ in range(2))
    dora.force_login(room.town.people["dora"])
    dan.force_login(room.town.people["dan"])
    for wrong in ({"kind": "friend", "name": "x"}, {"kind": "child"}):
        assert dora.post("/account/relatives", wrong).status_code == 422
    dora.post("/account/relatives", {"kind": "child", "name": "Quillkin Lu"})
    row = Relation.objects.get()
    assert "Quillkin" not in dan.get("/account/relatives").content.decode()
    assert dan.post("/account/relatives", {"back": row.pk}).status_code == 404
    assert dora.post("/account/relatives", {"back": row.pk}).status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None
    assert row.person.text is None
    matter = room.report("They shout", at="west", caller_name="Quillkin Lu")
    opens(room, matter, "dora")
    assert watch_looks(room.now) == 0
    assert [e.kind for e in Entry.objects.filter(kind__startswith="relation.").order_by("seq")] == [
        "relation.declared", "relation.ended",
    ]  # fmt: skip
