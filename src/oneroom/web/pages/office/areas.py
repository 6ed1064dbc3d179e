"""Ground of units: taken out as GeoJSON as of a day, and drawn anew by the draft of a reform (docs/adr/0026)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from oneroom.apps.ledger.services import exported
from oneroom.apps.ledger.time import now
from oneroom.apps.people.services import drop_file, keep_file
from oneroom.apps.reforms.services import Drawn, draft_ground, drawn_on, look_at_ground
from oneroom.engine.organisation.listing import Fate
from oneroom.engine.roles import Right
from oneroom.engine.values import Refused
from oneroom.ports.formats.areas import read_areas, write_areas
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.ground_drawing import drawing
from oneroom.web.pages.office.list_import import digest, key_on, not_since, the_file
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.office.units_list import FATES

SHOWN = 100
DATUM_WORDS = {
    "WGS84": "WGS-84", "GCJ02": lazy("GCJ-02 (Amap, Tencent)"), "BD09": lazy("BD-09 (Baidu)"),
}  # fmt: skip


@never_cache
@require_safe
@needs(Right.SEE_ORGANISATION)
def areas_file(request: HttpRequest) -> HttpResponse:
    """The ground of every unit that has some on the day ``on``."""
    at = now()
    day = typed_day(request.GET.get("on", ""), field="on") or localtime(at).date()
    found = drawn_on(day)
    exported(
        "areas", form="geojson", rows=len(found), asked=[f"on:{day.isoformat()}"], by=actor(request), at=at
    )  # fmt: skip
    answer = HttpResponse(write_areas(found, day=day), content_type="application/geo+json")
    answer["Content-Disposition"] = f'attachment; filename="areas-{day.isoformat()}.geojson"'
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.DRAFT_REFORM)
def areas(request: HttpRequest) -> HttpResponse:
    """By POST a file of GeoJSON: ``act`` looks through it, or makes a plan of it."""
    if request.method != "POST":
        return _page(request)
    try:
        at, by = now(), actor(request)
        content, seen = the_file(request, "areas", by=by, at=at)
        day = typed_day(request.POST.get("day", "")) or localtime(at).date() + timedelta(days=1)
        features = read_areas(content, datum=request.POST.get("datum", "WGS84"))
        found = look_at_ground([(f.number, f.code, f.geometry) for f in features], day=day)
        told = digest(day, found.outlines)
        if request.POST.get("act") == "plan":
            not_since(seen, told)
            name = request.POST.get("name", "").strip() or _("Ground from a file")
            plan = draft_ground(found, name=name, day=day, by=by, at=at)
            drop_file("areas", by=by)
            return redirect("office-reform", plan)
    except Refused as refused:
        return _page(request, refused)
    return _page(request, found=found, key=keep_file("areas", content, shown=told, by=by, at=at))


def _page(
    request: HttpRequest, refused: Refused | None = None, *, found: Drawn | None = None, key: str = ""
) -> HttpResponse:
    today = localtime(now()).date()
    shown: dict[str, Any] = {}
    if found is not None:
        told = [o for fate in (Fate.REFUSED, Fate.NEW, Fate.CHANGED) for o in found.of(fate)]
        changed = {o.code for o in told if o.fate is not Fate.REFUSED}
        shown = {
            "counts": [(FATES[fate], len(found.of(fate))) for fate in Fate], "lines": len(found.outlines),
            "rows": [
                (o.number, o.code, FATES[o.fate], bool(o.wrong), worded(o.wrong) if o.wrong else f"{o.km2:.3f} km²")
                for o in told[:SHOWN]
            ],
            "more": max(0, len(told) - SHOWN), "ground": drawing(found.ground, changed, found.flaws),
        }  # fmt: skip
    page = frame(
        request, "office-organisation", key=key_on(request, refused, key), looked=shown, datums=DATUM_WORDS.items(),
        refused=worded(refused) if refused else "", bad=refused.field if refused else "", given=request.POST,
        tomorrow=today + timedelta(days=1), today=today,
    )  # fmt: skip
    return render(request, "office/areas.html", page, status=refused.status if refused else 200)
