"""Location warnings: raised for a time, renewed by word, ended by whoever raised them, a commander, or the clock."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from oneroom.apps.ledger.services import erase, note, seal, service
from oneroom.apps.places.codes import WARNING_REASONS
from oneroom.apps.places.models import LocationWarning
from oneroom.engine.geo import distance_m
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import SYSTEM, Actor, BadInput, Overtaken

LONGEST = timedelta(days=90)
RADII_M = (10, 300)  # a yard; a large compound
_LONGEST_WORDS = 200
_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}")  # a telephone, a plate's or a document's number: seven digits and more


@service
def raise_warning(
    *, lon: float, lat: float, reason: str, words: str, days: int = 30, radius_m: int = 60, matter: str = "",
    by: Actor, at: datetime,
) -> int:  # fmt: skip
    """
    Warn of a place (already checked, WGS-84) for some days; gives the warning's id.

    ``matter`` is the live matter from which it is raised, where there is one: its timeline then says so.
    Raises BadInput naming the field.
    """
    by.must(Right.WARN_OF_PLACE)
    if reason not in WARNING_REASONS:
        raise BadInput("reason", "There is no such choice: %(choice)s.", choice=str(reason)[:40])
    text = plain("words", words, longest=_LONGEST_WORDS, required=True)
    if _NUMBER.search(text):
        raise BadInput("words", "A warning is about the place: leave out telephone and document numbers.")
    if not RADII_M[0] <= radius_m <= RADII_M[1]:
        raise BadInput("radius_m", "Between %(least)d and %(most)d metres.", least=RADII_M[0], most=RADII_M[1])
    until = _until(days, at)
    sealed, commitment = seal(text, matter="", purpose="warning.words", at=at)
    row = LocationWarning.objects.create(
        lon=lon, lat=lat, radius_m=radius_m, reason=reason, words=sealed, author_id=by.id, created=at, expires=until
    )
    type(sealed).objects.filter(pk=sealed.pk).update(matter=subject(row.pk))
    note(
        "warning.raised", subject(row.pk), by=by, at=at, to=("room",), matter=matter, warning=row.pk, reason=reason,
        words=commitment, radius=radius_m, until=until,
    )  # fmt: skip
    return row.pk


@service
def renew_warning(warning_id: int, *, days: int, by: Actor, at: datetime) -> None:
    """It still holds: from now for so many days. The caller checked that this person may (access.warning_for)."""
    until = _until(days, at)
    if not LocationWarning.objects.filter(pk=warning_id, ended=None, expires__gt=at).update(expires=until):
        raise Overtaken
    note("warning.renewed", subject(warning_id), by=by, at=at, to=("room",), warning=warning_id, until=until)


@service
def end_warning(warning_id: int, *, cause: str, by: Actor, at: datetime) -> None:
    """It no longer holds: nobody is shown it any more, and its words are erased."""
    if not LocationWarning.objects.filter(pk=warning_id, ended=None).update(ended=at):
        raise Overtaken
    note("warning.ended", subject(warning_id), by=by, at=at, to=("room",), warning=warning_id, cause=cause)
    erase(subject(warning_id), cause=cause, by=by, at=at)


def expire(warning_id: int, at: datetime) -> None:
    """Its day came: the clock ends it."""
    end_warning(warning_id, cause="expired", by=SYSTEM, at=at)


def subject(warning_id: int) -> str:
    """The name of a warning in the record."""
    return f"warning:{warning_id}"


def near(row: LocationWarning, lon: float, lat: float) -> bool:
    """A position is within a warning's radius."""
    return float(distance_m(lon, lat, row.lon, row.lat)) <= row.radius_m


def _until(days: int, at: datetime) -> datetime:
    if type(days) is not int or not 1 <= days <= LONGEST.days:
        raise BadInput("days", "Between 1 and %(most)d days; it can be renewed.", most=LONGEST.days)
    return at + timedelta(days=days)
