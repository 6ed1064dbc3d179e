"""A part that is stopped in the middle of an act, for real (SIGSTOP), does not hold up the house for ever."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap

import psycopg
import pytest

from oneroom.project import parts
from tests.web.streams import say

HOLDS_THE_HEAD = """
    import django
    django.setup()
    from django.db import transaction
    from oneroom.apps.ledger.services import chain
    with transaction.atomic():
        chain.lock_head("acts")
        print("holds it", flush=True)
        input()
        chain.move_head("acts", 10**6, bytes(32))
    print("wrote it", flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_part_that_stops_in_the_middle_of_an_act_loses_it_and_the_others_go_on(database_url):
    """R4: who believes to hold the head still, and does not, is refused."""
    say("room")
    environment = dict(parts.clock().environment)
    environment["PGOPTIONS"], shortened = re.subn(r"=\d+s", "=300ms", environment["PGOPTIONS"])
    assert shortened == 1
    frozen = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDS_THE_HEAD)],
        env={**os.environ, **environment, "ONEROOM_DATABASE_URL": database_url},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert frozen.stdout.readline() == "holds it\n"
        frozen.send_signal(signal.SIGSTOP)
        with psycopg.connect(database_url) as other:
            other.execute("SET lock_timeout = '20s'")
            row = other.execute("SELECT seq FROM ledger_chainhead WHERE name = 'acts' FOR UPDATE").fetchone()
        frozen.send_signal(signal.SIGCONT)
        said, complained = frozen.communicate("go on\n", timeout=20)
    finally:
        frozen.kill()
        frozen.wait()

    assert row == (1,)
    assert "wrote it" not in said
    assert "idle-in-transaction timeout" in complained


def test_each_part_has_its_name_in_the_database():
    assert {part.environment["PGAPPNAME"] for part in (parts.web("::1", 1), parts.clock(), parts.courier())} == {
        "oneroom web", "oneroom clock", "oneroom courier",
    }  # fmt: skip
