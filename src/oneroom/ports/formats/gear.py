"""A list of vehicles and kit as a spreadsheet: its columns, and how people write a kind or a state."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from oneroom.ports.formats.sheets import Column

HEADINGS = {
    "number": lazy("Plate or number"),
    "kind": lazy("Kind"),
    "name": lazy("Model or name"),
    "unit": lazy("Code of the unit"),
    "crew": lazy("Code of the crew"),
    "state": lazy("State"),
}
COLUMNS = (
    Column("number", ("Plate or number", "Number", "号牌或编号", "编号", "车牌号")),
    Column("kind", ("Kind", "类别", "装备类别")),
    Column("name", ("Model or name", "Name", "名称", "品名"), needed=False),
    Column("unit", ("Code of the unit", "Unit", "单位编码", "单位代码")),
    Column("crew", ("Code of the crew", "Crew", "警组编码"), needed=False),
    Column("state", ("State", "状态"), needed=False),
)
# How people write a kind or a state, folded.
KIND_WORDS = {"警车": "vehicle", "车辆": "vehicle", "摩托车": "vehicle", "car": "vehicle", "vehicle": "vehicle"}
STATE_WORDS = {
    "": "ready", "可用": "ready", "在用": "ready", "维修": "repair", "维修中": "repair", "in repair": "repair",
    "借出": "lent", "报废": "retired", "已报废": "retired", "已借出": "lent", "retired": "retired",
}  # fmt: skip
