"""
Alarms that leave the house directly: by mail and SMS to addresses of the settings, without database and courier.

All parts of a machine see the same alarms, and each may be the one that still can speak. So each tells, and a file for
each alarm says who has: one message of each machine when it begins, one when it is over.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from oneroom.apps.orders.channel import Channel, ChannelFailed, Message
from oneroom.apps.oversight.kinds import said

RETRY_S = 30.0
# So long must it be over before that is told: when a database comes back, the parts find out one after the other, and
# what one calls over another still sees.
OVER_S = 15.0
MOST_AT_ONCE = 5  # of new alarms in one look; more are one message with a count
Key = tuple[str, str]  # kind, subject

log = logging.getLogger(__name__)


class Outside:
    """
    Tells what is new and what is over. ``tell`` returns at once: gateways take their time in a thread of their own.

    ``to`` is channel name -> addresses; nothing is told while it is empty. Without a folder for the claims each process
    remembers for itself.
    """

    def __init__(self, channels: Mapping[str, Channel], to: Mapping[str, list[str]], folder: Path | None) -> None:
        self._channels = channels
        self._to = {name: list(addresses) for name, addresses in to.items() if addresses}
        self._folder = folder / "told" if folder else None
        self._told: set[Key] = set()
        self._last_try_s: dict[Key, float] = {}
        self._over_s: dict[Key, float] = {}  # since when this process sees no more of it
        self._busy: threading.Thread | None = None

    def tell(self, wrong: Iterable[Key]) -> None:
        """These are wrong now: tell of those that nobody told of, and that others are over."""
        if not self._to or (self._busy is not None and self._busy.is_alive()):
            return
        now = set(wrong)
        known, at_s = self.known(), time.monotonic()
        self._over_s = {key: self._over_s.get(key, at_s) for key in known - now}
        over = sorted(key for key, since_s in self._over_s.items() if at_s - since_s >= OVER_S)
        work = [(key, True) for key in sorted(now - known)] + [(key, False) for key in over]
        work = [(key, begins) for key, begins in work if self._may_try(key)]
        if work:
            self._busy = threading.Thread(target=self._send, args=[work], name="oneroom-alarm", daemon=True)
            self._busy.start()

    def finish(self, patience_s: float) -> None:
        """Wait for what is under way, at most so long."""
        if self._busy is not None:
            self._busy.join(patience_s)

    def _may_try(self, key: Key) -> bool:
        if time.monotonic() - self._last_try_s.get(key, -RETRY_S) < RETRY_S:
            return False
        self._last_try_s[key] = time.monotonic()
        return True

    def _send(self, work: list[tuple[Key, bool]]) -> None:
        begun = [key for key, begins in work if begins]
        shown, rest = begun[:MOST_AT_ONCE], begun[MOST_AT_ONCE:]
        for key, begins in [(key, begins) for key, begins in work if key not in rest]:
            if self._claim(key, begins) and not self._out(_text(key, begins)):
                self._unclaim(key, begins)
        claimed = [key for key in rest if self._claim(key, True)]
        if claimed and not self._out(_many(len(claimed), len(shown))):
            for key in claimed:
                self._unclaim(key, True)

    def _out(self, text: str) -> bool:
        """To every address; True if one message left."""
        left = False
        for name, addresses in self._to.items():
            for address in addresses:
                key = hashlib.sha256(f"{text}{address}".encode()).hexdigest()[:16]
                try:
                    receipt = self._channels[name].send(Message(0, address, _title(), text, False, f"alarm-{key}"))
                    left = left or receipt.state == "sent"
                except (ChannelFailed, KeyError) as failed:
                    log.error("an alarm did not leave by %s (%s)", name, getattr(failed, "cause", "no such channel"))
                except Exception:
                    log.exception("channel %s broke", name)
        return left

    # -- who has told --------------------------------------------------------

    def known(self) -> set[Key]:
        """What was told and is not over yet, as far as this machine knows."""
        if self._folder is None:
            return set(self._told)
        found = set()
        for path in self._folder.glob("*.told"):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                told = json.loads(path.read_text())
                found.add((str(told["kind"]), str(told["subject"])))
        return found

    def _claim(self, key: Key, begins: bool) -> bool:
        """True for the one process that is to tell: the file is made, or taken away, by one alone."""
        if self._folder is None:
            (self._told.add if begins else self._told.discard)(key)
            return True
        path = self._path(key)
        try:
            if not begins:
                path.unlink()
                return True
            self._folder.mkdir(parents=True, exist_ok=True)
            with path.open("x") as file:
                json.dump({"kind": key[0], "subject": key[1]}, file)
        except (FileExistsError, FileNotFoundError):
            return False
        except OSError:  # a full disk: better told twice than not at all
            return begins
        return True

    def _unclaim(self, key: Key, begins: bool) -> None:
        """It did not leave: tried again, by whoever comes to it first. That it is over is not tried again."""
        if not begins:
            return
        if self._folder is None:
            self._told.discard(key)
            return
        with contextlib.suppress(OSError):
            self._path(key).unlink()

    def _path(self, key: Key) -> Path:
        assert self._folder is not None
        return self._folder / f"{hashlib.sha256('/'.join(key).encode()).hexdigest()[:24]}.told"


def _in_house(words: Callable[[], str]) -> str:
    with translation.override(settings.ALARM_LANGUAGE):
        return words()


def _title() -> str:
    return _in_house(lambda: _("OneRoom alarm"))


def _text(key: Key, begins: bool) -> str:
    def words() -> str:
        sentence = {"what": said(*key)}
        return _("ALARM. %(what)s") % sentence if begins else _("Over. %(what)s") % sentence

    return _in_house(words)


def _many(more: int, shown: int) -> str:
    return _in_house(lambda: _("ALARM. %(n)d more findings beside the %(shown)d told. See Alarms in the office.")
                     % {"n": more, "shown": shown})  # fmt: skip
