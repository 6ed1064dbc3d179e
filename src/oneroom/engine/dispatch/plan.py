"""What a call asks for: how many crews, with which skills and kit, and by which card they work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """``card`` is the code of the response plan; skills and kit are what one of the crews at least should have."""

    crews: int
    skills: tuple[str, ...]
    kit: tuple[str, ...]
    card: str
