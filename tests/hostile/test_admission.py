"""Security point 48, R13: when more ask than there are threads, the public is told to come again; the room goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.http import HttpResponse

from oneroom.engine.values import Actor
from oneroom.web import tickets
from oneroom.web.admission import SHARES, SIGNED_IN, Admission, TooBusy, tell_busy

THREADS = 8
PUBLIC = THREADS // SHARES["public"].parts
UNKNOWN = THREADS // SHARES["unknown"].parts


def asked(
    path: str, *, method: str = "GET", session: str = "", badge: str = "", accept: str = "", **more: str
) -> dict[str, Any]:
    cookies = {"sessionid": session, tickets.BADGE_COOKIE: badge}
    shown = "; ".join(f"{name}={value}" for name, value in cookies.items() if value)
    headers = {"cookie": shown, "accept": accept, **more}
    return {"type": "http", "method": method, "path": path, "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value]}  # fmt: skip


class House:
    """So many at the doors at once; each is held until the test lets all go."""

    def __init__(self) -> None:
        self.admission, self.inside, self.told = Admission(THREADS), Counter[str](), Counter[str]()
        self._go = asyncio.Event()
        self._all: list[asyncio.Task[None]] = []

    def come(self, n: int, **scope: Any) -> None:
        self._all += [asyncio.create_task(self._one(asked(**scope), scope["path"])) for _ in range(n)]

    async def _one(self, scope: dict[str, Any], path: str) -> None:
        try:
            async with self.admission.entered(scope):
                self.inside[path] += 1
                scope[SIGNED_IN] = "real" in str(scope["headers"])
                await self._go.wait()
        except TooBusy:
            self.told[path] += 1

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def end(self) -> None:
        self._go.set()
        await asyncio.gather(*self._all)


def story(tell: Callable[[House], Awaitable[None]]) -> None:
    async def run() -> None:
        house = House()
        await tell(house)
        await house.end()

    asyncio.run(run())


def test_a_flood_at_the_publics_door_holds_its_share_and_no_more():
    async def tell(house: House) -> None:
        house.come(500, path="/api/reports", method="POST")
        await house.settle()
        assert house.inside["/api/reports"] == PUBLIC
        assert house.told["/api/reports"] == 500 - PUBLIC - SHARES["public"].waiting, "told at once"

    story(tell)


@pytest.mark.parametrize("path", ["/", "/api/follow", "/sign-in"])
def test_who_is_signed_in_never_waits_whatever_floods(path):
    async def tell(house: House) -> None:
        async with house.admission.entered(scope := asked("/room/", session="real-dora")):
            scope[SIGNED_IN] = True
        house.come(500, path="/static/oneroom/base.css")
        house.come(2_000, path=path, session="" if path != "/sign-in" else "invented")
        house.come(40, path="/api/incidents/1/offer", method="POST", session="real-dora")
        await house.settle()
        assert house.inside["/api/incidents/1/offer"] == 40

    story(tell)


def test_an_act_of_the_room_stands_behind_no_panels_and_every_panel_comes_in_its_turn():
    """After one act fifty screens fetch again: the next act finds a thread, and no screen is told to go away."""

    async def tell(house: House) -> None:
        async with house.admission.entered(scope := asked("/room/", session="real-dora")):
            scope[SIGNED_IN] = True
        house.come(200, path="/room/queue", session="real-dora")
        house.come(3, path="/api/incidents/1/offer", method="POST", session="real-dora")
        await house.settle()
        assert house.inside["/room/queue"] == THREADS // 2
        assert house.inside["/api/incidents/1/offer"] == 3
        await house.end()
        assert house.inside["/room/queue"] == 200
        assert not house.told

    story(tell)


def test_a_session_that_was_invented_makes_nobody_one_of_the_house():
    async def tell(house: House) -> None:
        async with house.admission.entered(asked("/room/", session="invented")):
            pass
        house.come(100, path="/room/", session="invented")
        await house.settle()
        assert house.inside["/room/"] == UNKNOWN
        held = sum(max(1, THREADS // share.parts) for share in SHARES.values())
        assert held < THREADS, "all floods at once leave threads to the room"

    story(tell)


def test_after_a_restart_the_consoles_wait_their_turn_and_are_not_told_to_go_away():
    async def tell(house: House) -> None:
        house.come(300, path="/room/", session="real-one")
        await house.settle()
        assert house.told["/room/"] == 0

    story(tell)


def badge(left_s: float = 900) -> str:
    """As the house gives it to a browser."""
    answer = HttpResponse()
    tickets.give_badge(answer, Actor(7), session="", lifetime_s=left_s)
    return answer.cookies[tickets.BADGE_COOKIE].value


def test_dispatch_is_never_shed_after_a_restart_nor_by_a_second_process_whatever_floods():
    """Invented sessions fill the queue of the unknown; who has a badge that the house signed does not stand in it."""

    async def tell(house: House) -> None:
        for n in range(600):
            house.come(1, path="/room/", session=f"invented{n}", badge=badge()[:-3] + "abc")
        await house.settle()
        assert house.told["/room/"] > 0, "the queue of the unknown is full"
        house.come(40, path="/api/incidents/1/offer", method="POST", session="dora-of-before", badge=badge())
        house.come(1, path="/api/incidents/2/offer", method="POST", session="invented", badge=badge(-1))
        await house.settle()
        assert house.inside["/api/incidents/1/offer"] == 40
        assert not house.told["/api/incidents/1/offer"]
        assert house.told["/api/incidents/2/offer"] == 1, "a badge that is over is none"

    story(tell)


@pytest.mark.parametrize(("language", "word"), [("en", "Very many people"), ("zh-hans", "人过多")])
def test_who_is_told_to_come_again_reads_it_in_his_language_with_the_way_to_110(language, word):
    async def heard(**scope: Any) -> tuple[dict[str, Any], str]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await tell_busy(asked(**scope, **{"accept-language": language}), send)
        return sent[0], sent[1]["body"].decode()

    start, page = asyncio.run(heard(path="/report", method="POST", accept="text/html"))
    assert start["status"] == 429
    assert dict(start["headers"])[b"retry-after"] == b"5"
    assert word in page
    assert "tel:110" in page
    assert "data-again" not in page, "a form is not thrown away by a page that loads itself anew"
    _start, said = asyncio.run(heard(path="/api/reports", method="POST"))
    assert '"code": "too_busy"' in said
