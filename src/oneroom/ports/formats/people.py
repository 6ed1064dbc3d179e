"""A list of people as a spreadsheet: its columns, and how people write a kind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from oneroom.ports.formats.sheets import Column

HEADINGS = {
    "number": lazy("Badge"),
    "name": lazy("Full name"),
    "kind": lazy("Kind"),
    "joined": lazy("Serves since"),
    "post": lazy("Code of the post"),
    "since": lazy("In this post since"),
    "rank": lazy("Rank"),
    "origin": lazy("From (division code)"),
    "phone": lazy("Telephone"),
    "document": lazy("Document"),
    "home": lazy("Home place"),
}
COLUMNS = (
    Column("number", ("Badge", "警号", "编号", "工号")),
    Column("name", ("Full name", "Name", "姓名")),
    Column("kind", ("Kind", "类别", "人员类别")),
    Column("joined", ("Serves since", "Joined", "入职日期", "参加工作时间")),
    Column("post", ("Code of the post", "Post", "岗位代码", "岗位"), needed=False),
    Column("since", ("In this post since", "任现职时间", "任本岗位时间"), needed=False),
    Column("rank", ("Rank", "职级", "职务层次"), needed=False),
    Column("origin", ("From (division code)", "籍贯代码", "籍贯行政区划代码"), needed=False),
    Column("phone", ("Telephone", "Phone", "电话", "手机"), needed=False),
    Column("document", ("Document", "证件号", "身份证号"), needed=False),
    Column("home", ("Home place", "Home", "籍贯"), needed=False),
)
# How people write a kind or a rank, folded.
KIND_WORDS = {
    "民警": "sworn", "officer": "sworn", "辅警": "auxiliary", "警辅": "auxiliary", "auxiliary": "auxiliary",
    "网格员": "grid_worker", "grid worker": "grid_worker",
    "科员": "staff", "副科": "deputy_section", "副科级": "deputy_section", "正科": "section", "正科级": "section",
    "副处": "deputy_division", "副处级": "deputy_division", "正处": "division", "正处级": "division",
    "副局": "deputy_bureau", "副局级": "deputy_bureau", "正局": "bureau", "正局级": "bureau",
}  # fmt: skip
