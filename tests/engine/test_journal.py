"""The lines of the journal of a house without its database: nothing torn, changed or taken out goes unseen (R6)."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine import journal

KEY = b"the key of the test"
WORDS = st.text(alphabet=string.ascii_letters + "口述\n\0 ", max_size=30)
SAID = st.dictionaries(st.sampled_from(["act", "words", "at"]), WORDS, max_size=3)
ACTS = st.lists(SAID, min_size=1, max_size=6)


def pages(acts) -> list[bytes]:
    before, made = journal.START, []
    for n, said in enumerate(acts, 1):
        line, data = journal.written(n, before, said, key=KEY)
        before = line.mark
        made.append(data)
    return made


def said(found: journal.Read) -> list:
    return [dict(line.said) for line in found.lines]


@given(acts=ACTS, room=st.integers(0, 50))
def test_what_was_written_is_read_whatever_room_is_left_behind_it(acts, room):
    found = journal.read(b"".join(pages(acts)) + bytes(room), key=KEY)

    assert said(found) == acts
    assert (found.torn, found.altered) == (False, False)


@given(acts=ACTS, data=st.data())
def test_a_line_that_was_torn_is_seen_and_takes_no_other_with_it(acts, data):
    lines = pages(acts)
    torn = data.draw(st.integers(1, len(lines[-1]) - 1))

    found = journal.read(b"".join(lines[:-1]) + lines[-1][:torn] + bytes(40), key=KEY)

    assert said(found) == acts[:-1]
    assert (found.torn, found.altered) == (True, False)
    assert found.end == sum(map(len, lines[:-1]))


@given(acts=ACTS, data=st.data())
def test_a_changed_byte_ends_the_reading_there_and_is_told_from_a_torn_line(acts, data):
    lines = pages(acts)
    n = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[n]) - 2))  # the end of the line stays
    changed = bytearray(lines[n])
    changed[at] ^= data.draw(st.sampled_from([1, 2, 4, 8, 16, 32]))

    found = journal.read(b"".join([*lines[:n], bytes(changed), *lines[n + 1 :]]), key=KEY)

    assert said(found) == acts[:n]
    assert found.altered


@given(acts=st.lists(SAID, min_size=2, max_size=6), data=st.data())
def test_a_line_that_was_taken_out_or_changed_places_is_seen(acts, data):
    lines = pages(acts)
    n = data.draw(st.integers(0, len(lines) - 2))

    without = journal.read(b"".join([*lines[:n], *lines[n + 1 :]]), key=KEY)
    swapped = journal.read(b"".join([*lines[:n], lines[n + 1], lines[n], *lines[n + 2 :]]), key=KEY)

    assert said(without) == said(swapped) == acts[:n]
    assert (without.altered, swapped.altered) == (True, True)


@given(acts=ACTS)
def test_lines_of_another_key_are_nobodys(acts):
    found = journal.read(b"".join(pages(acts)), key=b"another")

    assert said(found) == []
    assert found.altered
