"""
Searches of the record: what was asked is an entry (``record.searched``), and the answer is read by that entry.

A span of days bounds a search that names no matter and no number, so that nobody leafs through all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min, Q, QuerySet

from oneroom.apps.ledger import tree
from oneroom.apps.ledger.models import Entry, Look, Subtree
from oneroom.apps.ledger.queries import head_seq
from oneroom.engine.events import KINDS
from oneroom.engine.values import Actor, BadInput, NotFound

LONGEST = timedelta(days=31)
HOLDS = timedelta(hours=8)
KIND = "record.searched"
CHAINS = ("acts", "looks")
JUST_NOW = 10_000  # entries: more than are written in the moment between a search and its page


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: of which chain, and by what. Never a name."""

    chain: str = "acts"
    matter: str = ""
    kind: str = ""
    account: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    number: int | None = None


def check(question: Question) -> None:
    """Raise BadInput, naming the field, for what cannot be asked."""
    if question.chain not in CHAINS:
        raise BadInput("chain", "There is no such choice here. Pick one of the list.")
    if question.kind and (question.kind not in KINDS or question.chain != "acts"):
        raise BadInput("kind", "There is no such kind of entry.")
    if question.matter or question.number is not None:
        return
    if question.since is None or question.until is None:
        raise BadInput("since", "Name a matter or a number, or a span of days.")
    if not timedelta() < question.until - question.since <= LONGEST:
        raise BadInput("until", "A span is from a day to a later one, at most 31 days.")


def last_of(by: Actor) -> int:
    """The number of this person's latest search, which he just made: it stands among the last entries of the record."""
    rows = Entry.objects.filter(kind=KIND, actor=by.id, seq__gt=head_seq() - JUST_NOW)
    found = rows.order_by("-seq").values_list("seq", flat=True).first()
    if found is None:
        raise NotFound
    return found


def asked_in(number: int, *, by: Actor, at: datetime) -> tuple[Question, str, str]:
    """The question, purpose and basis of one's own search, while it holds; else there is no such record."""
    entry = Entry.objects.filter(pk=number, kind=KIND, actor=by.id, at__gt=at - HOLDS).first()
    if entry is None:
        raise NotFound
    f = entry.facts
    when = {name: datetime.fromisoformat(f[name]) if f.get(name) else None for name in ("since", "until")}
    question = Question(
        f["chain"], f.get("matter_asked", ""), f.get("kind_asked", ""), f.get("account_asked"), when["since"],
        when["until"], f.get("number"),
    )  # fmt: skip
    return question, f["purpose"], f["basis"]


def found(question: Question) -> QuerySet[Entry] | QuerySet[Look]:
    """The rows that answer it, without an order."""
    return _looks(question) if question.chain == "looks" else _entries(question)


def _entries(q: Question) -> QuerySet[Entry]:
    rows = Entry.objects.filter(_common(q) & _numbers(q, Entry))
    if q.matter:
        rows = rows.filter(matter=q.matter)
    if q.kind:
        rows = rows.filter(kind=q.kind)
    return rows.defer("canonical", "prev", "hash")


def _looks(q: Question) -> QuerySet[Look]:
    rows = Look.objects.filter(_common(q) & _numbers(q, Look))
    if q.matter:
        rows = rows.filter(record=q.matter)
    return rows.defer("canonical", "prev", "hash")


def _common(q: Question) -> Q:
    """What both chains are asked by: whose, which number, when."""
    asked = Q()
    if q.account is not None:
        asked &= Q(actor=q.account)
    if q.number is not None:
        asked &= Q(seq=q.number)
    if q.since is not None and q.until is not None:
        asked &= Q(recorded__gte=q.since, recorded__lt=q.until)
    return asked


def _numbers(q: Question, chain: type[Entry] | type[Look]) -> Q:
    """
    The first and the last number that a span of days has. Without them the database, asked for the newest fifty of a
    month that is long past, goes through everything that came after it.

    ``recorded`` is the clock of the part that wrote, so times need not grow with the numbers and no halving finds them.
    Each 256 entries that are full have their earliest and latest time kept (``Subtree``); what came after the last of
    these is asked itself. So nothing is left out, however far off a clock was; it only makes the search longer.
    """
    if q.since is None or q.until is None or q.matter or q.number is not None:
        return Q()
    full = Subtree.objects.filter(chain=q.chain)
    last = full.aggregate(last=Max("number"))["last"]  # asked first: what fills meanwhile is in both and not in neither
    edges = full.exclude(Q(latest__lt=q.since) | Q(earliest__gte=q.until)).aggregate(a=Min("number"), b=Max("number"))
    after = 0 if last is None else (last + 1) * tree.SPAN
    rest = chain.objects.filter(seq__gt=after, recorded__gte=q.since, recorded__lt=q.until)
    ends = rest.aggregate(a=Min("seq"), b=Max("seq"))
    numbers = [] if edges["a"] is None else [edges["a"] * tree.SPAN + 1, (edges["b"] + 1) * tree.SPAN]
    numbers += [] if ends["a"] is None else [ends["a"], ends["b"]]
    return Q(seq__gte=min(numbers), seq__lte=max(numbers)) if numbers else Q(seq__gte=1, seq__lte=0)
