"""A drill runs like a real matter, says so in every message, and changes no figure anywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oneroom.apps.incidents import counting, services
from oneroom.apps.incidents.models import Incident, Report
from oneroom.apps.incidents.queries import counts, queue
from oneroom.apps.ledger.queries import entries_since
from oneroom.apps.orders.queries import rings_for
from oneroom.engine.values import CITIZEN
from tests.pockets import POCKETS
from tests.town import corner


def figures(room) -> dict[str, object]:
    """Every count there is, from the queue, the statistics and a fold over the record."""
    since, until = room.now - timedelta(days=2), room.now + timedelta(days=2)
    told = counting.entries(entries_since(0, limit=100_000))
    return {
        "head": counts(queue(by=room.actor("dora"), at=room.now), at=room.now),
        "rows": len(counting.rows(queue(by=room.actor("dora"), at=room.now))),
        "origins": counting.origins(since, until),
        "ratings": counting.ratings(since, until),
        "matters": counting.matters().count(),
        "reports": counting.reports().count(),
        "assignments": counting.assignments().count(),
        "call_backs": counting.call_backs().count(),
        "fold": sorted(e.kind for e in told if e.kind.startswith(("incident.", "assignment."))),
        "of": sorted({e.matter for e in told}),
    }


def whole_matter(room, *, drill: bool) -> Incident:
    """From call to rating, with an order that climbed to the duty chief."""
    lon, lat = corner("west")
    taken = services.take_report(
        services.Said(words="smoke", caller_name="Wang", caller_phone="139 0000 0001", safe_contact="yes"),
        source="phone", where=services.Where(lon, lat, zh="west", en="west"), category="crime", grade=1, drill=drill,
        by=room.actor("carl"), at=room.now,
    )  # fmt: skip
    row = Incident.objects.get(pk=taken.incident_id)
    sent = room.dispatch(row, "crew-1")
    room.fast_forward(seconds=61)
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.report_and_clear(sent.pk, outcome="case_opened", by=room.actor("zhang"), at=room.now)
    services.review(row.pk, by=room.actor("leader-li"), at=room.now)
    services.close(row.pk, category="crime", subcategory="theft", by=room.actor("leader-li"), at=room.now)
    services.rate(Report.objects.get(incident=row).pk, stars=1, by=CITIZEN, at=room.now)
    return row


def test_no_figure_changes_by_a_drill_and_each_changes_by_a_real_matter(room):
    whole_matter(room, drill=False)
    room.report("noise", at="market", grade=3)
    before = figures(room)

    whole_matter(room, drill=True)
    standing = services.take_report(
        services.Said(words="smoke"), source="phone", where=None, drill=True, by=room.actor("carl"), at=room.now
    )
    room.fast_forward(minutes=11)  # nobody reads it: late, as any report would be

    late = [r.incident.pk for r in queue(by=room.actor("dora"), at=room.now) if r.needs_room(room.now)]
    assert late == [standing.incident_id], "it comes to the eye like a real one"
    assert figures(room) == before

    whole_matter(room, drill=False)
    changed = figures(room)
    unchanged = {"head", "rows"}  # it is over, so the queue is as it was
    assert {name for name in before if before[name] == changed[name]} == unchanged


@pytest.mark.parametrize("drill", [True, False])
def test_every_message_of_a_drill_says_drill(room, drill):
    begins = len(POCKETS)
    lon, lat = corner("west")
    taken = services.take_report(
        services.Said(words="smoke"), source="phone", where=services.Where(lon, lat), category="crime", grade=1,
        drill=drill, by=room.actor("carl"), at=room.now,
    )  # fmt: skip
    room.dispatch(Incident.objects.get(pk=taken.incident_id), "crew-1")
    rings = rings_for(room.town.people["zhang"].pk)
    assert [r.drill for r in rings] == [drill]

    room.fast_forward(minutes=2)

    texts = [message.text for _channel, message in POCKETS[begins:]]
    assert len(texts) >= 3, "SMS to the lead, the second and the chief, mail to the commander"
    assert all(text.startswith("DRILL. ") == drill for text in texts), texts
