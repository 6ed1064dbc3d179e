"""
Proposals with coverage shown, in the largest room: 5,000 crews on duty, New York's 264,346 junctions, through the
HTTP handler with the database.

Every answer says of each crew what it would leave uncovered. Between two questions crews move and one changes its
state, and the room's line of coverage is asked for as a console does; the picture is made anew meanwhile, beside.
The calls that weigh it are 70,000, as eight weeks of a city.

Peer, in the same run on the same data: bare rows of crews, members and positions, and one Dijkstra of SciPy's.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import timedelta
from random import Random

from house import house, sit_down_as
from line import report, skip
from nearest import FOLDER, read_new_york
from proposals import bare_limit, build_city

CLAIM = "proposals with coverage shown, 5,000 crews on duty, 264,346 junctions, through the HTTP handler"
CREWS, BUSY, CALLS, ASKED, WARM_UP, MOVED = 5_000, 900, 70_000, 300, 20, 50
BAR_MS = 150.0


def main() -> None:
    if not FOLDER.is_dir():
        skip(CLAIM, "../shared/benchmarks/dimacs is not here")
    from oneroom.engine.roads import to_npz_bytes

    content = to_npz_bytes(read_new_york()[0])
    with house("proposals_coverage"):
        measure(content)


def measure(content: bytes) -> None:
    """Ask as a dispatcher does while the city moves, and print the line."""
    from django.test import Client

    from oneroom.apps.duty.models import Crew
    from oneroom.apps.duty.services import Fix, record_positions
    from oneroom.apps.incidents import coverage
    from oneroom.apps.incidents.services import BroughtIn, bring_in_calls
    from oneroom.apps.ledger.time import now
    from oneroom.apps.places.queries import network
    from oneroom.engine.values import SYSTEM
    from oneroom.project.server import settle

    chance = Random(37)
    dispatcher, matters = build_city(chance, content, crews=CREWS, busy=BUSY)
    graph = network().graph

    def somewhere() -> tuple[float, float]:
        node = chance.randrange(graph.nodes)
        return float(graph.node_lon[node]), float(graph.node_lat[node])

    at = now()
    past = (BroughtIn(at - timedelta(minutes=n + 1), *somewhere(), "dispute", 3, "phone") for n in range(CALLS))
    bring_in_calls(list(past), by=SYSTEM, at=at)
    client, console = (Client(SERVER_NAME="127.0.0.1", headers={"Accept-Language": "zh-hans"}) for _ in range(2))
    for one in (client, console):
        sit_down_as(one, dispatcher)
    bare = bare_limit()
    for pk, _node in matters[:WARM_UP]:
        client.get(f"/room/incidents/{pk}/proposals")
        console.get("/room/coverage")
    settle()
    crews = list(Crew.objects.values_list("pk", "state"))
    ours, theirs, lines = [], [], []
    for n in range(ASKED):
        record_positions([Fix(crew, *somewhere(), now(), 12.0) for crew, _state in chance.sample(crews, MOVED)], now())
        free = [crew for crew, state in crews if state == "available"]
        Crew.objects.filter(pk=chance.choice(free)).update(state="meal" if n % 2 else "available")
        begin = time.perf_counter()
        console.get("/room/coverage")
        lines.append((time.perf_counter() - begin) * 1e3)
        pk, node = matters[n % len(matters)]
        begin = time.perf_counter()
        answer = client.get(f"/room/incidents/{pk}/proposals")
        middle = time.perf_counter()
        ours.append((middle - begin) * 1e3)
        assert answer.status_code == 200, answer.content[:300]
        assert answer.content.count(b"data-crew=") >= 10, "everybody is excluded: this measures nothing"
        if n % 10 == 0:
            begin = time.perf_counter()
            bare(node)
            theirs.append((time.perf_counter() - begin) * 1e3)
    p50, p99 = statistics.median(ours), statistics.quantiles(ours, n=100)[98]
    peer, held = statistics.median(theirs), coverage._held  # noqa: SLF001 -- what a picture took
    report(
        CLAIM, value=round(p99, 1), unit="ms, p99", peer=f"bare rows and SciPy's Dijkstra {peer:.1f} ms",
        ratio=round(p50 / peer, 2), bar=f"p99 <= {BAR_MS:g} ms", ok=p99 <= BAR_MS, p50=round(p50, 1),
        slowest=round(max(ours), 1), crews=CREWS, asked=ASKED, line_p50=round(statistics.median(lines), 1),
        line_p99=round(statistics.quantiles(lines, n=100)[98], 1),
        picture_s=round(held.took_s, 2) if held else None,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
