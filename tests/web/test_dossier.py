"""The dossier of a matter: everything in order, callers only for a purpose, and a mark that others can make again."""

from __future__ import annotations

import html
import io
import re

import pytest
from django.core.management import call_command
from django.test import Client

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.protocol import protocols
from oneroom.apps.ledger.excerpt import verify_matter
from oneroom.apps.ledger.models import Entry, Look
from tests.papers import text_of
from tests.town import PASSWORD, corner
from tests.web.api_client import Caller
from tests.web.test_photos import photo


def reader(who: str, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language, "Accept": "text/html"})
    assert client.login(username=who, password=PASSWORD)
    return client


@pytest.fixture
def matter(room) -> Incident:
    """A knife at the market, handled by the west station's first crew, read by its chief."""
    found = room.report(
        "一名男子持刀威胁店员", at="west", category="crime", caller_name="王小明", caller_phone="139 0000 0001",
        safe_contact="yes",
    )  # fmt: skip
    sent = room.dispatch(found, "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.report_and_clear(
        sent.pk, outcome="under_control", category="crime", words="刀已收缴", by=room.actor("zhang"), at=room.now
    )
    return Incident.objects.get(pk=found.pk)


def test_opening_it_is_an_act_and_callers_stay_masked_without_a_purpose(matter):
    page = reader("dora").get(f"/incidents/{matter.pk}/dossier").content.decode()

    assert matter.reference in page
    assert "masked" in page
    assert "王小明" not in page
    assert "刀已收缴" not in page
    look = Look.objects.get(record=f"incident:{matter.pk}")
    assert (look.purpose, look.fields) == ("overview", ["dossier"])
    entry = Entry.objects.get(kind="incident.disclosed")
    before = verify_matter(f"incident:{matter.pk}", upto=entry.facts["last"])
    assert (entry.facts["callers"], entry.facts["form"], entry.facts["digest"]) == (False, "page", before.mark)


def test_with_a_purpose_it_names_the_callers_and_the_look_says_so(matter):
    page = reader("leader-li").get(f"/incidents/{matter.pk}/dossier?purpose=review").content.decode()

    assert "王小明" in page
    assert "刀已收缴" in page
    look = Look.objects.get(record=f"incident:{matter.pk}")
    assert look.purpose == "review"
    assert "report.caller" in look.fields
    again = reader("dora").get(f"/incidents/{matter.pk}/dossier").content.decode()
    assert "Leader-Li" in again, "who read it stands in it"


def test_who_may_open_it_and_for_what(matter, room):
    path = f"/incidents/{matter.pk}/dossier"
    for who in ("leader-lu", "zhang", "qian", "ada"):
        assert reader(who).get(path).status_code == 404, who
        assert reader(who).get(f"{path}.pdf").status_code == 404, who
    for purpose in ("case_file", "inspection", "curiosity", ""):
        assert reader("dora").get(path, {"purpose": purpose}).status_code == 403, purpose
    assert not Entry.objects.filter(kind="incident.disclosed").exists()

    ina = reader("ina")
    assert "Within which inspection" in ina.get(path).content.decode()
    assert ina.get(f"{path}.pdf").status_code == 403
    ina.post("/office/purpose", {"basis": "DC-2026-0012", "next": path})
    assert "王小明" not in ina.get(path).content.decode()
    assert "王小明" in ina.get(path, {"purpose": "inspection"}).content.decode()
    assert set(Look.objects.values_list("basis", flat=True)) == {"dc-2026-0012"}

    services.review(matter.pk, by=room.actor("leader-li"), at=room.now)
    services.close(
        matter.pk, category="crime", subcategory="robbery", case="case", by=room.actor("leader-li"), at=room.now
    )
    assert reader("dora").get(path, {"purpose": "review"}).status_code == 403, "a closed matter is not browsed"
    assert reader("leader-li").get(path, {"purpose": "case_file"}).status_code == 200


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Integrity mark", "The matter", "Call-backs")), ("zh-hans", ("完整性印记", "警情", "回访", "刀已收缴"))],
)
def test_the_pdf_says_everything_in_both_languages_with_its_mark(matter, language, words):
    purpose = "review" if language == "zh-hans" else "overview"
    Incident.objects.filter(pk=matter.pk).update(category="crime", subcategory="robbery")
    answer = reader("leader-li", language).get(f"/incidents/{matter.pk}/dossier.pdf?purpose={purpose}")

    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    said = text_of(answer.content)
    for word in (*words, matter.reference, "›"):  # between a category and its kind: no font draws a box for it
        assert word in said, said
    mark = Entry.objects.get(kind="incident.disclosed").facts
    assert mark["digest"] in re.sub(r"\s", "", said)
    assert ("王小明" in said) == (purpose == "review")


def test_the_mark_on_paper_is_made_again_by_the_command_while_the_matter_goes_on(matter, room):
    said = text_of(reader("leader-li").get(f"/incidents/{matter.pk}/dossier.pdf").content)
    upto = re.search(r"--upto (\d+)", re.sub(r"\s+", " ", said)).group(1)
    services.review(matter.pk, by=room.actor("leader-li"), at=room.now)

    out = io.StringIO()
    call_command("verify", matter=f"incident:{matter.pk}", upto=int(upto), stdout=out)

    mark = re.search(r"Mark ([0-9a-f]{64})", out.getvalue()).group(1)
    assert mark in re.sub(r"\s", "", said)
    assert verify_matter(f"incident:{matter.pk}").mark != mark
    by_reference = io.StringIO()
    call_command("verify", matter=matter.reference, upto=int(upto), stdout=by_reference)
    assert by_reference.getvalue() == out.getvalue()


def test_an_altered_entry_shows_on_the_dossier_and_in_the_command(matter):
    second = Entry.objects.filter(matter=f"incident:{matter.pk}").order_by("seq")[1]
    Entry.objects.filter(pk=second.pk).update(facts={**second.facts, "grade": 4})

    answer = reader("dora").get(f"/incidents/{matter.pk}/dossier")

    assert f"ALTERED: entry #{second.seq}" in answer.content.decode()
    with pytest.raises(SystemExit):
        call_command("verify", matter=f"incident:{matter.pk}", stdout=io.StringIO())


@pytest.fixture
def joined(matter, room) -> Incident:
    """A second call of the same event, merged into it: crew 2 had been there, with a photo; 120 came along."""
    second = room.report(
        "有人拿刀", at="market", category="public_order", grade=2, caller_name="李小红", caller_phone="139 0000 0002"
    )
    sent = room.dispatch(second, "crew-2")
    room.step(sent, "acknowledge", "set_out", "arrive", by="chen")
    services.add_photo(sent.pk, photo(size=(60, 40)), by=room.actor("chen"), at=room.now)
    services.bring_in(second.pk, agency="120", reference="120-88", by=room.actor("dora"), at=room.now)
    services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    services.merge(second.pk, into=matter.pk, by=room.actor("dora"), at=room.now)
    return Incident.objects.get(pk=second.pk)


def test_what_was_merged_into_it_is_printed_with_its_callers_crews_photos_entries_and_mark(matter, joined):
    page = html.unescape(reader("leader-li").get(f"/incidents/{matter.pk}/dossier?purpose=review").content.decode())
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)

    def row_with(*words: str) -> str:
        found = [r for r in rows if all(w in r for w in words)]
        assert found, (words, rows)
        return found[0]

    of = f"of {joined.reference}"
    row_with("李小红", of)
    row_with("有人拿刀", of)
    row_with("Crew-2", "withdrawn", of)
    content = Entry.objects.get(kind="assignment.photo").facts["content"]
    row_with(content, "Crew-2", of)
    row_with("Ambulance 120", "comes along", "120-88", of)
    received = Entry.objects.get(matter=f"incident:{joined.pk}", kind="incident.received")
    row_with(f"#{received.seq}<", of)
    assert "Crew-1" not in row_with(content), "who took it"
    assert verify_matter(f"incident:{joined.pk}", upto=Entry.objects.get(kind="incident.merged").seq).mark
    mark = re.search(rf"([0-9a-f]{{64}}) \(--matter incident:{joined.pk} --upto (\d+)\)", page)
    assert mark.group(1) == verify_matter(f"incident:{joined.pk}", upto=int(mark.group(2))).mark


def test_an_altered_entry_of_a_merged_matter_shows_too(matter, joined):
    second = Entry.objects.filter(matter=f"incident:{joined.pk}").order_by("seq")[1]
    Entry.objects.filter(pk=second.pk).update(facts={**second.facts, "grade": 4})

    assert f"ALTERED: entry #{second.seq}" in reader("dora").get(f"/incidents/{matter.pk}/dossier").content.decode()


def test_a_drill_says_so_on_every_copy(room):
    found = room.report("fire drill", at="west", category="crime")
    Incident.objects.filter(pk=found.pk).update(drill=True)

    assert "DRILL" in reader("dora").get(f"/incidents/{found.pk}/dossier").content.decode()
    assert "DRILL" in text_of(reader("dora").get(f"/incidents/{found.pk}/dossier.pdf").content)


def test_what_the_caller_was_asked_stands_in_the_dossier_and_beside_the_matter(room):
    protocol = protocols()["public_order.armed_threat"]
    question = next(q for q in protocol.questions if q.kind == "yes_no")
    lon, lat = corner("market")
    call = {"words": "a man with a knife", "category": protocol.code, "grade": 1, "answers": {question.code: "yes"}}
    taken = Caller("carl").post("incidents", call | {"location": {"lon": lon, "lat": lat}})

    for path in (f"/incidents/{taken['id']}/dossier", f"/room/incidents/{taken['id']}"):
        page = html.unescape(Caller("dora").client.get(path).content.decode())
        assert question.text.en in page, path
        assert f"version {protocol.version}" in page
