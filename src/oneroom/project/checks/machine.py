"""The machine and its settings: what can be seen without the database."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import apprise
from django.conf import settings
from django.core.checks import ERROR, run_checks

from oneroom.ports.heads import HEADS, KEY
from oneroom.ports.journal import left_aside
from oneroom.project import safety
from oneroom.project.checks import Finding
from oneroom.project.environment import unknown
from oneroom.project.integrity import altered

SHORTEST_TOKEN = 32
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
MB = 1_000_000
_UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)


def environment() -> Iterator[Finding]:
    for sentence in safety.of_environment():
        yield Finding(sentence)
    for name, meant in unknown(os.environ).items():
        hint = f" Did you mean {meant}?" if meant else ""
        yield Finding(f"{name} is set, and OneRoom knows no such variable.{hint}", grave=bool(meant))
    for name, token in (("CALLS_TOKEN", settings.CALLS_TOKEN), ("OPERATOR_TOKEN", settings.OPERATOR_TOKEN)):
        if token and len(token) < SHORTEST_TOKEN:
            yield Finding(f"ONEROOM_{name} is shorter than {SHORTEST_TOKEN} characters: it can be guessed.")
    if not settings.SECURE:
        yield Finding("ONEROOM_PLAIN_HTTP is set: cookies travel unencrypted. Unset it, and put TLS in front.")
    if set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        yield Finding("ONEROOM_HOSTS names only this machine: under any other name it answers 400.", grave=False)
    if "*" in settings.ALLOWED_HOSTS:
        yield Finding("ONEROOM_HOSTS is *: links in messages could be made to lead elsewhere. Name the hosts.")
    if not settings.FORCE_NAME:
        yield Finding("ONEROOM_FORCE is not set: no screen says whose room this is.", grave=False)


def door() -> Iterator[Finding]:
    """How people sign in."""
    if not settings.SECOND_FACTOR and not settings.DEMO:
        yield Finding("ONEROOM_SECOND_FACTOR is off: a password that was seen or guessed lets anybody in. Unset it.")
    if settings.OIDC_URL and not (settings.OIDC_URL.startswith("https://") and os.environ.get("ONEROOM_OIDC_CLIENT")):
        yield Finding("ONEROOM_OIDC_URL needs https, and ONEROOM_OIDC_CLIENT beside it: nobody can be let in by it.")
    if settings.LDAP_URL and not settings.LDAP_URL.startswith("ldaps://"):
        yield Finding("ONEROOM_LDAP_URL is not ldaps://: passwords travel unencrypted to the directory.")
    if settings.LDAP_URL and "{username}" not in settings.LDAP_DN:
        yield Finding(
            "ONEROOM_LDAP_DN has no {username} in it, as in uid={username},ou=people,dc=city: it lets nobody in."
        )


def django_says() -> Iterator[Finding]:
    for message in run_checks():
        if message.level >= ERROR:
            yield Finding(str(message.msg))


def gateways() -> Iterator[Finding]:
    """Whether each can be understood; nothing is sent."""
    given = {"SMS": settings.SMS_URL, "VOICE": settings.VOICE_URL, "EMAIL": settings.EMAIL_URL}
    for name, url in given.items():
        if url and ("{address}" not in url or not apprise.Apprise().add(url.replace("{address}", "13900000000"))):
            yield Finding(f"ONEROOM_{name}_URL is no address of a gateway with {{address}} in it: nothing will go out.")
    if not settings.SMS_URL and not settings.VOICE_URL:
        yield Finding(
            "Neither ONEROOM_SMS_URL nor ONEROOM_VOICE_URL is set: who has the app closed is reached by nobody.",
            grave=not settings.DEMO,
        )
    if not settings.CALLS_TOKEN:
        yield Finding("ONEROOM_CALLS_TOKEN is not set: the telephone exchange cannot hand calls over.", grave=False)


def disks() -> Iterator[Finding]:
    for folder in filter(None, (settings.DATA_FOLDER, settings.HEADS_FOLDER)):
        there = next(place for place in (folder, *folder.parents) if place.exists())
        free_mb = shutil.disk_usage(there).free / MB
        if free_mb < settings.LEAST_FREE_MB:
            yield Finding(f"The disk of {folder} has {free_mb:,.0f} MB of room left. Make room.")
        if not os.access(there, os.W_OK | os.X_OK):
            yield Finding(f"This user may not write into {folder}.")


def journal() -> Iterator[Finding]:
    """What an outage left that nobody could book."""
    folder = settings.JOURNAL_FOLDER
    if folder is None:
        return
    for name in left_aside(folder):
        yield Finding(
            f"{folder / name} holds acts of an outage that could not be booked. Read it with a shift commander, enter "
            "by hand what is missing, and take the file away."
        )


def clock() -> Iterator[Finding]:
    """The kernel's own word on whether something keeps its clock right (Linux)."""
    if sys.platform == "linux":
        adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
        if adjtimex is not None and adjtimex(ctypes.create_string_buffer(512)) == _UNSYNCHRONISED:
            yield Finding("Nothing keeps this machine's clock right: run NTP (chrony or systemd-timesyncd).", False)


def heads() -> Iterator[Finding]:
    """The folder of the signed heads, their key, and the second place."""
    folder: Path | None = settings.HEADS_FOLDER
    if folder is None:
        yield Finding("No folder for signed heads: nobody could tell that the record was written anew.")
        return
    key = folder / KEY
    if key.exists() and key.stat().st_mode & 0o077:
        yield Finding(f"Others may read {key}: who has it can sign a false record. Run chmod 600 on it.")
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(f"This user may not write into {folder}: no head is signed.")
    if settings.TSA_URL and not settings.TSA_URL.startswith(("http://", "https://")):
        yield Finding("ONEROOM_TSA_URL is no address (https://…): no head gets a time stamp.")
    if settings.TSA_ROOTS and not os.access(settings.TSA_ROOTS, os.R_OK):
        yield Finding(f"The certificates {settings.TSA_ROOTS} (ONEROOM_TSA_ROOTS) cannot be read.")
    if not settings.HEADS_COPY:
        yield Finding(
            "ONEROOM_HEADS_COPY is not set: who owns this machine could set the record back unseen. "
            "Name a place that he does not own.",
            grave=False,
        )
    elif not settings.HEADS_COPY.startswith(("http://", "https://")):
        ours, theirs = folder / HEADS.format(chain="acts"), Path(settings.HEADS_COPY) / HEADS.format(chain="acts")
        if ours.exists() and (not theirs.exists() or theirs.stat().st_size < ours.stat().st_size):
            yield Finding(f"Not every signed head reached {settings.HEADS_COPY}. Can this user write there?")


def files() -> Iterator[Finding]:
    """Every installed file against the list that came with it."""
    found = [f"{file} of {name}" for name, file in altered()]
    if found:
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        yield Finding(f"Not as they were built: {', '.join(found[:5])}{more}. Install this version anew.")
