"""
Signed tree heads as text: a checkpoint in a signed note, as transparency logs write them (C2SP tlog-checkpoint and
signed-note, Ed25519). Any tool for such logs checks ours, and a person reads them.

    oneroom/acts            whose record
    1204                    of how many entries
    <root, base64>
    at 2026-11-25T18:00:00Z

    — oneroom/acts <key hash and signature, base64>
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from oneroom.engine.events import stamp

_ED25519 = b"\x01"
_DASH = "— "


class BadNote(ValueError):
    """This is no head that this key signed; the message says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note says: whose record, of how many entries, their root, and when it was signed."""

    origin: str
    size: int
    root: bytes
    at: datetime


def sign(key: Ed25519PrivateKey, said: Checkpoint) -> str:
    """The note, signed."""
    text = f"{said.origin}\n{said.size}\n{_b64(said.root)}\nat {stamp(said.at)}\n"
    signature = _hash(said.origin, key.public_key()) + key.sign(text.encode())
    return f"{text}\n{_DASH}{said.origin} {_b64(signature)}\n"


def read(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """What a note says, if this key signed it. Raises BadNote."""
    try:
        text, signed = note.split("\n\n", 1)
        origin, size, root, at = text.split("\n")
        named, signature = signed.removeprefix(_DASH).strip().rsplit(" ", 1)
        said = Checkpoint(origin, int(size), base64.b64decode(root, validate=True), datetime.fromisoformat(at[3:]))
        bare = base64.b64decode(signature, validate=True)
    except ValueError as fault:
        raise BadNote("This is not a signed head.") from fault
    if named != origin or bare[:4] != _hash(origin, key):
        raise BadNote("Another key signed this head.")
    try:
        key.verify(bare[4:], (text + "\n").encode())
    except InvalidSignature as fault:
        raise BadNote("The signature of this head is not right.") from fault
    return said


def find(text: str) -> str:
    """
    The signed head in what somebody was given: the note itself, a file of heads (the last whole line), or a proof.

    Raises BadNote where there is none.
    """
    plain = text.replace("\r\n", "\n").strip()
    tries = [plain, *reversed(plain.splitlines()[-2:])] if plain[:1] in ('"', "{") else []
    for one in tries:
        try:
            said = json.loads(one)
        except (ValueError, RecursionError):
            continue
        note = (said.get("note") or said.get("later")) if isinstance(said, dict) else said
        if isinstance(note, str):
            return note
    if not tries and _DASH in plain:
        return plain
    raise BadNote("This is not a signed head.")


def vkey(origin: str, key: Ed25519PublicKey) -> str:
    """The public key as such tools take it: name, hash and key."""
    return f"{origin}+{_hash(origin, key).hex()}+{_b64(_ED25519 + key.public_bytes_raw())}"


def from_vkey(text: str) -> tuple[str, Ed25519PublicKey]:
    """(origin, key). Raises BadNote."""
    try:
        origin, hashed, key = text.strip().split("+", 2)  # a name has no plus; a key may
        raw = base64.b64decode(key, validate=True)
        found = Ed25519PublicKey.from_public_bytes(raw[1:])
    except ValueError as fault:
        raise BadNote("This is not a public key of a record.") from fault
    if raw[:1] != _ED25519 or hashed != _hash(origin, found).hex():
        raise BadNote("Name and key do not belong together.")
    return origin, found


def _hash(origin: str, key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
