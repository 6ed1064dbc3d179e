"""
A comparison on paper (reportlab, as every paper of the house): verdict, changes, figures with their intervals, curves,
the ground, and all that was assumed. What is hatched on the screen is hatched here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.graphics.shapes import Drawing, Group, Line, Path, PolyLine, Rect, String
from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer, Table, TableStyle

from oneroom.web.pages.dossier.parts import Section, stamp
from oneroom.web.pages.office.plans import pictures
from oneroom.web.pages.office.plans.changed_ground import WIDE, Piece
from oneroom.web.pages.office.plans.changed_ground import Drawing as Ground
from oneroom.web.pages.office.plans.numbers import Row
from oneroom.web.pages.office.plans.outcome import Outcome
from oneroom.web.pages.paper import CHINESE, DIM, INK, LATIN, LINE, ROOM, STRONG, foot, made, section, text

_PLAN = colors.HexColor("#1558c0")
_SLOWER = colors.HexColor("#845300")
_HIGHEST = 150 * mm  # of the ground


def as_pdf(run: Any, o: Outcome, changed: Sequence[str], asked: str, *, printed_by: str) -> bytes:
    """The report, A4, with the plan and the page's number at the foot of each page."""
    name = run.scenario.name
    story: list[Any] = [
        text(_("What a plan would change"), size=9, ink=DIM), text(name, size=16, strong=True),
        text(o.under, size=9, ink=DIM), Spacer(1, 3 * mm),
        text(o.verdict.head, size=12, strong=True), text(o.verdict.rest, size=10),
        *section(Section(_("What is changed"), tuple((f"{n}", said) for n, said in enumerate(changed, 1)),
                         (_("No."), _("Change")), wide=1, empty=_("Nothing: today is compared with itself."))),
        *_grades(o), *_curves(o), *_ground(o),
        *section(_compared(_("Arrival by area, mean"), [a.row for a in o.areas], [a.a_day for a in o.areas])),
        *_by_chance(o), *section(_compared(_("The rest"), o.rest)),
        *section(_compared(_("Coverage by crews at their posts"), o.coverage)), text(o.coverage_at, ink=DIM),
        *section(_compared(_("Cost"), o.cost)),
        *section(Section(_("What was assumed"), tuple((f"{n}", said) for n, said in enumerate(o.assumed, 1)),
                         (_("No."), _("Assumption")), wide=1, empty="–")),
        Spacer(1, 4 * mm),
        text(_("We say faster, slower, better or worse only when the interval leaves 0 out. Ranking, ladders and the "
               "steps of a call are the live room's own. Differences of shares are percentage points."), ink=DIM),
    ]  # fmt: skip
    line = " · ".join((
        name, _("run %(n)s of %(time)s") % {"n": run.pk, "time": stamp(run.ended_at)}, asked,
        _("printed by %(who)s") % {"who": printed_by}, str(_("simulated calls")),
        *([str(_("simulated"))] if settings.DEMO else []),
    ))  # fmt: skip
    return made(story, title=name, foot=lambda canvas, _document: foot(canvas, line))


def _compared(title: str, rows: Sequence[Row], a_day: Sequence[str] = ()) -> Section:
    """Rows of a comparison as a table; ``a_day`` is one more column of calls a day."""
    head: tuple[str, ...] = ("", _("A today"), _("B plan"), "B − A", _("Interval"), _("What that means"))
    lines: list[tuple[str, ...]] = [(r.name, r.today, r.plan, r.difference, r.span or "–", r.word or "–") for r in rows]
    if a_day:
        head = (*head, _("Calls a day"))
        lines = [(*line, calls) for line, calls in zip(lines, a_day, strict=True)]
    return Section(title, tuple(lines), head, wide=0, empty="–")


def _by_chance(o: Outcome) -> list[Any]:
    if not o.by_chance:
        return []
    said = _("Of %(n)s areas about %(k)s would seem to gain or lose by chance alone.")
    return [Spacer(1, 2 * mm), text(said % {"n": len(o.areas), "k": o.by_chance}, ink=DIM)]


def _titled(title: str, *parts: Flowable) -> list[Any]:
    return [CondPageBreak(40 * mm), Spacer(1, 5 * mm), KeepTogether([text(title, size=11, strong=True), *parts])]


def _grades(o: Outcome) -> list[Any]:
    """Arrival by grade: each difference drawn on one scale, zero dashed."""
    head = [text(h, ink=DIM) for h in ("", _("← faster · 0 · slower →"), "A", "B", "B − A", "")]
    rows = [
        [text(r.name, strong=True), _interval(i), text(r.today), text(r.plan, strong=True),
         text(f"{r.difference} {r.span}"), text(r.word, strong=r.sign != 0)]
        for r, i in o.grades
    ]  # fmt: skip
    widths = [12 * mm, 64 * mm, 18 * mm, 18 * mm, 44 * mm, ROOM - 156 * mm]
    style = TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ])  # fmt: skip
    table = Table([head, *rows], colWidths=widths, hAlign="LEFT", style=style)
    return _titled(_("Arrival, 90th percentile (A today, B plan)"), table)


def _interval(i: pictures.Interval) -> Drawing:
    wide = 60 * mm
    k, middle = wide / pictures.WIDE, 3 * mm
    ink = _PLAN if i.clear else DIM
    return Drawing(wide, 6 * mm, *(
        Line(i.zero * k, 0, i.zero * k, 6 * mm, strokeColor=INK, strokeWidth=0.6, strokeDashArray=[1.5, 1.5]),
        Line(i.low * k, middle, i.high * k, middle, strokeColor=ink, strokeWidth=1.4),
        *(Line(x * k, middle - 4, x * k, middle + 4, strokeColor=ink, strokeWidth=1.4) for x in (i.low, i.high)),
        Rect(i.mean * k - 2.5, middle - 2.5, 5, 5, fillColor=ink, strokeColor=None),
    ))  # fmt: skip


def _curves(o: Outcome) -> list[Any]:
    return [part for c in o.curves[:2] for part in _titled(
        _("Share of P%(grade)d reached by time") % {"grade": c.grade}, _curve(c), _curve_table(c)
    )]  # fmt: skip


def _curve(c: pictures.Curve) -> Drawing:
    k = ROOM / 600
    high = 232 * k

    def at(points: Sequence[tuple[float, float]]) -> list[float]:
        return [v for x, y in points for v in (x * k, high - y * k)]

    drawn: list[Any] = []
    for share in pictures.SHARES:
        y = high - pictures.share_y(share / 100) * k
        drawn += [Line(pictures.X0 * k, y, pictures.X1 * k, y, strokeColor=LINE, strokeWidth=0.4),
                  _said(f"{share} %", pictures.X0 * k - 4, y - 2.5, "end")]  # fmt: skip
    drawn += [_said(_("%(n)d min") % {"n": m}, x * k, 4, "middle") for x, m in c.ticks]
    for band, ink in ((c.today_band, DIM), (c.plan_band, _PLAN)):
        drawn.append(_filled([band], ink, 0.2, lambda p: (p[0] * k, high - p[1] * k)))
    drawn.append(PolyLine(at(c.today), strokeColor=DIM, strokeWidth=1.2, strokeDashArray=[4, 3]))
    drawn.append(PolyLine(at(c.plan), strokeColor=_PLAN, strokeWidth=1.6))
    if c.promise_s is not None:
        x = c.promise_x * k
        drawn += [Line(x, high - pictures.Y0 * k, x, high - pictures.Y1 * k, strokeColor=INK, strokeWidth=0.6,
                       strokeDashArray=[2, 2]),
                  _said(_("promise %(n)d min") % {"n": c.promise_s // 60}, x + 4, high - 196 * k, "start")]  # fmt: skip
    return Drawing(ROOM, high, *drawn)


def _curve_table(c: pictures.Curve) -> Table:
    head = ["", *(_("%(n)d min") % {"n": m} for m, _a, _b in c.table)]
    rows = [[_("A today, dashed"), *(f"{a * 100:.1f} %" for _m, a, _b in c.table)],
            [_("B plan, solid"), *(f"{b * 100:.1f} %" for _m, _a, b in c.table)]]  # fmt: skip
    cells = [[text(cell) for cell in line] for line in (head, *rows)]
    return Table(cells, hAlign="LEFT", style=TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)]))


def _ground(o: Outcome) -> list[Any]:
    if o.ground is None:
        return []
    key = _("Full: faster, the fuller the more. Hatched: slower or not reached. Blank: no clear difference.")
    credit = text("© OpenStreetMap contributors", size=7.5, ink=DIM)
    return _titled(_("Change by area (mean)"), _map(o.ground), text(key, ink=DIM), credit)


def _map(ground: Ground) -> Drawing:
    k = min(ROOM / WIDE, _HIGHEST / ground.height)
    high = ground.height * k

    def at(p: tuple[float, float]) -> tuple[float, float]:
        return p[0] * k, high - p[1] * k

    drawn = Group(*(part for piece in ground.pieces for part in _piece(piece, at)))
    for label in ground.labels:
        x, y = at((label.x, label.y))
        drawn.add(_said(label.name, x, y + 1, "middle", ink=INK))
        drawn.add(_said(label.said.replace("−", "–"), x, y - 7, "middle", ink=INK, strong=True))
    return Drawing(WIDE * k, high, drawn)


def _piece(piece: Piece, at: Any) -> list[Any]:
    ink = {"is-faster": _PLAN, "is-slower": _SLOWER}.get(piece.look, colors.white)
    lines = [PolyLine([v for p in line for v in at(p)], strokeColor=_SLOWER, strokeWidth=0.5) for line in piece.hatch]
    return [_filled(piece.rings, ink, piece.opacity, at, stroke=DIM), *lines]


def _filled(rings: Any, ink: Any, opacity: float, at: Any, *, stroke: Any = None) -> Path:
    shape = Path(fillColor=ink, fillOpacity=opacity, strokeColor=stroke, strokeWidth=0.5, fillMode=0)
    for ring in rings:
        shape.moveTo(*at(ring[0]))
        for point in ring[1:]:
            shape.lineTo(*at(point))
        shape.closePath()
    return shape


def _said(said: str, x: float, y: float, anchor: str, *, ink: Any = DIM, strong: bool = False) -> String:
    """A word within a drawing; what is not Latin in the Chinese font."""
    font = CHINESE if any(ord(c) > 0x2000 and c != "–" for c in said) else STRONG if strong else LATIN
    return String(x, y, said, textAnchor=anchor, fontName=font, fontSize=7, fillColor=ink)
