"""
Whether it is safe to contact a caller (workflow §2.1a): before any message, call, rating or status text.

One rule in one place: who asks gets yes, or the reason why not. What nobody has asked means no where a call could
betray the caller: violence at home, threats, and where a child, an elder or a helpless person is concerned.
"""

from __future__ import annotations

from collections.abc import Iterable

# What makes "not known" a no: kinds as "category.sub-category" (nothing after the point: not told more closely, and
# a quarrel may be one at home), and reasons of the grade.
BETRAYED_KINDS = frozenset(
    {
        "dispute.", "dispute.other", "dispute.quarrel", "dispute.domestic_violence", "crime.sexual", "crime.kidnap",
        "crime.stalking", "public_order.threat", "public_order.armed_threat", "missing.", "missing.child",
        "missing.elder", "missing.other", "help.suicide", "help.cannot_speak",
    }
)  # fmt: skip
BETRAYED_REASONS = frozenset({"vulnerable", "weapon"})


def contact(safe_contact: str, *, kinds: Iterable[str], reasons: Iterable[str]) -> str:
    """
    ``yes``, ``not_safe`` (somebody said so), or ``not_known_safe`` (nobody knows, and a call could betray).

    ``kinds`` are all that the matter was ever taken for, as "category.sub-category".
    """
    if safe_contact == "no":
        return "not_safe"
    if safe_contact == "yes":
        return "yes"
    could_betray = not BETRAYED_KINDS.isdisjoint(kinds) or not BETRAYED_REASONS.isdisjoint(reasons)
    return "not_known_safe" if could_betray else "yes"
