"""A house whose database can be taken from it: as gone as its web process believes, and there for the test to look."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from oneroom.web.degraded.hand import Mode
from oneroom.web.degraded.keeper import Keeper
from oneroom.web.live import Live
from tests.town import Town
from tests.waiting import PATIENCE_S, until

KEY = b"of the tests"


class Fickle(Live):
    """A live half that hears nothing when it is told so, with the keeper that starts and ends with it."""

    deaf = False
    keeper: Keeper

    @property
    def silent(self) -> bool:
        return self.deaf or super().silent

    async def start(self, patience_s: float = 5.0) -> None:
        await self.keeper.start()
        await super().start(patience_s)
        self.keeper.watch()

    async def stop(self) -> None:
        await self.keeper.stop()
        await super().stop()


class Fickleness:
    """The house and its people, each with a browser that carries his badge."""

    def __init__(self, live: Fickle, url: str, town: Town):
        self.live, self.url, self.town = live, url, town
        self._browsers: dict[str, httpx.Client] = {}
        self._keys = 0

    @property
    def hand(self) -> Any:
        return self.live.keeper.hand

    def browser(self, who: str, language: str = "en") -> httpx.Client:
        """His browser, which fetched a stream ticket while all was well, as each open page does."""
        if who not in self._browsers:
            signed = Client()
            signed.force_login(self.town.people[who])
            cookies = {name: morsel.value for name, morsel in signed.cookies.items()}
            headers = {"X-CSRFToken": "a" * 32, "Accept-Language": language}
            made = httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE_S, trust_env=False)
            made.cookies.update({**cookies, "csrftoken": "a" * 32})
            assert made.get("/api/ticket").status_code == 200
            self._browsers[who] = made
        return self._browsers[who]

    def post(self, who: str, path: str, body: Any = None, *, key: str = "") -> httpx.Response:
        """An act as his page sends it."""
        self._keys += 1
        headers = {"Idempotency-Key": key or f"away-key-{self._keys:04d}"}
        return self.browser(who).post(path, json=body or {}, headers=headers)

    def lose(self, *people: str) -> None:
        """The database goes away, after what stands in it now was last seen."""
        for who in people:
            self.browser(who)
        self.see()
        self.live.deaf = True
        until(lambda: self.hand.mode is Mode.AWAY)

    def see(self) -> None:
        """Wait until the keeper has seen the board as it stands now."""
        from oneroom.apps.ledger.queries import head_seq
        from oneroom.apps.ledger.time import now

        seq, at = head_seq(), now()
        self.live.keeper._take_s = 0.0
        until(lambda: self.hand.base is not None and self.hand.base.seq >= seq and self.hand.base.at >= at)

    def find(self) -> None:
        """It is back, and all that was done meanwhile is booked."""
        self.live.deaf = False
        until(lambda: self.hand.mode is Mode.WELL)


@contextmanager
def fickle(database_url: str, folder: Path, town: Town) -> Iterator[Fickleness]:
    """A running house with a journal in this folder."""
    from django.db import connection

    from oneroom.project.asgi import Site
    from tests.web.streams import Serving

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(pid) FROM pg_stat_activity WHERE datname = current_database()")
            (before,) = cursor.fetchone()
        live = Fickle(database_url)
        live.keeper = Keeper(live, folder, keys=[KEY])
        with Serving(live, Site(live, keeper=live.keeper)) as serving:
            yield Fickleness(live, serving.url, town)
        time.sleep(0)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> ALL(%s)",
                [before],
            )
