"""Security point 29: a span of days is found by its numbers, and nothing of it is missed where clocks were apart."""

from __future__ import annotations

import re
from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oneroom.apps.ledger import searches, tree
from oneroom.apps.ledger.models import Entry, Look, Subtree
from oneroom.apps.ledger.searches import Question
from oneroom.ports import heads
from tests.clock import NIGHT

MANY = 3000
RAN_AWAY = range(600, 606)


def until(since):
    return since + timedelta(days=10)


@pytest.fixture
def record(db):
    """
    A hundred days of entries and looks; each tenth by a part whose clock was set by an hour, back or forth, each
    hundredth by one that was three hours off, and a few by one that ran away. All spans are full but the last.
    """
    rng = Random(29)
    entries, looks = [], []
    for n in range(1, MANY + 1):
        apart = timedelta(minutes=rng.choice((-60, 60)) if n % 10 == 0 else 0)
        if n % 100 == 50:
            apart = timedelta(hours=rng.choice((-3, 3)))
        if n in RAN_AWAY:
            apart = timedelta(days=40)
        written = NIGHT - timedelta(days=100) * (MANY - n) / MANY + apart
        link = {
            "seq": n,
            "recorded": written,
            "canonical": b"",
            "prev": b"",
            "hash": b"",
            "at": written,
            "actor": 1 + n % 3,
        }
        entries.append(Entry(**link, kind="ladder.climbed", version=1, subject="x", via="web", scopes=[], facts={}))
        looks.append(Look(**link, record=f"incident:{n}", fields=[], purpose="dispatch", basis="", quarter=written))
    Entry.objects.bulk_create(entries)
    Look.objects.bulk_create(looks)
    for chain in ("acts", "looks"):
        tree.grow(chain)
    assert Subtree.objects.count() == 2 * (MANY // tree.SPAN)


@pytest.mark.parametrize(("chain", "model"), [("acts", Entry), ("looks", Look)])
def test_point_29_every_span_gives_what_was_written_in_it(record, chain, model):
    rng = Random(7)
    for _ in range(40):
        since = NIGHT - timedelta(hours=rng.uniform(-30, 2500))
        end = since + timedelta(hours=rng.uniform(1, 700))
        account = rng.choice((None, 2))
        asked = searches.found(Question(chain, since=since, until=end, account=account))
        plain = model.objects.filter(recorded__gte=since, recorded__lt=end)
        plain = plain.filter(actor=account) if account else plain
        assert set(asked.values_list("seq", flat=True)) == set(plain.values_list("seq", flat=True)), (since, end)


def test_point_29_a_month_long_past_is_not_looked_for_among_all_that_came_after_it(record):
    since = NIGHT - timedelta(days=95)
    asked = searches.found(Question(since=since, until=until(since))).order_by("-seq")[:50]
    with CaptureQueriesContext(connection) as said:
        list(asked)
    first, last = (int(re.search(rf'"seq" {sign} (\d+)', said[0]["sql"])[1]) for sign in (">=", "<="))
    right = set(Entry.objects.filter(recorded__gte=since, recorded__lt=until(since)).values_list("seq", flat=True))
    assert min(right) - tree.SPAN < first <= min(right)
    assert max(right) <= last < max(right) + tree.SPAN


@pytest.mark.parametrize("chain", ["acts", "looks"])
def test_point_29_what_a_part_with_a_clock_hours_off_wrote_is_found_by_what_it_wrote(record, chain):
    """In a span of one minute about it, among neighbours that say another time."""
    model = Entry if chain == "acts" else Look
    minute = timedelta(minutes=1)
    for n in (*range(50, MANY, 100), *RAN_AWAY):
        at = model.objects.get(seq=n).recorded
        asked = searches.found(Question(chain, since=at - minute / 2, until=at + minute / 2))
        assert n in asked.values_list("seq", flat=True)


def test_point_29_a_tree_from_before_times_were_kept_hides_nothing(record):
    Subtree.objects.update(earliest=None, latest=None)
    since = NIGHT - timedelta(days=95)
    asked = searches.found(Question(since=since, until=until(since)))
    assert asked.count() == Entry.objects.filter(recorded__gte=since, recorded__lt=until(since)).count() > 0


def test_point_29_entries_whose_span_fills_between_two_questions_are_not_missed(record):
    Subtree.objects.filter(number__gte=8).delete()
    asked_before = []

    def fills(execute, sql, params, many, context):
        asked_before.append(sql)
        if len(asked_before) == 2:
            tree.grow("acts")
        return execute(sql, params, many, context)

    since = Entry.objects.get(seq=8 * tree.SPAN + 9).recorded
    plain = Entry.objects.filter(recorded__gte=since, recorded__lt=until(since)).count()
    with connection.execute_wrapper(fills):
        asked = searches.found(Question(since=since, until=until(since)))
    assert Subtree.objects.filter(chain="acts", number__gte=8).exists()
    assert asked.count() == plain > 0


def test_point_29_the_tree_grows_where_no_heads_are_signed_too(record, settings):
    settings.HEADS_FOLDER = None
    Subtree.objects.all().delete()
    heads._next.clear()
    assert heads.sign_heads(NIGHT) == 0
    assert set(Subtree.objects.values_list("chain", flat=True)) == {"acts", "looks"}


def test_an_empty_record_answers_nothing(db):
    assert not searches.found(Question(since=NIGHT, until=NIGHT + timedelta(days=1))).exists()
