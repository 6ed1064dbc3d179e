"""Acts of the time in which the database was away that could not be booked, as the room reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from oneroom.apps.duty.queries import callsigns
from oneroom.apps.incidents.lastboard import clashes
from oneroom.apps.people.queries import staff_names
from oneroom.web.pages.room.words import LATE_ACTS, LATE_RESULTS, local, named


@dataclass(frozen=True, slots=True)
class ClashView:
    """Who did what and when, why it is not booked, and the matter it was about (None: there is none to open)."""

    id: int
    who: str
    act: str
    crews: str
    reference: str
    incident: int | None
    at: datetime
    booked_at: datetime
    why: str
    typed: bool


def clash_views() -> tuple[ClashView, ...]:
    """Oldest first."""
    rows = clashes()
    if not rows:
        return ()
    names, crews = staff_names(r.account_id for r in rows), callsigns()
    return tuple(
        ClashView(
            r.pk, names.get(r.account_id, ""), named(LATE_ACTS, r.about.get("verb") or r.act),
            ", ".join(local(*crews[c]) for c in r.about.get("crews", ()) if c in crews), r.about.get("reference", ""),
            r.answer.get("id") or r.about.get("incident"), r.at, r.booked_at, _why(r), r.content_id is not None,
        )
        for r in rows
    )  # fmt: skip


def _why(row: Any) -> str:
    if row.cause == "other_number":
        return _("It was there already, under another number: whoever was told the one above must be told.")
    if row.cause == "not_found":
        return _("What it was about is not there: it could not be booked either, or it went elsewhere meanwhile.")
    params = row.about.get("params") or {}
    try:
        return _(row.said) % params if params else _(row.said)
    except (KeyError, ValueError):
        return str(_(row.said))


def results() -> tuple[tuple[str, str], ...]:
    """What may have become of it."""
    return tuple((code, str(word)) for code, word in LATE_RESULTS.items())
