"""
Proposals for an incident with 500 crews on duty, as the server answers the dispatcher's screen.

Shanghai's centre as it is bundled, 500 crews with kit and skills at places all over it, 30 open matters with crews on
them, on a real PostgreSQL. A request is the whole way: session, rights, five statements, road times, ranking, the
plan's set, who could be diverted, the lengths of the first ten ways, words and HTML.

Peer, in the same run on the same data: what nobody can do without, namely reading crews, members and positions through
a bare psycopg cursor, and one Dijkstra of SciPy's from the incident over the same roads.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from house import house, sit_down_as
from line import report

CLAIM = "proposals for an incident, 500 crews on duty, through the HTTP handler with the database"
CREWS, OPEN, BUSY, ASKED, WARM_UP = 500, 30, 90, 300, 20
BAR_MS = 100.0
KINDS = (
    ("crime", "robbery", 1), ("dispute", "domestic_violence", 2), ("traffic", "", 1), ("help", "", 3),
    ("mass_event", "", 2), ("public_order", "", 4),
)  # fmt: skip


def main() -> None:
    with house("proposals"):
        measure()


def measure() -> None:
    """Ask as a dispatcher does, in turn with the peer, and print the line."""
    from django.test import Client

    from oneroom.project.server import settle

    dispatcher, matters = build_city(Random(36))
    client = Client(SERVER_NAME="127.0.0.1", headers={"Accept-Language": "zh-hans"})
    sit_down_as(client, dispatcher)
    bare = bare_limit()
    for pk, _node in matters[:WARM_UP]:
        client.get(f"/room/incidents/{pk}/proposals")
    settle()
    ours, theirs = [], []
    for n in range(ASKED):
        pk, node = matters[n % len(matters)]
        begin = time.perf_counter()
        answer = client.get(f"/room/incidents/{pk}/proposals")
        middle = time.perf_counter()
        bare(node)
        end = time.perf_counter()
        assert answer.status_code == 200, answer.content[:300]
        assert answer.content.count(b"data-crew=") >= 10, "everybody is excluded: this measures nothing"
        ours.append((middle - begin) * 1e3)
        theirs.append((end - middle) * 1e3)
    p50, p99 = statistics.median(ours), statistics.quantiles(ours, n=100)[98]
    peer = statistics.median(theirs)
    report(
        CLAIM, value=round(p99, 1), unit="ms, p99", peer=f"bare rows and SciPy's Dijkstra {peer:.1f} ms",
        ratio=round(p50 / peer, 2), bar=f"p99 <= {BAR_MS:g} ms", ok=p99 <= BAR_MS, p50=round(p50, 1),
        slowest=round(max(ours), 1), crews=CREWS, asked=ASKED,
    )  # fmt: skip


def build_city(
    chance: Random, content: bytes | None = None, *, crews: int = CREWS, busy: int = BUSY
) -> tuple[Any, list[tuple[int, int]]]:
    """
    A city (Shanghai's centre if none is given), its crews and its open matters; (the dispatcher's account, [(matter to
    ask about, its junction)]).
    """
    from django.core.management import call_command

    from oneroom.apps.duty.services import Fix, come_on_duty, form_crew, record_positions
    from oneroom.apps.incidents.protocol_files import KIT, SKILLS
    from oneroom.apps.incidents.services import Said, Where, offer, take_report
    from oneroom.apps.ledger.services import service
    from oneroom.apps.ledger.time import now
    from oneroom.apps.orgs.services.units import begin_unit
    from oneroom.apps.people.queries import actor_of
    from oneroom.apps.people.services import create_account, give_role
    from oneroom.apps.places.queries import network
    from oneroom.apps.places.services import load_network
    from oneroom.engine.roles import Role
    from oneroom.engine.values import SYSTEM

    call_command("migrate", verbosity=0)
    if content is None:
        content = (Path(sys.modules["oneroom"].__file__ or "").parent / "project/cities/shanghai.npz").read_bytes()
    load_network(content, name="City", by=SYSTEM, at=now())
    graph, many = network().graph, crews

    def somewhere() -> tuple[int, float, float]:
        node = chance.randrange(graph.nodes)
        return node, float(graph.node_lon[node]), float(graph.node_lat[node])

    @service
    def build() -> tuple[list[int], Any]:
        at = now()
        stations = [
            begin_unit(kind="station", code=f"s{n}", name_zh=f"第{n}所", name_en=f"Station {n}", lon=lon, lat=lat,
                       by=SYSTEM, at=at).pk
            for n in range(20)
            for _node, lon, lat in (somewhere(),)
        ]  # fmt: skip
        formed = []
        for n in range(many):
            members = []
            for role in ("lead", "second", "auxiliary"):
                rider = create_account(username=f"{role}{n}", name="Rider", by=SYSTEM, at=at)
                sworn = Role.AUXILIARY if role == "auxiliary" else Role.PATROL_OFFICER
                give_role(rider.pk, sworn, unit_id=stations[n % 20], by=SYSTEM, at=at)
                members.append((rider.pk, role))
            crew = form_crew(
                code=f"c{n:03}", callsign_zh=f"第{n % 20}所{n:03}", callsign_en=f"Station {n % 20} {n:03}",
                unit_id=stations[n % 20], members=members, skills=chance.sample(SKILLS, 2), kit=chance.sample(KIT, 4),
                by=SYSTEM, at=at,
            )  # fmt: skip
            come_on_duty(crew, by=SYSTEM, at=at)
            formed.append(crew.pk)
        dispatcher = create_account(username="dispatcher", name="Dispatcher", by=SYSTEM, at=at)
        give_role(dispatcher.pk, Role.DISPATCHER, by=SYSTEM, at=at)
        return formed, dispatcher

    formed, dispatcher = build()
    record_positions([Fix(crew, *somewhere()[1:], now(), 12.0) for crew in formed], now())
    by = actor_of(dispatcher)
    matters = []
    for n in range(OPEN):
        category, subcategory, grade = KINDS[n % len(KINDS)]
        node, lon, lat = somewhere()
        taken = take_report(
            Said("a line of words"), source="phone", where=Where(lon, lat, zh="路口", en="Crossing"),
            category=category, subcategory=subcategory, grade=grade, by=by, at=now(),
        )  # fmt: skip
        matters.append((taken.incident_id, node))
    away = chance.sample(formed, busy)
    for n, (pk, _node) in enumerate(matters):  # three crews on each: those that could be diverted for a P1
        offer(pk, away[n::OPEN], by=by, at=now())
    return dispatcher, matters


def bare_limit() -> Any:
    """The least that must be done for one answer, as a function of the incident's junction."""
    import numpy as np
    from django.db import connection
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    from oneroom.apps.places.queries import network

    city = network()
    graph, metric = city.graph, city.metric(None)
    order = np.argsort(metric.arc_ms, kind="stable")
    pairs = graph.arc_head[order].astype(np.int64) * graph.nodes + graph.arc_tail[order]
    _, first = np.unique(pairs, return_index=True)  # parallel arcs: SciPy would add them up
    kept = order[first]
    ends = (graph.arc_head[kept], graph.arc_tail[kept])
    backward = csr_matrix((metric.arc_ms[kept].astype(float), ends), shape=(graph.nodes, graph.nodes))

    def once(node: int) -> None:
        with connection.cursor() as cursor:
            for table in ("duty_crew", "duty_crewmember", "duty_position"):
                cursor.execute(f"SELECT * FROM {table}")
                cursor.fetchall()
        dijkstra(backward, indices=node)

    return once


if __name__ == "__main__":
    main()
