"""The provider of text messages: takes what a courier brings, a little slowly, and keeps a log that nobody can kill."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

SLOWEST_S = 0.4


@dataclass(frozen=True)
class Taken:
    """One message as the provider saw it: which delivery, when, and whether it said that it is a repeat."""

    delivery: int
    at: datetime
    repeat: bool


class Gateway:
    """A context manager; ``url`` is what `ONEROOM_SMS_URL` names."""

    def __init__(self, seed: str, *, slowest_s: float = SLOWEST_S):
        from oneroom.apps.ledger.time import now

        log: list[Taken] = []
        direct: list[str] = []
        chance = Random(seed)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                key = self.path.partition("?")[0].rpartition("/")[2]
                text = str(body.get("message", ""))
                if key.startswith("rung-"):  # without the courier: the database was away (`away.py`)
                    direct.append(key)
                else:
                    log.append(Taken(int(key.rpartition("-")[2]), now(), text.startswith(("(repeated)", "（重发）"))))
                time.sleep(chance.uniform(0, slowest_s))  # long enough to be killed in
                try:
                    self.send_response(200)
                    self.end_headers()
                except OSError:
                    pass  # the courier is dead

            def log_message(self, *_: Any) -> None:
                pass

        self.log, self.direct = log, direct
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"json://127.0.0.1:{self._server.server_address[1]}/{{key}}?to={{address}}"

    def __enter__(self) -> Gateway:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._server.shutdown()
        self._server.server_close()
