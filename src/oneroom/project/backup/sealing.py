"""
Backups that only the holder of a key can read: files in the format of age (X25519, ChaCha20-Poly1305), made by pyrage.

The house knows the public key alone (``ONEROOM_BACKUP_KEY``): whoever gets into it, or at the folder of backups, reads
none of them. Any age tool opens a file with the private key, so that a backup outlives this program.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import IO, Any

from pyrage import DecryptError, IdentityError, RecipientError, decrypt_io, encrypt_io, x25519

from oneroom.project.trouble import Trouble

ENDING = ".age"


class Seal:
    """Encrypts for one or several public keys (``age1…``), so that two persons may each hold one that opens."""

    def __init__(self, keys: str) -> None:
        """Raises Trouble where one of them is no key."""
        named = [key for key in re.split(r"[\s,]+", keys) if key]
        try:
            self._recipients = [x25519.Recipient.from_str(key) for key in named]
        except RecipientError as fault:
            raise Trouble(
                "ONEROOM_BACKUP_KEY is not a public key: it begins with age1 (oneroom backup --new-key FILE makes one)."
            ) from fault

    def pour(self, source: IO[bytes], to: Path) -> None:
        """All that comes from ``source``, encrypted; the file gets its name when it is whole and on the disk."""
        unfinished = to.with_name(f".{to.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                encrypt_io(source, file, self._recipients)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(to)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def seal_of(keys: str) -> Seal | None:
    """What ``ONEROOM_BACKUP_KEY`` asks for; None where it is empty."""
    return Seal(keys) if keys.strip() else None


def read_keys(file: Path) -> list[Any]:
    """The private keys in a file, one a line, as ``age-keygen`` writes them. Raises Trouble."""
    try:
        lines = [line.strip() for line in file.read_text().splitlines()]
        return [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, IdentityError) as fault:
        raise Trouble(f"{file} holds no private key (AGE-SECRET-KEY-1…).") from fault


def unseal(source: Path, to: IO[bytes], keys: list[Any]) -> None:
    """Decrypt a file. Raises Trouble where none of the keys opens it, or a byte of it was changed."""
    try:
        with source.open("rb") as file:
            decrypt_io(file, to, keys)
    except (DecryptError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno is not None:  # of the disk, and not of what was written there
            raise
        raise Trouble(f"{source} does not open with this key, or it was changed: {fault}") from fault


def new_key(file: Path) -> str:
    """Make a pair: the private key into a new file, that only its owner reads; gives the public one."""
    made = x25519.Identity.generate()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
            kept.write(f"# public key: {made.to_public()}\n{made}\n")
    except OSError as fault:
        raise Trouble(f"{file} cannot be made: {fault.strerror}. Nothing is ever overwritten.") from fault
    return str(made.to_public())
