"""The dossier of a matter, as a page to read and print, and as PDF: an act with a purpose, each time it is opened."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from oneroom.apps.incidents.codes import DOSSIER_PURPOSES
from oneroom.apps.incidents.dossier import Dossier, matter_to_read, open_dossier, purposes
from oneroom.apps.ledger.time import now
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.actors import actor
from oneroom.web.pages.dossier.pdf import as_pdf
from oneroom.web.pages.dossier.sections import Paper, paper
from oneroom.web.pages.office.purpose import EXAMPLE, basis_of
from oneroom.web.pages.office.shell import frame


@never_cache
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; an inspector says first within which inspection he reads."""
    by = actor(request)
    row = matter_to_read(pk, by=by)
    open_to = purposes(row, by=by, inspection=basis_of(request))
    if not open_to and by.may(Right.INSPECT):
        asked = frame(request, "office-incidents", goal=request.get_full_path(), example=EXAMPLE)
        return render(request, "office/purpose.html", asked)
    found = _opened(request, pk, "page", by)
    context = {
        "paper": _paper(request, found), "purpose": found.purpose, "matter": found.matter,
        "ways": [(code, DOSSIER_PURPOSES[code]) for code in open_to],
        "pdf": reverse("dossier-pdf", args=[pk]),
    }  # fmt: skip
    return render(request, "dossier/page.html", context)


@never_cache
@require_GET
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same on paper."""
    found = _opened(request, pk, "pdf", actor(request))
    made = as_pdf(_paper(request, found))
    name = f"dossier-{found.matter.reference}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _opened(request: HttpRequest, pk: int, form: str, by: Actor) -> Dossier:
    purpose = request.GET.get("purpose", "overview")[:32]
    return open_dossier(pk, purpose=purpose, form=form, inspection=basis_of(request), by=by, at=now())


def _paper(request: HttpRequest, found: Dossier) -> Paper:
    return paper(found, printed_by=request.user.name)  # type: ignore[union-attr]
