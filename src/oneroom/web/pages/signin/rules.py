"""Rule documents in force: each says for himself that he has read one. What he thinks of it is not asked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.personnel.registers import own_person, own_rules
from oneroom.apps.personnel.services import acknowledge
from oneroom.web.actors import actor
from oneroom.web.pages.room.words import local


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The list; by POST one of them was read."""
    by, at = actor(request), now()
    if request.method == "POST":
        number = request.POST.get("policy", "")
        acknowledge(int(number) if number.isascii() and number.isdecimal() and len(number) < 16 else 0, by=by, at=at)
        return redirect("own-rules")
    rows = [
        (row, local(row.title_zh, row.title_en or row.title_zh), read)
        for row, read in own_rules(localtime(at).date(), by=by)
    ]
    left = sum(read is None for _row, _title, read in rows)
    return render(request, "signin/rules.html", {"rows": rows, "left": left, "known": own_person(by=by) is not None})
