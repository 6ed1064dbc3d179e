"""A list of calls from before as a spreadsheet: its columns, and how people write a category or how a call came."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as named

from oneroom.ports.formats.sheets import Column

MOST_CALLS = 250_000  # a large city's year; more comes in parts

HEADINGS = {
    "received_at": lazy("Received"),
    "lon": lazy("Longitude"),
    "lat": lazy("Latitude"),
    "category": lazy("Category"),
    "grade": lazy("Grade"),
    "origin": named("list", "How it came"),
}
COLUMNS = (
    Column("received_at", ("Received", "接警时间", "报警时间")),
    Column("lon", ("Longitude", "经度")),
    Column("lat", ("Latitude", "纬度")),
    Column("category", ("Category", "警情类别", "类别")),
    Column("grade", ("Grade", "警情等级", "等级")),
    Column("origin", ("How it came", "来源", "报警方式"), needed=False),
)
# How people write a category or how a call came, folded.
WORDS = {
    "刑事": "crime", "刑事案件": "crime", "治安": "public_order", "治安案件": "public_order", "交通": "traffic",
    "交通事故": "traffic", "灾害": "disaster", "灾害事故": "disaster", "群体": "mass_event", "群体性事件": "mass_event",
    "纠纷": "dispute", "求助": "help", "群众求助": "help", "走失": "missing", "人员走失": "missing",
    "水电气": "utility", "投诉": "police_complaint", "投诉监督": "police_complaint", "咨询": "consult",
    "非警务": "non_police",
    "电话": "phone", "110": "phone", "网络": "web", "短信": "web", "接口": "api", "自查": "self", "巡逻发现": "self",
    "警组发现": "self", "public": "phone", "群众": "phone",
}  # fmt: skip
