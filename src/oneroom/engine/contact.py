"""
Whether a caller may be contacted: by which way, and at this minute (domain: workflow §2.1a "Safe to contact").

A ring, a message on a locked screen or a line that appears while somebody looks over a shoulder can cost more than
silence. So nothing goes to a caller that this function has not let through, and what is not known counts as no
where the matter is one in which it could betray him.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import time

# phone: a call. sms: anything that shows on a telephone by itself. page: the caller's own page, opened by his code.
WAYS = ("phone", "sms", "page")

# What makes "not known" a no: kinds as "category.sub-category" (nothing after the point: not told more closely, and a
# quarrel may be one at home; nothing before it: nobody has read it), and reasons of the grade.
BETRAYED_KINDS = frozenset(
    {
        "dispute.domestic_violence", "crime.sexual", "crime.kidnap", "crime.stalking",
        "public_order.threat", "public_order.armed_threat", "missing.child", "missing.elder", "help.suicide",
        "help.cannot_speak",
    }
)  # fmt: skip
POSSIBLY = frozenset({".", "dispute.", "dispute.other", "dispute.quarrel", "missing.", "missing.other"})
BETRAYED_REASONS = frozenset({"vulnerable", "weapon", "suspect_present"})


def is_threatened(kinds: Iterable[str], reasons: Iterable[str], *, possibly: bool) -> bool:
    """Could contact betray somebody in such a matter? ``kinds`` are all that it was ever taken for."""
    asked = set(kinds)
    if not BETRAYED_REASONS.isdisjoint(reasons) or not BETRAYED_KINDS.isdisjoint(asked):
        return True
    return possibly and not POSSIBLY.isdisjoint(asked)


@dataclass(frozen=True, slots=True)
class Safe:
    """What the record says: whether (yes, no, unknown), how (empty: any way), and between which hours of the day."""

    safe: str = "unknown"
    ways: Collection[str] = ()
    since: time | None = None
    until: time | None = None
    text_only: bool = False  # cannot hear or speak: a call is of no use, and may be heard by others
    overridden: Collection[str] = ()  # by these ways two persons let him be reached at this minute all the same


@dataclass(frozen=True, slots=True)
class Verdict:
    """``why`` is a code: ok, overridden, said_no, not_known, text_only, not_this_way, not_now."""

    ok: bool
    why: str


def may_contact(safe: Safe, way: str, *, at: time, threatened: bool) -> Verdict:
    """
    May this caller be reached by this way at this hour of his day?

    ``threatened``: domestic violence, threats, minors, or a matter of which nobody knows yet that it is not.
    Raises ValueError for a way that does not exist: a new way must be thought about first.
    """
    if way not in WAYS:
        raise ValueError(f"no such way: {way}")
    if way in safe.overridden and not (safe.text_only and way == "phone"):
        return Verdict(True, "overridden")
    if safe.safe == "no":
        return Verdict(False, "said_no")
    if safe.safe != "yes" and threatened:
        return Verdict(False, "not_known")
    if safe.text_only and way == "phone":
        return Verdict(False, "text_only")
    if safe.ways and way not in safe.ways:
        return Verdict(False, "not_this_way")
    if not _within(safe.since, safe.until, at):
        return Verdict(False, "not_now")
    return Verdict(True, "ok")


def _within(since: time | None, until: time | None, at: time) -> bool:
    """Both ends open where not given; a span may pass midnight."""
    if since is None and until is None:
        return True
    begin, end = since or time.min, until or time.max
    return begin <= at <= end if begin <= end else at >= begin or at <= end
