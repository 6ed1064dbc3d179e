"""What duty objects to (named in settings.GUARDS)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext_noop as _

from oneroom.apps.duty.models import Crew, CrewMember, DutySpell, ForceUnit, GearSpell
from oneroom.engine.organisation.faults import Fault
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.values import Conflict


def crews_have_a_unit(*, proposal: Proposal) -> Iterator[Fault]:
    """A crew belongs to a unit that is there: one that ends without an heir leaves its crews to nobody."""
    bare = [code for code, heir in proposal.ended.items() if heir is None]
    rows = Crew.objects.filter(unit__code__in=bare).values("unit__code").annotate(n=Count("pk"))
    for row in rows.order_by("unit__code"):
        says = _("%(count)s crews belong to it, and nobody inherits it.")
        yield Fault("crew_without_unit", row["unit__code"], {"count": row["n"]}, says)


def not_at_work(*, account_id: int, at: datetime) -> None:
    """Whoever rides with a crew on duty, or holds a duty post, at this minute is at work."""
    rides = CrewMember.objects.filter(account_id=account_id).exclude(crew__state=Crew.State.OFF_DUTY)
    posted = DutySpell.objects.filter(account_id=account_id, begins__lte=at, ends__gt=at)
    if rides.exists() or posted.exists():
        raise Conflict("He is at work: what he works with ends when he is done.")


def gear_and_force_have_a_unit(*, proposal: Proposal) -> Iterator[Fault]:
    """The same of vehicles, kit and the mobile force: else the reform would be found impossible on its day only."""
    bare = [code for code, heir in proposal.ended.items() if heir is None]
    pieces = GearSpell.objects.filter(unit__code__in=bare, until=None).values("unit__code").annotate(n=Count("pk"))
    for row in pieces.order_by("unit__code"):
        says = _("%(count)s vehicles and pieces of kit belong to it, and nobody inherits it.")
        yield Fault("gear_without_unit", row["unit__code"], {"count": row["n"]}, says)
    units = ForceUnit.objects.filter(unit__code__in=bare).values("unit__code").annotate(n=Count("pk"))
    for row in units.order_by("unit__code"):
        says = _("%(count)s units of the mobile force belong to it, and nobody inherits it.")
        yield Fault("force_without_unit", row["unit__code"], {"count": row["n"]}, says)
