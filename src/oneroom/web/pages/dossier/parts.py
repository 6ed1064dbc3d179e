"""What the sections of a dossier are made of: rows under a heading, times, and where a line began."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from oneroom.apps.incidents.dossier import Dossier

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with rows. With ``head`` it is a table; without, pairs of name and value."""

    title: str
    rows: tuple[Row, ...]
    head: Row = ()
    note: str = ""
    wide: int = -1  # the column that takes what room is left
    empty: str = field(default="")


def stamp(moment: datetime | None) -> str:
    """Day and second in the force's time zone."""
    return f"{localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else "–"


def clock(moment: datetime | None) -> str:
    """The second alone."""
    return f"{localtime(moment):%H:%M:%S}" if moment else "–"


def matter_number(name: str) -> int | None:
    """The number in a matter's name in the record ("incident:12")."""
    kind, _colon, pk = name.partition(":")
    return int(pk) if kind == "incident" else None


def of_merged(found: Dossier, text: str, matter_id: int | None) -> str:
    """The text, and behind it the reference of the merged matter that it began with; nothing of the matter's own."""
    reference = next((j.matter.reference for j in found.joined if j.matter.pk == matter_id), "")
    return with_origin(text, reference)


def with_origin(text: str, reference: str) -> str:
    """The text, and the reference of the matter it began with."""
    return f"{text} · {_('of %(reference)s') % {'reference': reference}}" if reference else text
