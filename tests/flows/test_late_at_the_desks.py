"""What is late beside the open matters comes to the eye by itself: in the column, in the head, in the late list."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import CallBack
from oneroom.apps.incidents.services.handover import begin_handover, sign_handover
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.web import shared
from tests.flows.test_after_the_report import call, closed
from tests.web.test_room import spaced

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """No test inherits what another one was shown."""
    cache.clear()


def sees(room, path: str) -> str:
    """What the dispatcher reads there now."""
    shared.forget()
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(room.town.people["dora"])
    return spaced(client.get(path).content.decode())


def test_an_unsigned_handover_stands_in_the_room_and_is_late_after_its_quarter_hour(room):
    zeng = create_account(
        username="zeng", name="Zeng", password="a long enough one", language="en", by=SYSTEM, at=room.now
    )  # fmt: skip
    give_role(zeng.pk, Role.SHIFT_COMMANDER, by=SYSTEM, at=room.now)
    pk = begin_handover(
        incoming=zeng.pk, until=room.now + timedelta(hours=12), by=room.actor("zhou"), at=room.now
    )  # fmt: skip

    column = sees(room, "/room/queue")
    assert "Zhou → Zeng" in column
    assert "Nothing needs you." in column, "it is not late yet"
    room.fast_forward(minutes=16)

    assert "Something waits at the desks:" in sees(room, "/room/queue")
    assert "handover not signed" in sees(room, "/room/queue")
    assert "Late 1" in sees(room, "/room/head")
    assert "Handover Zeng" in sees(room, "/room/late")
    sign_handover(pk, by=actor_of(zeng), at=room.now)
    assert "Zhou → Zeng" not in sees(room, "/room/queue")


def test_a_call_back_that_is_late_brings_a_closed_matter_back_to_the_eye(room):
    row = closed(room, share=1.0)
    assert CallBack.objects.filter(incident=row, due=True).exists()
    assert row.reference[4:] not in sees(room, "/room/queue")

    room.fast_forward(minutes=60 * 24 * 4)
    column = sees(room, "/room/queue")
    assert "call-back late" in column
    assert "Nothing needs you." not in column
    assert "call-back late" in sees(room, "/room/late")

    call(room, row, "reached_satisfied")
    assert "call-back late" not in sees(room, "/room/queue")


def test_a_call_left_unsaved_stands_in_the_late_list_with_whose_desk_it_is(room):
    shown = services.Shown(grade=1, category="crime", subcategory="robbery")
    services.keep_draft("k" * 22, 1, {"fields": {"words": "a knife"}}, shown, by=room.actor("carl"), at=room.now)
    assert "left unsaved" not in sees(room, "/room/late")
    room.fast_forward(minutes=4)

    assert "A call left unsaved Carl" in sees(room, "/room/late")
    assert "Late 1" in sees(room, "/room/head")


def test_what_nobody_classified_in_time_says_what_it_is_and_that_the_room_has_it(room):
    taken = room.report_online("a stranger in the yard")
    room.fast_forward(minutes=30)

    said = sees(room, "/room/late")
    assert f"not yet classified · {taken.reference}" in said
    assert "classifying late room" in said
