"""
A list of units as a spreadsheet or as JSON: its columns, how people write kinds and systems, and the same written out.

    {"schema": "oneroom.units/1", "day": "2026-12-01", "units": [{"code": "west", "name_zh": "…", "functions": […]}, …]}

What is written of a day is read again as nothing to change, in either language and every form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy as named

from oneroom.apps.orgs.codes import KINDS, SYSTEMS
from oneroom.engine.organisation.facts import System
from oneroom.engine.organisation.lines import FIELDS, Words
from oneroom.engine.values import BadInput
from oneroom.ports.formats.sheets import MOST_BYTES, MOST_ROWS, Column, Line, Sheet, read_sheet, write_csv, write_sheet

SCHEMA = "oneroom.units/1"
HEADINGS = {
    "code": named("unit", "Code"), "name_zh": lazy("Name in Chinese"), "name_en": lazy("Name in English"),
    "kind": lazy("Kind"), "rank": lazy("Rank"), "system": named("unit", "System"),
    "parent": lazy("Code of the unit above"), "functions": lazy("Answers for"),
    "since": lazy("Since"), "until": lazy("Until"),
}  # fmt: skip
COLUMNS = (
    Column("code", ("Code", "代码", "编码", "单位代码", "机构代码")),
    Column("name_zh", ("Name in Chinese", "Name", "中文名称", "名称", "单位名称", "机构名称"), needed=False),
    Column("name_en", ("Name in English", "英文名称"), needed=False),
    Column("kind", ("Kind", "类别", "类型", "单位类型"), needed=False),
    Column("rank", ("Rank", "级别", "规格"), needed=False),
    Column("system", ("System", "体系", "所属体系"), needed=False),
    Column("parent", ("Code of the unit above", "Parent", "上级单位代码", "上级代码", "上级"), needed=False),
    Column("functions", ("Answers for", "Functions", "职能", "负责"), needed=False),
    Column("since", ("Since", "From", "自", "起始日期", "成立日期"), needed=False),
    Column("until", ("Until", "To", "至", "截止日期", "撤销日期"), needed=False),
)
# In which of the four systems a unit of this kind is, where its line names none.
_USUAL = {
    "city_bureau": System.COMMAND, "branch_bureau": System.COMMAND, "county_bureau": System.COMMAND,
    "sub_bureau": System.COMMAND, "command_room": System.COMMAND, "station": System.OPERATIONS,
}  # fmt: skip
FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def words() -> Words:
    """Kinds and systems by their codes and by their words in both languages."""
    kinds, systems = {code: code for code in KINDS}, {str(s): str(s) for s in System}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            kinds.update({_folded(str(word)): code for code, word in KINDS.items()})
            systems.update({_folded(str(word)): str(s) for s, word in SYSTEMS.items()})
    return Words(kinds, systems, _USUAL)


def read_units(data: bytes) -> Sheet:
    """The lines of a file, spreadsheet or JSON. Raises ``BadInput`` (field ``file``) for what is no list of units."""
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return _of_json(data)
    return read_sheet(data, _columns())


def _columns() -> list[Column]:
    """The columns, also under the headings that are written here in either language."""
    said: dict[str, set[str]] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for name, word in HEADINGS.items():
                said.setdefault(name, set()).add(str(word))
    return [Column(c.key, (*c.headings, *sorted(said[c.key] - {*c.headings})), c.needed) for c in COLUMNS]


def write_units(rows: Sequence[Mapping[str, str]], *, form: str, day: date) -> bytes:
    """The lines as a file of this form, with headings and words in the reader's language; JSON holds codes."""
    if form == "json":
        units = [_as_values(row) for row in rows]
        said = {"schema": SCHEMA, "day": day.isoformat(), "units": units}
        return json.dumps(said, ensure_ascii=False, indent=1).encode()
    made: Iterable[list[str]] = ([_shown(name, row[name]) for name in FIELDS] for row in rows)
    return (write_csv if form == "csv" else write_sheet)([str(HEADINGS[name]) for name in FIELDS], made)


def _shown(name: str, text: str) -> str:
    if name == "kind":
        return str(KINDS.get(text, text))
    return str(SYSTEMS[System(text)]) if name == "system" and text else text


def _as_values(row: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {name: value for name, value in row.items() if name != "functions"}
    said["functions"] = [part for part in row["functions"].split("; ") if part]
    return {name: None if name in ("system", "parent", "until") and value == "" else value
            for name, value in said.items()}  # fmt: skip


def _of_json(data: bytes) -> Sheet:
    if len(data) > MOST_BYTES:
        raise BadInput("file", "The file is larger than %(mb)d MB.", mb=MOST_BYTES // 1024 // 1024)
    try:
        said = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as broken:
        raise BadInput("file", "This is no JSON document.") from broken
    if not isinstance(said, dict) or said.get("schema") != SCHEMA or not isinstance(said.get("units"), list):
        raise BadInput("file", "This is no list of units that this version reads (%(schema)s).", schema=SCHEMA)
    units = said["units"]
    if not units:
        raise BadInput("file", "There is no unit in this document.")
    if len(units) > MOST_ROWS:
        raise BadInput("file", "The file has more than %(most)d lines. Send it in parts.", most=MOST_ROWS)
    lines = tuple(_line(n, unit) for n, unit in enumerate(units, start=1))
    present = {name for line in lines for name in line.cells}
    return Sheet(tuple(name for name in FIELDS if name in present), lines, "json")


def _line(number: int, unit: Any) -> Line:
    if not isinstance(unit, dict):
        return Line(number, {"code": ""}, {"code": _("Say what the unit is.")})
    cells: dict[str, str] = {"code": ""}
    unread: dict[str, str] = {}
    for name, value in unit.items():
        if name not in FIELDS:
            unread["code"] = _("There is a field here whose name is not known.")
        elif value is None:
            cells[name] = ""
        elif name == "functions" and isinstance(value, list) and all(isinstance(part, str) for part in value):
            cells[name] = "; ".join(value)
        elif isinstance(value, str) and len(value) <= 2000 and "\x00" not in value:
            cells[name] = value
        else:
            cells[name], unread[name] = "", _("This is no text.")
    return Line(number, cells, unread)


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()
