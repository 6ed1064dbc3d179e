"""Pages of a running house in a real Chromium, each opened as somebody of the town, or as nobody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.test import Client

from tests.waiting import PATIENCE_MS

SEEN = os.environ.get("ONEROOM_SEEN")
# Drawing a map without a graphics card is slow: it is drawn only where it is what is tested.
NO_WEBGL = """
const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : get.call(this, kind, ...rest);
};
"""


def picture(page: Any, name: str) -> None:
    """A picture of the page for whoever looks at them: in the folder ONEROOM_SEEN, if it is named."""
    if SEEN:
        page.screenshot(path=str(Path(SEEN) / f"{name}.png"), full_page=True)


@contextmanager
def browsing(browser: Any, people: Mapping[str, Any]) -> Iterator[Callable[..., Any]]:
    """Gives ``open_as(who, address)``. No script may fail and no policy may be broken on any of its pages."""
    contexts: list[Any] = []
    faults: list[str] = []

    def open_as(
        who: str | None, address: str, *, language: str = "en", width: int = 1366, height: int = 768,
        script: str = NO_WEBGL, **options: Any,
    ) -> Any:  # fmt: skip
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if who is not None:
            client = Client()
            client.force_login(people[who])
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        house = urljoin(address, "/")  # a cookie's path follows its address
        context.add_cookies([{"name": name, "value": value, "url": house} for name, value in cookies.items()])
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: "Content Security" in said.text and faults.append(said.text))
        page.goto(address)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert faults == [], faults
