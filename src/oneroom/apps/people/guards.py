"""What accounts object to (named in settings.GUARDS)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext_noop as _

from oneroom.apps.people.models import Grant
from oneroom.engine.organisation.faults import Fault
from oneroom.engine.organisation.proposal import Proposal


def rights_have_a_unit(*, proposal: Proposal) -> Iterator[Fault]:
    """No right outlives its unit (row T08): where nobody inherits the unit, its roles would be held at nothing."""
    bare = [code for code, heir in proposal.ended.items() if heir is None]
    held = Grant.objects.filter(unit__code__in=bare, ends=None).values("unit__code").annotate(n=Count("pk"))
    for row in held.order_by("unit__code"):
        says = _("%(count)s roles are held there, and nobody inherits it: they would outlive their unit.")
        yield Fault("right_outlives", row["unit__code"], {"count": row["n"]}, says)
