"""Orders that nobody signs for while the house breaks, so that rungs fall due."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.faults.writers import Person

if TYPE_CHECKING:
    from tests.faults.rounds import Proof

SILENT_EVERY_S = 0.5


class Silent(threading.Thread):
    """Reports and offers to crews that do not answer, one after the other; at the end they sign for all of it."""

    def __init__(self, proof: Proof, number: int):
        super().__init__(name="silent", daemon=True)
        self._proof, self._prefix = proof, f"{proof.seed}:{number}:silent"
        self._count = 0
        self.stopping = threading.Event()

    def _key(self) -> str:
        self._count += 1
        return f"{self._prefix}:{self._count:04d}"

    def run(self) -> None:
        from tests.town import corner

        lon, lat = corner("market")
        desk = self._proof.person("desk-0")
        open_orders = []
        for name in sorted(n for n in self._proof.force.crews if n.startswith("crew-s")):
            if self.stopping.is_set():
                break
            key = self._key()
            call = {"words": key, "category": "dispute", "grade": 1, "location": {"lon": lon, "lat": lat}}
            taken = desk.do("report", "incidents", call, key, f"report {key}")
            if taken is None:
                continue
            crews = {"crews": [self._proof.force.crews[name]]}
            path = f"incidents/{taken['id']}/offer"
            sent = desk.do("offer", path, crews, self._key(), f"offer {taken['id']}")
            if sent is not None:
                open_orders.append((name.removeprefix("crew-"), sent["assignments"][0]))
            self.stopping.wait(SILENT_EVERY_S)
        self.stopping.wait()
        for person, order in open_orders:
            self._finish(self._proof.person(person), order)

    def _finish(self, phone: Person, order: int) -> None:
        for verb, kind in [("acknowledge", "acknowledged"), ("set_out", "en_route"), ("arrive", "on_scene")]:
            phone.do(verb, f"assignments/{order}/step", {"verb": verb}, self._key(), f"{kind} {order}")
        key = self._key()
        phone.do("scene", f"assignments/{order}/report", {"outcome": "helped", "words": key}, key, f"note {key}")
