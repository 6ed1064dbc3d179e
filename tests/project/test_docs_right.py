"""The page "Add a right" (docs/rights.md), followed: the right to shoe the horses of the mounted branch."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path

from oneroom.engine.roles import MAY, Right, Role
from oneroom.project import urls
from oneroom.web.pages.office.shell import needs
from tests.project.test_docs_whole import page
from tests.web import test_access_matrix as matrix

pytestmark = pytest.mark.django_db
STEPS = ("`Right`", "`MAY`", "a row here", "`needs(Right.…)`", "`tests/web/access_matrix.toml`")


@pytest.fixture
def shoe(monkeypatch):
    """A line in ``Right``: what writing ``SHOE = "shoe_horses"`` there does."""
    right = str.__new__(Right, "shoe_horses")
    right._name_, right._value_, right.__objclass__ = "SHOE", "shoe_horses", Right
    monkeypatch.setattr(Right, "_member_names_", [*Right._member_names_, "SHOE"])
    monkeypatch.setattr(Right, "_member_map_", {**Right._member_map_, "SHOE": right})
    monkeypatch.setattr(Right, "_value2member_map_", {**Right._value2member_map_, "shoe_horses": right})
    return right


def said(text):
    """What a page of rights says, as test_docs_whole compares it with the code."""
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if re.match(r"\| `[a-z_]+` \|", line)]
    return {row[0].strip(" `"): set(re.findall(r"`(\w+)`", row[2])) for row in rows}


def in_code():
    return {right.value: {role.value for role in MAY.get(right, ())} for right in Right}


def test_a_right_is_added_as_the_page_says(room, shoe, monkeypatch):
    steps = page("rights.md").partition("## Add a right")[2]
    assert all(step in " ".join(steps.split()) for step in STEPS), "the page names each step that is taken here"
    assert Right("shoe_horses") is shoe
    assert not room.actor("zhang").may(shoe), "a right that stands in no row belongs to nobody"

    monkeypatch.setitem(MAY, shoe, frozenset({Role.PATROL_OFFICER}))  # its line in MAY

    assert said(page("rights.md")) != in_code(), "the page without its row is found out"
    row = "| `shoe_horses` | shoe horses | `patrol_officer` |"
    written = page("rights.md").replace("\n\n## Add a right", f"\n{row}\n\n## Add a right")
    assert said(written) == in_code()

    @needs(shoe)  # where it is asked for
    def forge(_request):
        return HttpResponse("shod")

    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("office/forge", forge)])
    clear_url_caches()
    try:
        for who, status in (("zhang", 200), ("dora", 404), ("ina", 404), ("ada", 404)):
            client = Client(headers={"Accept": "text/html"})
            client.force_login(room.town.people[who])
            assert client.get("/office/forge").status_code == status, who
        assert Client(headers={"Accept": "text/html"}).get("/office/forge").status_code == 302
        with pytest.raises(AssertionError, match=r"access_matrix\.toml"):  # a route without its row is found out
            matrix.test_point_13_the_table_names_every_route_and_no_other()
        monkeypatch.setitem(matrix.ROUTES, "GET /office/forge", {"own": "302 nobody, 200 patrol_officer, 404 *"})
        matrix.test_point_13_the_table_names_every_route_and_no_other()
    finally:
        monkeypatch.undo()
        clear_url_caches()
