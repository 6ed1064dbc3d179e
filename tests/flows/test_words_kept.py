"""G1: what people said can be altered in no table without being found, by who opens it, on the screen, by verify."""

from __future__ import annotations

import io
import json
import re
import secrets

import pytest
from django.core.management import call_command
from django.utils import translation
from PIL import Image

from oneroom.apps.incidents.access import personal_fields, photo_content
from oneroom.apps.incidents.services import add_photo
from oneroom.apps.ledger.excerpt import verify_matter
from oneroom.apps.ledger.models import Entry, Sealed
from oneroom.apps.ledger.services import erase
from oneroom.apps.ledger.words import compare_all
from oneroom.apps.oversight.clock import words_as_before
from oneroom.apps.oversight.models import Alarm
from oneroom.engine.values import SYSTEM, Conflict

pytestmark = pytest.mark.django_db
SAID = "He hit me with a hammer"


@pytest.fixture(autouse=True)
def nobody_signs(settings):
    """These are about words; that a record without a signed head is not whole is shown in test_signed_heads."""
    settings.HEADS_FOLDER = None


@pytest.fixture
def matter(room):
    return room.report(SAID, at="north", grade=2, caller_name="Lin", caller_phone="13911113333", address="7 Lane")


def texts(matter, purpose="report.words"):
    return Sealed.objects.filter(matter=f"incident:{matter.pk}", purpose=purpose)


def opened(room, matter):
    return personal_fields(matter.pk, purpose="dispatch", by=room.actor("dora"), at=room.now)["reports"][0]


def verified(capsys):
    try:
        call_command("verify")
        code = 0
    except SystemExit as end:
        code = end.code
    return code, capsys.readouterr().out


def _text_alone(row):
    return {"text": json.dumps("Nothing happened")}


def _text_and_key(row):
    return {"text": json.dumps("Nothing happened"), "key": secrets.token_bytes(32)}


def _without_its_entry(row):
    return {"text": json.dumps("Nothing happened"), "entry": None}


def _to_another_entry(row):
    return {"text": json.dumps("Nothing happened"), "entry": row.entry + 1}


def _taken_away(row):
    return {"text": None, "key": None, "erased": row.created}


@pytest.mark.parametrize("change", [_text_alone, _text_and_key, _without_its_entry, _to_another_entry, _taken_away])
def test_an_altered_text_is_found_by_verify_and_on_the_screen_of_its_matter(room, matter, capsys, change):
    assert verified(capsys)[0] == 0
    assert verify_matter(f"incident:{matter.pk}").broken_at is None
    row = texts(matter).get()
    entry = Entry.objects.get(kind="incident.received")
    assert row.entry == entry.seq

    texts(matter).update(**change(row))

    code, said = verified(capsys)
    found = verify_matter(f"incident:{matter.pk}")
    assert code == 1
    assert f"words: entry {entry.seq}: a text is" in said
    assert re.search(r"acts: \d+ entries, whole", said), "the chain itself is"
    assert (found.broken_at, found.words) == (entry.seq, True)
    with pytest.raises(SystemExit):
        call_command("verify", matter=f"incident:{matter.pk}")
    assert "a text that it committed to is altered or gone" in capsys.readouterr().out


def test_a_row_that_was_deleted_is_found_and_one_that_no_entry_knows_too(room, matter, capsys):
    invented = Sealed.objects.create(
        matter=f"incident:{matter.pk}", purpose="report.words", text='"more"', key=secrets.token_bytes(32),
        created=room.now,
    )  # fmt: skip
    assert verified(capsys)[0] == 1
    invented.delete()
    assert verified(capsys)[0] == 0

    from oneroom.apps.incidents.models import Report

    Report.objects.update(words=None)
    texts(matter).delete()

    assert "a text is gone, and no entry says that it was erased" in verified(capsys)[1]


def test_who_opens_an_altered_text_reads_that_it_is_and_the_alarm_stands_until_it_is_as_before(room, matter):
    assert opened(room, matter)["words"] == SAID
    row = texts(matter).get()
    texts(matter).update(text=json.dumps("Nothing happened"))

    with translation.override("en"):
        seen = opened(room, matter)
        opened(room, matter)

    assert seen["words"] == "ALTERED after it was recorded, do not rely on it: Nothing happened"
    assert seen["caller"] == {"name": "Lin", "phone": "13911113333"}, "what was not altered is as it was"
    alarm = Alarm.objects.get(what="raised", kind="words_altered")
    assert (alarm.subject, alarm.matter) == (f"text:{row.pk}", f"incident:{matter.pk}")
    assert alarm.detail == {"entry": row.entry}
    assert words_as_before(room.now) == 0
    texts(matter).update(text=row.text)
    assert words_as_before(room.now) == 1
    assert words_as_before(room.now) == 0


def test_an_altered_photo_is_not_shown_in_full_nor_small(room, matter):
    order = room.dispatch(matter, "crew-1")
    data = io.BytesIO()
    Image.new("RGB", (20, 20)).save(data, "JPEG")
    pk = add_photo(order.pk, data.getvalue(), by=room.actor("zhang"), at=room.now)
    assert {row.entry for row in texts(matter, "scene.photo")} == {Entry.objects.get(kind="assignment.photo").seq}
    texts(matter, "scene.photo").update(text=json.dumps("/9j/4AAQ"))

    with pytest.raises(Conflict):
        photo_content(pk, purpose="dispatch", by=room.actor("dora"), at=room.now)

    assert Alarm.objects.filter(what="raised", kind="words_altered").count() == 1


def test_what_was_erased_with_an_entry_of_it_is_whole(room, matter, capsys):
    erase(f"incident:{matter.pk}", cause="term", by=SYSTEM, at=room.now)

    code, said = verified(capsys)

    assert code == 0
    assert "words: 0 texts" in said
    assert verify_matter(f"incident:{matter.pk}").broken_at is None
    assert opened(room, matter)["words"] is None
    assert not Alarm.objects.filter(kind="words_altered").exists()
    assert compare_all().seq is None
