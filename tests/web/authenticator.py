"""An authenticator app in somebody's hand: six digits every half minute, from the secret that the page showed."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.clock import HAND


class App:
    """The app, set up from a page of the house."""

    def __init__(self, page: str) -> None:
        found = re.search(r'class="signin-key">([A-Z2-7 ]+)<', page)
        assert found, page
        self.secret = found.group(1).replace(" ", "")

    def code(self, *, steps: int = 0) -> str:
        """The code of this half minute, or of one so many steps away."""
        return format_hotp_value(hotp_value(self.secret, int(HAND.now().timestamp()) // 30 + steps))

    @classmethod
    def of(cls, client: Any) -> App:
        """Set up by whoever sits at this client; gives the app, ``codes`` are the recovery codes shown once."""
        app = cls(client.get("/account/factors").content.decode())
        answer = client.post("/account/factors", {"act": "app", "code": app.code()})
        assert answer.status_code == 200, answer.content.decode()
        app.codes = re.findall(r"<li>(\d{8})</li>", answer.content.decode())
        return app

    codes: list[str]
