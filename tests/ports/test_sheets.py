"""Spreadsheets as they come: encodings, merged cells, headings in either language, what is no table at all."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.values import BadInput
from oneroom.ports.formats import sheets
from oneroom.ports.formats.sheets import Column, read_sheet, write_corrections, write_sheet

COLUMNS = (Column("code", ("Code", "编码")), Column("name", ("Name", "名称")), Column("since", ("Since", "起"), False))
CHINESE = "编码,名称,起\nzx,庄西派出所,2026-01-01\ngl,鼓楼派出所,\n"


def said(sheet):
    return [(line.number, dict(line.cells)) for line in sheet.lines]


@pytest.mark.parametrize(
    ("encoded", "as_"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")]
)
def test_the_same_lines_are_read_in_every_encoding_people_have(encoded, as_):
    sheet = read_sheet(CHINESE.encode(encoded), COLUMNS)

    assert sheet.encoding == as_
    assert said(sheet) == [
        (2, {"code": "zx", "name": "庄西派出所", "since": "2026-01-01"}),
        (3, {"code": "gl", "name": "鼓楼派出所", "since": ""}),
    ]


def test_a_workbook_gives_days_and_numbers_as_people_see_them_and_names_merged_cells():
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Since", " code ", "NAME", "what nobody asks for"])
    page.append([date(2026, 1, 1), 101, "One", "x"])
    page.append([None, None, None, None])
    page.append([date(2026, 2, 1), 102.0, "Two", "x"])
    page.append([None, "103", "Three", "x"])
    page.merge_cells("A4:A5")
    into = io.BytesIO()
    book.save(into)

    sheet = read_sheet(into.getvalue(), COLUMNS)

    assert said(sheet) == [
        (2, {"since": "2026-01-01", "code": "101", "name": "One"}),
        (4, {"since": "2026-02-01", "code": "102", "name": "Two"}),
        (5, {"since": "", "code": "103", "name": "Three"}),
    ]
    assert [list(line.unread) for line in sheet.lines] == [[], ["since"], ["since"]]


def bomb() -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (8 << 20))
    return into.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"), (b"\n\n", "empty"), (b"code,name\n", "no line below"),
        (b"name\nx", "columns are missing in the first line: Code"), (b"code,Code,name\na,b,c", "twice"),
        (b"\xff\xfe\x00", "neither UTF-8"), (b"\x81\xff\xff\xff", "neither UTF-8"),
        (b"\xd0\xcf\x11\xe0rest", "old kind"), (b"PK\x03\x04not really", "no workbook"),
        (b"a\x00b,c", "neither UTF-8"), (b'code,name\n"' + b"x" * 200_000 + b'",y', "Line 2 cannot"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_a_sentence(data, why):
    with pytest.raises(BadInput) as refused:
        read_sheet(data, COLUMNS)

    assert refused.value.field == "file"
    assert why in str(refused.value) % refused.value.params


def test_what_unpacks_to_more_than_any_list_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 1 << 20)
    with pytest.raises(BadInput, match="larger"):
        read_sheet(bomb(), COLUMNS)


def test_a_file_of_too_many_lines_is_refused_before_anything_is_made_of_it():
    with pytest.raises(BadInput, match="more than"):
        read_sheet(b"code,name\n" + b"a,b\n" * 11, COLUMNS, most=10)


def test_the_file_to_correct_says_what_is_wrong_and_is_read_again_as_it_is():
    sheet = read_sheet(CHINESE.encode("gb18030"), COLUMNS)
    words = {"code": "编码", "name": "名称", "since": "起"}

    again = write_corrections(sheet, {3: "从哪天起？"}, words, heading="要改的")

    page = openpyxl.load_workbook(io.BytesIO(again)).active
    assert [cell.value for cell in page[3]] == ["gl", "鼓楼派出所", None, "从哪天起？"]
    assert said(read_sheet(again, COLUMNS)) == said(sheet)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=12)


@given(rows=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=8))
def test_what_is_written_is_read_as_it_was_and_nothing_runs_as_a_formula(rows):
    book = write_sheet(["Code", "Name"], rows)

    assert [(line.cells["code"], line.cells["name"]) for line in read_sheet(book, COLUMNS).lines] == rows
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


@given(data=st.binary(max_size=200))
def test_no_bytes_break_the_reader(data):
    with suppress(BadInput):
        read_sheet(data, COLUMNS)
