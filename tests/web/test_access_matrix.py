"""
G1 and security points 13, 14: every route × role × own / other station / station of another branch / unknown, from
the routes themselves.

``access_matrix.toml`` is the table. A route or a method that it does not name fails, and so does each answer that
differs from it. Who may not see a thing gets the same answer for it as for one that does not exist: same status,
same body.

Points 15 and 31 besides: canaries are planted (``tests/cast.py``). Where a row says that it ``shows`` one, everybody
let in there sees it; in no other answer does one stand. The other ways out are in ``test_canaries.py``.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from oneroom.project.asgi import RAW_PATHS
from oneroom.project.urls import api
from oneroom.web import tickets
from oneroom.web.live import Live
from tests.cast import NOBODY, ROLES, Cast, cast, picture
from tests.waiting import PATIENCE_S, until
from tests.web.streams import Serving

pytestmark = pytest.mark.django_db
TABLE = tomllib.loads((Path(__file__).parent / "access_matrix.toml").read_text())
ROUTES: dict[str, dict[str, Any]] = TABLE["routes"]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NOT_OURS = {"/api/", "/api/openapi.json", "/language"}  # the frameworks' own: they ask for no method
WHERE = ("own", "other", "branch", "unknown")
ASKERS = [NOBODY, *ROLES]
FIRST = [NOBODY, "dispatcher", "duty_chief", "patrol_officer", "administrator", "inspector"]  # the rest: make prove
SEES = {kind: {**rows, "branch": rows.get("branch", rows["other"])} for kind, rows in TABLE["sees"].items()}
GROUPS = {name: set(roles) for name, roles in TABLE["groups"].items()} | {"anybody": set(ASKERS)}


def everybody(words: str) -> set[str]:
    """The askers that a cell of the table names, by role or by group."""
    found: set[str] = set()
    for word in words.split():
        assert word in GROUPS or word in ASKERS, f"no such role or group: {word}"
        found |= GROUPS.get(word, {word})
    return found


def expected(cell: str) -> dict[str, int]:
    """Status by asker of a cell such as "200 room inspector, 404 *"; * is everybody not named before."""
    said: dict[str, int] = {}
    rest = None
    for part in cell.split(","):
        status, _space, who = part.strip().partition(" ")
        if who == "*":
            rest = int(status)
        else:
            said |= dict.fromkeys(everybody(who), int(status))
    assert rest is not None or said.keys() == set(ASKERS), f"nobody is left out: {cell}"
    return {asker: said.get(asker, rest or 0) for asker in ASKERS}


def routes() -> Iterator[str]:
    """Every path that the house answers to, with the names of its parts."""

    def walk(patterns: Any, before: str) -> Iterator[str]:
        for p in patterns:
            if isinstance(p, URLPattern):
                yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", before + str(p.pattern))
            else:
                yield from walk(p.url_patterns, before + str(p.pattern))

    yield from walk(get_resolver().url_patterns, "")


def path_of(row: str) -> str:
    """The path of a row, without its method, query and the mark for a second case of the same route."""
    return row.split()[1].partition("?")[0]


def test_point_13_the_table_names_every_route_and_no_other():
    there = set(routes())
    named = {path_of(row) for row in ROUTES}
    assert named - there == set(), "these routes are gone: take them out of access_matrix.toml"
    assert there - named == set(), "say in access_matrix.toml who may do what here"
    operations = {
        f"{m.upper()} {re.sub('{int:', '{', path)}"
        for path, methods in api.get_openapi_schema()["paths"].items()
        for m in methods
    }
    assert operations - {" ".join(row.split()[:2]).partition("?")[0] for row in ROUTES} == set()
    assert set(TABLE["raw"]) == RAW_PATHS


def test_point_13_a_method_that_the_table_does_not_name_is_refused_to_everybody(room):
    made = cast(room)
    named = {" ".join(row.split()[:2]).partition("?")[0] for row in ROUTES}
    for asker in (NOBODY, "shift_commander", "administrator", "inspector"):
        client = _client(made, asker)
        for path in sorted(set(routes()) - _NOT_OURS):
            for method in METHODS:
                if f"{method} {path}" in named:
                    continue
                filled = re.sub(r"{\w+}", "1", path)
                answer = client.generic(method, filled, b"{}", content_type="application/json")
                # A public form leads whoever comes without one back to its page: nothing is done by that.
                assert answer.status_code in (405, 302), (asker, method, path, answer.status_code)


def _client(made: Cast, asker: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    if asker != NOBODY:
        client.force_login(made.room.town.people[made.who[asker]])
    return client


def _filled(value: Any, ids: dict[str, Any], sides: dict[str, dict[str, Any]]) -> Any:
    """A body of the table with its ids: "$report" of the same side, "$own.report" of that side."""
    if isinstance(value, dict):
        return {k: _filled(v, ids, sides) for k, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, ids, sides) for v in value]
    if isinstance(value, str) and value.startswith("$"):
        side, _dot, kind = value[1:].rpartition(".")
        return (sides[side] if side else ids)[kind]
    return value


def _ask(client: Client, row: str, spec: dict[str, Any], where: str, made: Cast) -> tuple[int, str]:
    """Do it, undo it; the status and what an onlooker could tell by the answer."""
    ids = made.ids(where)
    sides = {side: made.ids(side) for side in WHERE}
    method, target = row.split()[:2]
    part = ids[spec["of"]] if "of" in spec else ""
    for name in set(re.findall(r"{(\w+)}", target)):
        value = _filled(spec.get("parts", {}).get(name, ids.get(name, part)), ids, sides)
        target = target.replace("{" + name + "}", str(value))
    body = _filled(spec.get("body", {}), ids, sides)
    api_call = target.startswith("/api/")
    headers = {"Idempotency-Key": "matrix-of-rights"} if api_call else {"Accept": "text/html"}
    cache.clear()  # what was counted for another row: tries at a door
    with transaction.atomic():
        if method == "GET":
            answer = client.get(target, headers=headers)
        elif spec.get("photo"):
            photo = SimpleUploadedFile("p.jpg", picture(), "image/jpeg")
            answer = client.post(target, {"photo": photo}, headers=headers)
        elif api_call:
            answer = client.post(target, json.dumps(body), content_type="application/json", headers=headers)
        else:
            answer = client.post(target, body, headers=headers)
        said = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    told = re.sub(r"\b[A-Za-z0-9]{64}\b", "", said.decode("utf-8", "replace"))  # a form's token
    told += answer.get("Location", "")
    if part:
        told = re.sub(rf"(/|%2F|%3D|unit=|incident=|crew=){part}(?!\d)", r"\1#", told)  # the address that comes back
    return answer.status_code, told.replace(ids["reference"], "#")


def found(said: str, made: Cast) -> list[tuple[str, str]]:
    """The canaries in a text: of which side, and which."""
    return [(side, kind) for side, all_of in made.planted.items() for kind, text in all_of.items() if text in said]


def _cells(spec: dict[str, Any]) -> dict[str, str]:
    """The cells of a row. Another branch is another station, unless the row says otherwise."""
    return {
        where: cell for where in WHERE if (cell := spec.get(where, spec.get("other") if where == "branch" else None))
    }


def test_point_13_every_row_of_a_thing_is_asked_for_own_other_and_unknown():
    """What has an id in its address is somebody's thing, unless the row itself gives each part: a tile, a month."""
    with_parts = {row: spec for row, spec in ROUTES.items() if "{" in row}
    for row, spec in with_parts.items():
        if "of" in spec:
            assert set(_cells(spec)) == set(WHERE), row
        else:
            assert set(re.findall(r"{(\w+)}", row)) == set(spec.get("parts", {})), row
    assert len(with_parts) > 60


def faults(made: Cast, asker: str, asked: tuple[str, ...]) -> dict[str, list[Any]]:
    """What is not as the table says when this asker asks for the things of these sides; "unknown" is one of them."""
    found_wrong: dict[str, list[Any]] = {"wrong": [], "told_apart": [], "leaks": []}
    client = _client(made, asker)
    sees = {kind: {side for side, who in rows.items() if asker in everybody(who)} for kind, rows in SEES.items()}
    for row, spec in ROUTES.items():
        shows = set(spec.get("shows", ())) if asker in everybody(spec.get("shows_to", "anybody")) else set()
        heard = {where: _ask(client, row, spec, where, made) for where in _cells(spec) if where in asked}
        for where, (status, said) in heard.items():
            case = (asker, row, where, status)
            wanted = expected(_cells(spec)[where])[asker]
            if status != wanted:
                found_wrong["wrong"].append((*case, f"the table says {wanted}", said[:200]))
            planted = found(said, made)
            found_wrong["leaks"] += [(*case, side, kind) for side, kind in planted
                                     if status != 200 or side != where or kind not in shows]  # fmt: skip
            seen = {kind for side, kind in planted if side == where}
            if status == 200 and where in made.planted and "of" in spec and not seen >= shows:
                found_wrong["wrong"].append((*case, "the right role does not see", shows - seen))
            hidden = spec.get("of") and where != "unknown" and where not in sees[spec["of"]]
            if hidden and heard[where] != heard["unknown"]:
                found_wrong["told_apart"].append((*case, heard[where], heard["unknown"]))
    return found_wrong


NOTHING: dict[str, list[Any]] = {"wrong": [], "told_apart": [], "leaks": []}


@pytest.mark.parametrize(
    "askers",
    [FIRST, pytest.param([a for a in ASKERS if a not in FIRST], marks=pytest.mark.prove)],
    ids=["first", "rest"],
)
def test_points_13_and_14_everybody_gets_what_the_table_says_and_cannot_tell_not_mine_from_not_there(room, askers):
    made = cast(room)
    for asker in askers:
        assert faults(made, asker, tuple(WHERE)) == NOTHING, asker


def test_points_13_and_14_the_raw_half_by_the_ticket_of_each_role(database_url, room):
    made = cast(room)
    fix = {"fixes": [{"lon": 121.46, "lat": 31.22, "at": room.now.isoformat()}]}
    live = Live(database_url, record=lambda _fixes: None)
    with Serving(live) as house, httpx.Client(base_url=house.url, timeout=PATIENCE_S) as client:
        until(lambda: client.get("/healthz").status_code == 200)  # it has heard from its database
        for asker in ASKERS:
            by = None if asker == NOBODY else room.actor(made.who[asker])
            ticket = tickets.issue(by) if by else "none at all"
            heard = {}
            with client.stream("GET", "/live", params={"ticket": ticket}) as answer:
                heard["/live"] = answer.status_code
            bearer = {"Authorization": f"Bearer {ticket}"}
            heard["/positions"] = client.post("/positions", json=fix, headers=bearer).status_code
            heard["/healthz"] = client.get("/healthz").status_code
            afar = bearer | {"X-Forwarded-For": "198.51.100.7"}
            heard["/metrics"] = client.get("/metrics", headers=afar).status_code
            assert heard == {path: expected(cell)[asker] for path, cell in TABLE["raw"].items()}, asker


def test_a_stream_tells_each_role_of_its_own_audiences_only(room):
    made = cast(room)
    own = {"room": "room", "unit": f"unit:{made.own['unit']}", "crew": f"crew:{made.own['crew']}"}
    for role in ROLES:
        by = room.actor(made.who[role])
        wanted = {own[name] for name, who in TABLE["scopes"].items() if role in everybody(who)}
        assert tickets.scopes_of(by) == {"all", f"account:{by.id}", *wanted}, role
