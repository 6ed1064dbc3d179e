"""
The lines of a journal, given to the services when the database is back: in order, each once, with both times.

What they find then may be another board than the one on which it was done. What they refuse is put before a person.
Lines are booked together as long as nothing of them is refused, and one by one where something is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
from django.db import InterfaceError, InternalError, OperationalError

from oneroom.apps.incidents import access, services
from oneroom.apps.incidents.lastboard import leads, led_to
from oneroom.apps.ledger.services import numbers_given, once
from oneroom.apps.ledger.time import now
from oneroom.apps.orders.services import Happened, rungs_happened, tell_missed
from oneroom.engine.journal import Line
from oneroom.engine.roles import Right, Role
from oneroom.engine.values import SYSTEM, Actor
from oneroom.web.api.acts import code_for
from oneroom.web.api.incidents import taken
from oneroom.web.degraded.asked import Asked, shaped
from oneroom.web.degraded.climbing import Key

VIA = "journal"
TOGETHER = 50  # lines in one transaction: half a second, for which others wait who want the same rows
_AWAY = (OperationalError, InterfaceError, InternalError)  # the database is away again, or keeps nothing new

log = logging.getLogger(__name__)


class Booker:
    """
    One journal, whose lines ``lines()`` gives as far as they are written; ``how_sent`` says how a message stands that
    this very process sent.
    """

    def __init__(self, lines: Callable[[], list[Line]], how_sent: Callable[[Key], str | None]) -> None:
        self._lines, self._how_sent = lines, how_sent
        self.journal = str(lines()[0].said["journal"])
        self.done = self.clashes = 0
        self._caught_up = 0  # up to this line those who were not told meanwhile were told
        self.odd = False  # a line is nowhere now but in the journal
        self.times: list[datetime] = []
        self._sent: dict[Key, str] = {}  # how messages stand, by the lines read so far
        self._read = 0
        self._led: bool | None = None  # whether anything was booked under another number than it was told

    def book(self) -> bool:
        """Book every line there is; True if there was one. Raises what the database raises when it goes away again."""
        lines = self._lines()
        todo = lines[self.done :]
        for line in lines[self._read :]:
            if line.said["kind"] == "sent":
                self._sent[_key(line.said)] = line.said["state"]
        self._read = len(lines)
        if self._led is None:
            self._led = leads(self.journal)
        for begin in range(0, len(todo), TOGETHER):
            some = todo[begin : begin + TOGETHER]
            self._book(some)
            self.done = some[-1].n
        self._tell_missed([line.said for line in lines[self._caught_up : self.done] if line.said["kind"] == "rung"])
        self._caught_up = self.done
        return bool(todo)

    def _tell_missed(self, happened: list[Mapping[str, Any]]) -> None:
        """When all is booked, so that nobody is told of what was answered, or over, by a later line."""
        rungs = [(int(said["ladder"]), int(said["n"])) for said in happened]
        for begin in range(0, len(rungs), TOGETHER):
            try:
                tell_missed(set(rungs[begin : begin + TOGETHER]), by=_by_journal(SYSTEM), at=now())
            except _AWAY:
                raise
            except Exception:  # the auditor finds who was not told
                log.exception("it could not be found out whom rungs of journal %s had to tell", self.journal)

    def _book(self, some: list[Line]) -> None:
        """All of them at once; where one is refused, each by itself: what clashes is found then."""
        booked = services.booked_lines(self.journal, (line.n for line in some))
        acts = [line for line in some if "path" in line.said]
        try:
            services.book_together(self._steps([line for line in some if line.n not in booked]))
        except _AWAY as gone:
            if not isinstance(gone.__cause__, psycopg.errors.DeadlockDetected):
                raise
        except Exception as odd:
            log.info("lines up to %d are booked one by one (%s)", some[-1].n, type(odd).__name__)
        else:
            self.times += [datetime.fromisoformat(line.said["at"]) for line in acts]
            return
        for line in some:
            self._alone(line)

    def _steps(self, some: list[Line]) -> list[services.Late | Callable[[], object]]:
        """What is to be done, in order; rungs that follow each other together."""
        steps: list[services.Late | Callable[[], object]] = []
        rungs: list[Happened] = []

        def climbed() -> None:
            if rungs:
                steps.append(partial(rungs_happened, list(rungs), by=_by_journal(SYSTEM)))
                rungs.clear()

        for line in some:
            if line.said["kind"] == "rung":
                rungs.append(self._rung(line.said))
            elif "path" in line.said:
                climbed()
                steps.append(self._act(line.n, line.said))
        climbed()
        return steps

    def _alone(self, line: Line) -> None:
        try:
            self._one(line)
        except _AWAY:
            raise
        except Exception:  # of this line alone: whatever it is, it holds up none of those after it
            log.exception("line %d of journal %s could not be booked", line.n, self.journal)
            self._give_up(line)

    def _one(self, line: Line) -> None:
        if line.said["kind"] == "rung":
            rungs_happened([self._rung(line.said)], by=_by_journal(SYSTEM))
        elif "path" in line.said:
            row = services.book_late(self._act(line.n, line.said))
            self.times.append(row.at)
            if row.state == "clashed":
                self.clashes += 1
                self._led = True

    def _give_up(self, line: Line) -> None:
        """An act that could not even be tried is put before a person; what cannot be kept so stays in the journal."""
        said = line.said
        if "path" not in said:
            return
        about = {"reference": said.get("reference", ""), "crews": said.get("crews", []), "verb": ""}
        text = str(said["body"].get("words", ""))
        try:
            services.book_late(services.Late(
                self.journal, line.n, said["kind"], _odd, said["answer"], about, {"words": text} if text else None,
                _actor(said["by"]), datetime.fromisoformat(said["at"]),
            ))  # fmt: skip
            self.clashes += 1
            self._led = True
        except _AWAY:
            raise
        except Exception:
            log.exception("nor could it be put before a person")
            self.odd = True

    def _rung(self, said: Mapping[str, Any]) -> Happened:
        ladder, n = int(said["ladder"]), int(said["n"])
        told = [
            (account, channel, "sent" if channel == "app" else self._how((ladder, n, account, channel)))
            for account, channel in said["told"]
        ]
        return Happened(ladder, n, datetime.fromisoformat(said["at"]), told)

    def _how(self, key: Key) -> str:
        return self._how_sent(key) or self._sent.get(key, "queued")

    def _act(self, n: int, said: Mapping[str, Any]) -> services.Late:
        at = datetime.fromisoformat(said["at"])
        by = _actor(said["by"])
        asked = shaped(said["path"], said["body"], checked=True)
        about = led_to(self.journal, asked.kind, asked.of, asked.about) if self._led else asked.about or 0

        def act() -> Mapping[str, Any]:
            with numbers_given(said["given"]):
                return once(
                    lambda: _do(asked, about, said["key"], by, at) or {"ok": True}, key=said["key"],
                    asked={"path": asked.path, "body": asked.shape.model_dump(mode="json")}, by=by, at=at,
                )  # fmt: skip

        return services.Late(
            self.journal, n, asked.kind, act, said["answer"], _about(asked, about, said), _typed(asked), by, at
        )


def _key(said: Mapping[str, Any]) -> Key:
    return int(said["ladder"]), int(said["n"]), int(said["account"]), str(said["channel"])


def _odd() -> Mapping[str, Any]:
    raise ValueError("this line cannot be tried")


def _do(asked: Asked, about: int, key: str, by: Actor, at: datetime) -> dict[str, Any] | None:
    said: Any = asked.shape
    match asked.kind, asked.of:
        case "intake", _:
            code = services.code_of_draft(by.id, said.draft) if said.draft else code_for(key, by)
            return taken(said, code, by, at)
        case "offer", _:
            by.must(Right.DISPATCH)
            matter = access.incident_for(about, by=by)
            return {"assignments": services.offer(matter.pk, said.crews, reason=said.reason, by=by, at=at)}
        case "step", _:
            found = access.assignment_for(about, by=by)
            services.step(found.pk, said.verb, happened=said.happened, by=by, at=at)
        case "note", "order":
            services.say_word(access.assignment_for(about, by=by).pk, words=said.words, by=by, at=at)
        case "note", "radio":
            matter = access.incident_for(about, by=by)
            services.log_radio(matter.pk, words=said.words, crew_id=said.crew, by=by, at=at)
        case _:
            by.must(Right.TAKE_CALL)
            matter = access.incident_for(about, by=by)
            services.add_words(matter.pk, words=said.words, source="room", report_id=0, by=by, at=at)
    return None


def _actor(said: Mapping[str, Any]) -> Actor:
    return Actor(
        said["id"], frozenset(Role(r) for r in said["roles"]), unit_id=said["unit"], crew_id=said["crew"], via=VIA,
        version=said["version"], units=frozenset(said["units"]),
    )  # fmt: skip


def _by_journal(by: Actor) -> Actor:
    return Actor(by.id, by.roles, via=VIA)


def _about(asked: Asked, about: int, said: Mapping[str, Any]) -> dict[str, Any]:
    """Ids and codes by which a person finds what an act was about."""
    found: dict[str, Any] = {"reference": said.get("reference", "")}
    if asked.kind in ("step", "note") and asked.of in ("", "order"):
        found["assignment"] = about
    if said.get("matter"):
        found["incident"] = said["matter"]
    found["crews"] = said.get("crews", [])
    found["verb"] = said["said"].get("verb", "")
    return found


def _typed(asked: Asked) -> dict[str, Any] | None:
    """What was typed with it, which is kept if it cannot be booked."""
    names = ("words", "caller_name", "caller_phone", "address")
    found = {name: getattr(asked.shape, name, "") for name in names}
    return {name: text for name, text in found.items() if text} or None
