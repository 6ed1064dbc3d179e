"""Security points 9, 24, 25, 39 and safeguard G13: what is kept, how, and what is never kept at all."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import check_password, identify_hasher
from django.db import connection
from django.test import Client

from oneroom.apps.incidents.models import Incident
from oneroom.apps.ledger.models import Entry, Look, Sealed
from oneroom.project import settings as product
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
WORDS = "Somebody climbs over the wall"
CALL = {"source": "phone", "words": WORDS, "caller_phone": "13900000099", "category": "crime", "grade": 2,
        "location": {"lon": 121.464, "lat": 31.224}}  # fmt: skip
A_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{2,}(Z|[+-]\d\d:\d\d)")
# What only a secret looks like: keys as files hold them, and tokens of well-known houses.
SECRETS = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{24}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bxox[abprs]-[0-9A-Za-z-]{20,}|AGE-SECRET-KEY-1[0-9A-Z]{58}"
)
IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def caller(who):
    client = Client(raise_request_exception=False)
    assert client.login(username=who, password=PASSWORD)
    return client


def posted(client, path, body):
    headers = {"Idempotency-Key": "kept-key-0001"}
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def refuse(table):
    """The database takes no row of this table any more, as where it is out of order or its rights are lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION takes_nothing() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'insufficient_privilege'; END $$"
        )
        cursor.execute(f"CREATE TRIGGER takes_nothing BEFORE INSERT ON {table} EXECUTE FUNCTION takes_nothing()")


def tracked():
    """Every text that the repository holds, by its name."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout")
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            yield name, path.read_bytes().decode("utf-8", errors="ignore")


def is_identity_number(number):
    """Whether the last sign is the one that the seventeen before it demand (GB 11643)."""
    rest = sum(int(sign) * weight for sign, weight in zip(number, WEIGHTS, strict=False)) % 11
    return "10X98765432"[rest] == number[-1].upper()


def test_point_9_a_kept_password_is_salted_and_slow_and_nowhere_itself(room, settings):
    settings.PASSWORD_HASHERS = getattr(product, "PASSWORD_HASHERS", global_settings.PASSWORD_HASHERS)
    people, password = [room.town.people[who] for who in ("dora", "carl")], "correct horse battery"
    for person in people:
        person.set_password(password)
        person.save()

    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM people_account WHERE id = ANY(%s)", [[p.pk for p in people]])
        kept = [row[0] for row in cursor.fetchall()]

    assert len(set(kept)) == 2, "the same word is kept as another for each, so one table of hashes serves for none"
    for one in kept:
        assert password not in one
        assert check_password(password, one)
        slow = identify_hasher(one)
        assert slow.algorithm in ("argon2", "scrypt", "pbkdf2_sha256")
        assert slow.algorithm != "pbkdf2_sha256" or slow.decode(one)["iterations"] >= 600_000


def test_point_24_each_time_of_an_entry_is_exact_to_a_hundredth_and_has_its_offset(room):
    sent = room.dispatch(room.report("knife", at="market", grade=1), "crew-1")
    room.step(sent, "acknowledge", by="zhang")
    said = [json.loads(bytes(one)) for one in Entry.objects.values_list("canonical", flat=True)]

    assert len(said) > 5
    for one in said:
        assert A_TIME.fullmatch(one["at"]), one["at"]
        assert A_TIME.fullmatch(one["recorded"]), one["recorded"]


def test_point_25_where_no_entry_can_be_written_nothing_is_done(room):
    carl, kept = caller("carl"), (Incident.objects.count(), Sealed.objects.count())
    refuse("ledger_entry")

    answer = posted(carl, "/api/incidents", CALL)

    assert answer.status_code >= 500
    assert WORDS not in answer.content.decode()
    assert (Incident.objects.count(), Sealed.objects.count()) == kept


def test_point_25_where_no_look_can_be_written_nothing_personal_is_read(room):
    matter = room.report(WORDS, at="market", grade=2)
    dora, path = caller("dora"), f"/api/incidents/{matter.pk}/open"
    before = Look.objects.count()
    refuse("ledger_look")

    answer = posted(dora, path, {"purpose": "dispatch"})

    assert answer.status_code >= 500
    assert WORDS not in answer.content.decode()
    assert Look.objects.count() == before
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER takes_nothing ON ledger_look")
    assert WORDS in posted(dora, path, {"purpose": "dispatch"}).content.decode(), "with its look it is read"


def test_point_39_no_secret_stands_in_the_repository():
    assert [name for name, text in tracked() if SECRETS.search(text)] == []


def test_g13_no_number_of_a_real_person_stands_in_the_repository():
    """A made-up number does not fit its own last sign; one that does may be somebody's."""
    found = [(name, number) for name, text in tracked() for number in IDENTITY.findall(text)]

    assert [one for one in found if is_identity_number(one[1])] == []
    assert is_identity_number("110105" + "19491231" + "002X"), "the standard's own example"
