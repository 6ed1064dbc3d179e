"""
Relatives of one's own: declared here. Those outside the machine compares with callers, and nobody else reads them;
those of the force stand against a posting in one line of command, and the personnel office sees them.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.people.access import relations_of
from oneroom.apps.people.services import declare_relation, end_relation
from oneroom.apps.personnel.queries import people_numbered
from oneroom.apps.personnel.registers import own_kin, own_person
from oneroom.apps.personnel.services import declare_kin, end_kin
from oneroom.engine.values import Actor, BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.room.words import named

KIN = {
    "spouse": lazy("spouse"), "parent": lazy("parent"), "child": lazy("child"), "sibling": lazy("sibling"),
    "other": lazy("other relative"),
}  # fmt: skip
IN_THE_FORCE = {**KIN, "in_law": lazy("relative by marriage")}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def relatives(request: HttpRequest) -> HttpResponse:
    """The list and the form; by POST one more, or one taken back."""
    by, given = actor(request), {name: request.POST.get(name, "") for name in ("kind", "name", "phone")}
    refused: Refused | None = None
    if request.method == "POST":
        try:
            if back := request.POST.get("back", ""):
                end_relation(_id(back), by=by, at=now())
            elif back := request.POST.get("kin_back", ""):
                _take_back(_id(back), by)
            elif "badge" in request.POST:
                _of_the_force(request.POST["badge"], request.POST.get("kin", ""), by)
            else:
                declare_relation(**given, by=by, at=now())
            return redirect("own-relatives")
        except NotFound:
            raise
        except Refused as no:
            refused = no
    context = {
        "rows": [(r.pk, named(KIN, r.kind), said) for r, said in relations_of(by=by, at=now())], "kinds": KIN,
        "given": given, "in_force": IN_THE_FORCE, "me": own_person(by=by),
        "badge": request.POST.get("badge", ""), "kin_given": request.POST.get("kin", ""),
        "kin": [(k.pk, named(IN_THE_FORCE, k.kin), k.relative) for k in own_kin(by=by)],
        "refused": worded(refused) if refused else "", "bad": refused.field if refused else "",
    }  # fmt: skip
    return render(request, "signin/relatives.html", context, status=refused.status if refused else 200)


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _of_the_force(badge: str, kin: str, by: Actor) -> None:
    """Somebody says that a colleague, by his badge, is his relative."""
    me = own_person(by=by)
    if me is None:
        raise BadInput("badge", "Your account is not joined to anybody in the register of people.")
    number = badge.strip().upper()
    other = people_numbered([number]).get(number)
    try:
        declare_kin(me.pk, other or 0, kin, by=by, at=now())
    except NotFound as unknown:
        raise BadInput("badge", "There is nobody with this badge in the force.") from unknown


def _take_back(pk: int, by: Actor) -> None:
    """What one declared oneself; nobody takes back here what another said."""
    if pk not in {k.pk for k in own_kin(by=by)}:
        raise NotFound
    end_kin(pk, by=by, at=now())
