"""The project clock, as named by settings: real time in production, the demo's own time in the demo."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Protocol, cast, runtime_checkable

from django.conf import settings
from django.utils.module_loading import import_string


class Clock(Protocol):
    """What a project clock answers."""

    def now(self) -> datetime: ...

    def rate(self) -> float: ...


@runtime_checkable
class Adjustable(Protocol):
    """A clock that can run faster or stand still: the demo's."""

    def set_rate(self, rate: float) -> None: ...


@runtime_checkable
class Compared(Protocol):
    """A clock that knows by how many seconds the machine's was set since it began to count: production's."""

    def apart_s(self) -> float: ...


@cache
def clock() -> Clock:
    """The clock instance named by ``settings.PROJECT_CLOCK``."""
    return cast(Clock, import_string(settings.PROJECT_CLOCK))


def now() -> datetime:
    """Project time, aware, UTC. Only the edges (web, ports, commands) and the record itself ask."""
    return clock().now()
