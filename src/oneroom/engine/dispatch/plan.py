"""How many crews a matter asks for, and what they must bring together: the response plan, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What the card of a kind of matter asks for. ``skills`` and ``kit`` are codes that the *set* of crews must cover.

    ``card`` names the plan ("armed"); empty means that nothing special is asked for.
    """

    crews: int = 1
    skills: tuple[str, ...] = ()
    kit: tuple[str, ...] = ()
    card: str = ""


ANY_CREW = Plan()
