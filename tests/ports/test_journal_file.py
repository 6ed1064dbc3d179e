"""R2, R6: the journal's file: a line that was refused is not found again, and a changed secret loses none."""

from __future__ import annotations

import os

import pytest

from oneroom.ports import journal


def kinds(held: journal.Journal) -> list[str]:
    return [line.said["kind"] for line in held.lines]


@pytest.fixture
def failing(monkeypatch):
    """The disk refuses to say that it has a line: so many times."""
    real, left = os.fdatasync, []

    def sync(handle):
        if left:
            left.pop()
            raise OSError(5, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fdatasync", sync)
    return lambda times: left.extend(range(times))


def test_a_line_that_the_disk_refused_is_not_there_when_it_is_read_again(tmp_path, failing):
    held = journal.Journal(tmp_path, key=b"k", size=65536)
    held.append({"kind": "begun"})
    failing(1)
    with pytest.raises(OSError) as refused:
        held.append({"kind": "intake", "words": "refused to the caller"})
    assert not isinstance(refused.value, journal.Unsure)
    with pytest.raises(OSError, match="failed before"):
        held.append({"kind": "intake"})  # such a disk is not believed again
    held.close()

    again = journal.Journal(tmp_path, key=b"k", size=65536)
    assert (kinds(again), again.torn, again.altered) == (["begun"], False, False)
    again.close()


def test_what_may_or_may_not_be_there_is_said_to_be_unsure(tmp_path, failing):
    held = journal.Journal(tmp_path, key=b"k", size=65536)
    failing(2)
    with pytest.raises(journal.Unsure):
        held.append({"kind": "intake"})
    held.close()


def test_lines_under_the_secret_before_are_gone_on_with_and_then_the_new_one_is_used(tmp_path):
    held = journal.Journal(tmp_path, key=b"old", size=65536)
    held.append({"kind": "begun"})
    held.close()

    held = journal.Journal(tmp_path, key=b"new", before=[b"older", b"old"], size=65536)
    assert (kinds(held), held.altered) == (["begun"], False)
    held.append({"kind": "intake"})
    held.close()
    held = journal.Journal(tmp_path, key=b"new", before=[b"old"], size=65536)
    assert kinds(held) == ["begun", "intake"]
    held.clear()
    held.append({"kind": "begun"})
    held.close()

    held = journal.Journal(tmp_path, key=b"new", size=65536)
    assert kinds(held) == ["begun"]
    held.close()
    assert journal.left_aside(tmp_path) == []


def test_an_altered_journal_is_kept_until_somebody_takes_it_away_and_a_second_one_beside_it(tmp_path):
    for words in ("first", "second"):
        held = journal.Journal(tmp_path, key=b"k", size=65536)
        held.append({"kind": "begun", "words": words})
        held.close()
        with (tmp_path / "journal").open("r+b") as file:
            file.seek(80)
            file.write(b"!")
        journal.Journal(tmp_path, key=b"k", size=65536).close()

    kept = [(tmp_path / name).read_bytes() for name in journal.left_aside(tmp_path)]
    assert sorted(b"first" in data for data in kept) == [False, True]


def test_a_machine_is_known_by_its_journal_not_by_its_name(tmp_path):
    one, two = tmp_path / "a", tmp_path / "b"
    for folder in (one, two):
        folder.mkdir()
    assert journal.holder(one) == journal.holder(one) != journal.holder(two)
