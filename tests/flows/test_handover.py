"""T15: one named commander at every second; the room is handed over with what is open, signed by both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import override

from oneroom.apps.duty.models import DutySpell
from oneroom.apps.duty.queries import commander
from oneroom.apps.incidents.models import Handover
from oneroom.apps.incidents.shift import open_board
from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.services import add_app, create_account, give_role
from oneroom.apps.places.services import raise_warning
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.clock import HAND
from tests.town import PASSWORD
from tests.web.api_client import Caller


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """No test inherits another one's wrong tries."""
    cache.clear()


@pytest.fixture
def relief(room):
    """Zeng, who commands the next shift."""
    account = create_account(
        username="zeng", name="Zeng", password=PASSWORD + " of zeng", language="en", by=SYSTEM, at=room.now,
        mobile="13900000077", email="zeng@town.invalid",
    )  # fmt: skip
    give_role(account.pk, Role.SHIFT_COMMANDER, by=SYSTEM, at=room.now)
    room._names[account.pk] = "zeng"
    return account


def begin(room, relief, *, who="zhou", status=200, **said):
    asked = {"incoming": relief.pk, "until": (room.now + timedelta(hours=12)).isoformat(), "note": "gate 3 is shut"}
    return Caller(who).post("handovers", asked | said, status=status)


def test_t15_command_passes_at_the_second_of_the_second_signature_with_no_gap_and_no_overlap(room, relief):
    zhou = room.town.people["zhou"]
    matter = room.report("a man with a knife", at="market", grade=1)
    room.dispatch(matter, "crew-1")
    pk = begin(room, relief)["id"]
    assert commander(room.now) == zhou.pk, "nobody is relieved by a note on a desk"
    board = Handover.objects.get(pk=pk).board
    assert [i["id"] for i in board["incidents"]] == [matter.pk]
    assert [c["id"] for c in board["crews"]] == [room.town.crews["crew-1"].pk]
    before = room.now
    room.fast_forward(minutes=3)

    Caller("zhou").post(f"handovers/{pk}/sign", {"password": PASSWORD + " of zeng"})

    assert commander(before) == commander(room.now - timedelta(milliseconds=1)) == zhou.pk
    assert commander(room.now) == commander(room.now + timedelta(hours=11)) == relief.pk
    assert list(Entry.objects.filter(kind__startswith="handover.").order_by("seq").values_list("kind", "actor")) == [
        ("handover.begun", zhou.pk), ("handover.signed", relief.pk)
    ]  # fmt: skip
    Caller("zhou").post(f"incidents/{matter.pk}/grade", {"grade": 3}, status=403)
    assert Handover.objects.get(pk=pk).board == board, "what was signed stays as it was"


def test_a_handover_that_nobody_signs_is_late_and_climbs(room, relief):
    begin(room, relief)
    room.fast_forward(minutes=16)

    assert [h for h in room.everything() if h.stage == "handover"], "the promise of a quarter of an hour ran out"
    assert commander(room.now) == room.town.people["zhou"].pk


def test_taken_back_before_it_is_signed_another_may_begin(room, relief):
    pk = begin(room, relief)["id"]
    begin(room, relief, status=409)
    Caller("zhou").post(f"handovers/{pk}/drop")
    begin(room, relief)
    Caller("zhou").post(f"handovers/{pk}/sign", {"password": PASSWORD + " of zeng"}, status=409)


def test_only_who_commands_hands_over_and_only_the_named_signs(room, relief):
    begin(room, relief, who="dora", status=403)
    begin(room, relief, incoming=room.town.people["dora"].pk, status=422)
    begin(room, relief, incoming=room.town.people["zhou"].pk, status=422)
    begin(room, relief, until=(room.now - timedelta(hours=1)).isoformat(), status=422)
    begin(room, relief, until=(room.now + timedelta(hours=25)).isoformat(), status=422)
    pk = begin(room, relief)["id"]
    said = Caller("zhou").post(f"handovers/{pk}/sign", {"password": PASSWORD}, status=422)
    assert said["field"] == "password"
    Caller("zhang").post(f"handovers/{pk}/sign", {"password": PASSWORD}, status=404)
    for _ in range(5):
        answer = Caller("zhou").client.post(
            f"/api/handovers/{pk}/sign", '{"password": "guess"}', content_type="application/json"
        )
    assert answer.status_code == 429
    assert commander(room.now) == room.town.people["zhou"].pk


def test_t15_a_time_without_an_offset_is_the_forces_own_and_nonsense_is_named_by_its_field(room, relief):
    begin(room, relief, until="2026-11-22T08:30")

    assert Handover.objects.get().until == datetime(2026, 11, 22, 0, 30, tzinfo=UTC), "half past eight in Shanghai"
    for nonsense in ("tomorrow evening", "2026-11-22T25:00", "", "0001-01-01T00:00", None, "2026-11-23T08:30"):
        assert begin(room, relief, until=nonsense, status=422)["field"] == "until", nonsense


def test_t15_a_time_that_the_clocks_leave_out_is_refused(room, relief):
    HAND.set(datetime(2026, 3, 28, 20, tzinfo=UTC))
    DutySpell.objects.filter(role="shift_commander").update(begins=HAND.now(), ends=HAND.now() + timedelta(days=1))
    with override("Europe/Berlin"):
        refused = begin(room, relief, until="2026-03-29T02:30", status=422)
        begin(room, relief, until="2026-03-29T03:30")

    assert (refused["field"], refused["message"][:17]) == ("until", "Clocks are set fo")
    assert Handover.objects.get().until == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_note_is_for_the_two_who_sign(room, relief):
    pk = begin(room, relief)["id"]
    assert "gate 3 is shut" in Caller("zhou").client.get("/room/handover").content.decode()
    other = Caller("dora").client.get("/room/handover").content.decode()
    assert "gate 3 is shut" not in other
    assert "Zeng" in other
    assert Caller("zhang").client.get("/room/handover").status_code == 404
    Caller("zhou").post(f"handovers/{pk}/sign", {"password": PASSWORD + " of zeng"})
    assert Caller("zhou").client.get(f"/room/handover/{pk}").status_code == 200


def test_the_board_counts_the_warnings_of_this_shift_and_says_of_no_place_where(room):
    def warn(reason):
        raise_warning(
            lon=121.46, lat=31.22, reason=reason, words="behind the gate", days=30, radius_m=60, matter="",
            by=room.actor("dora"), at=room.now,
        )  # fmt: skip

    warn("gas")
    room.fast_forward(minutes=13 * 60)
    warn("dog")

    board = open_board(by=room.actor("zhou"), at=room.now)

    assert board["warnings"] == {"dog": 1}
    assert board["sos"] == 0
    assert "121.46" not in str(board)


def test_wrong_passwords_are_counted_once_whichever_page_asks(room, relief):
    pk = begin(room, relief)["id"]
    zhou = Caller("zhou")
    for _ in range(3):
        Client().post("/sign-in", {"username": "zeng", "password": "guess"})
    for _ in range(2):
        zhou.post(f"handovers/{pk}/sign", {"password": "guess"}, status=422)

    zhou.post(f"handovers/{pk}/sign", {"password": PASSWORD + " of zeng"}, status=429)
    assert Client().post("/sign-in", {"username": "zeng", "password": PASSWORD + " of zeng"}).status_code == 429
    assert commander(room.now) == room.town.people["zhou"].pk


def test_point_1_at_anothers_screen_the_incoming_shows_a_second_factor_too(room, relief, settings):
    secret = generate_totp_secret()

    def code():
        return format_hotp_value(hotp_value(secret, int(room.now.timestamp()) // 30))

    add_app(relief.pk, secret, code(), by=SYSTEM, at=room.now)
    pk = begin(room, relief)["id"]
    room.fast_forward(minutes=1)
    zhou = Caller("zhou")
    page = zhou.client.get("/room/handover").content.decode()
    assert 'name="code"' not in page
    # zhou's own session showed one when he came in; here it is simply there
    room_session = zhou.client.session
    room_session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
    room_session["account_authentication_methods_user"] = str(room.town.people["zhou"].pk)
    room_session.save()
    settings.SECOND_FACTOR = True
    assert 'name="code"' in zhou.client.get("/room/handover").content.decode()
    password = PASSWORD + " of zeng"
    for said in ({"password": password}, {"password": password, "code": "000000"}):
        assert zhou.post(f"handovers/{pk}/sign", said, status=422)["field"] == "code"
    zhou.post(f"handovers/{pk}/sign", {"password": password, "code": code()})
    assert commander(room.now) == relief.pk
