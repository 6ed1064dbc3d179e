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
    Column("phone", ("Telephone", "Phone", "电话", "手机"), needed=False),
    Column("document", ("Document", "证件号", "身份证号"), needed=False),
    Column("home", ("Home place", "Home", "籍贯"), needed=False),
)
# How people write a kind, folded.
KIND_WORDS = {
    "民警": "sworn", "officer": "sworn", "辅警": "auxiliary", "警辅": "auxiliary", "auxiliary": "auxiliary",
    "网格员": "grid_worker", "grid worker": "grid_worker",
}  # fmt: skip
