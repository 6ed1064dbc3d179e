"""What an outsider can verify: heads signed each minute, an export without the server, a proof of one matter."""

from __future__ import annotations

import io
import json
import shutil
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from oneroom.apps.incidents import services
from oneroom.apps.ledger import tree
from oneroom.apps.ledger.models import Entry, Subtree
from oneroom.ports import heads
from oneroom.ports.formats import notes
from tests.town import PASSWORD


@pytest.fixture
def kept(room, settings, tmp_path):
    """Heads are kept in a folder and carried to a second one; the room's matters fill several spans of the tree."""
    settings.HEADS_FOLDER, settings.HEADS_COPY = tmp_path / "heads", str(tmp_path / "second")
    heads._next.clear()
    yield tmp_path
    heads._next.clear()


def night(room, matters=1):
    sent = None
    for _ in range(matters):
        sent = room.dispatch(room.report("knife", at="market", grade=1), "crew-1")
        room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
        services.report_and_clear(
            sent.pk, outcome="under_control", category="crime", words="quiet", by=room.actor("zhang"), at=room.now
        )
    return sent


def sign(room, minutes=1):
    room.fast_forward(minutes=minutes)
    return heads.sign_heads(room.now)


def run(*arguments, **options):
    """(exit code, what it printed)."""
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out, **options)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def exported(kept):
    folder = kept / "export"
    shutil.rmtree(folder, ignore_errors=True)
    assert run("export", str(folder))[0] == 0
    return folder


def test_heads_are_signed_once_a_minute_here_and_in_a_second_place(room, kept, monkeypatch):
    monkeypatch.setattr(tree, "SPAN", 8)  # several spans from few entries
    night(room)
    signed = sign(room)
    assert heads.sign_heads(room.now + timedelta(seconds=30)) == 0
    night(room)
    assert sign(room) >= 1

    file = kept / "heads" / "acts-heads.jsonl"
    found = heads.heads_of(file, kept / "heads" / "acts.vkey")
    assert signed >= 1
    assert [h.size for h in found] == sorted(h.size for h in found)
    assert found[-1].size == Entry.objects.count()
    assert (kept / "second" / "acts-heads.jsonl").read_text() == file.read_text()
    assert Subtree.objects.filter(chain="acts").count() == Entry.objects.count() // 8
    assert (kept / "heads" / "signing.key").stat().st_mode & 0o077 == 0
    code, said = run("verify")
    assert code == 0
    assert "2 signed heads agree" in said


def test_a_torn_last_line_is_left_out_and_the_next_head_stands_whole(room, kept):
    night(room)
    sign(room)
    file = kept / "heads" / "acts-heads.jsonl"
    with file.open("a") as torn:
        torn.write('"oneroom/acts\\n99')
    night(room)
    sign(room)
    assert len(heads.heads_of(file, kept / "heads" / "acts.vkey")) == 2


def test_a_record_that_was_set_back_gets_no_signature_and_is_named(room, kept):
    night(room)
    sign(room)
    size = Entry.objects.count()
    with connection.cursor() as cursor:  # as restoring yesterday's backup does
        cursor.execute("DELETE FROM ledger_entry WHERE seq > %s", [size - 3])
        cursor.execute(
            "UPDATE ledger_chainhead SET seq = %s, hash = (SELECT hash FROM ledger_entry WHERE seq = %s)"
            " WHERE name = 'acts'", [size - 3, size - 3],
        )  # fmt: skip

    with pytest.raises(heads.SetBack):
        sign(room)
    code, said = run("verify")
    assert code == 1
    assert f"acts: entry {size - 2} is truncated" in said
    assert run("verify", "--export", str(exported(kept)))[1].startswith(f"acts: entry {size - 2} is truncated")


def _rewrite(seq):
    """Whoever owns the database writes it anew from an entry on, with every hash after it."""
    from oneroom.apps.ledger.services.chain import digest

    prev = None
    for entry in Entry.objects.filter(seq__gte=seq).order_by("seq"):
        said = json.loads(bytes(entry.canonical))
        said["prev"] = said["prev"] if prev is None else prev.hex()
        said["actor"] = said["actor"] + 1 if prev is None else said["actor"]
        canonical = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
        own = digest(canonical)
        Entry.objects.filter(pk=entry.pk).update(
            canonical=canonical, hash=own, prev=bytes.fromhex(said["prev"]), actor=said["actor"]
        )
        prev = own
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_chainhead SET hash = %s WHERE name = 'acts'", [prev])


def test_a_record_written_anew_with_all_its_hashes_is_found_out_by_what_was_signed(room, kept):
    night(room)
    sign(room)
    before = Entry.objects.count()
    night(room)
    sign(room)

    _rewrite(before + 2)

    code, said = run("verify")
    assert code == 1
    assert f"acts: entry {before + 1} is altered: a head signed at" in said
    night(room)
    with pytest.raises(heads.SetBack):
        sign(room)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda lines: lines[4].__class__(lines[4].replace(b'"kind":"', b'"kind":"x')), "entry 5 is altered"),
        (lambda lines: None, "entry 5 is missing"),
    ],
)
def test_an_export_verifies_without_the_server_and_names_what_was_done_to_it(room, kept, spoil, said):
    night(room)
    sign(room)
    folder = exported(kept)
    file = folder / "acts.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    assert run("verify", "--export", str(folder))[0] == 0

    spoiled = spoil(lines)
    file.write_bytes(b"".join([*lines[:4], *([spoiled] if spoiled else []), *lines[5:]]))
    code, told = run("verify", "--export", str(folder))
    assert code == 1
    assert f"acts: {said}" in told

    file.write_bytes(b"".join([*lines[:4], lines[5], lines[4], *lines[6:]]))
    assert "entry 5 is missing" in run("verify", "--export", str(folder))[1]
    file.write_bytes(b"".join([*lines[:5], lines[4], *lines[5:]]))
    assert "entry 5 is reordered" in run("verify", "--export", str(folder))[1]
    file.write_bytes(b"".join(lines[:-1]))
    assert f"entry {len(lines)} is truncated" in run("verify", "--export", str(folder))[1]
    assert "is not empty" in str(_refused("export", str(folder)))


def _refused(*arguments):
    from django.core.management import CommandError

    with pytest.raises(CommandError) as caught:
        call_command(*arguments, stdout=io.StringIO())
    return caught.value


def test_one_button_proves_a_record_to_somebody_who_has_only_the_file(room, kept, monkeypatch, client):
    monkeypatch.setattr(tree, "SPAN", 8)
    sent = night(room, 2)
    pk = sent.incident_id
    client.login(username="dora", password=PASSWORD)
    assert "every minute" in client.get(f"/incidents/{pk}/proof", headers={"Accept-Language": "en"}).content.decode()
    assert client.get(f"/incidents/{pk}/proof.json").status_code == 404
    sign(room)
    night(room)

    page = client.get(f"/incidents/{pk}/proof", headers={"Accept-Language": "en"}).content.decode()
    answer = client.get(f"/incidents/{pk}/proof.json")
    file = kept / "proof.json"
    file.write_bytes(answer.content)

    assert "signed at" in page
    code, said = run("verify", "--proof", str(file), "--heads", str(kept / "second"))
    assert code == 0
    assert f"incident:{pk}: {len(answer.json()['entries'])} entries stand in the record" in said
    assert "came with the proof" in run("verify", "--proof", str(file))[1]

    forged = answer.json()
    forged["entries"][1]["entry"] = forged["entries"][1]["entry"].replace('"via":"', '"via":"x')
    file.write_text(json.dumps(forged))
    code, said = run("verify", "--proof", str(file))
    assert code == 1
    assert f"entry {forged['entries'][1]['seq']} is not in the record" in said
    forged["note"] = forged["note"].replace("\n", "\n1", 1)
    file.write_text(json.dumps(forged))
    assert "not right" in str(_refused("verify", "--proof", str(file)))


def test_who_may_not_read_a_matter_gets_no_proof_of_it(room, kept, client):
    pk = night(room).incident_id
    sign(room)
    assert client.get(f"/incidents/{pk}/proof.json").status_code in (302, 401, 403)
    client.login(username="zhang", password=PASSWORD)
    assert client.get("/incidents/99999/proof.json").status_code == 404


def test_a_note_is_one_that_other_tools_of_such_logs_read(room, kept):
    night(room)
    sign(room)
    note = tree.last_head("acts").note
    origin, key = notes.from_vkey((kept / "heads" / "acts.vkey").read_text())
    lines = note.split("\n")
    assert (lines[0], lines[4], lines[5].startswith(f"— {origin} ")) == (origin, "", True)
    assert notes.read(note, key).size == int(lines[1])
    for bad in (note[:-9], note.replace("oneroom", "another", 1), "x"):
        with pytest.raises(notes.BadNote):
            notes.read(bad, key)
