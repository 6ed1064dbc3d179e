"""What personnel does when something happened in the organisation (named in settings.FOLLOWERS)."""

from __future__ import annotations

from django.utils.timezone import localtime

from oneroom.apps.ledger.services.record import Noted
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.personnel.models import Round, Village
from oneroom.apps.personnel.services.posts import give_posts
from oneroom.apps.personnel.services.quota import book_quota, lock_establishment
from oneroom.apps.personnel.strength import booked_after, quotas_on
from oneroom.engine.establishment import transfer
from oneroom.engine.values import SYSTEM, Actor


def round_is_a_draft_again(entry: Noted, *, by: Actor) -> None:
    """The second signature under a round of moves was refused, taken back or not given in time."""
    if entry.facts["act"] == "rotate":
        pk = int((entry.matter or "round:0").partition(":")[2])
        Round.objects.filter(pk=pk, state=Round.State.ASKED).update(state=Round.State.DRAFT, digest="")


def go_to_heir(entry: Noted, *, by: Actor) -> None:
    """Posts of a unit that ended are its heir's, with who sits there, and so are its places: the total stays."""
    if entry.facts.get("heir") is None:
        return
    codes = dict(OrgUnit.objects.filter(pk__in=(entry.facts["unit"], entry.facts["heir"])).values_list("pk", "code"))
    unit, heir = codes[entry.facts["unit"]], codes[entry.facts["heir"]]
    day = localtime(entry.at).date()
    lock_establishment()
    give_posts(unit, heir, day=day, by=SYSTEM, at=entry.at)
    Village.objects.filter(unit=unit).update(unit=heir)
    lines = [
        line
        for (code, kind), places in sorted(quotas_on(day).items())
        if code == unit and places > 0
        for line in transfer(unit, heir, kind, places, day)
    ]
    for kind, on, places in booked_after(unit, day):  # of a later day: else they would go to what is no more
        lines += transfer(unit, heir, kind, places, on) if places > 0 else transfer(heir, unit, kind, -places, on)
    if lines:
        book_quota(lines, basis="reform", by=SYSTEM, at=entry.at)
