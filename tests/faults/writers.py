"""
Those who work at the house while it breaks, each with a ledger of what it was told.

An act has an idempotency key. Its outcome is *acked* (2xx), *refused* (4xx: the house understood and said no) or
*unknown* (no answer, or 5xx); an unknown one is sent again with the same key until it is one of the other two (Jepsen).
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx

from oneroom.apps.ledger.time import now
from tests.faults.trail import Accepted

PATIENCE_S = 300.0  # for one act, over all its tries: a starved machine needs long
ANSWER_S, AGAIN_S = 10.0, 0.3
CATEGORY = "dispute"


@dataclass
class Act:
    """What a writer wanted, and what it knows of it. ``mark`` is how the act shows in the house's own tables."""

    key: str
    who: str
    kind: str
    mark: str
    state: str = "under way"
    tries: int = 0
    began: float = 0.0
    ended: float = 0.0
    path: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    answer: Any = None


class Ledger:
    """All acts of all writers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.acts: list[Act] = []
        self.fixes: list[Accepted] = []  # positions, each as it shows in the house's table
        self.slowest_s = 0.0

    def begin(self, act: Act) -> None:
        with self._lock:
            self.acts.append(act)

    def accept(self, marks: list[str], sent: datetime) -> None:
        told = now()
        with self._lock:
            self.fixes += [Accepted(mark, sent, told) for mark in marks]

    def of(self, *states: str) -> list[Act]:
        with self._lock:
            return [act for act in self.acts if act.state in states]

    def under_way(self) -> Counter[str]:
        """Acts that wait for an answer at this moment, by kind."""
        return Counter(act.kind for act in self.of("under way", "unknown"))

    @property
    def acked(self) -> int:
        return len(self.of("acked"))


class Person:
    """Somebody signed in, over HTTP, with connections of his own."""

    def __init__(self, url: str, name: str, session: dict[str, str], ledger: Ledger, stop: threading.Event):
        self.name, self._ledger, self._stop = name, ledger, stop
        self._token = session["csrftoken"]
        self.why = ""  # what was last said of a ticket
        self.slowest_s = 0.0  # of its acts, to the answer
        self._client = httpx.Client(
            base_url=url,
            cookies=session,
            timeout=ANSWER_S,
            trust_env=False,
            verify=False,
            headers={"Accept": "application/json"},
        )

    def do(
        self, kind: str, path: str, body: dict[str, Any], key: str, mark: str, *, patience_s: float = PATIENCE_S
    ) -> Any:
        """Do one act until the house has said yes or no; its answer, or None where it said no or never spoke."""
        act = Act(key, self.name, kind, mark, began=time.monotonic(), path=path, body=body)
        self._ledger.begin(act)
        while time.monotonic() - act.began < patience_s:
            act.tries += 1
            status, said = self.send(path, body, key)
            if status is not None and 200 <= status < 300:
                act.state, act.answer, act.ended = "acked", said, time.monotonic()
                return said
            if status is not None and status < 500 and status not in (408, 429):
                act.state, act.answer, act.ended = "refused", said, time.monotonic()
                return None
            act.state = "unknown"
            time.sleep(AGAIN_S)
        return None

    def send(self, path: str, body: dict[str, Any], key: str) -> tuple[int | None, Any]:
        """One try: status and answer, (None, None) where nobody answered."""
        headers = {"Idempotency-Key": key, "X-CSRFToken": self._token}
        began = time.monotonic()
        try:
            answer = self._client.post(f"/api/{path}", json=body, headers=headers)
            return answer.status_code, answer.json()
        except (httpx.HTTPError, ValueError):
            return None, None
        finally:
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)

    def rings(self) -> list[dict[str, Any]]:
        """What rings on this person's phone now."""
        try:
            answer = self._client.get("/api/rings")
            return list(answer.json()["rings"]) if answer.status_code == 200 else []
        except (httpx.HTTPError, ValueError, KeyError):
            return []

    def ticket(self) -> str | None:
        try:
            answer = self._client.get("/api/ticket")
            self.why = f"{answer.status_code} {answer.text[:200]}"
            return str(answer.json()["ticket"]) if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError):
            return None

    def say_where(self, crew: int, fixes: list[dict[str, Any]], ticket: str) -> int | None:
        """Send positions; what was accepted goes to the ledger. The status, or None where nobody answered."""
        sent = now()
        try:
            answer = self._client.post(
                "/positions", json={"fixes": fixes}, headers={"Authorization": f"Bearer {ticket}"}
            )
        except httpx.HTTPError:
            return None
        if answer.status_code == 202:
            self._ledger.accept([f"fix {crew} {fix['at']}" for fix in fixes], sent)
        return answer.status_code


class Writer(threading.Thread):
    """One desk with one crew: takes calls, adds words, sends, signs, arrives, reports; again and again until told."""

    def __init__(self, n: int, desk: Person, phone: Person, crew: int, place: tuple[float, float], seed: str):
        super().__init__(name=f"writer-{n}", daemon=True)
        self._n, self._desk, self._phone, self._crew, self._place = n, desk, phone, crew, place
        self._chance = Random(seed)
        self._seed = seed
        self._count = 0
        self._fixes_at = now() - timedelta(hours=1)
        self._ticket: str | None = None
        self.stopping = threading.Event()
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self._story()
        except BaseException as error:
            self.failed = error
            raise

    def _key(self) -> str:
        self._count += 1
        return f"{self._seed}:{self._count:05d}"

    def _story(self) -> None:
        lon, lat = self._place
        key = self._key()
        call = {
            "source": "phone", "words": key, "category": CATEGORY, "grade": self._chance.choice([1, 2, 3]),
            "location": {"lon": lon, "lat": lat},
        }  # fmt: skip
        taken = self._desk.do("report", "incidents", call, key, f"report {key}")
        if taken is None:
            return
        incident = taken["id"]
        self._words(incident)
        self._desk.do("look", f"incidents/{incident}/open", {"purpose": "dispatch"}, self._key(), f"look {incident}")
        sent = self._desk.do(
            "offer", f"incidents/{incident}/offer", {"crews": [self._crew]}, self._key(), f"offer {incident}"
        )
        self._words(incident)
        if sent is None:
            return
        self._crew_works(incident, sent["assignments"][0])
        self._nonsense()

    def _words(self, incident: int) -> None:
        key = self._key()
        self._desk.do("words", f"incidents/{incident}/words", {"words": key}, key, f"words {key}")

    def _crew_works(self, incident: int, order: int) -> None:
        self._drive()
        for verb, kind in [("acknowledge", "acknowledged"), ("set_out", "en_route"), ("arrive", "on_scene")]:
            key = self._key()
            self._phone.do(verb, f"assignments/{order}/step", {"verb": verb}, key, f"{kind} {order}")
        self._drive()
        key = self._key()
        word = {"words": key}
        self._phone.do("word", f"assignments/{order}/word", word, key, f"words {key}")
        key = self._key()
        body = {"outcome": "mediated", "words": key}
        self._phone.do("scene", f"assignments/{order}/report", body, key, f"note {key}")

    def _nonsense(self) -> None:
        """What the house must refuse, and of which nothing may stay: one in four stories."""
        if self._chance.random() < 0.25:
            key = self._key()
            body = {"words": key, "grade": 9, "category": CATEGORY}
            self._desk.do("nonsense", "incidents", body, key, f"report {key}")

    def _drive(self) -> None:
        """Positions are accepted, not acknowledged: sent once, and never again (see `trail.py`)."""
        self._ticket = self._ticket or self._phone.ticket()
        if self._ticket is None:
            return
        fixes = []
        for _ in range(3):
            self._fixes_at += timedelta(milliseconds=self._chance.randrange(1, 400))
            fixes.append({"lon": self._place[0], "lat": self._place[1], "at": self._fixes_at.isoformat()})
        if self._phone.say_where(self._crew, fixes, self._ticket) == 401:
            self._ticket = None


def all_stopped(writers: list[Writer], tell: Callable[[str], None]) -> None:
    """Let each finish the story it is in. Raises what a writer died of."""
    for writer in writers:
        writer.stopping.set()
    for writer in writers:
        writer.join(PATIENCE_S * 2)
        if writer.failed is not None:
            raise writer.failed
        if writer.is_alive():
            tell(f"{writer.name} does not come to an end")
