"""G11: what is published of a month is what anybody computes from the record, byte for byte, also when it has grown."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.oversight.models import Publication
from oneroom.apps.oversight.transparency import here, published_of, the_month
from oneroom.engine.events import KINDS as ALL_KINDS
from oneroom.engine.measures.transparency import GROUPS, KINDS, digest
from oneroom.web.pages.transparency import words
from tests.cast import cast
from tests.clock import HAND

pytestmark = pytest.mark.django_db
DECEMBER = datetime(2026, 12, 3, tzinfo=UTC)


def sits(room, who: str) -> Client:
    client = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    client.force_login(room.town.people[who])
    return client


def told(*asked: str) -> str:
    out = io.StringIO()
    call_command("report", *asked, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_g11_what_was_published_is_what_anybody_computes_from_an_export(room, tmp_path):
    made = cast(room)
    HAND.set(DECEMBER)
    ina = sits(room, "ina")
    assert ina.get("/office/transparency").status_code == 200
    assert Client().get("/transparency/2026-11/").status_code == 404, "not before it is published"
    assert ina.post("/office/transparency", {"month": "2026-12"}).status_code == 422, "not over yet"
    assert ina.post("/office/transparency", {"month": "2026-11"}).status_code == 302
    assert ina.post("/office/transparency", {"month": "2026-11"}).status_code == 409, "once"

    content = published_of("2026-11")
    entry = Entry.objects.get(kind="transparency.published")
    assert entry.facts["digest"] == digest(content) == Publication.objects.get().digest
    said = json.loads(content)
    assert said["heads"]["acts"]["seq"] == entry.facts["acts"] < entry.seq
    for name in room.town.people.values():
        assert not re.search(rf"\b{name.username}\b", content.decode()), "no name"
    room.report("noise", at="market")  # the record grows
    call_command("export", str(tmp_path / "out"), stdout=io.StringIO())
    assert told("--month", "2026-11", "--json").encode() == content
    assert told("--month", "2026-11", "--json", "--export", str(tmp_path / "out")).encode() == content
    assert told("--json", "--export", str(tmp_path / "out")).encode() == content, "the last whole month"
    for canary in [text for side in made.planted.values() for text in side.values()]:
        assert canary not in content.decode()


def test_an_export_that_was_changed_gives_another_report_and_says_so(room, tmp_path):
    for _n in range(7):
        room.report("noise", at="market")
    HAND.set(DECEMBER)
    assert sits(room, "ina").post("/office/transparency", {"month": "2026-11"}).status_code == 302
    call_command("export", str(tmp_path / "out"), stdout=io.StringIO())
    acts = tmp_path / "out" / "acts.jsonl"
    lines = acts.read_bytes().splitlines(keepends=True)
    changed = [line.replace(b'"source":"phone"', b'"source":"web"') for line in lines]
    acts.write_bytes(b"".join(changed))
    with pytest.raises(SystemExit):
        told("--month", "2026-11", "--export", str(tmp_path / "out"))
    with pytest.raises(CommandError, match="is no export"):
        told("--month", "2026-11", "--export", str(tmp_path))
    with pytest.raises(CommandError, match="2026-10"):
        told("--month", "November")


def test_it_is_read_in_both_languages_by_anybody_and_as_files(room, tmp_path):
    for _n in range(6):
        room.dispatch(room.report("noise", at="market"), "crew-1") if _n == 0 else room.report("noise", at="east")
    HAND.set(DECEMBER)
    assert sits(room, "ina").post("/office/transparency", {"month": "2026-11"}).status_code == 302
    for language, title, few in [
        ("en", "How matters came", "fewer than five"), ("zh-hans", "警情来源", "不足五"),
    ]:  # fmt: skip
        client = Client(headers={"Accept-Language": language, "Accept": "text/html"})
        assert "2026-11" in client.get("/transparency/").content.decode()
        page = client.get("/transparency/2026-11/").content.decode()
        assert title in page
        assert few in page
        told("--month", "2026-11", "--into", str(tmp_path / "r"))
        for kind in ("html", "txt"):
            assert title in (tmp_path / "r" / f"2026-11.{language}.{kind}").read_text()
    raw = Client().get("/transparency/2026-11.json")
    assert (
        raw.content == (tmp_path / "r" / "2026-11.json").read_bytes() == here(the_month("2026-11", HAND.now())).content
    )
    assert "How matters came" in told()


def test_every_kind_that_is_counted_exists_and_every_group_and_cell_has_its_words():
    assert set(ALL_KINDS) >= KINDS
    assert list(words.GROUPS) == list(GROUPS)
    assert all(title and what for title, what, _cells in words.GROUPS.values())
