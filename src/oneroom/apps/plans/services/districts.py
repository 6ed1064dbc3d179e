"""The districts that a run found become changes of its scenario: ground drawn anew, districts that begin or end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oneroom.apps.ledger.services import service
from oneroom.apps.orgs.facts import area_key
from oneroom.apps.orgs.ground import read_outline
from oneroom.apps.plans.models import Run
from oneroom.apps.plans.services.scenarios import alter_scenario
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound


@service
def take_over_districts(run_id: int, *, seen: int, by: Actor, at: datetime) -> int:
    """
    Add the run's districts to its scenario: each whose ground changes is altered, new ones begin under their brigade,
    those without ground end and their brigade inherits. Gives the scenario. ``seen`` as in `alter_scenario`.
    """
    by.must(Right.DRAFT_PLANS)
    run = Run.objects.filter(pk=run_id, kind="districts", state=Run.State.DONE).select_related("scenario").first()
    if run is None or run.scenario is None or run.results is None:
        raise NotFound
    changes = districts_as_changes(run.results)
    if not changes:
        raise BadInput("run", "Nobody changes his district by this run.")
    alter_scenario(run.scenario.pk, seen=seen, changes=[*run.scenario.changes, *changes], by=by, at=at)
    return run.scenario.pk


def districts_as_changes(results: dict[str, Any]) -> list[dict[str, Any]]:
    """The changes as data; keeps the outlines that they name."""
    touched = {end for move in results["moved"] for end in (move["was"], move["becomes"])}
    made: list[dict[str, Any]] = []
    for row in results["districts"]:
        if row["unit"] not in touched:
            continue
        area = area_key(read_outline(row["outline"], where="outline"))
        if row["is_new"]:
            unit = {"code": row["unit"], "kind": "district", "name_zh": row["zh"][:60], "name_en": row["en"][:80],
                    "rank": "", "system": None, "parent": row["parent"], "area": area}  # fmt: skip
            made.append({"do": "create", "unit": unit})
        else:
            made.append({"do": "alter", "unit": row["unit"], "to": {"area": area}})
    made += [{"do": "abolish", "unit": code, "heir": row["to"]} for code, row in _ends(results).items()]
    return made


def _ends(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Districts that end, each with the one that gets most of its ground."""
    found: dict[str, dict[str, Any]] = {}
    for code in results["ends"]:
        mine = [m for m in results["moved"] if m["was"] == code]
        if mine:
            found[code] = {"to": max(mine, key=lambda m: (m["cells"], m["becomes"]))["becomes"]}
    return found
