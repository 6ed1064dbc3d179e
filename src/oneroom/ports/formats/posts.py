"""A list of posts as a spreadsheet: its columns, and how people write a kind, a rank, a mark."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as named

from oneroom.ports.formats.people import KIND_WORDS
from oneroom.ports.formats.sheets import Column

HEADINGS = {
    "code": named("list", "Code"),
    "unit": lazy("Code of the unit"),
    "kind": lazy("Kind"),
    "name_zh": lazy("Name in Chinese"),
    "name_en": lazy("Name in English"),
    "rank": lazy("Rank"),
    "front_line": lazy("Front line"),
    "leads": lazy("Heads the unit"),
    "chief": lazy("First of the unit"),
    "place": lazy("Answers for the division (code)"),
    "sensitive": lazy("Sensitive"),
    "selected": lazy("By selection"),
    "function": lazy("Works on"),
    "exam": lazy("Exam before (code)"),
    "skills": lazy("Certificates"),
    "village": lazy("Village (code)"),
}
COLUMNS = (
    Column("code", ("Code", "代码", "岗位代码")),
    Column("unit", ("Code of the unit", "Unit", "单位代码", "单位")),
    Column("kind", ("Kind", "类别", "人员类别")),
    Column("name_zh", ("Name in Chinese", "Name", "中文名称", "名称", "岗位名称")),
    Column("name_en", ("Name in English", "英文名称"), needed=False),
    Column("rank", ("Rank", "职级", "职务层次"), needed=False),
    Column("front_line", ("Front line", "一线", "一线岗位"), needed=False),
    Column("leads", ("Heads the unit", "领导岗位", "单位领导"), needed=False),
    Column("chief", ("First of the unit", "正职", "单位正职"), needed=False),
    Column("place", ("Answers for the division (code)", "Division", "行政区划代码", "所辖行政区划代码"), needed=False),
    Column("sensitive", ("Sensitive", "敏感岗位", "特殊敏感岗位"), needed=False),
    Column("selected", ("By selection", "遴选", "遴选岗位"), needed=False),
    Column("function", ("Works on", "分管", "从事工作"), needed=False),
    Column("exam", ("Exam before (code)", "Exam", "任前考试", "任前考试代码"), needed=False),
    Column("skills", ("Certificates", "资格", "资格证书"), needed=False),
    Column("village", ("Village (code)", "Village", "村代码", "村"), needed=False),
)
# How people write a kind, a rank, a kind of work, yes and no, folded.
WORDS = {
    **KIND_WORDS,
    "调解": "mediation", "交通": "traffic", "交通执勤": "traffic", "盾牌": "shield", "盾牌操": "shield",
    "急救": "first_aid",
    "人事": "personnel", "纪检": "discipline", "审计": "audit", "财务": "finance",
    "是": "yes", "有": "yes", "√": "yes", "1": "yes", "y": "yes", "yes": "yes", "true": "yes",
    "否": "", "无": "", "0": "", "n": "", "no": "", "false": "", "×": "",
}  # fmt: skip
