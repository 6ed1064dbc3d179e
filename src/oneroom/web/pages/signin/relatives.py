"""Relatives of one's own: declared here, compared by the machine, read by nobody else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.people.access import relations_of
from oneroom.apps.people.services import declare_relation, end_relation
from oneroom.engine.values import NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.room.words import named

KIN = {
    "spouse": lazy("spouse"), "parent": lazy("parent"), "child": lazy("child"), "sibling": lazy("sibling"),
    "other": lazy("other relative"),
}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def relatives(request: HttpRequest) -> HttpResponse:
    """The list and the form; by POST one more, or one taken back."""
    by, given = actor(request), {name: request.POST.get(name, "") for name in ("kind", "name", "phone")}
    refused: Refused | None = None
    if request.method == "POST":
        try:
            if back := request.POST.get("back", ""):
                number = back.isascii() and back.isdecimal() and len(back) < 16
                end_relation(int(back) if number else 0, by=by, at=now())
            else:
                declare_relation(**given, by=by, at=now())
            return redirect("own-relatives")
        except NotFound:
            raise
        except Refused as no:
            refused = no
    context = {
        "rows": [(r.pk, named(KIN, r.kind), said) for r, said in relations_of(by=by, at=now())], "kinds": KIN,
        "given": given, "refused": worded(refused) if refused else "", "bad": refused.field if refused else "",
    }  # fmt: skip
    return render(request, "signin/relatives.html", context, status=refused.status if refused else 200)
