"""The month's transparency report before and after it is published: who answers for it reads it first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.oversight.transparency import here, publish, published, the_month
from oneroom.engine.roles import Right
from oneroom.engine.values import Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.transparency.words import shown


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.PUBLISH_REPORT)
def transparency(request: HttpRequest) -> HttpResponse:
    """A month as it would be published, and what was; by POST it goes before the public."""
    if request.method != "POST":
        return _page(request, request.GET.get("month", ""))
    name = request.POST.get("month", "")
    try:
        publish(name, by=actor(request), at=now())
    except Refused as refused:
        return _page(request, name, refused)
    return redirect("office-transparency")


def _page(request: HttpRequest, name: str, refused: Refused | None = None) -> HttpResponse:
    at = now()
    try:
        month = the_month(name, at)
    except Refused as wrong:
        refused, month = refused or wrong, the_month("", at)
    rows = published()
    context = frame(
        request, "office-transparency", rows=rows, is_public=month.name in {row.month for row in rows},
        refused=worded(refused) if refused else "", **shown(here(month).content),
    )  # fmt: skip
    return render(request, "office/transparency.html", context, status=refused.status if refused else 200)
