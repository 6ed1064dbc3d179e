"""
Signs the head of each chain once a minute, into a file outside of the database and, where one is named, a second place.

What the database says can be changed by whoever owns it; what was signed and carried away cannot. Before a head is
signed, the one before is looked up in the file: a record that is shorter than what was signed, or says something
else, was set back or rewritten, and gets no signature but an alarm.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from oneroom.apps.ledger import tree
from oneroom.apps.ledger.verify import CHAINS
from oneroom.apps.oversight.services import end_alarm, raise_alarm
from oneroom.ports import stamps
from oneroom.ports.formats import notes

EVERY = timedelta(minutes=1)
PATIENCE_S = 2.0
KEY, PUBLIC, HEADS = "signing.key", "{chain}.vkey", "{chain}-heads.jsonl"
_TAIL = 4096

log = logging.getLogger(__name__)
_next: dict[tuple[Path | None, str], datetime] = {}


class Gone(Exception):
    """Heads were signed, and the file of them is not there."""


class SetBack(Exception):
    """The record does not contain what was signed before."""


def sign_heads(at: datetime) -> int:
    """What the clock does: let the trees grow, and sign the heads that are due and have grown; how many it signed."""
    folder: Path | None = settings.HEADS_FOLDER
    signed = 0
    for chain in CHAINS:
        due = _next.get((folder, chain))
        if due is not None and due - EVERY <= at < due:
            continue
        if tree.grow(chain):
            continue  # more is to be caught up with: at the next beat
        _next[folder, chain] = at + EVERY
        if folder is None:
            continue  # a search of the record goes by the tree, signed or not
        try:
            signed += _sign(folder, chain, at)
        except SetBack:  # of one chain; the other is signed all the same
            log.exception("The record was set back or rewritten.")
            raise_alarm("record_set_back", chain, part="clock", at=at)
        except Gone:
            log.exception("Signing stands still.")
            raise_alarm("heads_gone", chain, part="clock", at=at)
        else:
            for over in ("record_set_back", "heads_gone"):
                end_alarm(over, chain, part="clock", at=at)
    return signed


def _sign(folder: Path, chain: str, at: datetime) -> bool:
    key = signing_key(folder)
    now = tree.tree(chain)
    before = last_signed(folder, chain, key)
    if before is None and tree.last_head(chain) is not None:
        # Whoever takes the file away would have everything signed anew, and nothing to compare it with.
        raise Gone(f"{folder / HEADS.format(chain=chain)} is gone: put it back, from the second place or a backup.")
    if before is not None:
        if before.size == now.size and before.root == now.root():
            return False
        if before.size > now.size or tree.tree(chain, size=before.size).root() != before.root:
            raise SetBack(
                f"{chain}: {before.size} entries were signed at {before.at}, and the record does not contain them. "
                "It was set back or rewritten: run `oneroom verify`."
            )
    if now.size == 0:
        return False
    root = now.root()
    note = notes.sign(key, notes.Checkpoint(origin(chain), now.size, root, at))
    _append(folder / HEADS.format(chain=chain), note)
    tree.keep_head(tree.Head(chain, now.size, root, at, note, notes.vkey(origin(chain), key.public_key())))
    _carry_away(folder, chain, note, at)
    stamps.stamp_head(folder, chain, now.size, note, at)
    return True


def origin(chain: str) -> str:
    """Whose record it is, as it stands in each head."""
    return f"{settings.HEADS_NAME}/{chain}"


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The key of this record, made at the first use; only the process's user reads it."""
    path = folder / KEY
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate()
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        unfinished = path.with_suffix(f".{os.getpid()}")  # half a key on a full disk would be no key for ever
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        for chain in CHAINS:
            public = folder / PUBLIC.format(chain=chain)
            public.write_text(notes.vkey(origin(chain), made.public_key()) + "\n")
        os.link(unfinished, path)
        unfinished.unlink()
    found = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(found, Ed25519PrivateKey):
        raise TypeError(f"{path} is no Ed25519 key.")
    return found


def last_signed(folder: Path, chain: str, key: Ed25519PrivateKey) -> notes.Checkpoint | None:
    """The last whole head in the file."""
    path = folder / HEADS.format(chain=chain)
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        whole = list(split(file.read().decode(errors="ignore")))
    return notes.read(whole[-1], key.public_key()) if whole else None


def heads_of(file: Path, public: Path) -> list[notes.Checkpoint]:
    """All heads of a file, in order. Raises BadNote at the first that the key in ``public`` did not sign."""
    if not file.exists():
        return []
    _origin, key = notes.from_vkey(public.read_text())
    return [notes.read(note, key) for note in split(file.read_text())]


def split(lines: str) -> Iterator[str]:
    """The notes of a file, one JSON string a line; what was cut off while it was written is left out."""
    for line in lines.splitlines():
        try:
            note = json.loads(line)
        except ValueError:
            continue
        if isinstance(note, str):
            yield note


def _append(path: Path, note: str) -> None:
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(note, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _carry_away(folder: Path, chain: str, note: str, at: datetime) -> None:
    """To the second place: a folder of another machine, or an address that takes a POST. A failure is an alarm."""
    place = settings.HEADS_COPY
    if not place:
        return
    try:
        if place.startswith(("http://", "https://")):
            httpx.post(place, content=note.encode(), timeout=PATIENCE_S).raise_for_status()
        else:
            there = Path(place)
            there.mkdir(parents=True, exist_ok=True)
            public = PUBLIC.format(chain=chain)
            if not (there / public).exists():
                shutil.copy(folder / public, there / public)
            _append(there / HEADS.format(chain=chain), note)
    except (OSError, httpx.HTTPError):
        log.exception("A signed head of %s did not reach the second place.", chain)
        raise_alarm("head_not_carried", chain, part="clock", at=at)
    else:
        end_alarm("head_not_carried", chain, part="clock", at=at)
