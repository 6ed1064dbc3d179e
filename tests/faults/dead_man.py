"""
`python -m tests.faults.dead_man`: each part stands still in turn, then the database dies, under an open screen.

The house is `oneroom serve` with its own times (a part is silent after 30 s, hung after 90). Prints what it saw; exit
code 1 with a sentence for each thing that did not hold.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.faults.house import DATABASE, House
from tests.faults.stand import house_in, own_folder, verdict

SILENT_S = 30.0
PERIOD_S = 10.0  # a beat each 5 s, a look each 2 s, and a machine that is busy
HUNG_S = 3 * SILENT_S
SOON_S = 20.0
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
NAMES = {"web": "pages", "clock": "clock", "courier": "courier", "audit": "auditor"}


class Proof:
    """The house, an open room, and what was wrong so far."""

    def __init__(self, house: House, page: Any) -> None:
        self.house, self.page, self.wrong = house, page, list[str]()

    def within(self, limit_s: float, what: str, holds: Callable[[], bool]) -> float:
        """Seconds until it holds; after the limit it is wrong."""
        began = time.monotonic()
        while (took_s := time.monotonic() - began) < limit_s:
            if holds():
                return took_s
            self.page.wait_for_timeout(100)
        self.wrong.append(f"{what}: not within {limit_s:g} s (the screen says {self.seal()!r})")
        return limit_s

    def seal(self) -> str:
        """What the room's head line says of the machinery."""
        return str(self.page.locator("#machinery").inner_text())

    def broken(self) -> bool:
        return "is-broken" in (self.page.locator("#machinery").get_attribute("class") or "")

    def said_of(self, part: str) -> set[str]:
        """Who has an open alarm of this part's silence."""
        rows = self.house.ask(
            "SELECT part FROM oversight_alarm r WHERE what = 'raised' AND kind = 'silent'"
            f" AND subject = '{part}' AND NOT EXISTS (SELECT FROM oversight_alarm o WHERE o.of_id = r.id)"
        )
        return {part for (part,) in rows or ()}

    # ---- the steps ----
    def stands_still(self, name: str) -> None:
        """R20: the other three say so, and the room sees it; when it goes on, it is over."""
        part = {"audit": "auditor"}.get(name, name)
        others = {"web", "clock", "courier", "auditor"} - {part}
        victim = self.house.parts()[name]
        victim.suspend()
        began = time.monotonic()
        seen_s = self.within(SILENT_S + PERIOD_S, f"{part} stands still, and the screen", self.broken)
        self.within(SILENT_S + PERIOD_S - seen_s, f"{part} stands still: an alarm by {sorted(others)}",
                    lambda: self.said_of(part) >= others)  # fmt: skip
        alarmed_s = time.monotonic() - began
        said = self.seal()
        if part != "web":
            self.within(SOON_S, f"{part} named on the screen", lambda: NAMES[name] in self.seal())
            said = self.seal()
        victim.resume()
        over_s = self.within(SOON_S + PERIOD_S, f"{part} goes on: no alarm any more",
                             lambda: not self.said_of(part) and not self.broken())  # fmt: skip
        print(
            f"{part} stood still: on the screen after {seen_s:.1f} s ({said!r}), alarm by all others after "
            f"{alarmed_s:.1f} s; over {over_s:.1f} s after it went on", flush=True,
        )  # fmt: skip

    def hangs_for_good(self, name: str) -> None:
        """What is not dead and does nothing is killed and started again."""
        victim = self.house.parts()[name]
        victim.suspend()

        def another() -> bool:
            found = self.house.parts().get(name)
            return found is not None and found.pid != victim.pid

        took_s = self.within(HUNG_S + PERIOD_S + SOON_S, f"{name} hangs: another is started", another)
        with suppress(psutil.NoSuchProcess):
            victim.resume()
        self.within(SOON_S + PERIOD_S, f"{name} works again", lambda: not self.broken())
        print(f"{name} hung for good: killed and started again after {took_s:.0f} s", flush=True)

    def database_dies(self) -> None:
        """R6, R20: the open screen says so without it, and is whole again when it is back."""
        began = time.monotonic()
        self.house.kill(DATABASE)
        banner = self.page.locator("#machine")

        def says_so() -> bool:
            return bool(banner.is_visible()) and "database does not answer" in banner.inner_text()

        self.within(SOON_S, "the database is dead: the banner", says_so)
        seen_s = time.monotonic() - began
        self.house.revive_database()
        back_s = self.within(SOON_S + PERIOD_S, "the database is back: the banner goes",
                             lambda: not banner.is_visible() and not self.broken())  # fmt: skip
        print(f"the database died: banner after {seen_s:.1f} s, gone {back_s:.1f} s after it was back", flush=True)


def main() -> None:
    if CHROMIUM is None:
        sys.exit("There is no Chromium on this machine: install it, or name it in CHROMIUM.")
    with own_folder() as folder:
        wrong = _prove(folder)
    verdict(wrong, "nobody dies unnoticed")


def _prove(folder: Path) -> list[str]:
    from playwright.sync_api import sync_playwright

    with house_in(folder, writers=1, silent=1) as (house, force):
        print(f"cold start: {house.start():.1f} s until the web answers and a clock works", flush=True)
        with sync_playwright() as player:
            options = ["--disable-gpu", *(["--no-sandbox"] if os.getuid() == 0 else [])]
            browser = player.chromium.launch(executable_path=CHROMIUM, args=options)
            context = browser.new_context(locale="en")
            context.add_cookies([{"name": n, "value": v, "url": house.url} for n, v in force.sessions["dora"].items()])
            page = context.new_page()
            page.goto(f"{house.url}/room/")
            proof = Proof(house, page)
            proof.within(SILENT_S + PERIOD_S, "all is well at first", lambda: not proof.broken())
            for name in ("clock", "courier", "audit", "web"):
                proof.stands_still(name)
            proof.database_dies()
            proof.hangs_for_good("courier")
            browser.close()
        return proof.wrong


if __name__ == "__main__":
    main()
