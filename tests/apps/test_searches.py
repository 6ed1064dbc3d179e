"""Security point 29: a span of days is found by its numbers, and nothing of it is missed where clocks were apart."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oneroom.apps.ledger import searches
from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.ledger.searches import Question
from tests.clock import NIGHT

MANY = 3000


@pytest.fixture
def record(db):
    """A hundred days of entries and looks; each tenth by a part whose clock was set by an hour, back or forth."""
    rng = Random(29)
    entries, looks = [], []
    for n in range(1, MANY + 1):
        apart = timedelta(minutes=rng.choice((-60, 60)) if n % 10 == 0 else 0)
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


@pytest.mark.parametrize(("chain", "model"), [("acts", Entry), ("looks", Look)])
def test_point_29_every_span_gives_what_was_written_in_it(record, chain, model):
    rng = Random(7)
    for _ in range(40):
        since = NIGHT - timedelta(hours=rng.uniform(-30, 2500))
        until = since + timedelta(hours=rng.uniform(1, 700))
        account = rng.choice((None, 2))
        asked = searches.found(Question(chain, since=since, until=until, account=account))
        plain = model.objects.filter(recorded__gte=since, recorded__lt=until)
        plain = plain.filter(actor=account) if account else plain
        assert set(asked.values_list("seq", flat=True)) == set(plain.values_list("seq", flat=True)), (since, until)


def test_point_29_a_month_long_past_is_not_looked_for_among_all_that_came_after_it(record):
    since = NIGHT - timedelta(days=95)
    asked = searches.found(Question(since=since, until=since + timedelta(days=20))).order_by("-seq")[:50]
    with CaptureQueriesContext(
        connection,
    ) as said:
        list(asked)
    assert '"seq" >= ' in said[0]["sql"]
    assert '"seq" < ' in said[0]["sql"]


def test_an_empty_record_answers_nothing(db):
    assert not searches.found(Question(since=NIGHT, until=NIGHT + timedelta(days=1))).exists()
