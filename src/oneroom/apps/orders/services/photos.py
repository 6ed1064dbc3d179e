"""
Photos from the scene: looked at by their content, made anew without anything that rides along, sealed.

A phone writes where and when, its own number and a preview into every picture (EXIF, XMP, GPS). Only the picture is
kept: it is decoded and encoded again, so whatever else was in the file is gone.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from datetime import datetime

from PIL import Image, ImageOps

from oneroom.apps.ledger.services import seal
from oneroom.apps.orders.models import Attachment
from oneroom.engine.values import Actor, BadInput

LARGEST_BYTES = 12 * 1024 * 1024
_LARGEST_PIXELS = 60_000_000  # a small file may unpack into gigabytes
_LONGEST_SIDE = 1600
_THUMB_SIDE = 240
_FORMATS = ("JPEG", "PNG", "WEBP")


def attach_photo(
    data: bytes, *, matter: str, subject: str, taken_at: datetime, by: Actor, at: datetime
) -> tuple[Attachment, str, str]:
    """The photo's row, the commitments to its content and its small picture. Raises BadInput for what is no picture."""
    picture = _read(data)
    content, thumb = _jpeg(picture, _LONGEST_SIDE, quality=80), _jpeg(picture, _THUMB_SIDE, quality=70)
    sealed, commitment = seal(_text(content), matter=matter, purpose="scene.photo", at=at)
    small, small_mark = seal(_text(thumb), matter=matter, purpose="scene.photo", at=at)
    scale = min(1.0, _LONGEST_SIDE / max(picture.size))
    row = Attachment.objects.create(
        matter=matter, subject=subject, account_id=by.id, crew_id=by.crew_id, at=at, taken_at=taken_at,
        width=round(picture.width * scale), height=round(picture.height * scale), content=sealed, thumb=small,
    )  # fmt: skip
    return row, commitment, small_mark


def sealed_photos(matters: Iterable[str]) -> list[int]:
    """The sealed texts in which the photos of these matters lie: content and small picture of each."""
    rows = Attachment.objects.filter(matter__in=list(matters)).values_list("content_id", "thumb_id")
    return [pk for both in rows for pk in both]


def _read(data: bytes) -> Image.Image:
    """The picture as pixels, the right way up. What it says it is counts for nothing: its own first bytes do."""
    if len(data) > LARGEST_BYTES:
        raise BadInput("photo", "A photo may have at most %(size)s MB.", size=LARGEST_BYTES // 2**20)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as found:
            if found.width * found.height > _LARGEST_PIXELS:
                raise BadInput("photo", "This picture is too large. Take it again, smaller.")
            turned = ImageOps.exif_transpose(found)
            return turned.convert("RGB")
    except BadInput:
        raise
    except Exception as broken:  # a decoder fed with a hostile file fails in many ways, all of them "no picture"
        raise BadInput("photo", "This is no photo that can be taken: JPEG, PNG or WebP.") from broken


def _jpeg(picture: Image.Image, longest: int, *, quality: int) -> bytes:
    small = picture.copy()
    small.thumbnail((longest, longest))
    out = io.BytesIO()
    Image.frombytes("RGB", small.size, small.tobytes()).save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
