"""The proof of a matter's record: what it shows in plain words, and the file that anybody can check."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from oneroom.apps.incidents.dossier import matter_to_read
from oneroom.apps.ledger.proofs import prove_matter
from oneroom.ports.formats import notes
from oneroom.web.actors import actor


@never_cache
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Says in three sentences what is proved. The entries hold ids, codes and times alone, so this is no look."""
    row = matter_to_read(pk, by=actor(request))
    found = prove_matter(f"incident:{row.pk}")
    head = _head(found)
    command = f"oneroom verify --proof {_file(row)}"
    return render(request, "dossier/proof.html", {"matter": row, "proof": found, "head": head, "command": command})


@never_cache
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof itself, with the public key."""
    row = matter_to_read(pk, by=actor(request))
    found = prove_matter(f"incident:{row.pk}")
    if found is None:
        return HttpResponse(status=404)
    made = json.dumps(found, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="{_file(row)}"'}
    return HttpResponse(made, content_type="application/json", headers=headers)


def _file(row: Any) -> str:
    return f"proof-{row.reference}.json"


def _head(found: dict[str, Any] | None) -> notes.Checkpoint | None:
    """What the signed note says: the page shows that, and not what the database says beside it."""
    return notes.read(found["note"], notes.from_vkey(found["vkey"])[1]) if found else None
