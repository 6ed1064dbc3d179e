"""
Issue 4 point 8, security points 48, 49: what machines gone wrong send, in every field of every door, one at a time.

Everything else of the request is what is ordinarily sent by who may (``access_matrix.toml``), so that the odd part gets
as far as it can. Whatever comes: no fault, and a refusal in the one form that all refusals have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.cast import NOBODY, ROLES, Cast, cast
from tests.hostile.doors import TRACE, rows_of
from tests.web.test_access_matrix import ROUTES, WHERE, _client, _filled, everybody, path_of

pytestmark = pytest.mark.django_db

DEEP = "[" * 5_000 + "]" * 5_000
ODD: dict[str, str] = {  # as they stand in the JSON
    "nul": '"a\\u0000b"', "half of a pair": '"\\ud800"', "turned around": '"\\u202Eabc"', "line break": '"a\\r\\nb: c"',
    "long": json.dumps("长" * 19_000), "huge number": "9" * 400, "beyond the database": "9223372036854775808",
    "beyond 32 bits": "2147483648", "negative": "-1", "nought": "0", "fraction": "1.5", "no number": "NaN",
    "without end": "Infinity", "exponent": "1e400", "true": "true", "null": "null", "empty": '""', "blank": '"   "',
    "list": "[[]]", "object": '{"a": {"b": []}}', "many": "[" + ",".join(["1"] * 3_000) + "]", "deep": DEEP,
    "long ago": '"0001-01-01T00:00:00+14:00"', "far away": '"9999-12-31T23:59:59-14:00"', "no such day":
    '"2026-02-30T00:00:00Z"', "leap second": '"2026-06-30T23:59:60Z"', "markup": '"<img src=x onerror=alert(1)>"',
    "formula": '"=cmd|\' /C calc\'!A0"', "statement": '"\'; DROP TABLE people_account; --"', "path":
    '"../../../../etc/passwd"', "template": '"{{ 7*7 }}{% debug %}%(x)s {0.__class__}"', "digits": '"١٢٣"',
}  # fmt: skip
FIRST = ("nul", "half of a pair", "beyond the database", "far away")


def furthest(spec: dict[str, Any]) -> str:
    """Somebody who is let in there as far as anybody is: of the cell that has the most, the first."""
    for status in ("200", "409", "422"):
        for part in spec.get("own", "").split(","):
            said, _space, who = part.strip().partition(" ")
            if said == status and who != "*":
                return min(everybody(who) - {NOBODY} or {NOBODY}, key=[NOBODY, *ROLES].index)
            if said == status:
                return "shift_commander"
    return "shift_commander"


def acts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of the access table that take a body of JSON."""
    for row, spec in ROUTES.items():
        if row.startswith("POST /api/") and "photo" not in spec and len(row.split()) == 2:
            yield row, spec


def address(row: str, spec: dict[str, Any], made: Cast) -> str:
    """The address of a row, with ids of the own side."""
    ids, sides = made.ids("own"), {side: made.ids(side) for side in WHERE}
    part = ids[spec["of"]] if "of" in spec else ""

    def fill(name: re.Match[str]) -> str:
        return str(_filled(spec.get("parts", {}).get(name[1], ids.get(name[1], part)), ids, sides)) or "1"

    return re.sub(r"{(\w+)}", fill, row.split()[1])


def sent(client: Client, method: str, target: str, body: bytes = b"", **headers: str) -> Any:
    cache.clear()
    with transaction.atomic():
        answer = client.generic(method, target, body, content_type="application/json",
                                headers={"Idempotency-Key": "odd-input-1", **headers})  # fmt: skip
        transaction.set_rollback(True)
    return answer


def judged(answer: Any, what: object, wrong: list[Any], *, page: bool = False) -> None:
    said = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = said.decode("utf-8", "replace")
    if answer.status_code >= 500:
        wrong.append((what, answer.status_code, text[:200]))
    elif answer.status_code >= 400 and not page:
        told = json.loads(said)
        if not {"code", "message", "field"} <= set(told):
            wrong.append((what, answer.status_code, text[:200]))
    if answer.status_code >= 400 and TRACE.search(text):
        wrong.append((what, "quotes the machine", text[:200]))


def odd_bodies(body: dict[str, Any], odd: str) -> Iterator[tuple[str, bytes]]:
    """The body with each field in turn replaced by ``odd``, in itself or within; and ``odd`` alone."""
    yield "", odd.encode()
    for name, value in body.items():
        rest = {k: v for k, v in body.items() if k != name}
        inside = [f"[{odd}]"] if isinstance(value, list) else []
        if isinstance(value, dict):
            inside = [json.dumps({**value, k: "?!"}).replace('"?!"', odd) for k in value]
            inside += [json.dumps({**value, k: {name: "?!"}}).replace('"?!"', odd)
                       for k, of in value.items() if isinstance(of, dict) for name in of]  # fmt: skip
        for put in (odd, *inside):
            yield name, (json.dumps({**rest, name: "?!"}).replace('"?!"', put)).encode()


def walk(room: Any, names: tuple[str, ...]) -> int:
    made = cast(room)
    wrong: list[Any] = []
    asked = 0
    clients: dict[str, Client] = {}
    for row, spec in acts():
        who = furthest(spec)
        client = clients.setdefault(who, _client(made, who))
        client.raise_request_exception = False
        target = address(row, spec, made)
        body = {**_more(row), **_filled(spec.get("body", {}), made.ids("own"), {s: made.ids(s) for s in WHERE})}
        if body.get("content") == {}:
            body["content"] = {"fields": {"words": "a"}}  # what a desk has typed
        for name in names:
            for field, raw in odd_bodies(body, ODD[name]):
                asked += 1
                judged(sent(client, "POST", target, raw), (row, field, name), wrong)
    assert not wrong, "\n".join(map(str, wrong[:60]))
    return asked


def _more(row: str) -> dict[str, Any]:
    """Every other field of the operation's shape, with nothing in it: to be replaced in its turn."""
    from oneroom.project.urls import api

    said = api.get_openapi_schema()
    paths = {path.replace("{int:", "{"): methods for path, methods in said["paths"].items()}
    operation = paths[path_of(row)]["post"]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    shape = said["components"]["schemas"].get(content.get("$ref", "").rpartition("/")[2], content)
    return {name: of["default"] for name, of in shape.get("properties", {}).items() if "default" in of}


def test_odd_values_in_every_field_of_every_act(room):
    assert walk(room, FIRST) > 700


@pytest.mark.prove
def test_every_odd_value_in_every_field_of_every_act(room):
    assert walk(room, tuple(ODD)) > 5_000


TYPED = ("\x00", "a\x00b", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "9" * 400, "-1", "%", "_", "'",
         "2026-02-30", "0001-01-01", "9999-12-31", "NaN", "1e400", "١٢", "a" * 5_000, "\r\nSet-Cookie: a=b", "../..",
         "<script>alert(1)</script>", "{{7*7}}")  # fmt: skip
SOON = ("a\x00b", "9" * 400, "0001-01-01", "9999-12-31", "NaN")
ASKED = ("q", "page", "sort", "unit", "day", "from", "to", "until", "since", "ref", "matter", "name", "crew", "grade",
         "state", "category", "rule", "kind", "incident", "purpose", "format", "as", "n", "role", "next",
         "last")  # fmt: skip


@pytest.mark.parametrize("typed", [SOON, pytest.param(TYPED, marks=pytest.mark.prove)], ids=["soon", "all"])
def test_odd_values_in_the_address_of_every_page(room, typed):
    """Every page, with every word that any of them understands after the question mark."""
    made = cast(room)
    wrong: list[Any] = []
    for row, spec in ROUTES.items():
        if not row.startswith("GET ") or row.startswith("GET /api/openapi"):
            continue
        client = _client(made, furthest(spec))
        client.raise_request_exception = False
        target = address(row, spec, made).partition("?")[0]
        for odd in typed:
            query = "&".join(f"{name}={quote(odd, safe='', encoding='latin-1', errors='replace')}" for name in ASKED)
            page = not row.startswith("GET /api/")
            judged(sent(client, "GET", f"{target}?{query}", Accept="text/html"), (row, odd[:20]), wrong, page=page)
    assert not wrong, "\n".join(map(str, wrong[:60]))


@pytest.mark.parametrize("typed", [SOON, pytest.param(TYPED, marks=pytest.mark.prove)], ids=["soon", "all"])
def test_odd_values_in_every_form_of_every_page(room, typed):
    made = cast(room)
    wrong: list[Any] = []
    for row, spec in ROUTES.items():
        if not row.startswith("POST ") or row.startswith("POST /api/"):
            continue
        client = _client(made, furthest(spec))
        client.raise_request_exception = False
        target = address(row, spec, made)
        body = _filled(spec.get("body", {}), made.ids("own"), {s: made.ids(s) for s in WHERE})
        for odd in typed:
            for name in body or {"words": ""}:
                cache.clear()
                with transaction.atomic():
                    answer = client.post(target, {**body, name: odd}, headers={"Accept": "text/html"})
                    transaction.set_rollback(True)
                judged(answer, (row, name, odd[:20]), wrong, page=True)
    assert not wrong, "\n".join(map(str, wrong[:60]))


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(b"\xff\xfe{}", "application/json"), (b"{", "application/json"), (b"", "application/json"), (b"[]", "text/plain"),
     (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "application/xml"),
     (DEEP.encode() * 10, "application/json"),
     (b"--x\r\nContent-Disposition: form-data; name=words\r\n\r\n", "multipart/form-data; boundary=x"),
     (b"x", "multipart/form-data"), (b"a=b" * 400, "application/x-www-form-urlencoded")],
)  # fmt: skip
def test_point_41_a_body_that_is_no_json_is_refused_in_the_one_form(room, raw, kind):
    made = cast(room)
    client = _client(made, "dispatcher")
    client.raise_request_exception = False
    wrong: list[Any] = []
    for path in ("incidents", f"incidents/{made.own['incident']}/words", "reports", "drafts", "calls"):
        answer = client.post(f"/api/{path}", raw, content_type=kind, headers={"Idempotency-Key": "odd-input-1"})
        judged(answer, (path, kind), wrong)
        assert answer.status_code in (400, 401, 413, 422), (path, kind, answer.status_code)
    assert not wrong, wrong
    assert rows_of("POST /api/incidents")


def test_half_of_a_character_loses_nothing_that_was_typed_before_it(room):
    """A field that is cut at its longest may cut a pair of UTF-16 in half."""
    client = _client(cast(room), "call_taker")
    cut = b'{"key": "draft-cut-0", "n": 1, "content": {"fields": {"words": "a man on the roof \\ud83d"}}}'

    assert sent(client, "POST", "/api/drafts", cut).status_code == 200
    client.post("/api/drafts", cut, content_type="application/json")

    kept = [d for d in client.get("/api/drafts/mine").json()["drafts"] if d["key"] == "draft-cut-0"]
    assert kept[0]["content"]["fields"]["words"] == "a man on the roof \N{REPLACEMENT CHARACTER}"


def test_free_words_are_no_purpose_for_opening_a_call_that_is_being_taken(room):
    made = cast(room)
    client = _client(made, "dispatcher")
    said = sent(client, "POST", f"/api/drafts/{made.own['draft']}/open", b'{"purpose": "Li Wei lives at No. 5"}')
    assert said.status_code == 422
    assert said.json()["field"] == "purpose"
