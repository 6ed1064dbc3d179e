"""
R13, security point 48: a flood of the public's door on loopback, and the dispatcher's acts beside it, in one run.

The flood is a process of its own that asks as fast as sixty-four connections can, and is told 429 for most of it. Two
figures of the dispatcher's acts are compared, without and with the flood, on the same house within the same minute.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client

from tests.served import WebProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove, pytest.mark.alone]
ACTS, SECONDS = 150, 20
P99_S = 2.0  # R13
FLOOD = """
import asyncio, collections, json, sys, httpx
url, seconds = sys.argv[1], float(sys.argv[2])
async def main():
    told, late = collections.Counter(), []
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=limits) as house:
        async def knock(n):
            while loop.time() < end:
                body = {"words": "noise", "safe_contact": "no"}
                try:
                    if n % 2:
                        answer = await house.get("/")
                    else:
                        key = {"Idempotency-Key": f"flood-{n}-{loop.time()}"}
                        answer = await house.post("/api/reports", json=body, headers=key)
                    shed = answer.status_code == 429 and answer.headers.get("retry-after") == "5"
                    told["shed" if shed else answer.status_code] += 1
                except httpx.HTTPError as error:
                    told[type(error).__name__] += 1
        await asyncio.gather(*(knock(n) for n in range(64)))
    print(json.dumps(told))
asyncio.run(main())
"""


@contextmanager
def flood(url: str, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", FLOOD, url, str(seconds)], stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def acts(house: httpx.Client, matter: int, n: int, mark: str) -> tuple[list[float], Counter[int]]:
    took, told = [], Counter[int]()
    for i in range(n):
        began = time.monotonic()
        answer = house.post(f"/api/incidents/{matter}/words", json={"words": f"line {i}"},
                            headers={"Idempotency-Key": f"{mark}-{i:05d}"})  # fmt: skip
        took.append(time.monotonic() - began)
        told[answer.status_code] += 1
    return sorted(took), told


def share(took: list[float], part: float) -> float:
    return took[min(len(took) - 1, int(len(took) * part))]


def test_a_flood_of_the_publics_door_is_told_429_and_the_dispatchers_acts_hold(room, database_url):

    matter = room.report("fight", at="market").pk
    client = Client()
    client.force_login(room.town.people["dora"])
    token = "a" * 32
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
               settings.CSRF_COOKIE_NAME: token}  # fmt: skip
    head: dict[str, Any] = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()), "X-CSRFToken": token}
    with WebProcess(database_url) as web, httpx.Client(base_url=web.url, headers=head, timeout=30) as desk:
        acts(desk, matter, 20, "warming")
        calm, told = acts(desk, matter, ACTS, "calm")
        assert told == {200: ACTS}
        with flood(web.url, SECONDS) as process:
            time.sleep(2)  # the flood has begun
            storm, told = acts(desk, matter, ACTS, "storm")
            said, _nothing = process.communicate(timeout=SECONDS + 60)
    knocks = json.loads(said)
    figures = {"calm": [share(calm, 0.5), share(calm, 0.99)], "storm": [share(storm, 0.5), share(storm, 0.99)]}
    print({name: [f"{s * 1000:.0f} ms" for s in of] for name, of in figures.items()}, knocks)
    assert told == {200: ACTS}, "429 goes to the public only"
    # How many depends on how fast the machine is: what is quick to answer makes no queue.
    assert knocks.get("shed", 0) > 10, "told before a thread was taken, not by the limit of one source"
    # A connection that both ends give up in the same moment is the flood's own matter; a fault is ours.
    answered = {status: n for status, n in knocks.items() if status == "shed" or status.isdecimal()}
    assert set(answered) <= {"200", "429", "shed"}, knocks
    assert sum(answered.values()) > 0.99 * sum(knocks.values()), knocks
    assert figures["storm"][1] < P99_S
