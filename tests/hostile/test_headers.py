"""
Security points 37, 43 (the policy), 47, and the head of every answer: each route by who may, each kind of refusal,
files, streams, and the answer while the database is away.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client

from oneroom.project.asgi import Site
from oneroom.web import tickets
from oneroom.web.live import Live
from tests.cast import NOBODY, cast
from tests.hostile.test_odd_input import address, furthest
from tests.served import served
from tests.web.test_access_matrix import ROUTES

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def wrong_with(answer: httpx.Response, *, file: bool = False) -> list[str]:
    """What the head of an answer lacks."""
    head = answer.headers
    found = [name for name, value in SAID.items() if head.get(name) != value]
    policy = dict(part.strip().partition(" ")[::2] for part in head.get("content-security-policy", "").split(";"))
    if "unsafe" in str(policy) or "*" in str(policy) or "http" in str(policy):
        found.append("a policy with a hole")
    wanted = dict.fromkeys(("default-src", "script-src", "style-src", "form-action", "connect-src"), "'self'")
    wanted |= dict.fromkeys(("object-src", "base-uri", "frame-ancestors", "frame-src"), "'none'")
    found += [name for name, value in wanted.items() if policy.get(name) != value]
    if "camera=()" not in head.get("permissions-policy", ""):
        found.append("permissions-policy")
    if not file and not re.search("no-store|private, no-cache", head.get("cache-control", "")):
        found.append(f"cache-control {head.get('cache-control')}")
    if "server" in head or "x-powered-by" in head:
        found.append("says what it runs on")
    return found


# Nothing of a person.
OF_THE_HOUSE = ("/map/roads.json", "/map/basemap.json", "/map/areas.json", "/map/tiles/", "/t/worker.js")


@pytest.mark.prove
def test_every_answer_of_every_route_carries_the_whole_head(room, database_url):
    made = cast(room)
    sessions: dict[str, dict[str, str]] = {NOBODY: {}}
    wrong: list[Any] = []
    statuses = set()
    with served(database_url) as url, httpx.Client(base_url=url, timeout=20) as house:
        for row, spec in ROUTES.items():
            if len(row.split()) != 2:
                continue
            who = furthest(spec)
            if who not in sessions:
                client = Client()
                client.force_login(room.town.people[made.who[who]])
                sessions[who] = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
            cookie = "; ".join(f"{name}={value}" for name, value in sessions[who].items())
            target = address(row, spec, made)
            answer = house.request(row.split()[0], target, headers={"Cookie": cookie, "Accept": "text/html"})
            statuses.add(answer.status_code)
            lacks = wrong_with(answer, file=target.startswith(OF_THE_HOUSE))
            if lacks:
                wrong.append((row, who, answer.status_code, lacks))
    assert wrong == []
    assert {200, 302, 403, 404} <= statuses, "posts without a form's token are among them"


def test_refusals_files_streams_and_faults_carry_it_too(room, database_url, monkeypatch):
    ticket = tickets.issue(room.actor("dora"))
    with served(database_url) as url, httpx.Client(base_url=url, timeout=20) as house:
        asked = {
            "no such page": house.get("/nothing"),
            "no such operation": house.get("/api/nothing"),
            "a host that is not ours": house.get("/", headers={"Host": "evil.invalid"}),
            "a method that is not there": house.delete("/api/me"),
            "too large": house.post("/report", data={"words": "x" * 400_000}),
            "nobody's stream": house.get("/live"),
            "nobody's positions": house.post("/positions", content=b"{}"),
            "health": house.get("/healthz"),
            "metrics": house.get("/metrics"),
            "HEAD": house.head("/"),
        }
        with house.stream("GET", "/live", params={"ticket": ticket}) as stream:
            asked["a stream"] = stream
        files = {name: house.get(name) for name in ("/static/oneroom/room.js", "/static/oneroom/base.css",
                                                    "/static/oneroom/none.js")}  # fmt: skip
    assert {name: lacks for name, answer in asked.items() if (lacks := wrong_with(answer))} == {}
    assert {name: lacks for name, answer in files.items() if (lacks := wrong_with(answer, file=True))} == {}
    assert asked["a host that is not ours"].status_code == 400
    assert asked["a stream"].status_code == 200


def test_the_answer_while_the_database_is_away_carries_it_too():
    asyncio.run(_ask_while_away())


async def _ask_while_away() -> None:
    live = Live("postgresql://127.0.0.1:1/none")  # never started: it has heard of no database
    assert live.silent
    transport = httpx.ASGITransport(Site(live))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as house:
        for path in ("/", "/room/", "/api/me"):
            answer = await house.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == 503
            assert wrong_with(answer) == []
