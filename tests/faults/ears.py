"""
Open screens: each holds a stream over the wire, comes back with `Last-Event-ID` as a browser does, notes all it hears.
"""

from __future__ import annotations

import json
import threading
import time

import httpx

from tests.faults.writers import Person

BACK_AFTER_S = 0.2
SILENT_S = 20.0  # a beat comes every fifteen seconds


class Ear(threading.Thread):
    """One stream, for as long as the proof runs, over any number of connections."""

    def __init__(self, url: str, person: Person, scopes: list[str], since: int):
        super().__init__(name=f"ear-{person.name}", daemon=True)
        self.scopes, self.since = scopes, since
        self.heard: list[int] = []
        self.cursor = since
        self.faults: list[str] = []
        self.hellos = 0
        self.lost_at: float | None = None
        self.resumed_at: float | None = None
        self._url, self._person = url, person
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        ticket = None
        while not self._stopping.is_set():
            ticket = ticket or self._person.ticket()
            if ticket is not None and self._listen(ticket) == 401:
                ticket = None
            self._stopping.wait(BACK_AFTER_S)

    def _listen(self, ticket: str) -> int | None:
        timeout = httpx.Timeout(SILENT_S, connect=2)
        headers = {"Last-Event-ID": str(self.cursor)}
        try:
            with (
                httpx.Client(timeout=timeout, trust_env=False, verify=False) as client,
                client.stream("GET", f"{self._url}/live", params={"ticket": ticket}, headers=headers) as answer,
            ):
                if answer.status_code == 200:
                    self._read(answer)
                return answer.status_code
        except httpx.HTTPError:
            if self.lost_at is None:
                self.lost_at = time.monotonic()
            return None

    def _read(self, answer: httpx.Response) -> None:
        frame: dict[str, str] = {}
        for line in answer.iter_lines():
            if self._stopping.is_set():
                return
            if line:
                name, _, value = line.partition(": ")
                frame[name] = value
            elif "event" in frame:
                self._take(frame)
                frame = {}
            else:
                frame = {}

    def _take(self, frame: dict[str, str]) -> None:
        name = frame["event"]
        if name == "hello":
            self.hellos += 1
            self.lost_at, self.resumed_at = None, time.monotonic()
        elif name == "reset":
            self.faults.append(f"told to fetch everything again at {self.cursor}")
        elif name == "change" and "id" in frame:  # without one it is no entry: a page is told to look again
            seq = json.loads(frame["data"])["seq"]
            if self.heard and seq <= self.heard[-1]:
                self.faults.append(f"heard {seq} after {self.heard[-1]}")
            self.heard.append(seq)
        if "id" in frame:
            self.cursor = int(frame["id"])
