"""Texts that people type: plain, bounded, without characters that are not seen."""

from __future__ import annotations

import re
import unicodedata

from oneroom.engine.values import BadInput

_MARKUP = re.compile(r"<\s*[a-zA-Z!/?]")
_SEEN_BREAKS = {"\n", "\t"}
_PHONE = re.compile(r"^\+?\d{3,15}$")
_SEPARATORS = re.compile(r"[\s\-()（）]")


def plain(field: str, text: str | None, *, longest: int, required: bool = False) -> str:
    """
    The text with outer blanks gone and one kind of line end.

    Raises BadInput, naming the field, for control and direction-turning characters, for markup, and for a
    text that is too long or, where one is required, missing.
    """
    clean = (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if required and not clean:
        raise BadInput(field, "This is needed.")
    if len(clean) > longest:
        raise BadInput(field, "At most %(longest)s characters; this has %(count)s.", longest=longest, count=len(clean))
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in _SEEN_BREAKS for c in clean):
        raise BadInput(field, "There are invisible control characters in this text. Type it again.")
    if _MARKUP.search(clean):
        raise BadInput(field, "Plain words only: leave out marks like <…>.")
    return clean


def phone(field: str, text: str | None, *, required: bool = False) -> str:
    """
    A telephone number as digits, with its + kept.

    Raises BadInput for letters, and for a mainland mobile number (begins with 1) that has not 11 digits.
    """
    number = _SEPARATORS.sub("", plain(field, text, longest=40, required=required))
    if not number:
        return ""
    if not number.lstrip("+").isascii() or not number.lstrip("+").isdigit():
        raise BadInput(field, "A phone number has digits only.")
    if number.startswith("1") and len(number) >= 7 and len(number) != 11:
        raise BadInput(field, "A mobile number has 11 digits; this has %(count)s.", count=len(number))
    if not _PHONE.match(number):
        raise BadInput(field, "A phone number has 3 to 15 digits; this has %(count)s.", count=len(number))
    return number
