"""Awards out of budgets (row T42), and welfare notes that no commander reads (row B37)."""

from __future__ import annotations

import re
from datetime import date, datetime

from oneroom.apps.ledger.services import erase, hand_over_seals, note, seal, service
from oneroom.apps.personnel.models import Award, AwardScale, Budget, WelfareNote
from oneroom.apps.personnel.services.people import may_keep, serving, subject
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Conflict, NotFound

_CODE = re.compile(r"^[a-z][a-z0-9_]{1,23}$")


@service
def set_budget(year: int, item: str, amount_fen: int, *, by: Actor, at: datetime) -> int:
    """What a year has for something; never less than what went out already. Gives the budget."""
    may_keep(by)
    if not _CODE.match(item) or amount_fen < 0 or not 2000 <= year <= 2200:
        raise BadInput("item", "A year, a code and an amount of at least nothing.")
    row, _new = Budget.objects.select_for_update().get_or_create(
        year=year, item=item, defaults={"amount_fen": amount_fen}
    )
    spent = _spent(row)
    if amount_fen < spent:
        raise Conflict("More than that has gone out of this budget already.", field="amount")
    Budget.objects.filter(pk=row.pk).update(amount_fen=amount_fen)
    note("budget.set", f"budget:{row.pk}", by=by, at=at, budget=row.pk, year=year, item=item, amount_fen=amount_fen)
    return row.pk


@service
def set_scale(kind: str, amount_fen: int, *, since: date, by: Actor, at: datetime) -> int:
    """How much an award of this kind is from a day on; what was given before stays. Gives the row of the table."""
    may_keep(by)
    if not _CODE.match(kind):
        raise BadInput("award", "A code: small letters, digits and _.")
    if amount_fen < 0:
        raise BadInput("amount", "An amount is nothing or more.")
    row, _new = AwardScale.objects.update_or_create(kind=kind, since=since, defaults={"amount_fen": amount_fen})
    note(
        "awards.scaled", f"award_scale:{row.pk}", by=by, at=at, scale=row.pk, award_kind=kind, amount_fen=amount_fen,
        day=since.isoformat(),
    )  # fmt: skip
    return row.pk


@service
def give_award(pk: int, *, budget: int, kind: str, day: date, by: Actor, at: datetime) -> int:
    """An award by the table of its day, paid out of a budget of its year as long as there is enough in it."""
    may_keep(by)
    person = serving(pk)
    row = Budget.objects.select_for_update().filter(pk=budget, year=day.year).first()
    if row is None:
        raise BadInput("budget", "There is no such budget in that year.")
    scale = AwardScale.objects.filter(kind=kind, since__lte=day).order_by("-since").first()
    if scale is None:
        raise BadInput("award", "The table of awards has no such award on that day.")
    amount_fen = scale.amount_fen
    if _spent(row) + amount_fen > row.amount_fen:
        raise Conflict("There is not so much left in this budget.", field="amount", code="over_budget")
    award = Award.objects.create(person=person, budget=row, kind=kind, amount_fen=amount_fen, day=day)
    note(
        "award.given",
        subject(pk),
        by=by,
        at=at,
        person=pk,
        award=award.pk,
        award_kind=kind,
        budget=budget,
        amount_fen=amount_fen,
    )
    return award.pk


def _spent(row: Budget) -> int:
    return sum(row.awards.values_list("amount_fen", flat=True))


@service
def write_welfare(pk: int, words: str, *, again: date | None, by: Actor, at: datetime) -> int:
    """A word about how somebody is; sealed. The record does not say whom it is about."""
    by.must(Right.CARE)
    person = serving(pk)
    said = plain("words", words, longest=2000, required=True)
    own = f"welfare-of:{by.id}"
    sealed, commitment = seal(said, matter=own, purpose="welfare.words", at=at)
    row = WelfareNote.objects.create(person=person, words=sealed, at=at, again=again)
    hand_over_seals([sealed.pk], before=own, to=f"welfare:{row.pk}")
    note("welfare.noted", f"welfare:{row.pk}", by=by, at=at, welfare=row.pk, words=commitment)
    return row.pk


@service
def end_welfare(pk: int, *, by: Actor, at: datetime) -> None:
    """It is over: the words are erased."""
    by.must(Right.CARE)
    if not WelfareNote.objects.filter(pk=pk, ended_at=None).update(ended_at=at):
        raise NotFound
    erase(f"welfare:{pk}", cause="care_ended", by=by, at=at)
    note("welfare.ended", f"welfare:{pk}", by=by, at=at, welfare=pk)
