"""
The one hand that writes: acts of the closed list and due rungs, on the last known board, each on the disk before it
counts. Nothing here asks the database. Only one thread may use it (`keeper`).
"""

from __future__ import annotations

import contextlib
import copy
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop as _

from oneroom.apps.ledger.time import now
from oneroom.apps.orders.channel import channels
from oneroom.engine.degraded import KINDS, Board, Told, climb, do, due
from oneroom.engine.journal import Line
from oneroom.engine.values import Actor, BadInput, Conflict, Refused
from oneroom.ports import journal
from oneroom.web.degraded.asked import Asked
from oneroom.web.degraded.climbing import Key, Messages
from oneroom.web.degraded.written import BOARD, Written
from oneroom.web.tickets import Badge

log = logging.getLogger(__name__)

OLDEST = timedelta(hours=1)  # a board that was kept longer ago says nothing of who is on duty now

Tell = Callable[[list[str], str, str, str], object]


class Mode(StrEnum):
    """All is well; the database is away; it is back, and what was done meanwhile is being booked."""

    WELL = "well"
    AWAY = "away"
    BOOKING = "booking"


class Back(Exception):
    """The database is back and all is booked: the request goes its ordinary way."""


class NoRoom(Refused):
    """The journal takes nothing more."""

    status = 507
    code = "journal_full"
    message = _("The database is away, and this could not be kept either. Nothing was done: write it down on paper.")


class Unsure(NoRoom):
    """The disk of the journal failed in the middle: what was asked may or may not be done later."""

    code = "journal_unsure"
    message = _("The database is away, and the disk failed while this was kept. It may yet be booked: look afterwards.")


class NoBoard(Refused):
    """Nothing is known of the room, so nothing can be done on it."""

    status = 503
    code = "database_away"
    message = _("The database does not answer, and nothing is known here of how things stood. It must wait.")


class Hand:
    """
    ``keys`` sign the lines: the first one writes, all of them read. ``tell(scopes, kind, subject, matter)`` lets open
    screens hear, ``later(act, *values)`` does something in this hand's own thread. Raises `ports.journal.Held` or
    OSError where the journal cannot be had.
    """

    def __init__(self, folder: Path, *, keys: Sequence[bytes], tell: Tell, later: Callable[..., object]) -> None:
        self._folder, self._tell = folder, tell
        self._journal = journal.Journal(folder, key=keys[0], before=keys[1:])
        self._messages = Messages(channels(), lambda message, state: later(self._settled, message, state))
        self._kept: dict[tuple[int, str], tuple[str, Any, dict[str, Any]]] = {}
        self._board: Board | None = None
        self._written = Written()
        self.base: Board | None = None
        self.mode, self.since = Mode.WELL, now()
        if (kept := journal.kept_board(folder)) is not None:
            with contextlib.suppress(ValueError):
                self.base = BOARD.validate_json(kept)
        if self._journal.lines:  # an earlier process left them
            self.mode, self.since = Mode.AWAY, datetime.fromisoformat(self._journal.lines[0].said["at"])
            self._restore()
            self._send_again()

    def close(self) -> None:
        """Let go of it. What is not booked stays on the disk."""
        self._messages.close()
        self._journal.close()

    def lines(self) -> list[Line]:
        """As far as they are written. From any thread."""
        return list(self._journal.lines)

    @property
    def broken(self) -> bool:
        """Whether the disk of the journal failed: nothing more is taken."""
        return self._journal.broken

    def how_sent(self, key: Key) -> str | None:
        """How a message of this process stands; None where it is of an earlier one. From any thread."""
        state = self._messages.states.get(key)
        return "sent" if state == "sending" else state

    def known(self) -> Board:
        """The board. Raises Back or NoBoard."""
        if self.mode is Mode.WELL:
            raise Back
        if self._board is None:
            raise NoBoard
        return self._board

    @property
    def has_board(self) -> bool:
        """Whether anything is known."""
        return self._board is not None

    # -- the three times ----------------------------------------------------------

    def keep(self, board: Board) -> None:
        """How things stand while all is well."""
        if self.mode is Mode.WELL:
            self.base = board
            with contextlib.suppress(OSError):
                journal.keep_board(self._folder, self._written.of(board))

    def begin(self) -> bool:
        """The database is away: from now on acts are taken here. False where nothing is known to act on."""
        if self.mode is not Mode.WELL or self.base is None or now() - self.base.at > OLDEST:
            return False
        self.since = now()
        self._kept.clear()
        self._board = copy.deepcopy(self.base)
        self._write({"kind": "begun", "journal": secrets.token_hex(16), "at": self.since.isoformat()})
        self.mode = Mode.AWAY
        return True

    def finish(self, board: Board, booked: int, *, aside: bool = False) -> bool:
        """
        If nothing is left to book: clear the journal, and let requests go their ordinary way. ``aside``: of a line
        nothing could be booked, not even that it clashed, so all of it is put aside first.
        """
        if len(self._journal.lines) > booked:
            return False
        if aside:
            self._journal.put_aside("unbooked")
        self._board, self.mode = None, Mode.WELL
        self.keep(board)
        self._journal.clear()
        return True

    # -- acts -----------------------------------------------------------------------

    def act(self, asked: Asked, badge: Badge, key: str) -> tuple[Actor, dict[str, Any]]:
        """Do an act of the closed list: it is on the disk when this returns. Raises Back or Refused."""
        board, at = self.known(), now()
        by = board.actor(badge.account, version=badge.version, via=badge.via)
        if not 8 <= len(key) <= 80 or not key.isascii() or not key.isprintable():
            raise BadInput("Idempotency-Key", "The key of an act has 8 to 80 plain characters.")
        if (before := self._kept.get((by.id, key))) is not None:
            if before[:2] != (asked.path, asked.body):
                raise Conflict("This was already sent with other content. Nothing was changed; reload and try again.")
            return by, before[2]
        try:
            done = do(board, asked.kind, asked.about, asked.said, by=by, at=at)
        except Refused:
            raise
        except Exception:
            self._restore()
            raise
        order = board.orders.get(asked.about or 0) if asked.kind == "step" or asked.of == "order" else None
        matter = board.matters.get(done.answer.get("id") or (order.matter if order else asked.about) or 0)
        crews = [int(c) for c in asked.said["crews"]] if asked.kind == "offer" else [order.crew] if order else []
        self._write({
            "kind": asked.kind, "path": asked.path, "body": asked.body, "about": asked.about, "key": key,
            "said": {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asked.said.items()},
            "by": {"id": by.id, "roles": sorted(by.roles), "unit": by.unit_id, "crew": by.crew_id,
                   "version": by.version, "units": sorted(by.units), "via": by.via},
            "at": at.isoformat(), "given": done.given, "answer": done.answer, "crews": crews,
            "matter": matter.id if matter else None, "reference": matter.reference if matter else "",
        })  # fmt: skip
        self._kept[by.id, key] = (asked.path, asked.body, done.answer)
        for heard in done.heard:
            self._tell(*heard)
        return by, done.answer

    # -- ladders --------------------------------------------------------------------

    def climb(self) -> None:
        """Let what is due happen, also while it is booked: until all of it is, nobody else watches."""
        board, at = self._board, now()
        if board is None or self.mode is Mode.WELL:
            return
        for ladder, rung in due(board, at):
            told = climb(board, ladder, rung, at=at)
            pairs = [[one.account, one.channel] for one in told]
            with contextlib.suppress(NoRoom):  # whoever must be told is told, whether or not it can be written down
                self._write({"kind": "rung", "ladder": ladder.id, "n": rung.n, "at": at.isoformat(), "told": pairs})
            scopes = {"room", *(f"account:{one.account}" for one in told)}
            if ladder.unit_id is not None:
                scopes.add(f"unit:{ladder.unit_id}")
            self._tell(sorted(scopes), "ladder.climbed", ladder.subject, ladder.matter)
            for one in told:
                self._messages.send(board, ladder, rung.n, one)

    def _settled(self, key: Key, state: str) -> None:
        if self.mode is not Mode.WELL:
            names = dict(zip(("ladder", "n", "account", "channel"), key, strict=True))
            with contextlib.suppress(NoRoom):
                self._write({"kind": "sent", "state": state, **names})

    def _send_again(self) -> None:
        """What a process that died had in hand goes out once more, as a repeat."""
        board, lines = self._board, [line.said for line in self._journal.lines]
        out = {(s["ladder"], s["n"], s["account"], s["channel"]) for s in lines if s["kind"] == "sent"}
        for said in lines if board is not None else ():
            ladder = board.ladders.get(said["ladder"]) if board and said["kind"] == "rung" else None
            for account, channel in said["told"] if ladder else ():
                if board and ladder and (ladder.id, said["n"], account, channel) not in out:
                    self._messages.send(board, ladder, said["n"], Told(account, channel), repeat=True)

    # -- the journal ------------------------------------------------------------------

    def _write(self, said: Mapping[str, Any]) -> None:
        try:
            self._journal.append(said)
        except (journal.Full, OSError) as fault:
            log.error("the journal takes nothing more (%s)", type(fault).__name__)
            if said["kind"] in KINDS:
                self._restore()
            raise (Unsure if isinstance(fault, journal.Unsure) else NoRoom) from fault

    def _restore(self) -> None:
        """The board as the kept one and the lines of the journal make it."""
        board = copy.deepcopy(self.base)
        self._kept.clear()
        for said in (line.said for line in self._journal.lines):
            if "key" in said:
                self._kept[said["by"]["id"], said["key"]] = (said["path"], said["body"], said["answer"])
            if board is not None:
                with contextlib.suppress(Refused):  # it was done on another board; it is booked all the same
                    again(board, said)
        self._board = board


def again(board: Board, said: Mapping[str, Any]) -> None:
    """One line of a journal, on the board that it was done on."""
    if said["kind"] == "rung" and (ladder := board.ladders.get(said["ladder"])) is not None:
        for rung in ladder.rungs:
            if rung.n == said["n"]:
                climb(board, ladder, rung, at=datetime.fromisoformat(said["at"]))
    elif said["kind"] in KINDS:
        by = board.actor(said["by"]["id"], version=said["by"]["version"], via=said["by"]["via"])
        asked = dict(said["said"])
        if isinstance(asked.get("happened"), str):
            asked["happened"] = datetime.fromisoformat(asked["happened"])
        at = datetime.fromisoformat(said["at"])
        do(board, said["kind"], said["about"], asked, by=by, at=at, given=said["given"])
