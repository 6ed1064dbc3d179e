"""A chain that several processes read in parts is judged as one process judges it: entry for entry, head for head."""

from __future__ import annotations

import os
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta

import pytest
from django.db import connection

from oneroom.apps.ledger.hands import Hands, snapshot
from oneroom.apps.ledger.models import Entry, Sealed
from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.ledger.verify import SPAN, verify
from oneroom.apps.ledger.words import compare_all
from oneroom.engine.merkle import leaf_hash, root_of
from oneroom.engine.values import SYSTEM
from tests.clock import NIGHT

ENTRIES, PART = 18, 4  # so 4, 8, 12 and 16 are the last of their parts
SWAP = """UPDATE ledger_entry SET seq = CASE seq WHEN {0} THEN 1000 + {1} ELSE 1000 + {0} END WHERE seq IN ({0}, {1});
UPDATE ledger_entry SET seq = seq - 1000 WHERE seq > 1000"""
ANEW = """UPDATE ledger_entry SET facts = jsonb_set(facts, '{{safe_contact}}', '"yes"'), canonical = convert_to(
replace(convert_from(canonical, 'UTF8'), '"safe_contact":"no"', '"safe_contact":"yes"'), 'UTF8') WHERE seq = {0};
UPDATE ledger_entry SET hash = sha256(canonical) WHERE seq = {0}"""

FAULTS = [
    # on each side of a seam
    ("UPDATE ledger_entry SET actor = 7 WHERE seq = 8", "altered", 8),
    ("UPDATE ledger_entry SET actor = 7 WHERE seq = 9", "altered", 9),
    ("DELETE FROM ledger_entry WHERE seq = 8", "missing", 8),
    ("DELETE FROM ledger_entry WHERE seq = 9", "missing", 9),
    # an entry written anew, hash and all, is told by the one after it
    (ANEW.format(8), "altered", 9),
    (ANEW.format(9), "altered", 10),
    # across a seam
    (SWAP.format(8, 9), "reordered", 8),
    (SWAP.format(3, 14), "reordered", 3),
    ("DELETE FROM ledger_entry WHERE seq IN (8, 9)", "missing", 8),
    # a whole part, and all that follows
    ("DELETE FROM ledger_entry WHERE seq BETWEEN 5 AND 8", "missing", 5),
    ("DELETE FROM ledger_entry WHERE seq > 8", "missing", 9),
    ("DELETE FROM ledger_entry WHERE seq > 9", "missing", 10),
    ("DELETE FROM ledger_entry", "missing", 1),
    # of two the first, also where the second is found sooner
    ("UPDATE ledger_entry SET actor = 7 WHERE seq IN (4, 5, 17)", "altered", 4),
    ("DELETE FROM ledger_entry WHERE seq = 16; UPDATE ledger_entry SET actor = 7 WHERE seq = 17", "missing", 16),
    ("UPDATE ledger_entry SET actor = 7 WHERE seq = 13; DELETE FROM ledger_entry WHERE seq = 12", "missing", 12),
    # numbers that lie about how long the record is
    ("UPDATE ledger_entry SET seq = 1000000000000 WHERE seq = 18", "reordered", 1_000_000_000_000),
    ("UPDATE ledger_chainhead SET seq = 1000000000000 WHERE name = 'acts'", "missing", 19),
    ("UPDATE ledger_chainhead SET seq = -7 WHERE name = 'acts'", "missing", 19),
    ("UPDATE ledger_chainhead SET seq = 8 WHERE name = 'acts'", "missing", 19),
    ("UPDATE ledger_entry SET seq = -3 WHERE seq = 5", "reordered", -3),
]


@service
def write(many: int) -> None:
    for n in range(many):
        _row, mark = seal(f"words {n}", matter=f"incident:{n}", purpose="report.words", at=NIGHT)
        note(
            "incident.received", f"incident:{n}", by=SYSTEM, at=NIGHT + timedelta(seconds=n), matter=f"incident:{n}",
            incident=n, report=n, source="web", safe_contact="no", words=mark,
        )  # fmt: skip


def signed(*sizes):
    """Heads of these sizes, as they would have been signed."""
    leaves = [leaf_hash(bytes(own)) for own in Entry.objects.order_by("seq").values_list("hash", flat=True)]
    return [(size, root_of(leaves[:size]), NIGHT) for size in sizes]


def tamper(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(("sql", "fault", "seq"), FAULTS)
def test_the_same_is_named_in_parts_as_in_one(db, sql, fault, seq):
    write(ENTRIES)
    assert verify("acts", span=PART).fault is None

    tamper(sql)

    whole, parted = verify("acts", span=SPAN), verify("acts", span=PART)
    assert (parted.fault, parted.seq) == (fault, seq)
    assert parted == whole


def test_heads_of_every_size_agree_in_parts_and_one_that_does_not_is_named(db):
    write(ENTRIES)
    heads = signed(*range(1, ENTRIES + 1))
    assert verify("acts", heads, span=PART).detail == f"{ENTRIES} signed heads agree"

    for wrong in (4, 5, 8, 11, ENTRIES):
        other = [(size, bytes(32) if size == wrong else root, at) for size, root, at in heads]
        found = verify("acts", other, span=PART)
        assert (found.fault, found.seq) == ("altered", wrong)
        assert found == verify("acts", other, span=SPAN)

    longer = [*heads, (ENTRIES + 3, bytes(32), NIGHT)]
    found = verify("acts", longer, span=PART)
    assert (found.fault, found.seq) == ("truncated", ENTRIES + 1)
    assert found == verify("acts", longer, span=SPAN)


def test_several_processes_find_what_one_finds(transactional_db, monkeypatch):
    monkeypatch.setattr("oneroom.apps.ledger.words._PART", PART)
    write(ENTRIES)
    heads = signed(3, 4, 9, ENTRIES)
    kept = {row.pk: row for row in Entry.objects.all()}

    with Hands(3) as hands:
        found = verify("acts", heads, hands=hands, span=PART)
        assert (found.fault, found.rows, found.detail) == (None, ENTRIES, "4 signed heads agree")
        with snapshot():
            assert os.getpid() not in set(hands.in_order(os.getpid, [()] * 4))
        assert compare_all(hands).texts == ENTRIES

        for sql, fault, seq in FAULTS:
            tamper(sql)
            found = verify("acts", heads, hands=hands, span=PART)
            assert (found.fault, found.seq) == (fault, seq), sql
            Entry.objects.all().delete()
            Entry.objects.bulk_create(kept.values())
            last = kept[ENTRIES]
            tamper(f"UPDATE ledger_chainhead SET seq = {last.seq} WHERE name = 'acts'")
        assert verify("acts", heads, hands=hands, span=PART).fault is None

        for seq in (9, 8):  # on both sides of a seam: the first of them is named
            Sealed.objects.filter(entry=seq).update(text='"other words"')
            assert compare_all(hands).seq == seq == compare_all().seq


def dies(_n):
    os._exit(9)


def test_a_process_that_dies_is_no_yes(transactional_db):
    with Hands(2) as hands, snapshot(), pytest.raises(BrokenProcessPool):
        list(hands.in_order(dies, [(1,), (2,)]))
