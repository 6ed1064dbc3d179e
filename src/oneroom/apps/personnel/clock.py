"""What happens to the register of people by itself: a deviation whose facts are there by now is settled."""

from __future__ import annotations

from oneroom.apps.personnel.services.deviations import review

__all__ = ["review"]
