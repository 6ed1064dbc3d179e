"""How often there were matters at a place: a number, for a live matter there, and each asking is kept account of."""

from oneroom.apps.incidents import services
from oneroom.apps.ledger.models import Look
from tests.town import corner
from tests.web.api_client import Caller

DISPATCH = {"purpose": "dispatch"}


def test_the_number_counts_this_place_and_the_days_before_and_leaves_a_look(room):
    room.report("again loud", at="west", category="dispute", grade=3)
    room.fast_forward(minutes=31 * 24 * 60)
    room.report("loud", at="west", category="dispute", grade=3)
    room.report("a theft", at="west", category="crime", grade=3)
    room.report("loud", at="east", category="dispute", grade=3)
    dropped = room.report("nothing", at="west", category="dispute", grade=3)
    services.set_aside(dropped.pk, verb="invalidate", reason="mistake", by=room.actor("dora"), at=room.now)
    room.fast_forward(minutes=5)
    services.take_report(
        services.Said(words="seen on patrol"), source="self", where=services.Where(*corner("west")),
        category="dispute", grade=3, by=room.actor("carl"), at=room.now,
    )  # fmt: skip
    matter = room.report("loud once more", at="west", category="dispute", grade=3)
    Caller("dora").post(f"incidents/{matter.pk}/open", DISPATCH)

    said = Caller("dora").post(f"incidents/{matter.pk}/repeats", DISPATCH)["repeats"]

    assert said == {"count": 2, "same_kind": 1, "within_m": 60.0, "days": 30}
    [look] = Look.objects.filter(purpose="repeats")
    assert (look.record, look.basis) == (f"incident:{matter.pk}", f"incident:{matter.pk}")
    assert (look.actor, look.fields) == (room.town.people["dora"].pk, ["place.repeats"])


def test_only_with_a_live_matter_and_a_purpose(room):
    matter = room.report("loud", at="west", category="dispute", grade=3)
    desk = Caller("dora")
    desk.post(f"incidents/{matter.pk}/repeats", {"purpose": "curiosity"}, status=403)
    Caller("zhang").post(f"incidents/{matter.pk}/repeats", DISPATCH, status=404)
    Caller("leader-li").post(f"incidents/{matter.pk}/repeats", DISPATCH, status=403)
    desk.post(f"incidents/{matter.pk}/repeats", {"purpose": "review"}, status=403)
    services.set_aside(matter.pk, verb="cancel", reason="by_caller", by=room.actor("dora"), at=room.now)
    desk.post(f"incidents/{matter.pk}/repeats", DISPATCH, status=403)
    assert not Look.objects.filter(purpose="repeats").exists()
