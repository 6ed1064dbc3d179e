"""
One part's watch over the others, and its own signs of life.

The part's own loop calls ``tick`` when a turn is done; only that is a sign. Everything else happens in a thread of its
own, so that a part whose work hangs still sees what is wrong with the others, and they see that it hangs.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from oneroom.project.watching import signs
from oneroom.project.watching.board import Board, Heard, Open
from oneroom.project.watching.outside import Key, Outside

PARTS = ("web", "clock", "courier", "auditor")
ONCE_HEARD = ("planner",)  # a house may do without: they are watched from their first sign on
LOOK_S = 2.0
FILE_S = 1.0
BEAT_S = 5.0
DATABASE_S = 10.0
# What a watcher says of its own machine, beside the parts (`also`).
HOUSE = frozenset({"backup_behind", "disk_short", "journal_aside"})
OWN = frozenset({"silent", "failing", "database"}) | HOUSE

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """
    The machinery at one look. ``parts`` says of each "heard", "failing", "silent", or "unheard" while nothing was heard
    yet, or it ended in order, and the time to be heard is not up; ``wrong`` are the alarms, this watcher's own and
    those in the database.
    """

    parts: dict[str, str]
    database: bool
    wrong: tuple[tuple[str, str, str, datetime], ...]  # kind, subject, matter, since

    def told(self) -> dict[str, object]:
        """As the stream says it: codes and ids."""
        shown = [
            {"kind": kind, "subject": subject, "matter": matter, "since": since.isoformat()}
            for kind, subject, matter, since in self.wrong[:20]
        ]
        return {"parts": self.parts, "database": self.database, "wrong": shown, "count": len(self.wrong)}


class Watch:
    """
    ``now`` is project time; ``heard`` is called with each ``Seen``, from the watch's thread.

    ``expected`` are the parts that must be heard of; ``silent_s`` seconds without a sign are an alarm. A watcher gives
    the others as long from its own start, because a house that was stopped starts all of its parts at once; without
    ``grace`` an old sign is silence at once. ``also()`` gives what is wrong with this machine itself (kinds of
    `HOUSE`): an alarm when it has been so for ``silent_s``.
    """

    def __init__(
        self,
        part: str,
        *,
        url: str,
        folder: Path | None,
        now: Callable[[], datetime],
        silent_s: float,
        outside: Outside | None = None,
        heard: Callable[[Seen], None] | None = None,
        expected: Iterable[str] = PARTS,
        grace: bool = True,
        also: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.part, self.node = part, socket.gethostname()[:64]
        self._folder, self._now, self._silent_s = folder, now, silent_s
        self._board = Board(url, part=part, node=self.node)
        self._outside, self._heard, self._expected = outside, heard, tuple(expected)
        self._grace, self._also = grace, also
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="oneroom-watch", daemon=True)
        self._began_s = self._reached_s = time.monotonic()
        self._ticked_s: float | None = None
        self._worked_s: float | None = None
        self._beaten_s = self._filed_s = -BEAT_S
        self._seen_s: dict[str, float] = {}  # when each part was last heard of
        self._wrong: dict[Key, datetime] = {}
        self._house_s: dict[str, float] = {}  # since when each of `also` is so
        self._away: datetime | None = None  # since when the database was away, when that was an alarm

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """An ordered end, and said so: it is not silence."""
        self._stopping.set()
        self._thread.join(LOOK_S)
        if self._ticked_s is None:
            return
        if self._folder is not None:
            signs.take_back(self._folder, self.part)
        if not self._thread.is_alive():
            try:
                self._board.beat("bye", self._now())
            except psycopg.Error:
                pass
            self._board.close()

    def close(self) -> None:
        """Give the connection up, for a watch that was never started."""
        self._board.close()

    def tick(self, worked: bool) -> None:
        """A turn of the part is done; ``worked`` says whether its work went well. Cheap: call it after each."""
        at_s = time.monotonic()
        self._ticked_s = at_s
        if worked:
            self._worked_s = at_s
        if self._folder is None or at_s - self._filed_s < FILE_S:
            return
        self._filed_s = at_s
        try:
            signs.give(self._folder, self.part, worked_at_s=self._worked_s)
        except OSError as fault:
            log.error("a sign of life could not be written (%s)", fault.strerror)

    # -- the thread --------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception:
                log.exception("A look at the other parts failed.")
            self._stopping.wait(LOOK_S)

    def look(self) -> Seen:
        """One look: own sign into the database, then who is silent, and what to say of it."""
        at = self._now()
        self._beat(at)
        seen, heard, rows = self.glance(at)
        if heard is not None and rows is not None:
            self._say(rows, heard, at)
        if self._outside is not None:
            wrong = {(kind, subject) for kind, subject, _matter, _since in seen.wrong}
            # Without the database what it last said is unknown: then nothing of it is told to be over.
            self._outside.tell(wrong if rows is not None else wrong | self._outside.known())
        if self._heard is not None:
            self._heard(seen)
        return seen

    def glance(self, at: datetime) -> tuple[Seen, list[Heard] | None, list[Open] | None]:
        """What there is to see, without a word to anybody: nothing is written and nothing sent."""
        heard, rows = self._read()
        parts, mine = self._judge(heard)
        mine |= self._of_house(rows or [])
        for key in set(mine) - set(self._wrong):
            log.error("ALARM: %s %s", *key)
        for key in set(self._wrong) - set(mine):
            log.warning("over: %s %s", *key)
        self._wrong = {key: self._wrong.get(key, at - timedelta(seconds=late_s)) for key, late_s in mine.items()}
        self._away = self._wrong.get(("database", "database"), self._away)
        wrong = {key: ("", since) for key, since in self._wrong.items()}
        for row in rows or ():
            own = row.kind in OWN and (row.part, row.node) == (self.part, self.node)
            if not own:  # of what this watcher said itself it knows better by now
                wrong[row.kind, row.subject] = (row.matter, row.since)
        listed = tuple((kind, subject, matter, since) for (kind, subject), (matter, since) in wrong.items())
        return Seen(parts, heard is not None, listed), heard, rows

    def _of_house(self, rows: Iterable[Open]) -> dict[Key, float]:
        """What is wrong with this machine for long enough to say so, or was said by the process before this one."""
        now_s, subject = time.monotonic(), f"{self.part}@{self.node}"
        self._house_s = {kind: self._house_s.get(kind, now_s) for kind in self._also()}
        said = {row.kind for row in rows if row.subject == subject}
        return {
            (kind, subject): now_s - since_s for kind, since_s in self._house_s.items()
            if kind in said or now_s - since_s >= self._silent_s
        }  # fmt: skip

    def _beat(self, at: datetime) -> None:
        ticked = self._ticked_s
        if ticked is None or ticked <= self._beaten_s or time.monotonic() - self._beaten_s < BEAT_S:
            return
        working = self._worked_s is not None and self._worked_s > self._beaten_s
        try:
            self._board.beat("working" if working else "failing", at)
            self._beaten_s = time.monotonic()
        except (psycopg.Error, OSError) as fault:
            log.debug("a sign of life did not reach the database (%s)", type(fault).__name__)

    def _read(self) -> tuple[list[Heard] | None, list[Open] | None]:
        try:
            heard, rows = self._board.read()
        except (psycopg.Error, OSError) as fault:
            log.debug("the watch does not reach the database (%s)", type(fault).__name__)
            return None, None
        self._reached_s = time.monotonic()
        return heard, rows

    def _judge(self, heard: list[Heard] | None) -> tuple[dict[str, str], dict[Key, float]]:
        """What each part is, and what is wrong, with the seconds since which it is."""
        now_s = time.monotonic()
        up_s = now_s - self._began_s
        waited = not self._grace or up_s > self._silent_s
        parts: dict[str, str] = {}
        wrong: dict[Key, float] = {}
        if heard is None and (away_s := now_s - self._reached_s) > DATABASE_S:
            wrong["database", "database"] = away_s
        known = [part for part in ONCE_HEARD if part in self._seen_s or self._ages(part, heard or [])[0]]
        for part in (*self._expected, *known):
            ages, worked = self._ages(part, heard or [])
            age_s, worked_s = self._age(part, min(ages, default=None), now_s), min(worked, default=None)
            if age_s is None or age_s > self._silent_s:
                late = waited and (age_s is not None or up_s > self._silent_s)
                parts[part] = "silent" if late else "unheard"
                if late:
                    wrong["silent", part] = up_s if age_s is None else age_s
            elif not ages:
                parts[part] = "unheard"
            elif worked_s is None or worked_s > self._silent_s:
                late = waited and (worked_s is not None or up_s > self._silent_s)
                parts[part] = "failing" if late else "unheard"
                if late:
                    wrong["failing", part] = up_s if worked_s is None else worked_s
            else:
                parts[part] = "heard"
        for copy in heard or ():
            # One of several copies: another one is heard, and this one said no good-bye.
            silent = copy.age_s > self._silent_s and copy.last != "bye"
            here = copy.node == self.node and self._file_age(copy.part) is not None
            if parts.get(copy.part) == "heard" and silent and not here:
                wrong["silent", f"{copy.part}@{copy.node}"] = copy.age_s
        return parts, wrong

    def _age(self, part: str, age_s: float | None, now_s: float) -> float | None:
        """
        The age of a part's last sign; of one that took its sign with it, since it was last heard of.

        So an ordered restart of the house is no alarm, and a part that stays away is one as soon as any other.
        """
        if age_s is not None:
            self._seen_s[part] = now_s - age_s
            return age_s
        seen_s = self._seen_s.get(part)
        return None if seen_s is None else now_s - seen_s

    def _ages(self, part: str, heard: list[Heard]) -> tuple[list[float], list[float]]:
        copies = [c for c in heard if c.part == part and c.last != "bye"]
        ages, worked = [c.age_s for c in copies], [c.worked_s for c in copies if c.worked_s is not None]
        sign = signs.read(self._folder, part) if self._folder is not None else None
        if sign is not None:
            ages.append(sign.age_s)
            worked += [] if sign.worked_s is None else [sign.worked_s]
        return ages, worked

    def _file_age(self, part: str) -> float | None:
        """Age of the file's sign, if it is a fresh one."""
        sign = signs.read(self._folder, part) if self._folder is not None else None
        return sign.age_s if sign is not None and sign.age_s <= self._silent_s else None

    def _say(self, rows: list[Open], heard: list[Heard], at: datetime) -> None:
        """Rows for what is new, and that what this watcher said is over; also for a watcher that is itself silent."""
        speaks = {(c.part, c.node) for c in heard if c.age_s <= self._silent_s and c.last != "bye"}
        mine = [r for r in rows if r.kind in OWN and (r.part, r.node) == (self.part, self.node)]
        orphans = [r for r in rows if r.kind in OWN and (r.part, r.node) not in speaks and r not in mine]
        try:
            if self._away is not None:  # while it was away nothing could be written: now it is, and that it is over
                self._board.raise_("database", "database", since=self._away, at=at)
                self._away = None
            for key, since in self._wrong.items():
                if key not in {(r.kind, r.subject) for r in mine}:
                    self._board.raise_(*key, since=since, at=at)
            for row in [*mine, *orphans]:
                if (row.kind, row.subject) not in self._wrong:
                    self._board.end(row, at=at)
        except (psycopg.Error, OSError) as fault:
            log.debug("an alarm could not be written (%s)", type(fault).__name__)
