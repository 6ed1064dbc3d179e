"""
Take the pictures of the README from a running demo: ``.venv/bin/python docs/pictures/take.py http://127.0.0.1:8000``.

Nothing is staged: each picture is a page as a visitor of the demo sees it, in both languages. The demo should have run
for some minutes, so that something is going on.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
WEBGL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
LANGUAGES = {"en": "-en", "zh-hans": ""}
CALL = {
    "en": ("A man with a fruit knife threatens the clerk of a shop, nobody is hurt yet", "yan'an chengdu"),
    "zh-hans": ("有人拿水果刀威胁便利店店员，目前没有人受伤", "延安中路/成都"),
}
AGAIN = {
    "en": "He has a fruit knife and shouts at the clerk, the shop is beside the crossing",
    "zh-hans": "便利店里有人持水果刀，店员躲在后面，还没有人受伤",
}
NOISE = {"en": "Loud music outside our gate until midnight, three nights now", "zh-hans": "楼下连着三晚放音乐到半夜"}


def main(url: str) -> None:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as player:
        arguments = [*WEBGL, *(["--no-sandbox"] if os.getuid() == 0 else [])]
        browser = player.chromium.launch(executable_path=found, args=arguments)
        for language, suffix in LANGUAGES.items():
            room(visitor(browser, url, language, 1366, 768), url, language, suffix)
            intake(visitor(browser, url, language, 1366, 768), url, language, suffix)
            citizen(visitor(browser, url, language, 390, 760), url, language, suffix)
            station(visitor(browser, url, language, 1366, 768), url, suffix)
        for language, suffix in LANGUAGES.items():  # what leaves something behind comes last: matters, then a held crew
            compare(visitor(browser, url, language, 1366, 768), url, language, suffix)
        for language, suffix in LANGUAGES.items():
            terminal(browser, url, language, suffix)
        browser.close()


def visitor(browser: Any, url: str, language: str, width: int, height: int) -> Any:
    """A page of somebody who just came."""
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1)
    context.add_cookies([{"name": "oneroom_language", "value": language, "url": url}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    return page


def seat(page: Any, url: str, role: str) -> None:
    """Take a seat on the demo's first page."""
    page.goto(f"{url}/start/")
    page.locator(f"form:has(input[name=role][value='{role}']) button").click()


def room(page: Any, url: str, language: str, suffix: str) -> None:
    seat(page, url, "dispatcher")
    page.locator("#map[data-map=ready]").wait_for()
    waits = page.locator("#q-rest:not([data-waiting=''])")
    waits.wait_for(timeout=120_000)  # a call that nobody was sent to
    for matter in waits.get_attribute("data-waiting").split():
        page.goto(f"{url}/room/?open={matter}")
        page.locator("#map[data-map=ready]").wait_for()
        page.locator("#inc .matter, #inc #classify").first.wait_for()
        page.wait_for_timeout(3000)
        words = " ".join(page.locator("#inc .personal .say").all_inner_texts())
        if page.locator("#inc .cr").count() and (re.search("[\u4e00-\u9fff]", words) is not None) == (language != "en"):
            break  # one whose place is known, and whose caller spoke as the page does
    page.wait_for_timeout(4000)  # the map's own drawing
    page.screenshot(path=HERE / f"room{suffix}.png")


def intake(page: Any, url: str, language: str, suffix: str) -> None:
    seat(page, url, "calltaker")
    page.goto(f"{url}/room/intake/")
    words, where = CALL[language]
    page.fill("#words", words)
    page.keyboard.press("Enter")
    page.locator("#where").press_sequentially(where)
    page.locator("#places [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    for _ in range(3):  # in danger, now, with a weapon
        page.keyboard.press("y")
    page.wait_for_timeout(4000)  # the map's own drawing
    page.screenshot(path=HERE / f"intake{suffix}.png")
    page.keyboard.press("F9")  # saved, so that the next one begins with an empty form
    page.locator("#done").wait_for()


def citizen(page: Any, url: str, language: str, suffix: str) -> None:
    page.goto(f"{url}/")
    page.fill("#words", NOISE[language])
    page.locator("form[data-draft] button").last.click()
    page.locator(".code-large").wait_for()
    page.screenshot(path=HERE / f"citizen{suffix}.png")


def terminal(browser: Any, url: str, language: str, suffix: str) -> None:
    """A visitor rides with a crew that is free, another takes a call near it and sends it: the order on the phone."""
    desk = visitor(browser, url, language, 1366, 768)
    seat(desk, url, "dispatcher")
    desk.wait_for_url(re.compile("/room/"))
    crew = desk.evaluate(
        """async () => {
          const { ask } = await import("/static/oneroom/act.js");
          return (await ask("/api/crews")).crews.find((c) => c.state === "available" && c.lon !== null);
        }"""
    )
    phone = visitor(browser, url, language, 360, 640)
    phone.goto(f"{url}/start/")
    phone.locator("select[name=crew]").select_option(str(crew["id"]))
    phone.locator("form:has(input[name=role][value='officer']) button").click()
    phone.wait_for_url(re.compile("/t/"))
    desk.evaluate(
        """async ([crew, words]) => {
          const { act } = await import("/static/oneroom/act.js");
          const location = { lon: crew.lon, lat: crew.lat };
          const call = { words, category: "public_order", grade: 2, reasons: ["weapon"], location };
          const { id } = await act("/api/incidents", call);
          await act(`/api/incidents/${id}/offer`, { crews: [crew.id] });
        }""",
        [crew, CALL[language][0]],
    )
    phone.locator("#to-do a").first.click()
    phone.locator(".part-main .four .is-now").wait_for()
    phone.wait_for_timeout(1500)
    phone.screenshot(path=HERE / f"terminal{suffix}.png")
    phone.goto("about:blank")  # nothing of it asks any more
    seat(phone, url, "inspector")  # gives the crew back: its order is answered by the simulated ones


def compare(page: Any, url: str, language: str, suffix: str) -> None:
    """Two callers of one event, side by side; the city stands still, or its simulated dispatcher decides first."""
    seat(page, url, "dispatcher")
    page.wait_for_url(re.compile("/room/"))
    page.locator("[data-rate='0']").click()
    second = page.evaluate(
        """async ([first, again]) => {
          const { act, ask } = await import("/static/oneroom/act.js");
          const [place] = (await ask("/api/places?q=yananzhonglu")).places;
          const taken = [];
          for (const [n, words] of [first, again].entries()) {
            const location = { lon: place.lon + n * 0.0004, lat: place.lat };
            taken.push(await act("/api/incidents", { words, category: "public_order", grade: 2, location }));
          }
          return taken[1].id;
        }""",
        [CALL[language][0], AGAIN[language]],
    )
    page.goto(f"{url}/room/?open={second}")
    page.locator("[data-compare]").wait_for()
    page.keyboard.press("d")
    page.locator("#compare mark").first.wait_for()
    page.wait_for_timeout(1500)
    page.screenshot(path=HERE / f"compare{suffix}.png")
    page.keyboard.press("Escape")
    page.locator("[data-rate='1']").click()


def station(page: Any, url: str, suffix: str) -> None:
    """The day of a station, as its chief sees it."""
    seat(page, url, "chief")
    page.wait_for_url(re.compile("/office/"))
    page.wait_for_timeout(1500)
    page.screenshot(path=HERE / f"station{suffix}.png")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
