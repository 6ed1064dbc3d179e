"""
What every paper of the house is set with (reportlab): fonts, text, tables of sections, a foot with the page's number.

Chinese is set in STSong-Light, one of Adobe's standard fonts for Chinese: it needs no font file here, and each reader
brings its own. What Latin-1 holds, and a few signs that STSong-Light lacks, are set in Helvetica: that font's Latin
signs are wide.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from oneroom.web.pages.dossier.parts import Section

CHINESE, LATIN, STRONG = "STSong-Light", "Helvetica", "Helvetica-Bold"
INK, DIM, LINE, LATE = (colors.HexColor(c) for c in ("#10171f", "#5c6874", "#cdd5dd", "#b3261a"))
MARGIN = 16 * mm
ROOM = A4[0] - 2 * MARGIN - 12  # the frame keeps 6 points on each side
_LATIN_RUN = re.compile(r"[\x20-\x7e\xa0-\xff–—‹›€]+")
_WORD = re.compile(r"[\x21-\u2e7f]+|\S")  # what is not torn: a Latin word, a Chinese sign
_NARROW = 1.6 * mm  # of a sign, when a column takes what its words need
_SIGNS = str.maketrans({"\u2212": "–"})  # the minus, which neither font has


@cache
def fonts() -> None:
    """Make the Chinese font known, once."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


def made(story: Sequence[Any], *, title: str, foot: Callable[[Any, Any], None]) -> bytes:
    """The pages of a story, A4; ``foot`` draws on each."""
    to = io.BytesIO()
    pages = SimpleDocTemplate(
        to, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=20 * mm,
        title=title, author="OneRoom", invariant=True,
    )  # fmt: skip
    pages.build(list(story), onFirstPage=foot, onLaterPages=foot)
    return to.getvalue()


def section(of: Section) -> list[Any]:
    """A section under its heading. A short list of names and values is not torn; no heading ends a page."""
    parts = [Spacer(1, 5 * mm), text(of.title, size=11, strong=True), *_body(of)]
    return [CondPageBreak(30 * mm), *parts] if of.head else [KeepTogether(parts)]


def _body(section: Section) -> list[Any]:
    parts: list[Any] = [text(section.note, ink=DIM)] if section.note else []
    if not section.rows:
        return [*parts, text(section.empty or "–", ink=DIM)]
    rows = [[text(cell) for cell in row] for row in section.rows]
    if section.head:
        rows.insert(0, [text(cell, ink=DIM) for cell in section.head])
        widths = _widths(section)
    else:
        rows = [[text(name, ink=DIM), text(value)] for name, value in section.rows]
        widths = [42 * mm, ROOM - 42 * mm]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
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
    left = ROOM - sum(w for n, w in enumerate(needs) if n != section.wide)
    needs[section.wide] = max(left, 30 * mm)
    over = sum(needs) - ROOM
    if over <= 0:
        return needs
    words = [max(_size(word) for cell in column for word in _WORD.findall(cell) or [""]) for column in columns]
    spare = [max(0.0, need - min(word * _NARROW + 3 * mm, need)) for need, word in zip(needs, words, strict=True)]
    return [need - over * s / max(sum(spare), over) for need, s in zip(needs, spare, strict=True)]


def _size(text: str) -> float:
    """Width in Latin signs: a Chinese sign takes two."""
    return sum(1.0 if ord(c) < 0x2E80 else 1.9 for c in text)


def text(said: str, *, size: float = 8.5, ink: Any = INK, strong: bool = False) -> Paragraph:
    """A paragraph."""
    fonts()
    style = ParagraphStyle(
        "t", fontName=CHINESE, fontSize=size, leading=size * 1.4, textColor=ink, wordWrap="CJK", splitLongWords=1
    )  # fmt: skip
    return Paragraph(runs(said, STRONG if strong else LATIN), style)


def runs(said: str, latin: str) -> str:
    """The text as markup, what Latin-1 holds in a Latin font."""
    said = said.translate(_SIGNS)
    parts, last = [], 0
    for run in _LATIN_RUN.finditer(said):
        parts.append(escape(said[last : run.start()], quote=False))
        parts.append(f'<font name="{latin}">{escape(run.group(), quote=False)}</font>')
        last = run.end()
    return "".join([*parts, escape(said[last:], quote=False)]).replace("\n", "<br/>")


def foot(canvas: Any, said: str) -> None:
    """A line at the foot of a page, and the page's number."""
    canvas.saveState()
    line = Paragraph(runs(said, LATIN), ParagraphStyle("f", fontName=CHINESE, fontSize=7.5, textColor=DIM))
    line.wrap(ROOM - 20 * mm, 10 * mm)
    line.drawOn(canvas, MARGIN + 6, 11 * mm)
    canvas.setFont(LATIN, 7.5)
    canvas.setFillColor(DIM)
    canvas.drawRightString(A4[0] - MARGIN, 11 * mm, str(canvas.getPageNumber()))
    canvas.restoreState()
