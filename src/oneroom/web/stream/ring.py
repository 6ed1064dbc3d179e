"""
The last events, by audience: a listener is only a cursor into this ring.

Nothing is queued per listener, so a slow or vanished one costs no memory, and a
reconnecting one (``Last-Event-ID``) is served exactly like one who never left.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Set
from dataclasses import dataclass
from itertools import islice

SIZE = 20_000
FEW = 8  # so many events are looked at themselves; more are found by scope


@dataclass(frozen=True, slots=True)
class Event:
    """One ledger entry as the stream tells it; ``frame`` is made once for all listeners."""

    seq: int
    kind: str
    subject: str
    scopes: tuple[str, ...]
    frame: bytes
    version: int | None = None  # of access.changed only
    session: str | None = None  # of session.closed only

    @classmethod
    def of(
        cls,
        seq: int,
        kind: str,
        subject: str,
        matter: str,
        scopes: Iterable[str],
        version: int | None = None,
        session: str | None = None,
    ) -> Event:
        data = {"seq": seq, "kind": kind, "subject": subject, "matter": matter}
        return cls(seq, kind, subject, tuple(scopes), frame("change", data, seq), version, session)


def frame(name: str, data: object, seq: int | None = None) -> bytes:
    """One server-sent event. JSON holds no line break, so one data line is enough."""
    id_line = "" if seq is None else f"id: {seq}\n"
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"{id_line}event: {name}\ndata: {text}\n\n".encode()


class Ring:
    """
    At most ``size`` events, reachable by scope.

    The ledger has no gaps, so the ring holds exactly ``first..head``; a cursor can be
    served when ``first - 1 <= cursor <= head``. Finding what a listener missed costs what
    he missed, not the size of the ring. Used from the event loop only.
    """

    def __init__(self, size: int = SIZE) -> None:
        self.size = size
        self.head = 0
        self._events: deque[Event] = deque()
        self._by_scope: dict[str, deque[Event]] = {}

    def __len__(self) -> int:
        return len(self._events)

    @property
    def first(self) -> int:
        """Sequence number of the oldest event kept; ``head + 1`` when there is none."""
        return self._events[0].seq if self._events else self.head + 1

    def start_at(self, head: int) -> None:
        """Forget everything; the next event is ``head + 1``."""
        self.head = head
        self._events.clear()
        self._by_scope.clear()

    def add(self, event: Event) -> None:
        self._events.append(event)
        self.head = event.seq
        for scope in event.scopes:
            self._by_scope.setdefault(scope, deque()).append(event)
        if len(self._events) > self.size:
            self._drop_oldest()

    def holds(self, cursor: int) -> bool:
        """Can a listener who has seen everything up to ``cursor`` go on without a gap?"""
        return self.first - 1 <= cursor <= self.head

    def since(self, cursor: int, scopes: Set[str]) -> list[Event]:
        """Events after ``cursor`` for any of these scopes, each once, in order."""
        behind = self.head - cursor
        if behind <= FEW:
            last = islice(reversed(self._events), behind)
            return [event for event in last if not scopes.isdisjoint(event.scopes)][::-1]
        found: dict[int, Event] = {}
        for scope in scopes:
            for event in reversed(self._by_scope.get(scope, ())):
                if event.seq <= cursor:
                    break
                found[event.seq] = event
        return [found[seq] for seq in sorted(found)]

    def _drop_oldest(self) -> None:
        oldest = self._events.popleft()
        for scope in set(oldest.scopes):
            events = self._by_scope[scope]
            while events and events[0].seq <= oldest.seq:
                events.popleft()
            if not events:
                del self._by_scope[scope]
