"""What the own crew stands by for, as the phone shows it: where, until when, and why, with the counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.incidents.standbys import standby_of
from oneroom.engine.lifecycle.standby import LIVE, STANDBY
from oneroom.engine.values import Actor
from oneroom.web.pages.room.words import STANDBY_DECLINED, local

_LEAST = 0.005  # half a percent: less is no figure
_VERBS = {"acknowledge": lazy("Sign for it"), "arrive": lazy("I am there")}


@dataclass(frozen=True, slots=True)
class StandByRow:
    """``verb`` is the one big button now, "" for none; a stand-by that is over says so and has none."""

    id: int
    live: bool
    state: str
    place: str
    until: datetime
    why: str
    verb: str
    label: Any
    reasons: tuple[tuple[str, Any], ...]


def standby_row(crew_id: int, *, by: Actor, at: datetime) -> StandByRow | None:
    """The crew's stand-by, live or ended by others a moment ago."""
    row = standby_of(crew_id, at=at)
    if row is None:
        return None
    may = STANDBY.open_to(row.state, by.roles)
    verb = next((v for v in _VERBS if v in may), "")
    reasons = tuple(STANDBY_DECLINED.items()) if "decline" in may else ()
    return StandByRow(
        row.pk, row.state in LIVE, row.state, local(row.place_zh, row.place_en) or f"{row.lat:.5f}, {row.lon:.5f}",
        row.until, _why(row), verb, _VERBS.get(verb, ""), reasons,
    )  # fmt: skip


def _why(row: Any) -> str:
    told = {"gain": round(row.gain * 100, 1), "calls": row.calls, "days": row.days}
    if row.why == "posting":
        return _("The public calls from near here at these hours: %(calls)d calls in %(days)d days.") % told
    if row.gain < _LEAST or (row.why == "cover" and not row.calls):
        return _("To cover more of the city.")
    if not row.calls:
        return _("Crews are away, and nobody else is near.")
    if row.why == "cover":
        return (
            _(
                "To cover more of the city: %(gain)s %% of %(calls)d calls in %(days)d days"
                " come within 5 minutes by you."
            )
            % told
        )
    return _("Crews are away: %(gain)s %% of %(calls)d calls in %(days)d days come within 5 minutes by you.") % told
