"""
Time stamps of an outside authority on signed heads (RFC 3161): that a head existed at that time, said by somebody who
has neither the database nor the key. So also a record that was written anew with the key in hand contradicts them.

A stamp is kept as two files, ``CHAIN-SIZE.head`` and ``CHAIN-SIZE.tsr``, which anybody checks without us:
``openssl ts -verify -data acts-120.head -in acts-120.tsr -CAfile roots.pem``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from oneroom.apps.oversight.services import end_alarm, raise_alarm
from oneroom.ports.formats import notes

FOLDER = "stamps"
PATIENCE_S = 5.0
_QUERY = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}

log = logging.getLogger(__name__)
_next: dict[str, datetime] = {}


class BadStamp(Exception):
    """A stamp that the authority did not give for this head."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """A head, and when the authority says that it existed."""

    head: notes.Checkpoint
    at: datetime


def stamp_head(folder: Path, chain: str, size: int, note: str, at: datetime) -> None:
    """Have a signed head stamped where an authority is configured and it is time; a failure is an alarm."""
    due = _next.get(chain)
    every = timedelta(minutes=settings.TSA_EVERY_MIN)
    if not settings.TSA_URL or (due is not None and due - every <= at < due):
        return
    try:
        answer = _ask(note.encode())
        kept = folder / FOLDER
        kept.mkdir(exist_ok=True)
        _keep(kept / f"{chain}-{size}.head", note.encode())
        _keep(kept / f"{chain}-{size}.tsr", answer)  # the last one: only now there is a stamp
    except (OSError, ValueError, httpx.HTTPError, BadStamp):
        log.exception("The head of %s got no time stamp.", chain)
        raise_alarm("head_not_stamped", chain, part="clock", at=at)
        return
    _next[chain] = at + every
    end_alarm("head_not_stamped", chain, part="clock", at=at)


def stamps_of(folder: Path, chain: str, key: Ed25519PublicKey, roots: Path) -> Iterator[Stamped]:
    """
    The stamped heads of a chain, in order of their size. Raises BadStamp or BadNote at the first that does not hold;
    ``roots`` are the certificates of the authorities that are trusted (PEM).
    """
    trusted = x509.load_pem_x509_certificates(roots.read_bytes())
    for file in sorted((folder / FOLDER).glob(f"{chain}-*.tsr"), key=_size):
        note = file.with_suffix(".head").read_text()
        yield Stamped(notes.read(note, key), _check(file.read_bytes(), note.encode(), trusted))


def stamped_sizes(folder: Path | None, chain: str) -> set[int]:
    """Of which sizes of a chain a stamped head is kept; whether a stamp holds, ``stamps_of`` says."""
    return {_size(file) for file in (folder / FOLDER).glob(f"{chain}-*.tsr")} if folder else set()


def _keep(file: Path, content: bytes) -> None:
    """Whole or not at all: half a stamp on a full disk would be one that does not hold."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(file)


def _size(file: Path) -> int:
    return int(file.stem.rpartition("-")[2])


def _ask(note: bytes) -> bytes:
    asked = (
        TimestampRequestBuilder()
        .data(note)
        .hash_algorithm(HashAlgorithm.SHA256)
        .cert_request(cert_request=True)
        .build()
    )
    said = httpx.post(settings.TSA_URL, content=asked.as_bytes(), headers=_QUERY, timeout=PATIENCE_S).raise_for_status()
    if settings.TSA_ROOTS:
        trusted = x509.load_pem_x509_certificates(Path(settings.TSA_ROOTS).read_bytes())
        _check(said.content, note, trusted, nonce=asked.nonce)
    elif decode_timestamp_response(said.content).status not in (0, 1):  # granted, granted with modifications
        raise BadStamp("The authority refused.")
    return said.content


def _check(answer: bytes, note: bytes, trusted: list[x509.Certificate], nonce: int | None = None) -> datetime:
    """When the stamp says that the note existed."""
    try:
        response = decode_timestamp_response(answer)
        verifier = VerifierBuilder(roots=trusted, nonce=nonce).build()
        verifier.verify_message(response, note)
    except (ValueError, VerificationError) as fault:
        raise BadStamp(str(fault)) from fault
    return response.tst_info.gen_time
