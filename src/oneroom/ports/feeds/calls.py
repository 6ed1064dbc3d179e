"""
The telephone exchange's pop-up feed: one event of a call per POST, as JSON, strict in shape.

    {"event": "ringing", "call": "c-17", "at": "2026-11-22T03:12:10+08:00", "number": "13800002207", "desk": "07",
     "operator": "hechuan", "recording": "rec-17",
     "place": {"lon": 121.47, "lat": 31.23, "radius_m": 150, "datum": "WGS84"}}

Only ``event`` and ``call`` are needed. What cannot be taken is kept with its reason (``incidents.services.calls``).
"""

from __future__ import annotations

import hmac
import json
import math
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from oneroom.apps.incidents.services import Event
from oneroom.engine.geo import DATUMS
from oneroom.engine.text import phone, plain
from oneroom.engine.values import BadInput

EVENTS = ("ringing", "answered", "ended", "abandoned")
MAX_BYTES = 16 * 1024
MAX_AHEAD = timedelta(seconds=60)
MAX_AGE = timedelta(hours=24)
_FIELDS = frozenset({"event", "call", "at", "number", "desk", "operator", "recording", "place"})
_PLACE = frozenset({"lon", "lat", "radius_m", "datum"})


def may_feed(header: str, token: str) -> bool:
    """Whether the bearer has the feed's token; without a token in the settings there is no feed."""
    given = header.removeprefix("Bearer ") if header.startswith("Bearer ") else ""
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def parse(raw: bytes, *, now: datetime) -> Event:
    """The event in these bytes. ``now`` is project time. Raises BadInput naming the field."""
    if len(raw) > MAX_BYTES:
        raise BadInput("body", _("This is too large to send."))
    try:
        said = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadInput("body", _("This is not valid JSON.")) from error
    if not isinstance(said, dict):
        raise BadInput("body", _("This is not of the form that is needed here."))
    _only(said, _FIELDS, "")
    event = _text(said, "event", 12, required=True)
    if event not in EVENTS:
        raise BadInput("event", _("There is no such choice: %(choice)s."), choice=event[:40])
    place = said.get("place")
    if place is not None and not isinstance(place, dict):
        raise BadInput("place", _("This is not of the form that is needed here."))
    return Event(
        event, _text(said, "call", 64, required=True), _time(said.get("at"), now),
        phone("number", _text(said, "number", 40)), _text(said, "desk", 24), _text(said, "operator", 150),
        _text(said, "recording", 80), **_place(place or {}),
    )  # fmt: skip


def _place(said: dict[str, Any]) -> dict[str, Any]:
    if not said:
        return {}
    _only(said, _PLACE, "place.")
    datum = said.get("datum")
    if not isinstance(datum, str) or datum.upper().replace("-", "").replace("_", "") not in DATUMS:
        raise BadInput(
            "place.datum", _("The datum %(datum)s is not known. Use WGS84, GCJ02 or BD09."), datum=str(datum)[:20]
        )
    return {
        "lon": _number(said, "lon", -180, 180), "lat": _number(said, "lat", -90, 90), "datum": datum,
        "radius_m": _number(said, "radius_m", 0, 100_000),
    }  # fmt: skip


def _only(said: dict[str, Any], known: frozenset[str], prefix: str) -> None:
    for name in said:
        if name not in known:
            field = "".join(c if c.isalnum() or c in "_-" else "?" for c in name[:40])
            raise BadInput(f"{prefix}{field}", _("There is no field of this name."))


def _text(said: dict[str, Any], name: str, longest: int, *, required: bool = False) -> str:
    value = said.get(name)
    if value is not None and not isinstance(value, str):
        raise BadInput(name, _("This is not of the form that is needed here."))
    return plain(name, value, longest=longest, required=required)


def _number(said: dict[str, Any], name: str, low: float, high: float) -> float:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadInput(f"place.{name}", _("A number from %(low)s to %(high)s is expected here."), low=low, high=high)
    if not math.isfinite(value):
        raise BadInput(f"place.{name}", _("A number is expected here."))
    return float(value)


def _time(value: object, now: datetime) -> datetime:
    if value is None:
        return now
    try:
        at = datetime.fromisoformat(value)  # type: ignore[arg-type]
        ahead = at - now
    except (TypeError, ValueError, OverflowError) as error:
        sentence = _("This is not a time with its offset, as in 2026-11-22T03:12:44+08:00.")
        raise BadInput("at", sentence) from error
    if ahead > MAX_AHEAD:
        raise BadInput("at", _("This time is in the future. Check the clock of the device."))
    if -ahead > MAX_AGE:
        raise BadInput("at", _("This time is more than a day ago."))
    return at


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")
