"""
Spreadsheets as people have them: xlsx or CSV, in UTF-8 or GB18030, with headings in either language.

What comes in is lines of text by column, each with what cannot be read in it, so that whoever imports answers every
line; a file that is no table at all is refused as a whole. What goes out is a workbook of the same columns, with one
more that says what to mend.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import openpyxl
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from oneroom.engine.values import BadInput

MOST_BYTES = 16 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024  # an archive that unpacks to more is no list of units or people
MOST_ROWS = 50_000
_LONGEST = 2000  # characters of one cell
# What a spreadsheet would run instead of show (OWASP, CSV injection); the wide ones, too: one in Chinese reads them as
# the narrow.
_FORMULA = tuple("=+-@|%\t\r\n＝＋－＠")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is looked for: its key, and the headings under which people have it, in any language."""

    key: str
    headings: tuple[str, ...]
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: its number as the spreadsheet shows it, its text by column, what cannot be read of it."""

    number: int
    cells: Mapping[str, str]
    unread: Mapping[str, str] = field(default_factory=dict)  # column -> the sentence, key of its translation


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds. ``encoding`` is how its text was written (``utf-8``, ``gb18030``; ``xlsx`` for a workbook)."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    encoding: str


def read_sheet(data: bytes, columns: Sequence[Column], *, most: int = MOST_ROWS) -> Sheet:
    """
    The lines under the headings; empty lines are left out.

    Raises ``BadInput`` (field ``file``) for what is no table: another format, an unknown encoding, no headings, a
    heading twice, one that is needed and not there, more than ``most`` lines.
    """
    if not data.strip():
        raise BadInput("file", "The file is empty.")
    if len(data) > MOST_BYTES:
        raise BadInput("file", "The file is larger than %(mb)d MB.", mb=MOST_BYTES // 1024 // 1024)
    if data.startswith(b"PK\x03\x04"):
        rows, merged, encoding = *_workbook(data, most), "xlsx"
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput("file", "This is a workbook of the old kind (xls). Save it as xlsx or CSV.")
    else:
        text, encoding = _text(data)
        rows, merged = _csv(text), set()
    return _sheet(rows, merged, encoding, columns, most)


def write_sheet(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook. Text that a spreadsheet would run as a formula is kept as text."""
    return _book(headings, ((row, False) for row in rows))


def runs(text: str) -> bool:
    """Whether a spreadsheet would take this text for a formula."""
    return text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula, for a file that nobody here reads again."""
    return f"'{text}" if runs(text) else text


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str | float]]) -> bytes:
    """
    The same as CSV in UTF-8 with a mark, so that spreadsheets read Chinese. A text that one would run as a formula
    stands behind an apostrophe, which ``read_sheet`` takes away again; a number is no text.
    """

    def cell(value: str | float) -> str | float:
        return f"'{value}" if isinstance(value, str) and (value.startswith("'") or runs(value)) else value

    into = io.StringIO(newline="")
    writer = csv.writer(into)
    writer.writerow(headings)
    writer.writerows([cell(value) for value in row] for row in rows)
    return into.getvalue().encode("utf-8-sig")


def write_corrections(
    sheet: Sheet, wrong: Mapping[int, str], headings: Mapping[str, str], *, heading: str,
    told: Mapping[int, str] | None = None,
) -> bytes:  # fmt: skip
    """
    The file again, with one more column that says by line number what is wrong (or, of a sound line, what is ``told``);
    lines to mend are coloured. It can be mended and imported as it is: the column more is not read.
    """
    said = {**(told or {}), **wrong}
    rows = (
        ([*(line.cells.get(c, "") for c in sheet.columns), said.get(line.number, "")], line.number in wrong)
        for line in sheet.lines
    )
    return _book([*(headings[c] for c in sheet.columns), heading], rows)


def answers(sheet: Sheet, wrong: Mapping[int, Sequence[Any]], headings: Mapping[str, Any]) -> dict[int, str]:
    """
    One sentence or more for each line that cannot be taken, in the reader's language: what cannot be read of it, and
    what is wrong with it (each with its ``field``, ``message`` and ``params``).
    """
    found: dict[int, list[str]] = {}
    for line in sheet.lines:
        for column, sentence in line.unread.items():
            found.setdefault(line.number, []).append(f"{headings[column]}: {gettext(sentence)}")
    for number, each in wrong.items():
        found.setdefault(number, []).append(sentences(each, headings))
    return {number: " ".join(said) for number, said in found.items()}


def sentences(wrong: Sequence[Any], headings: Mapping[str, Any]) -> str:
    """What is wrong with one line, each with its column, in the reader's language."""
    said = (gettext(str(one.message)) % one.params if one.params else gettext(str(one.message)) for one in wrong)
    return " ".join(f"{headings[one.field]}: {sentence}" for one, sentence in zip(wrong, said, strict=True))


def _book(headings: Sequence[str], rows: Iterable[tuple[Sequence[Any], bool]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("OneRoom")
    page.freeze_panes = "A2"
    bold, marked = Font(bold=True), PatternFill("solid", fgColor="FFF2CC")
    page.append([_cell(page, heading, font=bold) for heading in headings])
    for row, mark in rows:
        page.append([_cell(page, value, fill=marked if mark else None) for value in row])
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def _cell(page: Any, value: Any, *, font: Font | None = None, fill: PatternFill | None = None) -> Any:
    cell = openpyxl.cell.WriteOnlyCell(page, value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        cell.data_type = "s"
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    return cell


def _workbook(data: bytes, most: int) -> tuple[list[tuple[int, list[str]]], set[tuple[int, int]]]:
    """The first sheet's rows with their numbers, and the cells that lie under a merged one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise BadInput("file", "The file is larger than %(mb)d MB.", mb=MOST_UNPACKED // 1024 // 1024)
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        page = book.worksheets[0]
    except BadInput:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError, SyntaxError) as broken:
        raise BadInput("file", "This is no workbook (xlsx) that can be read.") from broken
    if page.max_row > most + 100:
        raise BadInput("file", "The file has more than %(most)d lines. Send it in parts.", most=most)
    covered = {
        (row, column)
        for block in page.merged_cells.ranges
        for row in range(block.min_row, block.max_row + 1)
        for column in range(block.min_col, block.max_col + 1)
    }
    rows = [(n, [_plain(v) for v in row]) for n, row in enumerate(page.iter_rows(values_only=True), start=1)]
    return rows, covered


def _text(data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        kinds = ["utf-16"]
    else:
        kinds = ["utf-8-sig", "gb18030"]  # GBK and GB2312 are parts of GB18030
    for kind in kinds:
        try:
            text = data.decode(kind)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, kind.removesuffix("-sig")
    raise BadInput("file", "The text is neither UTF-8 nor GB18030. Save it as one of these, or as xlsx.")


def _csv(text: str) -> list[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    mark = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    rows, at = [], 1
    try:
        for row in reader:
            rows.append((at, [_unmarked(_plain(v)) for v in row]))
            at = reader.line_num + 1
    except csv.Error as broken:
        raise BadInput("file", "Line %(line)d cannot be read as CSV.", line=at) from broken
    return rows


def _unmarked(text: str) -> str:
    """Without the apostrophe before what a spreadsheet would run."""
    return _plain(text[1:]) if text.startswith("'") and (text[1:2] == "'" or runs(text[1:])) else text


def _plain(value: Any) -> str:
    """A cell as text: days as 2026-11-26, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\u3000", " ").replace("\xa0", " ").strip()


def _sheet(
    rows: list[tuple[int, list[str]]], merged: set[tuple[int, int]], encoding: str, columns: Sequence[Column], most: int
) -> Sheet:
    start = next((n for n, (_number, row) in enumerate(rows) if any(row)), None)
    if start is None:
        raise BadInput("file", "The file is empty.")
    places = _headings(rows[start][1], columns)
    lines = []
    for number, row in rows[start + 1 :]:
        if not any(row):
            continue
        cells, unread = {}, {}
        for key, place in places.items():
            cells[key] = row[place] if place < len(row) else ""
            if (number, place + 1) in merged:
                unread[key] = _("This cell is merged with others: part them and fill each.")
            elif len(cells[key]) > _LONGEST:
                cells[key], unread[key] = cells[key][:_LONGEST], _("This is too long.")
        lines.append(Line(number, cells, unread))
    if not lines:
        raise BadInput("file", "There is no line below the headings.")
    if len(lines) > most:
        raise BadInput("file", "The file has more than %(most)d lines. Send it in parts.", most=most)
    return Sheet(tuple(places), tuple(lines), encoding)


def _headings(row: list[str], columns: Sequence[Column]) -> dict[str, int]:
    """Where each column stands; headings that nobody asks for are left out."""
    known = {_folded(heading): c.key for c in columns for heading in (*c.headings, c.key)}
    places: dict[str, int] = {}
    for place, heading in enumerate(row):
        key = known.get(_folded(heading))
        if key is None:
            continue
        if key in places:
            raise BadInput("file", "The column %(heading)s is there twice.", heading=heading)
        places[key] = place
    missing = [c.headings[0] for c in columns if c.needed and c.key not in places]
    if missing:
        raise BadInput("file", "These columns are missing in the first line: %(missing)s.", missing=", ".join(missing))
    return places


def _folded(heading: str) -> str:
    return "".join(heading.split()).casefold().rstrip("*:：")
