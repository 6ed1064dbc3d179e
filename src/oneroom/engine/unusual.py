"""
Looking that is out of the ordinary (scope G15): what is put before an inspector, who judges. Nobody is refused by it.

Far more records in a day than is usual for the role, oneself or a declared relative as the caller, and asking again and
again for what one may not have.
"""

from __future__ import annotations

from enum import StrEnum

FEWEST = 30  # so many records in a day are never unusual: a busy night has them
DENIALS, DENIED_WITHIN_S = 50, 600  # so many requests refused to one person in so many seconds are no slip (V16.3.2)
TIMES = 3.0  # so many times the usual day of the role


class Rule(StrEnum):
    """The code in the record."""

    VOLUME = "volume"
    OWN_NAME = "own_name"
    OWN_NUMBER = "own_number"
    KIN = "kin"
    DENIED = "denied"


def most(usual: float) -> int:
    """Records that somebody may open in a day without being put before anybody; ``usual`` is the role's median day."""
    return max(FEWEST, int(TIMES * usual))


def own(*, name: str, mobile: str, caller_name: str, caller_phone: str) -> Rule | None:
    """Is the caller whoever looks? A number counts by its last eleven digits, a name as it is written."""
    digits, called = _digits(mobile), _digits(caller_phone)
    if digits and len(digits) >= 7 and digits == called:
        return Rule.OWN_NUMBER
    written = name.strip().casefold()
    return Rule.OWN_NAME if written and written == caller_name.strip().casefold() else None


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isdigit())[-11:]
