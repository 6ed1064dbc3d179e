"""The words of the loop's measures (engine/measures/loop.py) and of the classes of their histograms."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.engine.measures.loop import MEASURES

# Measure by measure: title, promise, definition.
WORDS: dict[str, tuple[Any, Any, Any]] = {
    "sign": (lazy("Signed for"), lazy("within 30 s"), lazy(
        "Signed = from the order leaving the room until somebody of the crew signs, or the room enters it for the "
        "crew. An order that nobody ever answered counts as latest, also where it was taken back after 30 s.")),
    "depart": (lazy("Set out"), lazy("within 5 min"), lazy(
        "Set out = from the order leaving the room until the crew sets out.")),
    "arrive": (lazy("On scene"), lazy("within 5 min"), lazy(
        "On scene = from the order leaving the room until the crew says it is there.")),
    "report": (lazy("Feedback"), lazy("within 30 min"), lazy(
        "Feedback = from arriving until the scene report of the crew.")),
}  # fmt: skip


def class_name(edges: tuple[float, ...], n: int) -> str:
    """The name of a class: ≤30 s, 30–60 s, 1–3 min, >3 min."""
    if n == 0:
        return f"≤{_time(edges[0])}"
    if n == len(edges):
        return f">{_time(edges[-1])}"
    low, high = edges[n - 1], edges[n]
    if high <= 60:
        return _("%(a)s–%(b)s s") % {"a": int(low), "b": int(high)}
    if high <= 3600:
        return _("%(a)s–%(b)s min") % {"a": int(low // 60), "b": int(high // 60)}
    return _("%(a)s–%(b)s h") % {"a": int(low // 3600), "b": int(high // 3600)}


def _time(seconds: float) -> str:
    if seconds < 60:
        return _("%(n)s s") % {"n": int(seconds)}
    if seconds < 3600:
        return _("%(n)s min") % {"n": int(seconds // 60)}
    return _("%(n)s h") % {"n": int(seconds // 3600)}


def bars() -> dict[str, str]:
    """Every class of every measure by its code: sign-2 is the third class of the measure "sign"."""
    return {
        f"{name}-{n}": f"{WORDS[name][0]} {class_name(m.edges_s, n)}"
        for name, m in MEASURES.items()
        for n in range(len(m.edges_s) + 1)
    }
