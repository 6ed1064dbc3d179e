"""What an outsider can verify: heads signed each minute, an export without the server, a proof of one matter."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.timezone import localtime

from oneroom.apps.incidents import services
from oneroom.apps.ledger import tree
from oneroom.apps.ledger.models import Entry, Subtree
from oneroom.apps.oversight.queries import open_alarms
from oneroom.apps.people.models import Signature
from oneroom.engine.merkle import consistency_proof, leaf_hash
from oneroom.ports import heads
from oneroom.ports.formats import notes
from oneroom.project.management.commands import export as export_command
from tests.town import PASSWORD


@pytest.fixture
def kept(room, settings, tmp_path):
    """Heads are kept in a folder and carried to a second one; the room's matters fill several spans of the tree."""
    settings.HEADS_FOLDER, settings.HEADS_COPY = tmp_path / "heads", str(tmp_path / "second")
    return tmp_path


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


def wrong():
    """What the room and the inspector are shown as wrong now."""
    return set(open_alarms().values_list("kind", "subject"))


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


def test_where_no_head_is_found_verify_says_no_and_a_folder_that_is_not_there_is_refused(room, kept, settings):
    night(room)
    sign(room)
    (kept / "empty").mkdir()

    code, said = run("verify", "--heads", str(kept / "empty"))
    assert (code, "acts: NO SIGNED HEAD" in said) == (1, True)
    assert "There is no folder" in str(_refused("verify", "--heads", str(kept / "typo")))
    (kept / "heads" / "acts-heads.jsonl").rename(kept / "gone")
    assert run("verify")[0] == 1, "the house signs, and its heads are gone"
    settings.HEADS_FOLDER = None
    code, said = run("verify")
    assert (code, "acts: NO SIGNED HEAD" in said) == (0, True), "nobody signs, and nobody asked for heads"


def test_where_the_file_of_heads_is_gone_nothing_is_signed_anew_and_it_is_named(room, kept):
    night(room)
    sign(room)
    file = kept / "heads" / "acts-heads.jsonl"
    file.rename(kept / "gone")
    night(room)

    sign(room)

    assert wrong() == {("heads_gone", "acts")}
    assert not file.exists(), "else all of it could be signed anew, and nothing to compare it with"
    (kept / "gone").rename(file)
    sign(room)
    assert wrong() == set()
    assert len(heads.heads_of(file, kept / "heads" / "acts.vkey")) == 2


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

    assert wrong() == set()
    sign(room)
    assert wrong() == {("record_set_back", "acts")}
    code, said = run("verify")
    assert code == 1
    assert f"acts: entry {size - 2} is truncated" in said
    # One entry more: that it was taken out.
    assert run("verify", "--export", str(exported(kept)))[1].startswith(f"acts: entry {size - 1} is truncated")


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
    sign(room)
    assert wrong() == {("record_set_back", "acts")}


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
    assert "entry 5 is reordered" in run("verify", "--export", str(folder))[1]
    file.write_bytes(b"".join([*lines[:5], lines[4], *lines[5:]]))
    assert "entry 5 is reordered" in run("verify", "--export", str(folder))[1]
    file.write_bytes(b"".join(lines[:-2]))  # the last one says that it was taken out: no head covers that yet
    cut_off = f"entry {len(lines) - 1} is truncated"
    assert cut_off in run("verify", "--export", str(folder))[1]
    (folder / "acts-heads.jsonl").unlink()
    code, told = run("verify", "--export", str(folder))
    assert (code, "acts: NO SIGNED HEAD" in told, "compare *.vkey" in told) == (1, True, True)
    assert cut_off in run("verify", "--export", str(folder), "--heads", str(kept / "heads"))[1]
    nonsense = b"no entry"
    file.write_bytes(b"".join([*lines[:4], hashlib.sha256(nonsense).hexdigest().encode(), b"\t", nonsense, b"\n"]))
    assert "entry 5 is altered: the bytes are no entry" in run("verify", "--export", str(folder))[1]
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


def _page(client, given=None, **more):
    answer = client.post("/office/heads", {"head": given, **more}) if given is not None else client.get("/office/heads")
    return answer.status_code, answer.content.decode()


def _inspector(room):
    client = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    client.force_login(room.town.people["ina"])
    return client


def test_whoever_was_given_a_head_earlier_has_it_shown_that_it_is_still_in_the_record(room, kept, monkeypatch):
    """Safeguard G4, security 26: a consistency proof by a page, checked without the server."""
    monkeypatch.setattr(tree, "SPAN", 8)
    ina = _inspector(room)
    assert "No head was signed yet" in _page(ina)[1]
    night(room)
    sign(room)
    earlier = tree.last_head("acts")
    night(room, 2)
    sign(room)
    later = tree.last_head("acts")

    status, page = _page(ina, earlier.note.replace("\n", "\r\n"))  # as a form sends it
    assert status == 200
    assert "Yes: it is still in it" in page
    assert f"its first {earlier.size} are exactly those" in page

    answer = ina.post("/office/heads", {"head": earlier.note, "as": "file"})
    file = kept / "growth.json"
    file.write_bytes(answer.content)
    assert f"growth-acts-{earlier.size}-{later.size}.json" in answer["Content-Disposition"]
    code, said = run("verify", "--proof", str(file), "--heads", str(kept / "second"))
    assert code == 0
    assert f"the {later.size} entries signed at" in said
    assert f"begin with the {earlier.size} entries" in said
    assert "came with the proof" in run("verify", "--proof", str(file))[1]

    forged = answer.json()
    forged["growth"] = forged["growth"][:-1]
    file.write_text(json.dumps(forged))
    code, said = run("verify", "--proof", str(file))
    assert code == 1
    assert "it is not shown that" in said


@pytest.mark.parametrize("given", ["a line of the file of heads", "the proof of a matter", "the saved head"])
def test_a_head_is_found_in_each_form_in_which_somebody_may_hold_it(room, kept, given):
    pk = night(room).incident_id
    sign(room)
    ina = _inspector(room)
    head = tree.last_head("acts")
    made = {
        "a line of the file of heads": (kept / "heads" / "acts-heads.jsonl").read_bytes,
        "the proof of a matter": lambda: ina.get(f"/incidents/{pk}/proof.json").content,
        "the saved head": lambda: ina.get(f"/office/heads/acts/{head.size}").content,
    }[given]()
    answer = ina.post("/office/heads", {"file": SimpleUploadedFile("given", made)})
    assert "Yes: it is still in it" in answer.content.decode()


def test_a_head_that_the_record_does_not_contain_is_said_to_be_so(room, kept):
    night(room)
    sign(room)
    key = heads.signing_key(kept / "heads")
    head = tree.last_head("acts")
    ina = _inspector(room)
    for size, root in ((head.size, bytes(32)), (head.size - 2, bytes(32)), (head.size + 5, head.root)):
        note = notes.sign(key, notes.Checkpoint("oneroom/acts", size, root, room.now))
        page = _page(ina, note)[1]
        assert "No: the record does not contain it" in page
        assert "set back or rewritten" in page
        assert "Save the proof" not in page

    other = notes.sign(Ed25519PrivateKey.generate(), notes.Checkpoint("oneroom/acts", head.size, head.root, room.now))
    for given in (other, head.note.replace("\n", "\n1", 1)):
        assert _page(ina, given)[0] == 422
        assert "did not sign this head" in _page(ina, given)[1]
    for given in ("nonsense", "", "[" * 9999, "{}"):
        assert _page(ina, given)[0] == 422
        assert "no signed head" in _page(ina, given)[1]


def test_the_whole_record_leaves_the_house_by_two_persons_and_says_so_itself(room, kept, monkeypatch):
    """Safeguards G3 and G6, security 21 and 28: who took it out, for whom and by whose hand."""
    monkeypatch.setattr(export_command, "BULK_ROWS", 5)
    night(room)
    sign(room)
    folder = kept / "export"
    assert "only with a second signature" in str(_refused("export", str(folder)))
    ina, li = _inspector(room), Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    li.force_login(room.town.people["leader-li"])
    assert ina.post("/office/heads", {"as": "ask", "why": ""}).status_code == 422
    assert ina.post("/office/heads", {"as": "ask", "why": "Audit of the year"}).status_code == 302
    asked = Signature.objects.get()
    assert "the whole record" in li.get("/office/signatures").content.decode()
    assert "Nobody has signed" in str(_refused("export", str(folder), "--signature", str(asked.pk)))

    li.post(f"/office/signatures/{asked.pk}", {"act": "sign"})
    assert f"oneroom export FOLDER --signature {asked.pk}" in _page(ina)[1]
    sign(room)
    monkeypatch.setenv("SUDO_USER", "Ops.Wang")
    before = Entry.objects.count()
    assert run("export", str(folder), "--signature", str(asked.pk))[0] == 0

    told = Entry.objects.get(kind="record.exported")
    assert (told.actor, told.via) == (room.town.people["ina"].pk, "console")
    assert told.facts | {"looks": 0} == {"acts": before, "looks": 0, "operator": "ops.wang", "signature": asked.pk}
    assert b"record.exported" in (folder / "acts.jsonl").read_bytes()
    assert run("verify", "--export", str(folder))[0] == 0
    assert "was used" in str(_refused("export", str(kept / "again"), "--signature", str(asked.pk)))
    assert "no such request" in str(_refused("export", str(kept / "again"), "--signature", "999"))
    assert not (kept / "again").exists()


def test_a_day_of_heads_is_shown_by_hours_and_an_hour_by_minutes(room, kept):
    ina = _inspector(room)
    for _ in range(3):
        night(room)
        sign(room)
    found = tree.heads_between("acts", room.now - timedelta(hours=1), room.now + timedelta(seconds=1))
    day, hour = f"{localtime(room.now):%Y-%m-%d}", f"{localtime(found[-1][1]):%H}"
    page = ina.get(f"/office/heads?day={day}").content.decode()
    assert f"{found[0][0]}–{found[-1][0]}" in page
    page = ina.get(f"/office/heads?day={day}&hour={hour}").content.decode()
    for size, _at in found:
        assert f"/office/heads/acts/{size}" in page
    assert "no head was signed" in ina.get("/office/heads?day=2020-01-01").content.decode()
    for wrong in ("day=never", "day=9999-99-99", "chain=words"):
        assert ina.get(f"/office/heads?{wrong}").status_code == 422


def test_the_path_over_kept_spans_is_that_over_all_leaves(room, kept, monkeypatch):
    monkeypatch.setattr(tree, "SPAN", 8)
    night(room, 3)
    while not sign(room):  # sixteen spans at a time
        pass
    head = tree.last_head("acts")
    leaves = [leaf_hash(bytes(e)) for e in Entry.objects.order_by("seq")[: head.size].values_list("hash", flat=True)]
    for size in range(1, head.size + 1):
        assert tree.prove_growth(head, size) == consistency_proof(leaves, size), size
