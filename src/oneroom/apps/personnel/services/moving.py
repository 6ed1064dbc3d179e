"""A move takes effect: what somebody held at the unit that he left ends there (security points 6 and 17)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.timezone import localtime

from oneroom.apps.ledger.services import ask_guards, note, service
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.orgs.queries import heirs_since
from oneroom.apps.people.queries import open_grants_from, open_grants_of
from oneroom.apps.people.services import end_grant
from oneroom.apps.personnel.models import Move, Post, Posting
from oneroom.apps.personnel.services.people import subject
from oneroom.apps.personnel.spells import not_over
from oneroom.engine.roles import INTAKE, Role
from oneroom.engine.values import SYSTEM

# A move begins at midnight, in the middle of a night shift: who is at work then keeps what he works with until he is
# done, but no longer than this.
LATEST = timedelta(hours=12)
AT_ONCE = 20
ROOM = "command_room"


def due_moves(at: datetime, *, besides: Collection[int] = ()) -> list[int]:
    """Moves whose day has come and that nobody has followed yet, a few, the oldest first; none of ``besides``."""
    rows = Move.objects.filter(followed=False, day__lte=localtime(at).date()).exclude(pk__in=besides)
    return list(rows.order_by("day", "pk").values_list("pk", flat=True)[:AT_ONCE])


def skip_bare_moves(at: datetime) -> int:
    """Moves that end nothing: of who has no account, who came, and who left, whose roles all ended at once."""
    bare = Q(person__account=None) | Q(from_unit=None) | Q(to_unit=None) | ~Q(person__left=None)
    due = Move.objects.filter(bare, followed=False, day__lte=localtime(at).date()).order_by("pk")[:1000]
    return int(Move.objects.filter(pk__in=list(due.values_list("pk", flat=True))).update(followed=True))


@service
def follow_move(pk: int, *, at: datetime) -> int:
    """
    End the roles that somebody held at the unit that he left, and those of the room where he left that; how many. New
    ones are given by two persons, as ever. Where he still has a post in that unit, beside his own, he keeps them.

    A unit that has ended since (reforms take effect first, and a move waits while somebody is at work) is its heirs:
    what he held at it ends there. Whoever was posted to that heir himself has a post there, and keeps them.

    Raises Conflict (``GUARDS["personnel.follow_move"]``) while he is at work, on the first half day.
    """
    move = Move.objects.select_for_update().select_related("person").filter(pk=pk, followed=False).first()
    account = move.person.account_id if move is not None else None
    if move is None or account is None:
        return 0
    today = localtime(at).date()
    begun = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    if move.day == today and at - begun < LATEST:
        ask_guards("personnel.follow_move", account_id=account, at=at)
    # A reform holds all units while it takes effect: what this one's heirs are is asked before it or after, not within.
    unit = OrgUnit.objects.select_for_update(no_key=True).filter(code=move.from_unit).first()
    units = heirs_since(unit.pk) if unit is not None else {}
    Move.objects.filter(pk=pk).update(followed=True)
    posts = Posting.objects.filter(not_over(today), person=move.person, since__lte=today).values("post")
    there = Post.objects.filter(not_over(today), code__in=posts, since__lte=today)
    if there.filter(unit__in={move.from_unit, *units.values()}).exists():
        return 0
    ends: list[tuple[str, int | None]] = [*open_grants_from(account, list(units))]
    if move.from_kind == ROOM:
        ends += [(role, None) for role, at_unit in open_grants_of(account) if at_unit is None and Role(role) in INTAKE]
    for role, at_unit in ends:
        end_grant(account, Role(role), unit_id=at_unit, by=SYSTEM, at=at)
    if unit is not None:
        note(
            "person.moved", subject(move.person_id), by=SYSTEM, at=at, matter=subject(move.person_id),
            person=move.person_id, account=account, unit=unit.pk, roles=len(ends),
        )  # fmt: skip
    return len(ends)
