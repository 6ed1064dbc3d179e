"""Rounds of moves: drafted, planned beside the house's work, adjusted, signed by two, taken back (rows T39, T40)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q
from django.utils.timezone import localtime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.people.models import Signature
from oneroom.apps.people.services import ask_second, drop_second
from oneroom.apps.personnel import rules
from oneroom.apps.personnel.facts import counting, force_on, overrides_on
from oneroom.apps.personnel.models import Move, Person, Post, Posting, Round, RoundMove
from oneroom.apps.personnel.services.postings import Order, post_people, posts_on
from oneroom.apps.personnel.services.quota import lock_establishment, must_fit
from oneroom.apps.personnel.spells import holds
from oneroom.engine.roles import Right
from oneroom.engine.rotation.appointing import Line
from oneroom.engine.rotation.due import due_list
from oneroom.engine.rotation.planner import Impossible, plan
from oneroom.engine.rotation.rounds import Asked, floors
from oneroom.engine.rotation.verdict import Override, Rule, checked
from oneroom.engine.signatures import Act
from oneroom.engine.text import plain
from oneroom.engine.values import SYSTEM, Actor, BadInput, Conflict, NotAllowed, NotFound, Overtaken

S = Round.State
MOST_HELPERS = 300  # who may be moved besides, or the round is no longer planned in seconds
NAMED = 500  # people whom a bottleneck names in the table


def subject(pk: int) -> str:
    """A round's name in the record."""
    return f"round:{pk}"


@service
def ask_exemption(person: int, post: str, rule: str, *, until: date, words: str, by: Actor, at: datetime) -> int:
    """Ask a second person to set a limit of years aside for somebody in a post, until a day; gives the request."""
    by.must(Right.POST_PEOPLE)
    today = localtime(at).date()
    if rule not in (Rule.SENSITIVE_YEARS, Rule.POST_YEARS):
        raise BadInput("rule", "There is no such choice here. Pick one of the list.")
    if not Posting.objects.filter(holds(today), person_id=person, post=post).exists():
        raise NotFound
    if until <= today:
        raise BadInput("until", "It ends before it begins.")
    # Whether the two may sign for this person is asked when the second one does.
    checked(Override(Rule(rule), str(person), post, words, today, until, "asker", "signer"))
    details = {"post": post, "rule": rule, "since": today.isoformat(), "until": until.isoformat()}
    return ask_second(Act.EXEMPT, f"person:{person}", details=details, words=words, by=by, at=at)


@service
def draft_round(
    name: str, day: date | None, *, months: int = 0, units: Sequence[str] = (), most_percent: int = 20,
    helpers: bool = False, keep_skills: bool = False, by: Actor, at: datetime,
) -> int:  # fmt: skip
    """Ask the planner for a round from a day on (``Round``); gives its id. It is planned within some seconds."""
    by.must(Right.POST_PEOPLE)
    if day is None or day <= localtime(at).date():
        raise BadInput("day", "A round begins on a day to come.")
    if months not in (0, 3, 6, 12):
        raise BadInput("months", "There is no such choice here. Pick one of the list.")
    if not 1 <= most_percent <= 100:
        raise BadInput("percent", "From 1 to 100 per cent.")
    known = set(Post.objects.filter(holds(day), unit__in=units).values_list("unit", flat=True))
    for unit in units:
        if unit not in known:
            raise BadInput("units", "There is no unit %(unit)s with posts on that day.", unit=unit)
    row = Round.objects.create(
        name=plain("name", name, longest=80, required=True), day=day, months=months, units=sorted(set(units)),
        most_percent=most_percent, helpers=helpers, keep_skills=keep_skills, drafted_by_id=by.id or None, drafted_at=at,
    )  # fmt: skip
    note("round.drafted", subject(row.pk), by=by, at=at, round=row.pk, day=day.isoformat())
    return row.pk


def plan_rounds(at: datetime) -> int:
    """Plan what is asked for, one after the other; how many. Housework: a round of thousands takes seconds."""
    waiting = list(Round.objects.filter(state=S.PLANNING).order_by("pk").values_list("pk", flat=True))
    for pk in waiting:
        plan_round(pk, at=at)
    return len(waiting)


def plan_round(pk: int, *, at: datetime) -> None:
    """Read the facts, plan, and only then write: the house waits for none of it."""
    row = Round.objects.get(pk=pk)
    answer, moves = _planned(row, localtime(at).date())
    _keep_plan(pk, row.version, answer, moves, by=SYSTEM, at=at)


def _planned(row: Round, today: date) -> tuple[dict[str, object], list[RoundMove]]:
    force = force_on(row.day)
    aside = overrides_on(row.day)
    due = due_list(force, row.day, overrides=aside, counting=counting(leave_stops=settings.LEAVE_STOPS_ROTATION))
    mine = {d.person for d in due if d.ahead <= row.months and d.exempt_until is None and
            d.post == force.people[d.person].post_on(row.day)}  # fmt: skip
    if row.units:
        mine = {p for p in mine if force.posts[force.people[p].post_on(row.day) or ""].unit in row.units}
    if not mine:
        return {"nobody": True}, []
    like = {force.people[p].category for p in mine}
    may: list[str] = []
    if row.helpers:
        ours = {force.posts[force.people[p].post_on(row.day) or ""].unit for p in mine}
        others = [p for p in force.people.values() if p.id not in mine and p.category in like and p.post_on(row.day)]
        may = [p.id for p in others if force.posts[p.post_on(row.day) or ""].unit in ours][:MOST_HELPERS]
    keep = floors(force, row.day, {s for p in mine for s in force.people[p].has(row.day)}) if row.keep_skills else {}
    asked = Asked(row.day, frozenset(mine), frozenset(may), most_percent=row.most_percent, keep=keep)
    found = plan(force, asked)
    if isinstance(found, Impossible):
        said = [
            {
                "kind": b.code, "people": [int(p) for p in b.people[:NAMED]], "count": len(b.people),
                "posts": list(b.posts[:NAMED]), "seats": b.seats, "unit": b.unit, "core": len(b.core),
                "refused": {str(rule): n for rule, n in (b.refused or {}).items()},
                "rules": [[str(side.rule), *side.about, side.limit] for side in b.rules],
            }
            for b in found.bottlenecks
        ]  # fmt: skip
        return {"bottlenecks": said}, []
    moves = [
        RoundMove(round=row, person_id=int(m.person), source=m.source, target=m.target, way_m=m.way_m, must=m.must)
        for m in found.moves
    ]
    return {"proved": found.proved, "way_m": found.way_m, "least_m": found.least_m, "must": len(mine)}, moves


@service
def _keep_plan(
    pk: int, version: int, answer: dict[str, object], moves: list[RoundMove], *, by: Actor, at: datetime
) -> None:  # fmt: skip
    row = Round.objects.select_for_update().get(pk=pk)
    if row.state != S.PLANNING or row.version != version:
        return  # taken back meanwhile
    RoundMove.objects.filter(round=row).delete()
    RoundMove.objects.bulk_create(moves, batch_size=2000)
    row.answer, row.state, row.version = answer, S.DRAFT if moves else S.IMPOSSIBLE, version + 1
    row.save(update_fields=["answer", "state", "version"])
    note("round.planned", subject(pk), by=by, at=at, round=pk, moves=len(moves), found=bool(moves))


@service
def adjust_move(pk: int, person: int, target: str, *, seen: int, by: Actor, at: datetime) -> None:
    """
    Somebody goes elsewhere than the planner said, or stays (an empty ``target``). ``seen``: the version before the
    eyes of whoever does it. Refused with every reason where rules stand against it.
    """
    by.must(Right.POST_PEOPLE)
    row = _draft(pk, seen)
    move = RoundMove.objects.filter(round=row, person_id=person).first()
    if move is None:
        raise NotFound
    if not target:
        move.delete()
    else:
        if target not in posts_on(row.day, [target]):
            raise BadInput("target", "There is no such post on that day.")
        others = RoundMove.objects.filter(round=row).exclude(pk=move.pk)
        sits = Posting.objects.filter(Q(until=None) | Q(until__gt=row.day), post=target, full=True)
        if others.filter(target=target).exists() or sits.exclude(person__in=[*_movers(row)]).exists():
            raise Conflict("Somebody sits in this post, and it has one holder.", field="target", code="two_holders")
        RoundMove.objects.filter(pk=move.pk).update(target=target, by_hand=True, way_m=0)
        lines = [Line(str(p), t) for p, t in RoundMove.objects.filter(round=row).values_list("person_id", "target")]
        found = [x for x in rules.objections_to(lines, day=row.day) if x[0].person == str(person)]
        rules.refuse(found, rules.numbers_of([str(person)]))
    Round.objects.filter(pk=pk).update(version=seen + 1)
    note("round.altered", subject(pk), by=by, at=at, round=pk)


@service
def ask_round(pk: int, *, seen: int, words: str, by: Actor, at: datetime) -> int:
    """Ask the second person to sign these moves. Refused, with every reason, while rules stand against one of them."""
    by.must(Right.POST_PEOPLE)
    row = _draft(pk, seen)
    if row.day <= localtime(at).date():
        raise BadInput("day", "A round begins on a day to come.")
    orders = _orders(row)
    if not orders:
        raise BadInput("moves", "There is nothing in this round.")
    lines = [Line(str(o.person), o.post) for o in orders]
    rules.refuse(rules.objections_to(lines, day=row.day), rules.numbers_of([line.person for line in lines]))
    _must_keep_people(row)
    row.state, row.digest = S.ASKED, digest_of(row)
    row.save(update_fields=["state", "digest"])
    return ask_second(Act.ROTATE, subject(pk), details={"digest": row.digest[:32]}, words=words, by=by, at=at)


def rotate(signed: Signature, *, by: Actor, at: datetime) -> None:
    """The round is signed: everybody in it is posted from its day on, by the one way to post people."""
    row = Round.objects.select_for_update().get(pk=int(signed.about.partition(":")[2]))
    if row.state != S.ASKED or digest_of(row)[:32] != signed.details["digest"]:
        raise Overtaken
    second = Signature.objects.values_list("signed_by_id", flat=True).get(pk=signed.pk)
    if Person.objects.filter(pk__in=_movers(row), account_id__in=[second, signed.asked_by_id]).exists():
        raise NotAllowed("This concerns your own account: another person signs.", code="concerns_him")
    if row.day <= localtime(at).date():
        raise BadInput("day", "A round begins on a day to come.")
    post_people(_orders(row), day=row.day, basis="rotation", signature=signed.pk, by=by, at=at)
    row.state, row.signature, row.ended_at = S.SIGNED, signed, at
    row.save(update_fields=["state", "signature", "ended_at"])
    note("round.signed", subject(row.pk), by=by, at=at, round=row.pk, moves=row.moves.count(), day=row.day.isoformat(),
         signature=signed.pk)  # fmt: skip


@service
def withdraw_round(pk: int, *, by: Actor, at: datetime) -> None:
    """Not this round. What is signed is taken back, with all postings it made, before its day."""
    by.must(Right.POST_PEOPLE)
    row = Round.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    match row.state:
        case S.WITHDRAWN:
            raise Overtaken
        case S.ASKED:
            waits = Signature.objects.filter(act=Act.ROTATE, about=subject(pk), ended_at=None).first()
            if waits is not None:
                drop_second(waits.pk, by=by, at=at)
        case S.SIGNED:
            if row.day <= localtime(at).date():
                raise Overtaken("This round is in force. Another one may move people again.")
            _take_back(row)
    Round.objects.filter(pk=pk).update(state=S.WITHDRAWN, ended_at=at)
    note("round.withdrawn", subject(pk), by=by, at=at, round=pk)


def _take_back(row: Round) -> None:
    """Who was posted from the day on stays where he was; refused where somebody built upon it."""
    lock_establishment()
    moves = dict(row.moves.values_list("person_id", "target"))
    made = Posting.objects.filter(person_id__in=moves, since=row.day, basis="rotation", full=True, until=None)
    if {(p.person_id, p.post) for p in made} != set(moves.items()):
        raise Conflict("Somebody of this round has left or was posted again: take that back first.")
    made.delete()
    Posting.objects.filter(person_id__in=moves, until=row.day, full=True).update(until=None)
    Move.objects.filter(person_id__in=moves, day=row.day, basis="rotation").delete()
    before = posts_on(row.day, list(row.moves.values_list("source", flat=True)))
    kinds = dict(Person.objects.filter(pk__in=moves).values_list("pk", "kind"))
    sources = row.moves.values_list("person_id", "source")
    must_fit({(before[s].unit, kinds[p]) for p, s in sources if s in before}, row.day)


def digest_of(row: Round) -> str:
    """The hash of who goes where on which day."""
    lines = [f"{row.day} {p} {t}" for p, t in row.moves.order_by("person_id").values_list("person_id", "target")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _draft(pk: int, seen: int) -> Round:
    row = Round.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    if row.state != S.DRAFT or row.version != seen:
        raise Overtaken
    return row


def _movers(row: Round) -> list[int]:
    return list(row.moves.values_list("person_id", flat=True))


def _orders(row: Round) -> list[Order]:
    return [Order(p, t) for p, t in row.moves.order_by("person_id").values_list("person_id", "target")]


def _must_keep_people(row: Round) -> None:
    """No unit loses more of its people than the round says; one always, or small units would be closed to the rule."""
    sources = list(row.moves.values_list("source", flat=True))
    units = {code: post.unit for code, post in posts_on(row.day, sources).items()}
    lost = Counter(units[s] for s in sources if s in units)
    posts = dict(Post.objects.filter(holds(row.day), unit__in=lost).values_list("code", "unit"))
    sits = Posting.objects.filter(holds(row.day), post__in=posts, full=True).values_list("post", flat=True)
    strength = Counter(posts[p] for p in sits)
    for unit, many in sorted(lost.items()):
        most = max(1, strength[unit] * row.most_percent // 100)
        if many > most:
            raise Conflict("%(unit)s would lose %(many)d people, and %(most)d at most may go in this round.",
                           code="unit_loses", unit=unit, many=many, most=most)  # fmt: skip
