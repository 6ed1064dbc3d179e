"""A dossier as PDF: its sections set as every paper of the house is (web/pages/paper.py)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from oneroom.web.pages.dossier.sections import Paper
from oneroom.web.pages.paper import DIM, LATE, foot, made, section, text


def as_pdf(paper: Paper) -> bytes:
    """The whole dossier, A4, with its reference and page number on each page."""
    story: list[Any] = [
        text(paper.under, size=9, ink=DIM),
        text(f"P{paper.grade} · {paper.title}", size=16, strong=True),
    ]
    if paper.drill:
        story.append(text(_("DRILL: this did not happen."), size=11, ink=LATE, strong=True))
    if paper.broken_at is not None:
        said = _("ALTERED: entry #%(n)s is not as it was written") % {"n": paper.broken_at}
        story.append(text(said, size=11, ink=LATE, strong=True))
    for part in paper.sections:
        story += section(part)
    simulated = _("simulated") if settings.DEMO else ""
    line = " · ".join(p for p in (paper.reference, paper.foot, simulated) if p)
    return made(story, title=paper.under, foot=lambda canvas, _document: foot(canvas, line))
