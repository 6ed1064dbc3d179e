"""
Who of a shift rides with which crew: 1 + 2 + N (row T16): a lead, two officers, and auxiliaries under that lead.

The founding text gives no breakdown of 1 + 2 + N; this is the house's reading of it. How many officers ride beside the
lead is for each force to say (``core``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oneroom.engine.roster.values import Person


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's place: ``crew`` as numbered by whoever asked, ``role`` lead, second or auxiliary."""

    crew: int
    person: int
    role: str


def seats(people: Sequence[Person], crews: Sequence[int], *, core: int) -> list[Seat]:
    """
    Everybody's place, in a fixed order; the first of the crews first.

    So many crews go out as the officers come nearest to filling with a lead and ``core`` others, at least one, at most
    as many as have a lead: five with a ``core`` of two are three and two. Whoever is too many to lead rides as an
    officer. Nobody is seated where nobody leads: auxiliaries are never alone.
    """
    full = max(1, round(sum(p.sworn for p in people) / (1 + core)))
    leads = [p for p in people if p.lead and p.sworn][: min(len(crews), full)]
    manned = list(crews[: len(leads)])
    if not manned:
        return []
    led = {p.id for p in leads}
    found = [Seat(crew, p.id, "lead") for crew, p in zip(manned, leads, strict=True)]
    officers = [p for p in people if p.sworn and p.id not in led]
    helpers = [p for p in people if not p.sworn]
    found += [Seat(manned[n % len(manned)], p.id, "second") for n, p in enumerate(officers)]
    # Auxiliaries first where fewest officers ride besides the lead.
    turn = manned[len(officers) % len(manned) :] + manned[: len(officers) % len(manned)]
    return found + [Seat(turn[n % len(turn)], p.id, "auxiliary") for n, p in enumerate(helpers)]
