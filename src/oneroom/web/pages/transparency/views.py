"""Before the public: the months that were published, each in plain words and as the bytes that anybody checks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from oneroom.apps.oversight.transparency import published, published_of
from oneroom.web.pages.transparency.words import shown


@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """The list."""
    return render(request, "transparency/list.html", {"rows": published()})


@require_safe
def one(request: HttpRequest, month: str) -> HttpResponse:
    """One month in words."""
    return render(request, "transparency/month.html", shown(published_of(month)))


@require_safe
def raw(request: HttpRequest, month: str) -> HttpResponse:
    """One month as the bytes whose digest stands in the record."""
    return HttpResponse(published_of(month), content_type="application/json")


def as_text(content: bytes) -> str:
    """A report to be read without a browser, in the language of now."""
    return render_to_string("transparency/report.txt", shown(content))


def as_page(content: bytes) -> str:
    """A report as one file of HTML that needs nothing beside it, in the language of now."""
    context: dict[str, Any] = shown(content)
    return render_to_string("transparency/file.html", context)
