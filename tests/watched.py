"""The auditor's role on the test database, and the process of a part as it is started for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from oneroom.project.auditor import role
from oneroom.project.auditor.rounds import Finding, Moment, look, write
from oneroom.project.database import to_url
from tests.clock import HAND

ROLE = "oneroom_test_auditor"


def auditor_url() -> str:
    """The address by which the role reaches the test database; the role is made, or brought up to date."""
    url = to_url(connection.settings_dict)
    with psycopg.connect(url, autocommit=True) as own:
        role.make(own, ROLE, None)
    return to_url({**connection.settings_dict, "USER": ROLE})


@contextmanager
def as_auditor() -> Iterator[psycopg.Connection[Any]]:
    """A connection of the role."""
    with psycopg.connect(auditor_url(), autocommit=True) as own:
        yield own


def moment(*, signs: bool = False) -> Moment:
    """Now, by the town's clock."""
    return Moment(HAND.now(), 1.0, False, signs)


def audit(own: psycopg.Connection[Any], **more: Any) -> list[Finding]:
    """One round: what is wrong now."""
    found = look(own, moment(**more))
    write(own, found, found, node="here", at=HAND.now())
    return found


def kinds(found: list[Finding]) -> set[tuple[str, str]]:
    """Findings as (kind, subject)."""
    return {(f.kind, f.subject) for f in found}


class Process:
    """A part of the house as a process of its own; stopped, woken and killed by its id."""

    def __init__(self, command: list[str], *, url: str, signs: Path, silent_s: float, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "oneroom", *command],
            env={
                **os.environ, "ONEROOM_DATABASE_URL": url, "ONEROOM_SECRET_KEY": settings.SECRET_KEY,
                "ONEROOM_SIGNS": str(signs), "ONEROOM_SILENT_S": str(silent_s), **environment,
            },
            stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def stand_still(self) -> None:
        """It is there, and does nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It does what it did."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """By SIGKILL, which also ends one that stands still."""
        self.process.kill()
        self.process.wait()
