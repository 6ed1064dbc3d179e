"""
Unusual looking (scope G15): the looks are read through as they come, what is out of the ordinary goes to the inspector.

The machine compares; no name or number of a caller is shown or kept by it. What it finds is a flag with the records
behind it, and a person judges it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.timezone import localtime

from oneroom.apps.incidents.models import FoldedTo, Report
from oneroom.apps.ledger.models import Look
from oneroom.apps.ledger.services import compared, note, service
from oneroom.apps.oversight.models import LookFlag
from oneroom.apps.people.models import Account, Grant, Relation
from oneroom.apps.people.queries import holders
from oneroom.engine.roles import Right, Role
from oneroom.engine.unusual import FEWEST, Rule, most, own
from oneroom.engine.values import SYSTEM, Actor, BadInput, NotFound, Overtaken

FOLD = "unusual"
FINDINGS = ("explained", "not_explained")
_BATCH = 2000
_USUAL_OVER = timedelta(days=28)
# Looks that are no curiosity about people: the machinery of two persons and of inspection, and a caller's own page.
_NOT_COUNTED = ("own", "countersign", "glass_review")


@service
def watch_looks(at: datetime) -> int:
    """Read the looks since the last time, a bounded batch; how many flags were raised."""
    kept = FoldedTo.objects.filter(pk=FOLD).first()
    after = kept.seq if kept is not None else 0
    looks = list(Look.objects.filter(seq__gt=after).order_by("seq").defer("canonical", "prev")[:_BATCH])
    if not looks:
        return 0
    FoldedTo.objects.update_or_create(pk=FOLD, defaults={"seq": looks[-1].seq, "hash": looks[-1].hash})
    counted = [look for look in looks if look.actor and look.purpose not in _NOT_COUNTED]
    return _own_matters(counted, at) + _volumes({(look.actor, localtime(look.at).date()) for look in counted}, at)


def _own_matters(looks: Iterable[Look], at: datetime) -> int:
    """Somebody opened a matter in which he himself is the caller, or a relative whom he declared."""
    by_matter: dict[int, dict[int, Look]] = defaultdict(dict)
    for look in looks:
        kind, _colon, pk = look.record.partition(":")
        if kind == "incident" and "report.caller" in look.fields:
            by_matter[int(pk)].setdefault(look.actor, look)
    accounts = Account.objects.in_bulk({actor for seen in by_matter.values() for actor in seen})
    kin = _kin(accounts)
    reports = list(Report.objects.filter(incident__in=by_matter, caller__isnull=False).select_related("caller"))
    said = compared([r.caller for r in reports if r.caller is not None])
    raised = 0
    for report in reports:
        caller = said.get(report.caller_id or 0) or {}
        for actor, look in by_matter[report.incident_id].items():
            account = accounts.get(actor)
            called = {"caller_name": caller.get("name", ""), "caller_phone": caller.get("phone", "")}
            rule = account and own(name=account.name, mobile=account.mobile, **called)
            if not rule and any(own(name=name, mobile=phone, **called) for name, phone in kin[actor]):
                rule = Rule.KIN
            if rule:
                day = localtime(look.at).date()
                raised += _flag(rule, actor, day, record=look.record, count=1, usual=0, at=at)
    return raised


def _kin(accounts: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """(name, number) of the relatives that these people declared."""
    rows = list(Relation.objects.filter(account__in=list(accounts), ended_at=None).select_related("person"))
    said = compared([row.person for row in rows])
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        person = said.get(row.person_id) or {}
        found[row.account_id].append((person.get("name", ""), person.get("phone", "")))
    return found


def _volumes(days: set[tuple[int, object]], at: datetime) -> int:
    """Somebody opened far more records in a day than is usual for his role."""
    raised = 0
    for actor, day in sorted(days, key=str):
        rows = Look.objects.filter(actor=actor, at__date=day).exclude(purpose__in=_NOT_COUNTED)
        count = rows.values("record").distinct().count()
        if count > FEWEST:
            usual = _usual(actor, at)
            if count > most(usual):
                raised += _flag(Rule.VOLUME, actor, day, record="", count=count, usual=round(usual), at=at)
    return raised


def _usual(actor: int, at: datetime) -> float:
    """The median day of the others who hold one of this person's roles, over four weeks; 0 where there is none."""
    roles = Grant.objects.filter(account_id=actor, ends=None).values("role")
    others = Grant.objects.filter(role__in=roles, ends=None).exclude(account_id=actor).values("account_id")
    days = (
        Look.objects.filter(actor__in=others, at__gt=at - _USUAL_OVER).exclude(purpose__in=_NOT_COUNTED)
        .annotate(day=TruncDate("at")).values("actor", "day").annotate(n=Count("record", distinct=True))
    )  # fmt: skip
    counts = [row["n"] for row in days]
    return float(median(counts)) if counts else 0.0


def _flag(rule: Rule, actor: int, day: object, *, record: str, count: int, usual: int, at: datetime) -> int:
    row, made = LookFlag.objects.get_or_create(
        rule=rule, account_id=actor, day=day, record=record, defaults={"count": count, "usual": usual, "found_at": at}
    )
    if not made:
        LookFlag.objects.filter(pk=row.pk, judged_at=None).update(count=count)
        return 0
    note(
        "look.flagged", f"flag:{row.pk}", by=SYSTEM, at=at, to=[f"account:{a.pk}" for a in holders(Role.INSPECTOR)],
        flag=row.pk, account=actor, rule=rule, count=count, usual=usual, record=record or None,
    )  # fmt: skip
    return 1


@service
def flag_denials(account: int, *, count: int, at: datetime) -> None:
    """Somebody was refused so often in a short time that he tries doors: once for each day."""
    _flag(Rule.DENIED, account, localtime(at).date(), record="", count=count, usual=0, at=at)


def flags_waiting(*, by: Actor) -> int:
    """How many wait for a judgement, however many are shown at once."""
    by.must(Right.INSPECT)
    return LookFlag.objects.filter(judged_at=None).count()


def flags(*, by: Actor, most: int = 50) -> list[LookFlag]:
    """What waits for a judgement first, the oldest of them before all; then the last ones judged."""
    by.must(Right.INSPECT)
    rows = LookFlag.objects.select_related("account", "judged_by")
    return [
        *rows.filter(judged_at=None).order_by("pk")[:most],
        *rows.exclude(judged_at=None).order_by("-judged_at")[:50],
    ]


def looks_behind(flag: LookFlag, *, by: Actor) -> list[Look]:
    """The looks that a flag is about, newest first: at most two hundred."""
    by.must(Right.INSPECT)
    if flag.rule == Rule.DENIED:
        return []  # nothing was opened
    rows = Look.objects.filter(actor=flag.account_id, at__date=flag.day).exclude(purpose__in=_NOT_COUNTED)
    if flag.record:
        rows = rows.filter(record=flag.record)
    return list(rows.order_by("-seq").defer("canonical", "prev", "hash")[:200])


@service
def judge_flag(pk: int, *, finding: str, by: Actor, at: datetime) -> None:
    """The inspector says whether the looking is explained."""
    by.must(Right.INSPECT)
    if finding not in FINDINGS:
        raise BadInput("finding", "There is no such choice here. Pick one of the list.")
    row = LookFlag.objects.filter(pk=pk).first()
    if row is None or row.account_id == by.id:
        raise NotFound
    if not LookFlag.objects.filter(pk=pk, judged_at=None).update(judged_at=at, judged_by_id=by.id, finding=finding):
        raise Overtaken
    note("look.judged", f"flag:{pk}", by=by, at=at, flag=pk, account=row.account_id, finding=finding)
