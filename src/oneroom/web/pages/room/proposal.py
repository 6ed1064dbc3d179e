"""Ranked crews as a dispatcher checks them: travel time, who is on board, and reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oneroom.apps.incidents.codes import CHOICE_REASONS, RECUSAL
from oneroom.apps.incidents.proposals import Divertible, Proposals, Proposed, codes_of
from oneroom.apps.incidents.protocol import card_name
from oneroom.apps.incidents.protocol_files import KIT as KIT_BITS
from oneroom.apps.incidents.protocol_files import SKILLS as SKILL_BITS
from oneroom.engine.dispatch import Reason
from oneroom.web.pages.room.words import (
    CREW_STATES,
    GLYPHS,
    KIT,
    ORDER_STATES,
    RULES,
    SKILLS,
    kind_named,
    local,
    named,
    part_words,
    reason_words,
    span,
)

_SURE_S = 15  # an arrival surer than this is shown without a ±
_KEYS = 9
_LEAVES = 0.005  # a smaller gap is not worth a word: the positions it rests on are no better


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: for (plus) or against, in words."""

    plus: bool
    words: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A crew that may go. ``n`` is its key, 1 to 9, or 0 further down; ``sums`` are the summands of its score."""

    n: int
    id: int
    name: str
    glyph: str
    state: str
    travel_s: int
    travel: str
    sure: str
    far: str
    fix: str
    on_board: str
    kit: str
    whys: tuple[Why, ...]
    sums: tuple[tuple[str, str], ...]
    total: str
    in_set: bool
    recusal: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class Excluded:
    """Crews that may not go, by the rule that says so."""

    rule: str
    names: str
    count: int


@dataclass(frozen=True, slots=True)
class PlanView:
    """The response plan in words: what it asks for, which crews are its set, what is missing."""

    asks: str
    ids: tuple[int, ...]
    crews: tuple[tuple[str, str], ...]  # name, what it brings
    missing: str


@dataclass(frozen=True, slots=True)
class DivertView:
    """A crew that could be taken from its matter, and what it would leave."""

    assignment: int
    crew: int
    name: str
    glyph: str
    travel: str
    sure: str
    gain: str
    leaves: str
    recusal: str


@dataclass(frozen=True, slots=True)
class ProposalsView:
    """What the panel shows. ``advised`` are the ids of which a choice differs, ``reasons`` why it may."""

    why_none: str
    ranked: tuple[Ranked, ...]
    excluded: tuple[Excluded, ...]
    excluded_count: int
    plan: PlanView | None
    divertible: tuple[DivertView, ...]
    advised: tuple[int, ...]
    reasons: tuple[tuple[str, str], ...]
    more: int


def proposals_view(found: Proposals, *, grade: int, keep: Sequence[int] = ()) -> ProposalsView:
    """
    The proposals in words. Crews in ``keep`` stay where they are in the list, so that no key changes its crew
    while somebody picks; what is new comes after them. For a P1 nobody is asked why another was chosen.
    """
    place = {crew: n for n, crew in enumerate(keep)}
    order = sorted(found.ranked, key=lambda p: place.get(p.crew.id, len(place)))
    rules: dict[str, list[str]] = {}
    for left in found.excluded:
        rules.setdefault(left.rule, []).append(_name(left.crew))
    return ProposalsView(
        _why_none(found.why_none),
        tuple(_ranked(n, p, found) for n, p in enumerate(order, 1)),
        tuple(Excluded(named(RULES, rule), _(", ").join(names), len(names)) for rule, names in rules.items()),
        len(found.excluded), _plan(found), tuple(_divert(d, found) for d in found.divertible),
        found.plan.crew_ids or tuple(p.crew.id for p in found.ranked[:1]),
        tuple((code, str(word)) for code, word in CHOICE_REASONS.items()) if grade > 1 else (),
        found.total - len(found.ranked),
    )  # fmt: skip


def _why_none(code: str) -> str:
    match code:
        case "":
            return ""
        case "no_place":
            return _("No place yet: crews cannot be ranked. Give it a place, or send by name with / and “send”.")
        case "no_network":
            return _("No road network is loaded: crews cannot be ranked. Send by name with / and “send”.")
        case _:
            return _("No crew is on duty.")


def _name(crew: object) -> str:
    return local(getattr(crew, "callsign_zh", ""), getattr(crew, "callsign_en", ""))


def _ranked(n: int, p: Proposed, found: Proposals) -> Ranked:
    c = p.crew
    on_board = ngettext("%(n)d officer", "%(n)d officers", c.officers) % {"n": c.officers}
    if c.auxiliaries:
        extra = ngettext("%(n)d auxiliary", "%(n)d auxiliaries", c.auxiliaries) % {"n": c.auxiliaries}
        on_board = _("%(officers)s, %(auxiliaries)s") % {"officers": on_board, "auxiliaries": extra}
    return Ranked(
        n if n <= _KEYS else 0, c.id, _name(c), GLYPHS.get(c.state, c.state), named(CREW_STATES, c.state),
        p.travel_s, span(p.travel_s), _sure(p.uncertain_s), _far(p.length_m), span(p.fix_age_s), on_board,
        _(", ").join(named(KIT, k) for k in c.kit), _whys(p),
        tuple((part_words(part.code), span(part.seconds)) for part in p.parts), span(p.score_s),
        c.id in found.plan.crew_ids and len(found.plan.crew_ids) > 1, _recusal(found, c.id), c.lon, c.lat,
    )  # fmt: skip


def _whys(p: Proposed) -> tuple[Why, ...]:
    found = tuple(_why(r) for r in p.reasons)
    if p.leaves is None or p.leaves < _LEAVES:
        return found
    gap = _("leaves a %(share)s %% gap") % {"share": f"{p.leaves * 100:.1f}"}
    return (*found, Why(plus=False, words=gap))


def _why(r: Reason) -> Why:
    kit = r.code.endswith("_kit")
    codes = codes_of(r.what, KIT_BITS if kit else SKILL_BITS)
    what = _(", ").join(named(KIT if kit else SKILLS, code) for code in codes)
    return Why(r.sign > 0, reason_words(r.code, r.quantity, what))


def _recusal(found: Proposals, crew: int) -> str:
    """Why somebody aboard should not handle this, in words; whoever assigns decides."""
    by = found.recusal.get(crew)
    return named(RECUSAL, by) if by else ""


def _sure(uncertain_s: int) -> str:
    return f"± {span(uncertain_s)}" if uncertain_s >= _SURE_S else ""


def _far(length_m: int | None) -> str:
    if length_m is None:
        return ""
    return f"{length_m} m" if length_m < 1000 else f"{length_m / 1000:.1f} km"


def _plan(found: Proposals) -> PlanView | None:
    p = found.plan
    if found.why_none or (p.plan.crews < 2 and not p.plan.skills and not p.plan.kit):
        return None
    said = {"card": card_name(p.plan.card), "n": p.plan.crews, "sent": p.sent}
    asks = _("plan “%(card)s” asks for %(n)s") % said
    if p.sent:
        asks = _("plan “%(card)s” asks for %(n)s, %(sent)s sent") % said
    names = {r.crew.id: _name(r.crew) for r in found.ranked}
    missing = [*_named(SKILLS, p.missing_skills), *_named(KIT, p.missing_kit)]
    if p.short:
        missing.insert(0, ngettext("%(n)d crew", "%(n)d crews", p.short) % {"n": p.short})
    return PlanView(
        asks, p.crew_ids,
        tuple((names[c], _(", ").join(named({**SKILLS, **KIT}, b) for b in p.brings[c])) for c in p.crew_ids),
        _(", ").join(dict.fromkeys(missing)),
    )  # fmt: skip


def _named(table: Mapping[str, object], codes: Iterable[str]) -> list[str]:
    return [named(table, code) for code in codes]


def _divert(d: Divertible, found: Proposals) -> DivertView:
    leaves = _("P%(grade)s %(kind)s, %(place)s (%(state)s)") % {
        "grade": d.leaves.grade, "kind": kind_named(d.leaves.category, d.leaves.subcategory),
        "place": local(d.leaves.place_zh, d.leaves.place_en) or d.leaves.reference,
        "state": named(ORDER_STATES, d.leaves.state),
    }  # fmt: skip
    if d.leaves.drill:
        leaves = f"{leaves} · {_('drill')}"
    gain = _("%(time)s before any free crew") % {"time": span(d.gain_s)} if d.gain_s is not None else _("nobody free")
    return DivertView(
        d.leaves.assignment, d.crew.id, _name(d.crew), GLYPHS.get(d.crew.state, d.crew.state), span(d.travel_s),
        _sure(d.uncertain_s), gain, leaves, _recusal(found, d.crew.id),
    )  # fmt: skip
