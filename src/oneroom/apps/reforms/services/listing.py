"""A list of units becomes a plan: looked through first, each line answered; drafted whole or not at all (ADR 26)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from oneroom.apps.ledger.services import service
from oneroom.apps.orgs import facts as stored
from oneroom.apps.reforms.services.plans import draft_plan
from oneroom.engine.organisation.codec import MOST
from oneroom.engine.organisation.lines import Words
from oneroom.engine.organisation.listing import Fate, Listed, listed, rows_of
from oneroom.engine.values import Actor, BadInput


def look_through(
    lines: Sequence[tuple[int, Mapping[str, str]]], *, day: date, words: Words,
    unread: Mapping[int, Mapping[str, str]] | None = None,
) -> Listed:  # fmt: skip
    """What these lines would make of the facts on that day; writes nothing."""
    return listed(lines, stored.facts(), day, words, unread=unread)


def must_be_whole(found: Listed) -> None:
    """Raises ``BadInput`` (field ``file``) while a line is refused, or where there is nothing to do."""
    refused = len(found.of(Fate.REFUSED))
    if refused:
        raise BadInput("file", "Lines that cannot be taken over: %(count)d. Nothing was taken.", count=refused)
    if not found.changes:
        raise BadInput("file", "This list changes nothing: all of it is so already.")
    if len(found.changes) > MOST:
        raise BadInput("file", "A reform has at most %(most)d changes.", most=MOST)


@service
def draft_list(found: Listed, *, name: str, day: date, by: Actor, at: datetime) -> int:
    """A draft of what the list changes; gives the plan. Raises BadInput while any line of it is refused."""
    must_be_whole(found)
    return draft_plan(name, day, found.changes, by=by, at=at)


def units_on(day: date) -> list[dict[str, str]]:
    """The units of a day as lines of a list, by code."""
    functions: dict[str, list[str]] = {}
    for duty in stored.duties_on(day):
        functions.setdefault(duty.unit, []).append(duty.function)
    return rows_of(stored.tree_on(day).units.values(), functions)
