"""Whoever could not be told of a rung while the database was away is told when it is back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from oneroom.apps.duty.queries import who
from oneroom.apps.ledger.services import ask_guards, note, service
from oneroom.apps.orders.models import Delivery, Ladder, Rung
from oneroom.apps.orders.services.ladders import delivery_of
from oneroom.apps.people.models import Account
from oneroom.engine import escalation
from oneroom.engine.values import SYSTEM, Actor


@service
def tell_missed(rungs: Collection[tuple[int, int]], *, at: datetime, by: Actor = SYSTEM) -> int:
    """
    Of these rungs, by ladder and number, which happened while the database was away: tell those who had the duty then
    and were not told, as when nobody could know yet whose station a place is. How many people.

    Nobody is told of a ladder that was stopped meanwhile: the answer came, or the matter is over. A rung that told all
    it had to tell, tells nobody twice.
    """
    about = {ladder for ladder, _n in rungs}
    found = Rung.objects.select_related("ladder").filter(ladder_id__in=about, done__isnull=False).order_by("pk")
    steps = [step for step in found if (step.ladder_id, step.n) in rungs]
    ask_guards("orders.climb", matters={step.ladder.matter for step in steps})
    running = Ladder.objects.select_for_update().filter(pk__in=about, stopped=None).in_bulk()
    told = set(Delivery.objects.filter(rung__in=steps).values_list("rung_id", "account_id"))
    many = 0
    for step in steps:
        ladder = running.get(step.ladder_id)
        missed = [] if ladder is None else [one for one in _meant(ladder, step) if (step.pk, one.pk) not in told]
        if ladder is None or not missed:
            continue
        _tell(ladder, step, missed, by=by, at=at)
        many += len(missed)
    return many


def _rung_of(ladder: Ladder, step: Rung) -> escalation.Rung:
    return next(rung for rung in escalation.thawed(ladder.rungs) if rung.n == step.n)


def _meant(ladder: Ladder, step: Rung) -> list[Account]:
    """Whom the rung named at the minute in which it happened."""
    assert step.done is not None
    found = {
        account.pk: account
        for target in _rung_of(ladder, step).tell
        for account in who(target, at=step.done, crew_id=ladder.crew_id, unit_id=ladder.unit_id)
        if account.pk != ladder.never_account
    }
    return list(found.values())


def _tell(ladder: Ladder, step: Rung, missed: list[Account], *, by: Actor, at: datetime) -> None:
    Rung.objects.filter(pk=step.pk).update(skipped=False)
    Delivery.objects.bulk_create(
        delivery_of(step, account, channel, at) for account in missed for channel in _rung_of(ladder, step).channels
    )
    scopes = {"room", *(f"account:{account.pk}" for account in missed)}
    if ladder.unit_id is not None:
        scopes.add(f"unit:{ladder.unit_id}")
    note(
        "ladder.told_late", ladder.subject, by=by, at=at, to=scopes, matter=ladder.matter, ladder=ladder.pk,
        rung=step.n, rung_code=step.code, told=len(missed), stage=ladder.stage,
    )  # fmt: skip
