"""Ranked crews as a dispatcher checks them: travel time, who is on board, and reasons in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oneroom.apps.incidents.proposals import Proposals, Proposed
from oneroom.web.pages.room.words import CREW_STATES, GLYPHS, KIT, RULES, local, named, reason_words, span


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: for (plus) or against, in words."""

    plus: bool
    words: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A crew that may go. ``n`` is its key, 1 to 9, or 0 further down."""

    n: int
    id: int
    name: str
    glyph: str
    state: str
    travel_s: int
    travel: str
    fix: str
    on_board: str
    kit: str
    whys: tuple[Why, ...]
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class Excluded:
    """Crews that may not go, by the rule that says so."""

    rule: str
    names: str
    count: int


@dataclass(frozen=True, slots=True)
class ProposalsView:
    """What the panel shows."""

    no_roads: bool
    ranked: tuple[Ranked, ...]
    excluded: tuple[Excluded, ...]
    excluded_count: int


def proposals_view(found: Proposals, *, keep: Sequence[int] = ()) -> ProposalsView:
    """
    The proposals in words. Crews in ``keep`` stay where they are in the list, so that no key changes its crew
    while somebody picks; what is new comes after them.
    """
    place = {crew: n for n, crew in enumerate(keep)}
    order = sorted(found.ranked, key=lambda p: place.get(p.crew.id, len(place)))
    rules: dict[str, list[str]] = {}
    for left in found.excluded:
        rules.setdefault(left.rule, []).append(local(left.crew.callsign_zh, left.crew.callsign_en))
    return ProposalsView(
        found.no_roads,
        tuple(_ranked(n, p) for n, p in enumerate(order, 1)),
        tuple(Excluded(named(RULES, rule), _(", ").join(names), len(names)) for rule, names in rules.items()),
        len(found.excluded),
    )


def _ranked(n: int, p: Proposed) -> Ranked:
    c = p.crew
    on_board = ngettext("%(n)d officer", "%(n)d officers", c.officers) % {"n": c.officers}
    if c.auxiliaries:
        extra = ngettext("%(n)d auxiliary", "%(n)d auxiliaries", c.auxiliaries) % {"n": c.auxiliaries}
        on_board = _("%(officers)s, %(auxiliaries)s") % {"officers": on_board, "auxiliaries": extra}
    return Ranked(
        n if n < 10 else 0, c.id, local(c.callsign_zh, c.callsign_en), GLYPHS.get(c.state, c.state),
        named(CREW_STATES, c.state), p.travel_s, span(p.travel_s), span(p.fix_age_s), on_board,
        _(", ").join(named(KIT, k) for k in c.kit),
        tuple(Why(r.sign > 0, reason_words(r.code, r.quantity)) for r in p.reasons), c.lon, c.lat,
    )  # fmt: skip
