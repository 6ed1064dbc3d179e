"""
A night at the desks and on the phones as a machine of rules: acts through the API, each in one of four fates.

``plain``: once. ``twice``: the same key again at once. ``before``: the process dies before the commit, and the client,
who was told nothing, sends it again. ``after``: it dies when all is committed and nothing was answered; sent again.
What a process had in memory is forgotten at each death.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from oneroom.apps.incidents import daily, figures
from oneroom.apps.incidents.clock import bring_back
from oneroom.apps.incidents.models import Assignment, DayFigures, FoldedTo, Incident, MatterFigures
from oneroom.apps.ledger.models import Entry
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orders.clock import climb
from oneroom.apps.orders.models import Ladder, Rung
from oneroom.engine.lifecycle.assignment import ASSIGNMENT, LIVE
from oneroom.engine.lifecycle.incident import INCIDENT
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.web import shared
from oneroom.web.pages.office.days import day_start
from tests.clock import HAND
from tests.room import Room

FATES = ("plain", "plain", "twice", "before", "after")
_MOVES_OF_A_MATTER = 3  # by one act: a crew that is sent, or reports and leaves, takes its matter along
_WATCHED_IN = {"acknowledge": {"offered"}, "arrive": {"acknowledged", "en_route"}, "first_word": {"on_scene"},
               "welfare": {"on_scene"}}  # fmt: skip
_keys = itertools.count()


@contextmanager
def dying(when: str) -> Iterator[list[str]]:
    """The next commit is never asked for, or was done and nobody hears of it. Gives what happened."""
    real, told = connection.commit, list[str]()

    def commit() -> None:
        if told:
            real()
            return
        told.append(when)
        if when == "before":
            connection.rollback()
        else:
            real()
        raise OperationalError("the process died")

    connection.commit = commit  # type: ignore[method-assign]
    try:
        yield told
    finally:
        connection.commit = real  # type: ignore[method-assign]


class Night:
    """What was done and acknowledged, and whether the record bears it out."""

    def __init__(self, room: Room):
        self.room = room
        self.acked: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {}
        self.incidents: list[int] = []
        self.orders: list[int] = []
        self.counts: Counter[str] = Counter()
        self._clients: dict[str, Client] = {}
        self._states: dict[str, dict[int, str]] = {"incident": {}, "assignment": {}}
        self._sign_in()
        self._begun = int(Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0)

    def _sign_in(self) -> None:
        """Everybody anew: a screen that nobody touches for long locks, and that is not what is looked at here."""
        for who in ("carl", "dora", "dan", "zhou", "zhang", "chen", "qian"):
            self._clients[who] = Client(headers={"Accept-Language": "en"}, raise_request_exception=False)
            self._clients[who].force_login(self.room.town.people[who])

    # ---- acts ----
    def act(self, who: str, path: str, body: dict[str, Any], fate: str) -> dict[str, Any] | None:
        """The answer of an acknowledged act; None where it was refused, with nothing done."""
        key = f"night-{next(_keys):07d}"
        if fate in ("before", "after"):
            with dying(fate) as told:
                lost = self._send(who, path, body, key)
            assert not told or lost[0] >= 500, (path, lost)
            self.forget()
        status, answer = self._send(who, path, body, key)
        assert status < 500, (path, body, status, answer)
        if fate == "twice":
            assert self._send(who, path, body, key) == (status, answer), "a repeat is answered the same"
        self._lifecycles()
        self.counts[f"{fate} {'done' if status == 200 else 'refused'}"] += 1
        if status != 200:
            return None
        self.acked[key] = (who, path, body, answer)
        return answer

    def _send(self, who: str, path: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        cache.clear()
        answer = self._clients[who].post(
            f"/api/{path}", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
        )
        return answer.status_code, answer.json()

    def forget(self) -> None:
        """A process was started anew."""
        figures.forget()
        shared.forget()
        cache.clear()
        connection.close()

    def pass_time(self, seconds: float, *, late_worker: bool = False) -> None:
        """The clock works; another one beside it, and one that still believes in an earlier minute, do nothing more."""
        before = HAND.now()
        HAND.forward(seconds)
        self._sign_in()
        climb(HAND.now())
        bring_back(HAND.now())
        assert climb(HAND.now()) == 0
        if late_worker:
            assert climb(before) == 0
        late = Rung.objects.filter(done=None, ladder__stopped=None, due__lte=HAND.now())
        assert set(late.values_list("ladder__stage", flat=True)) == set(), "due, and nobody was told"
        daily.keep(HAND.now())

    # ---- what must hold ----
    def check(self) -> None:
        """After every rule."""
        self._lifecycles()
        live = Counter(Assignment.objects.filter(state__in=LIVE).values_list("crew_id", flat=True))
        assert max(live.values(), default=0) <= 1, f"one crew, one order: {live}"
        self._ladders()

    def _lifecycles(self) -> None:
        for name, model, table, moves in (
            ("incident", Incident, INCIDENT, _MOVES_OF_A_MATTER), ("assignment", Assignment, ASSIGNMENT, 1),
        ):  # fmt: skip
            now = {pk: str(state) for pk, state in model.objects.values_list("pk", "state")}
            for pk, state in now.items():
                was = self._states[name].get(pk)
                if was is not None and was != state:
                    assert state in _reached(table, was, moves), f"{name} {pk}: {was} -> {state}"
            self._states[name] = now

    def _ladders(self) -> None:
        climbed = Entry.objects.filter(kind="ladder.climbed", seq__gt=self._begun)
        steps = [(f["ladder"], f["rung"], seq) for f, seq in climbed.values_list("facts", "seq")]
        twice = [step for step, n in Counter((ladder, rung) for ladder, rung, _seq in steps).items() if n > 1]
        assert not twice, f"a rung happened twice: {twice}"
        stops = Entry.objects.filter(kind="ladder.stopped", seq__gt=self._begun).values_list("facts", "seq")
        ended = {facts["ladder"]: seq for facts, seq in stops}
        after = [(ladder, rung) for ladder, rung, seq in steps if seq > ended.get(ladder, seq)]
        assert not after, f"rungs after the answer: {after}"
        states = {f"assignment:{pk}": state for pk, state in Assignment.objects.values_list("pk", "state")}
        for subject, stage in Ladder.objects.filter(stopped=None).values_list("subject", "stage"):
            if subject in states and stage in _WATCHED_IN:
                assert states[subject] in _WATCHED_IN[stage], f"{stage} of {subject} runs on: {states[subject]}"
        for pk, state, grade in Assignment.objects.filter(state__in=LIVE).values_list("pk", "state", "incident__grade"):
            stage = {"offered": "acknowledge", "acknowledged": "arrive", "en_route": "arrive"}.get(state, "")
            if stage and limit_s(stage, grade or 1) is not None:
                running = Ladder.objects.filter(subject=f"assignment:{pk}", stage=stage, stopped=None)
                assert running.count() == 1, f"order {pk} ({state}) is watched by {running.count()} ladders"

    def close(self) -> None:
        """At the end of a night: the chain, the counts, and every acknowledged act once more."""
        self._sign_in()
        entries = Entry.objects.count()
        for key, (who, path, body, answer) in self.acked.items():
            assert self._send(who, path, body, key) == (200, answer), path
        assert Entry.objects.count() == entries, "what was done is done once"
        assert verify("acts").fault is None
        assert verify("looks").fault is None
        self._counts(day_start(HAND.now()))

    def _counts(self, since: datetime) -> None:
        kept = _told(figures.loop_since(since))
        figures.forget()
        assert kept == _told(figures.loop_since(since)), "the fold that was kept up equals a full one"
        while daily.keep(HAND.now()):
            pass
        rows = _days()
        for model in (FoldedTo, DayFigures, MatterFigures):
            model.objects.all().delete()
        while daily.keep(HAND.now()):
            pass
        assert rows == _days(), "the tables of days that were kept up equal a full fold"


def _reached(table: Any, was: str, moves: int) -> set[str]:
    found = {was}
    for _move in range(moves):
        found |= {str(move.target) for move in table if str(move.source) in found}
    return found


def _told(loop: Any) -> list[str]:
    return sorted(repr(call) for call in loop.calls.values())


def _days() -> list[Any]:
    """Days without any matter left may keep a row of noughts; they count nothing."""
    names = [f.name for f in DayFigures._meta.fields if f.name != "id"]
    rows = [tuple(row) for row in DayFigures.objects.values_list(*names)]
    keys = {names.index(name) for name in ("day", "unit", "grade")}
    return sorted((row for row in rows if any(v for n, v in enumerate(row) if n not in keys)), key=repr)
