"""A project clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NIGHT = datetime(2026, 11, 21, 19, 12, 0, tzinfo=UTC)  # 03:12 in Shanghai


class HandClock:
    """Project time by hand: no test waits for it."""

    def __init__(self) -> None:
        self._now = NIGHT

    def now(self) -> datetime:
        return self._now

    def rate(self) -> float:
        return 1.0

    def set(self, at: datetime) -> None:
        self._now = at

    def forward(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


HAND = HandClock()
