"""Where two signatures are asked for that let a caller be reached though it is not known, or is denied, to be safe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from oneroom.apps.incidents.access import incident_for
from oneroom.apps.incidents.codes import CONTACT_WAYS
from oneroom.apps.incidents.contact import WHY_NOT, may_contact
from oneroom.apps.incidents.queries import callers_of
from oneroom.apps.ledger.time import now
from oneroom.apps.people.services import ask_second
from oneroom.engine.roles import Right
from oneroom.engine.signatures import Act
from oneroom.engine.values import Actor, BadInput
from oneroom.web.actors import actor
from oneroom.web.pages.office.shell import needs


@dataclass(frozen=True, slots=True)
class Closed:
    """A caller who may not be reached by at least one way: why, and until when two persons have let him be."""

    id: int
    n: int
    why: str
    until: datetime | None


def closed_callers(incident: Any, *, by: Actor, at: datetime) -> list[Closed]:
    """Those of a matter, for who may ask that they be reached all the same."""
    if not by.may(Right.OVERRIDE_CONTACT):
        return []
    found = []
    for n, report in enumerate(callers_of(incident), start=1):
        shut = [v.why for v in (may_contact(report, way, at=at) for way in CONTACT_WAYS) if not v.ok]
        if shut:
            until = report.overridden_until
            lives = until if until and at < until else None
            found.append(Closed(report.pk, n, str(WHY_NOT[shut[0]]), lives))
    return found


@require_POST
@needs(Right.OVERRIDE_CONTACT)
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for it: one caller, one way, and why."""
    by, at = actor(request), now()
    row = incident_for(pk, by=by)
    said, way = request.POST.get("report", ""), request.POST.get("way", "")
    if said not in {str(c.id) for c in closed_callers(row, by=by, at=at)}:
        raise BadInput("report", "There is no such choice here. Pick one of the list.")
    if way not in CONTACT_WAYS:
        raise BadInput("way", "There is no such choice here. Pick one of the list.")
    ask_second(
        Act.CONTACT, f"incident:{row.pk}", details={"report": int(said), "way": way},
        words=request.POST.get("why", ""), by=by, at=at,
    )  # fmt: skip
    return redirect("office-signatures")
