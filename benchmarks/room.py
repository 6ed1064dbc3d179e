"""
The dispatcher's screen in a real browser: 30 open incidents, 500 crews on duty that send where they are.

Shanghai's roads, a real web process, a real PostgreSQL, headless Chromium with WebGL by software. Each load is a cold
one (a browser context of its own). Usable is the moment when the last part of `room.js` has started (the queue stands
in the page already, and keys and the command line answer), which is then tried by typing. Bytes are what Chromium says
came over the wire until that moment, without what only the map needs.

While nobody does anything Chromium's long animation frames say which script ran how long: entry points in MapLibre's
own files are the drawing, by a GPU that is none, and are told apart; everything else counts.

Peer, in the same browser from the same process: the same addresses asked for at once, read and thrown away.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import statistics
import sys
import time
from random import Random
from typing import Any

from house import house, sit_down_as
from line import report, skip
from proposals import build_city
from push import SPAWN, drive, serve, wait_for

CLAIM = "room screen usable; 30 open incidents, 500 crews moving, headless Chromium"
LOADS, IDLE_S = 5, 30.0
USABLE_S, MAP_S, SCRIPT_MS, BYTES = 2.0, 5.0, 200.0, 300_000
OF_THE_MAP = ("/maplibre-gl-", "/pmtiles-", "/oneroom/map", "/map/")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WEBGL = ("--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
WATCH = """
new MutationObserver((_, watching) => {
  if (!document.getElementById("room")?.dataset.ready) return;
  window.usableAt = performance.now();
  watching.disconnect();
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ["data-ready"]});
new MutationObserver((_, watching) => {
  if (document.getElementById("map")?.dataset.map !== "ready") return;
  window.mapAt = performance.now();
  watching.disconnect();
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ["data-map"]});
window.frames_ = [];
new PerformanceObserver((list) => {
  for (const f of list.getEntries()) {
    const scripts = f.scripts.map((s) => ({ms: s.duration, url: s.sourceURL, by: s.invoker}));
    window.frames_.push({at: f.startTime, ms: f.duration, scripts});
  }
}).observe({type: "long-animation-frame", buffered: true});
"""
BARE = """async (urls) => {
  const begin = performance.now();
  await Promise.all(urls.map(async (url) => (await fetch(url, {cache: "no-store"})).arrayBuffer()));
  return performance.now() - begin;
}"""


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not chromium:
        skip(CLAIM, "there is no Chromium here")
    with house("room") as url:
        measure(str(chromium), url)


def measure(chromium: str, database_url: str) -> None:
    """Start the process and the phones, look at the screen, print the line."""
    dispatcher, _ = build_city(Random(36))
    cookie = session_of(dispatcher)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = SPAWN.Process(target=serve, args=(port, database_url), daemon=True)
    server.start()
    wait_for(port)
    phones = SPAWN.Process(target=ride, args=(port, crew_ids()), daemon=True)
    phones.start()
    try:
        time.sleep(10)  # the server has read its city, each phone has sent once
        loads, frames = look(chromium, f"http://127.0.0.1:{port}", cookie)
    finally:
        for process in (phones, server):
            process.terminate()
            process.join(10)
    say(loads, frames)


def say(loads: list[dict[str, Any]], frames: list[dict[str, Any]]) -> None:
    """Reduce what was seen to the line."""
    usable, drawn, size, bare = (
        statistics.median(load[name] for load in loads) for name in ("usable_s", "map_s", "bytes", "bare_s")
    )
    ours, drawing = [0.0], [0.0]
    for script in (script for frame in frames for script in frame["scripts"]):
        (drawing if "/maplibre-gl-" in script["url"] else ours).append(script["ms"])
    report(
        CLAIM, value=round(usable, 2), unit="s", peer=f"the same addresses, only read {bare:.2f} s",
        ratio=round(usable / bare, 2),
        bar=f"usable <= {USABLE_S:g} s, map <= {MAP_S:g} s, script <= {SCRIPT_MS:g} ms, <= {BYTES // 1000} KB",
        ok=usable <= USABLE_S and drawn <= MAP_S and max(ours) <= SCRIPT_MS and size <= BYTES,
        map_s=round(drawn, 2), kilobytes=round(size / 1000), longest_script_ms=round(max(ours)),
        longest_drawing_ms=round(max(drawing)), long_frames=len(frames), idle_s=IDLE_S, loads=len(loads),
    )  # fmt: skip


# ---- the browser -----------------------------------------------------------------


def look(chromium: str, url: str, cookie: tuple[str, str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Load the screen several times, cold; then leave the last one alone. (loads, long frames while idle)"""
    from playwright.sync_api import sync_playwright

    arguments = [*WEBGL, *(["--no-sandbox"] if os.getuid() == 0 else [])]
    loads = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=arguments)
        for n in range(LOADS):
            context = browser.new_context(locale="zh-CN", viewport={"width": 1600, "height": 900})
            context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": url}])
            page = context.new_page()
            loads.append(load(page, url))
            if n == LOADS - 1:
                begin = page.evaluate("performance.now()")
                page.wait_for_timeout(IDLE_S * 1000)
                frames = [f for f in page.evaluate("frames_") if f["at"] >= begin]
            context.close()
        browser.close()
    return loads, frames


def load(page: Any, url: str) -> dict[str, Any]:
    """One cold load, from the navigation until the map is drawn, and the bare limit after it."""
    wire = page.context.new_cdp_session(page)
    asked: dict[str, str] = {}
    came: list[tuple[float, str, float]] = []
    begun: list[float] = []

    def sent(event: dict[str, Any]) -> None:
        begun.append(event["timestamp"])
        asked[event["requestId"]] = event["request"]["url"]

    wire.on("Network.requestWillBeSent", sent)
    wire.on(
        "Network.loadingFinished",
        lambda e: came.append((e["timestamp"] - begun[0], asked.get(e["requestId"], ""), e["encodedDataLength"])),
    )
    wire.send("Network.enable")
    page.add_init_script(WATCH)
    page.goto(f"{url}/room/", wait_until="commit")
    until(page, "usableAt")
    page.keyboard.press("/")
    page.keyboard.type("help")
    assert page.input_value("#command") == "help", "the command line does not answer"
    page.keyboard.press("Escape")
    assert page.locator("#queue [data-incident]").count() >= 30, "the queue is not there"
    until(page, "mapAt")
    usable, drawn = page.evaluate("[usableAt / 1000, mapAt / 1000]")
    before = [(u, size) for at, u, size in came if at <= usable and not any(part in u for part in OF_THE_MAP)]
    page.goto(f"{url}/healthz")
    bare = page.evaluate(BARE, [u for u, _ in before])
    size = sum(size for _, size in before)
    if "-v" in sys.argv:
        for address, one in sorted(before, key=lambda pair: -pair[1])[:8]:
            print(round(one), address, file=sys.stderr)
    page.goto(f"{url}/room/")
    until(page, "mapAt")
    return {"usable_s": usable, "map_s": drawn, "bytes": size, "bare_s": bare / 1000}


def until(page: Any, name: str) -> None:
    """Wait for a mark of ours; Playwright's own waiting would evaluate a string, which the page's policy forbids."""
    deadline = time.monotonic() + 60
    while not page.evaluate(f"window.{name}"):
        assert time.monotonic() < deadline, f"{name}: not within a minute"
        page.wait_for_timeout(100)


# ---- the city --------------------------------------------------------------------


def session_of(account: Any) -> tuple[str, str]:
    """The cookie (name, value) of somebody who is signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    sit_down_as(client, account)
    return settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value


def crew_ids() -> list[int]:
    """All crews on duty."""
    from oneroom.apps.duty.queries import board

    return [crew.id for crew in board()]


def ride(port: int, crews: list[int]) -> None:
    """All phones, each sending where it is every ten seconds."""
    import django

    django.setup()
    from oneroom.web import tickets

    async def all_of_them() -> None:
        soon = time.time() + 3600
        every = [tickets.Ticket(1_000_000 + c, frozenset({f"crew:{c}", "all"}), 1000, soon) for c in crews]
        await asyncio.gather(*(drive(port, n, tickets.seal(one)) for n, one in enumerate(every)))

    asyncio.run(all_of_them())


if __name__ == "__main__":
    main()
