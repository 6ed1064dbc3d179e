"""What incidents object to (named in settings.GUARDS)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Count
from django.utils.translation import gettext_noop as _

from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.lifecycle.incident import ENDED, OPEN
from oneroom.engine.organisation.faults import Fault
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.values import Conflict


def crew_has_no_live_order(*, crew_id: int) -> None:
    """A crew with a live order does not go off duty: the order would be nobody's."""
    if Assignment.objects.filter(crew_id=crew_id, state__in=LIVE).exists():
        raise Conflict("This crew is on a call. Clear it or hand it over first.")


def matter_stands_still(*, matters: Collection[str]) -> None:
    """Lock the matters before rungs of their ladders climb: the order in which every act on one locks."""
    incidents = [int(pk) for kind, _, pk in (matter.partition(":") for matter in matters) if kind == "incident"]
    if incidents:
        list(Incident.objects.select_for_update().filter(pk__in=incidents).order_by("pk").values_list("pk"))


def matters_have_a_station(*, proposal: Proposal) -> Iterator[Fault]:
    """What is open at a station that ends goes to its heir: one without a station would ring nobody."""
    bare = [code for code, heir in proposal.ended.items() if heir is None]
    live = Incident.objects.filter(unit__code__in=bare, state__in=[str(s) for s in (*OPEN, *ENDED)])
    for row in live.values("unit__code").annotate(n=Count("pk")).order_by("unit__code"):
        says = _("%(count)s open matters are with it, and nobody inherits it.")
        yield Fault("matter_without_heir", row["unit__code"], {"count": row["n"]}, says)
