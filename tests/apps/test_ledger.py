"""The one record: gapless, chained, forgetting what it must, and unable to hold a name."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st

import oneroom
from oneroom.apps.ledger import queries
from oneroom.apps.ledger.models import DoneOnce, Entry, Look, Sealed
from oneroom.apps.ledger.services import Looking, erase, note, once, open_sealed, seal, service
from oneroom.apps.ledger.services.chain import canonical
from oneroom.apps.ledger.verify import verify
from oneroom.apps.oversight.retention import keep_all
from oneroom.engine.values import SYSTEM, BadInput, Conflict
from tests.clock import NIGHT


@service
def write(kind: str, **facts: object) -> None:
    """The smallest service: one entry."""
    note(kind, "account:1", by=SYSTEM, at=NIGHT, **facts)


def say() -> None:
    """An entry like many others."""
    write("account.created", account=1)


def test_entries_are_numbered_from_one_without_a_gap(db):
    for _ in range(5):
        say()

    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert verify("acts").fault is None


def test_nothing_is_written_when_a_service_fails(db):
    @service
    def fails() -> None:
        say()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()

    assert not Entry.objects.exists()


def test_services_inside_services_write_in_one_batch_at_the_end(db):
    seen: list[int] = []

    @service
    def outer() -> None:
        say()
        seen.append(Entry.objects.count())
        say()

    outer()

    assert seen == [0]
    assert Entry.objects.count() == 2


def test_an_entry_outside_a_service_is_a_programming_error(db):
    with pytest.raises(RuntimeError):
        note("account.created", "account:1", by=SYSTEM, at=NIGHT, account=1)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("no.such.kind", {}),
        ("account.created", {}),
        ("account.created", {"account": 1, "name": "Zhang San"}),
        ("grant.given", {"account": 1, "role": "Zhang San, 138 0013 8000"}),
        ("incident.received", {"incident": 1, "report": 1, "source": "web", "safe_contact": "no", "words": "help me"}),
        ("account.created", {"account": True}),
    ],
)
def test_an_entry_cannot_hold_a_name_or_free_text(db, kind, facts):
    with pytest.raises(ValueError, match=kind):
        write(kind, **facts)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,12}", fullmatch=True),
        st.one_of(
            st.integers(-(2**53) + 1, 2**53 - 1), st.booleans(), st.floats(-1e9, 1e9),
            st.from_regex(r"[a-z0-9][a-z0-9_.:\-]{0,63}", fullmatch=True),
            st.lists(st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)),
        ),
    )
)  # fmt: skip
def test_the_quick_spelling_is_rfc_8785(facts):
    said = {"facts": facts, "kind": "account.created", "actor": 7, "on_behalf": None, "to": ["room"]}

    assert canonical(said) == rfc8785.dumps(said)


def test_the_stored_bytes_are_rfc_8785_of_what_they_say(db):
    say()
    write("assignment.offered", assignment=1, incident=2, crew=3, grade=1, lead=True, advised=["crew:3"], travel_s=7.5)

    for stored in Entry.objects.values_list("canonical", flat=True):
        assert bytes(stored) == rfc8785.dumps(json.loads(bytes(stored)))


def test_a_scope_that_heard_nothing_for_long_still_notices_what_it_missed(db, monkeypatch):
    monkeypatch.setattr(queries, "_WINDOW", 5)
    scope = ("account:1",)

    @service
    def heard() -> None:
        note("account.created", "account:1", by=SYSTEM, at=NIGHT, to=scope, account=1)

    marks = []
    for turn in range(40):
        heard() if turn == 20 else say()
        marks.append(queries.last_seq(scope))

    before, after = set(marks[:20]), set(marks[20:])
    assert not before & after, "nobody who holds a mark from before the entry takes it for current"


def test_erase_a_name_and_the_chain_still_verifies(db):
    @service
    def sealed() -> None:
        _row, commitment = seal("Zhang San", matter="incident:1", purpose="report.words", at=NIGHT)
        note(
            "incident.received", "incident:1", by=SYSTEM, at=NIGHT, matter="incident:1", incident=1, report=1,
            source="web", safe_contact="no", words=commitment,
        )  # fmt: skip

    sealed()
    erase("incident:1", cause="retention", by=SYSTEM, at=NIGHT)

    row = Sealed.objects.get()
    assert (row.text, row.key) == (None, None)
    assert "Zhang" not in str(list(Entry.objects.values()))
    assert verify("acts").fault is None
    look = Looking("review", "incident:1")
    assert open_sealed([row], record="incident:1", looking=look, by=SYSTEM, at=NIGHT) == {row.pk: None}


def _tamper(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("sql", "fault", "seq"),
    [
        ("UPDATE ledger_entry SET facts = '{\"account\": 9}' WHERE seq = 3", "altered", 3),
        ("UPDATE ledger_entry SET actor = 7 WHERE seq = 4", "altered", 4),
        ("UPDATE ledger_entry SET canonical = canonical || ' ' WHERE seq = 2", "altered", 2),
        ("UPDATE ledger_entry SET at = at + interval '1 second' WHERE seq = 5", "altered", 5),
        ("UPDATE ledger_entry SET scopes = '{room}' WHERE seq = 1", "altered", 1),
        ("UPDATE ledger_entry SET recorded = recorded + interval '1 hour' WHERE seq = 2", "altered", 2),
        ("UPDATE ledger_entry SET on_behalf = 7 WHERE seq = 3", "altered", 3),
        ("UPDATE ledger_entry SET canonical = '[1]', hash = sha256('[1]') WHERE seq = 4", "altered", 4),
        ("UPDATE ledger_entry SET canonical = '{{', hash = sha256('{{') WHERE seq = 4", "altered", 4),
        ("DELETE FROM ledger_entry WHERE seq = 3", "missing", 3),
        ("DELETE FROM ledger_entry WHERE seq = 5", "missing", 5),
        (
            """UPDATE ledger_entry SET seq = CASE seq WHEN 2 THEN 103 ELSE 102 END WHERE seq IN (2, 3);
            UPDATE ledger_entry SET seq = seq - 100 WHERE seq > 100""",
            "reordered",
            2,
        ),
        ("UPDATE ledger_chainhead SET hash = decode(repeat('ab', 32), 'hex') WHERE name = 'acts'", "altered", 5),
    ],
)
@pytest.mark.parametrize(("page", "span"), [(2, 1), (2, 2), (2, 65_536), (4096, 4)])
def test_verify_names_the_first_thing_that_is_wrong(db, monkeypatch, sql, fault, seq, page, span):
    monkeypatch.setattr("oneroom.apps.ledger.reading._PAGE", page)
    for _ in range(5):
        say()
    assert verify("acts", span=span).fault is None

    _tamper(sql)

    found = verify("acts", span=span)
    assert (found.fault, found.seq) == (fault, seq)


def test_one_look_per_person_record_and_quarter_of_an_hour(db):
    row, _ = seal("words", matter="incident:1", purpose="call.number", at=NIGHT)
    why = Looking("dispatch", "incident:1")

    for minutes in (0, 1, 2, 20):
        open_sealed([row], record="incident:1", looking=why, by=SYSTEM, at=NIGHT + timedelta(minutes=minutes))

    assert Look.objects.count() == 2
    assert verify("looks").fault is None
    assert not Entry.objects.exists(), "a look is never published with the acts"


def test_the_same_key_gives_the_same_answer_and_does_it_once(db):
    done: list[int] = []

    def act() -> dict[str, int]:
        done.append(1)
        return {"id": len(done)}

    first = once(act, key="key-12345", asked={"a": 1}, by=SYSTEM, at=NIGHT)
    again = once(act, key="key-12345", asked={"a": 1}, by=SYSTEM, at=NIGHT)

    assert first == again == {"id": 1}
    with pytest.raises(Conflict):
        once(act, key="key-12345", asked={"a": 2}, by=SYSTEM, at=NIGHT)
    with pytest.raises(BadInput):
        once(act, key="", asked={}, by=SYSTEM, at=NIGHT)


def test_an_act_that_fails_keeps_no_key(db):
    def refuses() -> dict[str, int]:
        raise BadInput("words")

    with pytest.raises(BadInput):
        once(refuses, key="key-12345", asked={}, by=SYSTEM, at=NIGHT)

    assert once(lambda: {"id": 1}, key="key-12345", asked={}, by=SYSTEM, at=NIGHT) == {"id": 1}


def test_eight_writers_never_deadlock_and_lose_nothing(transactional_db):
    """Each of eight threads moves shared rows in another order and notes two entries, many times over."""
    rounds, errors = 25, []
    shared = [seal(str(i), matter="m", purpose="p", at=NIGHT)[0].pk for i in range(8)]

    @service
    def move(n: int) -> None:
        say()
        Sealed.objects.filter(pk=shared[n]).update(created=NIGHT)
        say()

    def writer(n: int) -> None:
        try:
            for _ in range(rounds):
                move(n)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=writer, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert Entry.objects.count() == 8 * rounds * 2
    assert verify("acts").fault is None


def test_answers_are_forgotten_after_thirty_days_and_what_was_asked_cannot_be_guessed(db):
    asked = {"code": "ABCDEFGHJ"}
    once(lambda: {"id": 1}, key="key-12345", asked=asked, by=SYSTEM, at=NIGHT)
    kept = DoneOnce.objects.get()
    assert bytes(kept.fingerprint) != hashlib.sha256(rfc8785.dumps(asked)).digest()

    keep_all(NIGHT + timedelta(days=29))
    assert DoneOnce.objects.exists()
    keep_all(NIGHT + timedelta(days=31))
    assert not DoneOnce.objects.exists()


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), 2**60])
def test_a_number_that_json_cannot_hold_is_bad_input(db, odd):
    with pytest.raises(BadInput):
        once(lambda: {"id": 1}, key="key-12345", asked={"grade": odd}, by=SYSTEM, at=NIGHT)


def test_sealed_texts_are_read_in_one_place_only():
    """So that nobody forgets the Look: every other module gets contents from ``open_sealed``."""
    source = Path(oneroom.__file__).parent
    readers = {
        str(path.relative_to(source))
        for path in (source / "apps").rglob("*.py")
        if "migrations" not in path.parts
        and re.search(r"\b(sealed|row|r|words|note|caller|address)\.text\b", path.read_text())
    }
    comparing = "apps/ledger/words.py"  # gives on whether they are what was recorded, and none of them
    assert readers == {"apps/ledger/services/seals.py", comparing}
