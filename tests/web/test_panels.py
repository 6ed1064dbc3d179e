"""live.js and panel.js in a real browser: what changed is fetched, and what a person is doing stays."""

import mimetypes
import time
from pathlib import Path

import pytest

import oneroom.web
from oneroom.web.live import Live
from oneroom.web.stream import app as stream_app
from oneroom.web.stream.ring import frame
from tests.waiting import PATIENCE_MS, until
from tests.web.streams import Serving, say, ticket

pytestmark = pytest.mark.django_db(transaction=True)
STATIC = Path(oneroom.web.__file__).parent / "static"

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>
<script type="application/json" id="words">{"stale": "not updated for {age}"}</script>
<div id="queue" style="">…</div>
<script type="module" src="/page.js"></script>"""
SCRIPT = """
import { connect } from "/static/oneroom/live.js";
import { panel } from "/static/oneroom/panel.js";
window.heard = [];
for (const name of ["live:change", "live:positions", "live:reset", "live:state"])
  document.addEventListener(name, (e) => window.heard.push([name, e.detail.state ?? e.detail.seq ?? null]));
window.queue = panel(document.getElementById("queue"), "/queue", { when: (e) => e.subject !== "crew:99" });
connect();
"""


class House:
    """Pages, tickets and one panel before the live half; counts what is asked of it."""

    def __init__(self, live):
        self.live = live
        self.rows = ["a", "b", "c"]
        self.fetches, self.unchanged, self.tickets = 0, 0, 0
        self.broken = False
        self.signed_in = True
        self.ticket_s = 60.0

    def panel(self):
        rows = "".join(f'<li id="row-{r}"><button id="do-{r}">{r}</button></li>' for r in self.rows)
        return (
            f'<p id="count">{len(self.rows)} rows</p><ol id="rows" data-rows>{rows}</ol>'
            '<details id="more"><summary id="s">more</summary>words</details>'
            '<input id="typed" value=""><input id="tick" type="checkbox"><p class="err" id="wrong" hidden></p>'
        ).encode()

    async def __call__(self, scope, receive, send):
        path = scope.get("path", "")
        if path in ("/live", "/healthz"):
            await self.live(scope, receive, send)
            return
        status, kind, body, more = 200, "text/html", b"", []
        headers = dict(scope.get("headers", []))
        if path == "/":
            body = PAGE.encode()
        elif path == "/page.js":
            kind, body = "text/javascript", SCRIPT.encode()
        elif path == "/api/ticket":
            self.tickets += 1
            status = 200 if self.signed_in else 401
            kind, body = "application/json", f'{{"ticket": "{ticket("room", life_s=self.ticket_s)}"}}'.encode()
        elif path == "/queue":
            self.fetches += 1
            etag = f'W/"{hash(self.panel())}"'.encode()
            more = [(b"etag", etag)]
            if self.broken:
                status = 500
            elif headers.get(b"if-none-match") == etag:
                status, self.unchanged = 304, self.unchanged + 1
            else:
                body = self.panel()
        elif path.startswith("/static/") and (file := STATIC / path.removeprefix("/static/")).is_file():
            kind, body = mimetypes.guess_type(file)[0], file.read_bytes()
        elif path != "/sign-in":
            status = 404
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode()), *more]}
        )
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def house(database_url):
    live = Live(database_url)
    house = House(live)
    with Serving(live, house) as serving:
        house.url, house.serving = serving.url, serving
        yield house


@pytest.fixture
def page(browser, house):
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(house.url)
        page.wait_for_selector("#row-c")
        page.wait_for_function("heard.some(h => h[1] === 'connected')")
        yield page
        assert faults == []


def settle(page, house):
    """Wait until the panel has fetched whatever it was going to."""
    page.wait_for_timeout(1400)


def order(page):
    return page.eval_on_selector_all("#rows > li", "rows => rows.map(r => r.id)")


def test_a_change_is_shown(page, house):
    house.rows.append("d")
    say("room")

    page.wait_for_selector("#row-d")
    assert page.inner_text("#count") == "4 rows"


def test_many_changes_cost_few_fetches(page, house):
    settle(page, house)
    before, began = house.fetches, time.monotonic()
    for _ in range(20):
        say("room")
    page.wait_for_function("heard.filter(h => h[0] === 'live:change').length === 20")
    settle(page, house)

    assert 1 <= house.fetches - before <= 2 + (time.monotonic() - began) / 0.8  # a busy machine took longer to say it


def test_what_does_not_concern_a_panel_is_not_fetched_and_what_did_not_change_is_not_sent(page, house):
    settle(page, house)
    before = house.fetches
    say("room", crew=99)
    settle(page, house)
    assert house.fetches == before

    unchanged = house.unchanged
    say("room")
    until(lambda: house.unchanged == unchanged + 1)


def test_what_a_person_is_doing_stays(page, house):
    page.click("#s")
    page.check("#tick")
    page.fill("#typed", "half a sent")
    page.evaluate("document.getElementById('typed').setSelectionRange(2, 6)")
    page.eval_on_selector("#wrong", "wrong => { wrong.textContent = 'Pick one.'; wrong.hidden = false }")
    page.mouse.move(0, 700)  # away: the order is not held
    page.eval_on_selector("#row-b", "row => row.style.setProperty('--age', '3')")
    house.rows = ["b", "a", "d"]
    say("room")

    page.wait_for_selector("#row-d")
    assert order(page) == ["row-b", "row-a", "row-d"]
    assert page.evaluate("document.getElementById('more').open")
    assert page.is_checked("#tick")
    assert page.input_value("#typed") == "half a sent"
    assert page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]") == ["typed", 2]
    assert page.inner_text("#wrong") == "Pick one."
    assert page.evaluate("document.getElementById('row-b').style.getPropertyValue('--age')") == "3"


def test_rows_do_not_jump_under_the_pointer_and_find_their_place_after(page, house):
    page.hover("#do-b")
    house.rows = ["d", "c", "b"]
    say("room")

    page.wait_for_selector("#row-d")
    assert order(page) == ["row-a", "row-b", "row-c", "row-d"]
    assert page.get_attribute("#row-a", "class") == "is-gone"
    assert page.inner_text("#count") == "3 rows"

    page.wait_for_function("document.querySelector('#rows > li').id === 'row-d'")
    assert order(page) == ["row-d", "row-c", "row-b"]
    assert page.get_attribute("#queue", "class") == ""


def test_leaving_with_the_pointer_releases_the_order_at_once(page, house):
    page.hover("#do-b")
    house.rows = ["c", "b", "a", "d"]
    say("room")
    page.wait_for_selector("#row-d")
    assert order(page)[:3] == ["row-a", "row-b", "row-c"]

    page.mouse.move(0, 700)

    assert order(page) == ["row-c", "row-b", "row-a", "row-d"]


def test_a_panel_that_cannot_be_fetched_says_how_old_it_is_and_recovers(page, house):
    house.broken = True
    say("room")
    page.wait_for_selector("#queue.is-stale")
    assert page.get_attribute("#queue", "data-stale").startswith("not updated for 0:")

    house.broken = False
    house.rows.append("d")

    page.wait_for_selector("#queue:not(.is-stale) #row-d")


def test_a_page_cut_off_hears_afterwards_what_it_missed(page, house):
    page.context.set_offline(True)
    house.serving.on_loop(house.live.hub.close_all)
    page.wait_for_function("heard.at(-1)[1] === 'lost'")
    house.rows.append("d")
    say("room", times=3)
    page.context.set_offline(False)

    page.wait_for_selector("#row-d")
    page.wait_for_function("heard.filter(h => h[0] === 'live:change').length === 3")
    assert page.evaluate("heard.filter(h => h[0] === 'live:reset').length") == 1  # the one at the start


def test_a_page_that_was_answered_from_the_journal_asks_again_when_the_database_is_back(page, house):
    def stands(mode):
        standing = frame("degraded", {"mode": mode, "since": "2026-11-21T03:00:00+08:00"})
        house.serving.on_loop(lambda: house.live.tell_standing(standing))

    for mode, row in (("away", "d"), ("booking", "e"), ("well", "f")):
        settle(page, house)
        house.rows.append(row)  # and no change is told of it: the last one was heard before the house changed hands
        stands(mode)
        page.wait_for_selector(f"#row-{row}")


def test_a_ticket_that_ends_is_renewed_without_a_gap(house, page):
    house.ticket_s = 1.0
    page.evaluate("heard.length = 0")
    house.serving.on_loop(lambda: [listener.close(b"event: renew\ndata: {}\n\n") for listener in everybody(house)])
    asked = house.tickets
    until(lambda: house.tickets >= asked + 2)
    say("room", times=2)

    page.wait_for_function("heard.filter(h => h[0] === 'live:change').length === 2")
    assert page.evaluate("heard.filter(h => h[0] === 'live:reset').length") == 0


def test_changed_access_leads_to_the_sign_in(page, house):
    from tests.web.test_live import change_access

    house.signed_in = False
    change_access(9, version=2)

    page.wait_for_url("**/sign-in?next=%2F")


def test_a_silent_connection_is_not_believed(page, house, monkeypatch):
    monkeypatch.setattr(stream_app, "BEAT_S", 0.2)
    house.serving.on_loop(house.live.tail.stop)  # connected, but nobody tells the server anything
    monkeypatch.setattr("oneroom.web.stream.tail.Tail.lag_s", 60.0)
    house.serving.on_loop(lambda: [listener.wake.set() for listener in everybody(house)])

    page.wait_for_function("document.documentElement.dataset.live === 'deaf'")


def everybody(house):
    return list(house.live.hub._everybody())
