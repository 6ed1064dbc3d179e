"""
A dossier as PDF (reportlab).

Chinese is set in STSong-Light, one of Adobe's standard fonts for Chinese: it needs no font file here, and each reader
brings its own. What Latin-1 holds, and a few signs that STSong-Light lacks, are set in Helvetica: that font's Latin
signs are wide.
"""

from __future__ import annotations

import io
import re
from functools import cache
from html import escape
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import (
    CondPageBreak,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from oneroom.web.pages.dossier.parts import Section
from oneroom.web.pages.dossier.sections import Paper

_CHINESE, _LATIN, _STRONG = "STSong-Light", "Helvetica", "Helvetica-Bold"
_INK, _DIM, _LINE, _LATE = (colors.HexColor(c) for c in ("#10171f", "#5c6874", "#cdd5dd", "#b3261a"))
_MARGIN = 16 * mm
_ROOM = A4[0] - 2 * _MARGIN - 12  # the frame keeps 6 points on each side
_LATIN_RUN = re.compile(r"[\x20-\x7e\xa0-\xff–—‹›€]+")
_WORD = re.compile(r"[\x21-\u2e7f]+|\S")  # what is not torn: a Latin word, a Chinese sign
_NARROW = 1.6 * mm  # of a sign, when a column takes what its words need


@cache
def _fonts() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(_CHINESE))


def as_pdf(paper: Paper) -> bytes:
    """The whole dossier, A4, with its reference and page number on each page."""
    _fonts()
    to = io.BytesIO()
    pages = SimpleDocTemplate(
        to, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=20 * mm,
        title=paper.under, author="OneRoom", invariant=True,
    )  # fmt: skip
    story: list[Any] = [
        _text(paper.under, size=9, ink=_DIM),
        _text(f"P{paper.grade} · {paper.title}", size=16, strong=True),
    ]
    if paper.drill:
        story.append(_text(_("DRILL: this did not happen."), size=11, ink=_LATE, strong=True))
    if paper.broken_at is not None:
        said = _("ALTERED: entry #%(n)s is not as it was written") % {"n": paper.broken_at}
        story.append(_text(said, size=11, ink=_LATE, strong=True))
    for section in paper.sections:
        parts = [Spacer(1, 5 * mm), _text(section.title, size=11, strong=True), *_body(section)]
        # A short list of names and values is not torn in two; a heading is never the last line of a page.
        story += [CondPageBreak(30 * mm), *parts] if section.head else [KeepTogether(parts)]

    def foot(canvas: Any, _document: Any) -> None:
        _foot(canvas, paper)

    pages.build(story, onFirstPage=foot, onLaterPages=foot)
    return to.getvalue()


def _body(section: Section) -> list[Any]:
    parts: list[Any] = [_text(section.note, ink=_DIM)] if section.note else []
    if not section.rows:
        return [*parts, _text(section.empty or "–", ink=_DIM)]
    rows = [[_text(cell) for cell in row] for row in section.rows]
    if section.head:
        rows.insert(0, [_text(cell, ink=_DIM) for cell in section.head])
        widths = _widths(section)
    else:
        rows = [[_text(name, ink=_DIM), _text(value)] for name, value in section.rows]
        widths = [42 * mm, _ROOM - 42 * mm]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]  # fmt: skip
    return [
        *parts,
        Table(rows, colWidths=widths, hAlign="LEFT", style=TableStyle(style), repeatRows=1 if section.head else 0),
    ]


def _widths(section: Section) -> list[float]:
    """
    Each column as its longest cell needs, within bounds; the wide one takes what is left. Where there is too little
    room, columns give of what they have beyond their longest word, so that no word is torn.
    """
    columns = list(zip(section.head, *section.rows, strict=True))
    needs = [min(max(_size(cell) for cell in column) * _NARROW + 3 * mm, 46 * mm) for column in columns]
    left = _ROOM - sum(w for n, w in enumerate(needs) if n != section.wide)
    needs[section.wide] = max(left, 30 * mm)
    over = sum(needs) - _ROOM
    if over <= 0:
        return needs
    words = [max(_size(word) for cell in column for word in _WORD.findall(cell) or [""]) for column in columns]
    spare = [max(0.0, need - min(word * _NARROW + 3 * mm, need)) for need, word in zip(needs, words, strict=True)]
    return [need - over * s / max(sum(spare), over) for need, s in zip(needs, spare, strict=True)]


def _size(text: str) -> float:
    """Width in Latin signs: a Chinese sign takes two."""
    return sum(1.0 if ord(c) < 0x2E80 else 1.9 for c in text)


def _text(text: str, *, size: float = 8.5, ink: Any = _INK, strong: bool = False) -> Paragraph:
    style = ParagraphStyle(
        "t", fontName=_CHINESE, fontSize=size, leading=size * 1.4, textColor=ink, wordWrap="CJK", splitLongWords=1
    )  # fmt: skip
    return Paragraph(_runs(text, _STRONG if strong else _LATIN), style)


def _runs(text: str, latin: str) -> str:
    """The text as markup, what Latin-1 holds in a Latin font."""
    parts, last = [], 0
    for run in _LATIN_RUN.finditer(text):
        parts.append(escape(text[last : run.start()], quote=False))
        parts.append(f'<font name="{latin}">{escape(run.group(), quote=False)}</font>')
        last = run.end()
    return "".join([*parts, escape(text[last:], quote=False)]).replace("\n", "<br/>")


def _foot(canvas: Any, paper: Paper) -> None:
    canvas.saveState()
    simulated = _("simulated") if settings.DEMO else ""
    said = " · ".join(p for p in (paper.reference, paper.foot, simulated) if p)
    line = Paragraph(_runs(said, _LATIN), ParagraphStyle("f", fontName=_CHINESE, fontSize=7.5, textColor=_DIM))
    line.wrap(_ROOM - 20 * mm, 10 * mm)
    line.drawOn(canvas, _MARGIN + 6, 11 * mm)
    canvas.setFont(_LATIN, 7.5)
    canvas.setFillColor(_DIM)
    canvas.drawRightString(A4[0] - _MARGIN, 11 * mm, str(canvas.getPageNumber()))
    canvas.restoreState()
