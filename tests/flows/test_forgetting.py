"""
G5, security points 36 and 37: after its term nobody is found any more, anywhere; what is held stays until two persons
let it go; the record is whole all the while.

Names, numbers, words, places, a photo and a crew's way come in by the doors through which they come in real life. Then
years pass. What is looked through afterwards is everything: each row of each table of the database, temporary files,
caches, the log, and what is exported.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client

from oneroom.apps.duty.models import Crew, Fix
from oneroom.apps.duty.services import Fix as Told
from oneroom.apps.duty.services import go_off_duty, record_positions
from oneroom.apps.incidents import daily, figures, retention
from oneroom.apps.incidents.clock import close_openings, put_away
from oneroom.apps.incidents.models import Call, DayFigures, Incident, Report
from oneroom.apps.ledger.models import Entry, Sealed
from oneroom.apps.ledger.verify import verify
from oneroom.apps.oversight.holds import watch_holds
from oneroom.apps.oversight.models import Alarm, Hold
from oneroom.apps.oversight.retention import NotAllGone, keep_all, keep_terms
from oneroom.apps.oversight.services.holds import ask_release, place_hold, review_hold
from oneroom.apps.people.models import Signature
from oneroom.apps.people.services import ask_second, close_account, give_role, sign_second
from oneroom.apps.places.clock import end_expired_warnings
from oneroom.engine.roles import Role
from oneroom.engine.signatures import Act
from oneroom.engine.values import SYSTEM, BadInput, Conflict, IllegalMove, NotAllowed
from oneroom.project.logs import WithoutWords
from tests.cast import picture
from tests.clock import HAND
from tests.flows.test_after_the_report import CLOSING, closed
from tests.web.api_client import Caller

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YEAR = 365 * DAY
TOKEN = "a token of the exchange"


class Planted:
    """A matter with its canaries: what is said in it stands nowhere else."""

    def __init__(self, room, n: int, *, drill: bool = False):
        """From the call to the rating, through the doors."""
        self.mark = mark = f"Wagtail{n}"
        zhang, carl, dora = Caller("zhang"), Caller("carl"), Caller("dora")
        lon, lat = 121.4601234 + n / 5000, 31.2241234
        spot = {"lon": lon, "lat": lat}
        call = _rings(f"call-{mark}", number=f"1391234567{n}", recording=f"tape-{mark}", place={
            **spot, "radius_m": 90, "datum": "WGS84"})  # fmt: skip
        carl.post("drafts", {"key": f"draft-key-{n}", "n": 1, "content": {"words": f"{mark}draft"}, "location": spot})
        said = {"words": f"{mark}words", "caller_name": f"{mark}caller", "caller_phone": f"1380000765{n}"}
        made = carl.post("incidents", {
            **said, "address": f"{mark}address", "safe_contact": "yes", "category": "crime", "subcategory": "theft",
            "grade": 1, "location": spot, "drill": drill, "draft": f"draft-key-{n}", "call": call,
        })  # fmt: skip
        self.pk, self.code = made["id"], made["code"]
        row = Incident.objects.get(pk=self.pk)
        sent = room.dispatch(row, "crew-1")
        room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
        record_positions([Told(sent.crew_id, lon, lat, HAND.now(), 5.0)], HAND.now())
        zhang.post("warnings", {"incident": self.pk, "reason": "dog", "words": f"{mark} dog", "days": 3})
        form = {"photo": SimpleUploadedFile("a.jpg", picture(), content_type="image/jpeg")}
        key = {"Idempotency-Key": f"photo-key-{n}"}
        assert zhang.client.post(f"/api/assignments/{sent.pk}/photo", form, headers=key).status_code == 200
        zhang.post(f"assignments/{sent.pk}/word", {"words": f"{mark} scene"})
        carl.post(f"incidents/{self.pk}/words", {"words": f"{mark} added"})
        glass = {"matter": row.reference, "why": "danger", "words": f"{mark} glass"}
        assert sits(room, "qian").post("/office/glass", glass).status_code == 302
        dora.post(f"incidents/{self.pk}/hand-over", {"agency": "119", "reference": f"{mark}-119", "joint": True})
        HAND.forward(60)
        zhang.post(f"assignments/{sent.pk}/report", {"outcome": "under_control", "words": f"{mark} report"})
        chief = Caller("leader-li")
        chief.post(f"incidents/{self.pk}/close", {"review": True, **CLOSING})
        report = Report.objects.get(incident_id=self.pk).pk
        heard = {"report": report, "result": "reached_satisfied", "words": f"{mark} called back"}
        if not drill:
            dora.post(f"incidents/{self.pk}/call-back", heard)
        Caller().post("follow/rate", {"code": self.code, "stars": 2, "words": f"{mark} rating"})
        HAND.forward(600)
        kept = Sealed.objects.filter(matter=f"incident:{self.pk}", purpose="scene.photo").order_by("pk")[0]
        self.photo = json.loads(kept.text)[100:140]
        self.canaries = [mark, f"1391234567{n}", f"1380000765{n}", f"{lon:.7f}"[:-2], self.photo]


def _rings(call: str, **more: Any) -> int:
    """The exchange tells of a call that carl answers."""
    client = Client(headers={"Authorization": f"Bearer {TOKEN}"})
    for event in ("ringing", "answered"):
        body = {"event": event, "operator": "carl", "call": call, "at": HAND.now().isoformat(), **more}
        answer = client.post("/api/calls", json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content
    return Call.objects.get(exchange_id=call).pk


def sits(room, who: str) -> Client:
    client = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    client.force_login(room.town.people[who])
    return client


def everything() -> Iterator[tuple[str, str]]:
    """(table, row as text) of the whole database, whatever app it belongs to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t")
            for (row,) in cursor.fetchall():
                yield table, row


def spellings(canary: str) -> set[str]:
    """As text, as bytes of a column, and inside of JSON."""
    raw = canary.encode()
    return {canary, raw.hex(), base64.b64encode(raw).decode().rstrip("=")[:-1], json.dumps(canary)[1:-1]}


def found_in(texts: Iterator[tuple[str, str]], canaries: list[str]) -> dict[str, set[str]]:
    """Where each canary stands."""
    sought = {c: spellings(c) for c in canaries}
    found: dict[str, set[str]] = {}
    for where, text in texts:
        for canary, ways in sought.items():
            if any(way in text for way in ways):
                found.setdefault(canary, set()).add(where)
    return found


def pass_by(until) -> None:
    """Time goes on; everything happens that the clock does by itself."""
    HAND.set(until)
    close_openings(HAND.now())
    end_expired_warnings(HAND.now())
    while put_away(HAND.now()):
        pass
    while daily.keep(HAND.now()):
        pass
    keep_all(HAND.now())


def figures_of_days() -> list[Any]:
    while daily.keep(HAND.now()):
        pass
    return list(DayFigures.objects.order_by("pk").values())


@pytest.fixture
def watched(settings, tmp_path, monkeypatch) -> Iterator[tuple[io.StringIO, Path]]:
    """The log of all that happens, and the folder of temporary files."""
    settings.CALLS_TOKEN = TOKEN
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(WithoutWords(django_settings.LOGGING["formatters"]["plain"]["fmt"]))
    root = logging.getLogger()
    root.addHandler(handler)
    before, root.level = root.level, logging.INFO
    yield heard, tmp_path
    root.removeHandler(handler)
    root.level = before


def outside(heard: io.StringIO, folder: Path) -> Iterator[tuple[str, str]]:
    """What is no table: the log, temporary files, this process's caches, an export made now."""
    yield "the log", heard.getvalue()
    yield "the cache", str(getattr(cache, "_cache", ""))
    yield "figures in memory", str(figures._folds)
    out = folder / f"export-{HAND.now():%Y%m%d%H%M}"
    call_command("export", str(out), stdout=io.StringIO())
    for file in folder.rglob("*"):
        if file.is_file():
            yield str(file), file.read_bytes().decode(errors="replace")


def test_g5_after_its_term_nobody_is_found_anywhere_and_what_is_held_stays_until_two_release_it(room, watched):
    give_role(room.town.people["dan"].pk, Role.SHIFT_COMMANDER, by=SYSTEM, at=room.now)
    gone, held, drill = Planted(room, 1), Planted(room, 2), Planted(room, 3, drill=True)
    hold = place_hold(
        Incident.objects.get(pk=held.pk).reference, reason="court", basis="Wagtail2 against the city, file 7",
        review_on=(room.now + 300 * DAY).date(), by=room.actor("ina"), at=room.now,
    )  # fmt: skip
    # What comes to nothing: a call that nobody saved, a report that was taken back, a note between shifts.
    Caller("carl").post("drafts", {"key": "draft-left", "n": 1, "content": {"words": "Wagtail4 half"}})
    public = Caller().post(
        "reports", {"words": "Wagtail4 is loud", "caller_phone": "13912345674", "place": "Wagtail4 4"}
    )
    Caller().post("follow/words", {"code": public["code"], "words": "Wagtail4 again"})
    Caller().post("follow/withdraw", {"code": public["code"]})
    dan = room.town.people["dan"]
    until = (HAND.now() + timedelta(hours=8)).isoformat()
    Caller("zhou").post("handovers", {"incoming": dan.pk, "until": until, "note": "Wagtail4 may call again"})
    sun = room.town.people["sun"]
    type(sun).objects.filter(pk=sun.pk).update(mobile="13812345675", email="wagtail5@town.invalid")
    close_account(sun.pk, by=room.actor("ada"), at=room.now)
    rest = ["Wagtail4", "13912345674", "13812345675", "wagtail5"]
    everybody = [*gone.canaries, *held.canaries, *drill.canaries, *rest]
    assert len(everybody) == 19
    assert set(found_in(everything(), everybody)) == set(everybody), "each was planted"
    for name in ("crew-1", "crew-2", "crew-3"):
        _off_duty(room, name)
    days = figures_of_days()
    before = Entry.objects.count()
    start = HAND.now()

    pass_by(start + 32 * DAY)  # numbers, network places and ways are gone, words are not yet
    soon = found_in(everything(), everybody)
    assert "1391234567" + "1" not in soon
    assert gone.canaries[3] not in " ".join(row for table, row in everything() if "duty_fix" in table)
    assert {gone.mark, gone.photo, held.mark, held.canaries[1], held.canaries[3]} <= set(soon)
    assert soon[held.canaries[3]] >= {"public.duty_fix", "public.incidents_call"}, "its crew's way, and its call"

    pass_by(start + 3 * YEAR + 40 * DAY)
    left = found_in(everything(), everybody)
    assert set(left) == set(held.canaries), left
    assert found_in(outside(*watched), everybody) == {}
    row = Incident.objects.get(pk=gone.pk)
    assert (row.lon, row.given, row.place_zh, row.place_en) == (None, "", "", "")
    assert row.category == "crime"
    Caller().post("follow", {"code": gone.code}, status=404)
    assert Caller().post("follow", {"code": held.code})["reference"], "who is held follows on"
    assert figures_of_days() == days, "figures do not change"
    assert Alarm.objects.filter(kind="hold_unreviewed").count() == 0
    watch_holds(HAND.now())
    assert Alarm.objects.get(kind="hold_unreviewed").subject == f"incident:{held.pk}"

    with pytest.raises(IllegalMove, match="legal hold"):
        _both_sign(room, ask_second(Act.ERASE, f"incident:{held.pk}", words="Asked", by=room.actor("ina"), at=room.now))
    _both_sign(room, ask_release(hold, words="The court is done", by=room.actor("ina"), at=room.now))
    watch_holds(HAND.now())
    assert Alarm.objects.filter(what="over", kind="hold_unreviewed").exists()
    pass_by(HAND.now() + 2 * DAY)

    assert found_in(everything(), everybody) == {}
    assert found_in(outside(*watched), everybody) == {}
    assert Entry.objects.count() > before
    assert [verify(chain).fault for chain in ("acts", "looks")] == [None, None]
    said = {e.facts["kept"]: e for e in Entry.objects.filter(kind="retention.applied").order_by("seq")}
    assert {"call", "track", "draft", "matter", "warning", "account", "staff_note", "payload"} <= set(said)
    assert said["matter"].facts["term_h"] == 3 * 365 * 24
    causes = Entry.objects.filter(kind="incident.deidentified").values_list("matter", "facts__cause")
    matters = Incident.objects.values_list("pk", flat=True)
    assert sorted(causes) == sorted((f"incident:{pk}", "term") for pk in matters)


def _both_sign(room, pk: int) -> None:
    sign_second(pk, by=room.actor("leader-li"), at=room.now)


def _off_duty(room, name: str) -> None:
    go_off_duty(Crew.objects.get(code=name), by=room.actor("dora"), at=room.now)


def test_one_thing_that_will_not_go_stops_no_other_and_no_other_class_and_is_said(room, watched, monkeypatch):
    stuck, other = closed(room), closed(room)
    Fix.objects.update(at=room.now)
    forget = retention.deidentify

    def refuses(pk: int, **how: Any) -> None:
        forget(pk, **how)
        if pk == stuck.pk:
            raise RuntimeError("planted")

    monkeypatch.setattr(retention, "deidentify", refuses)
    HAND.set(HAND.now() + 3 * YEAR + 2 * DAY)
    with pytest.raises(NotAllGone, match="matter"):
        keep_all(HAND.now())

    gone = Incident.objects.filter(deidentified_at__isnull=False)
    assert [row.pk for row in gone] == [other.pk]
    assert not Sealed.objects.filter(matter=f"incident:{other.pk}", erased=None).exists()
    assert not Fix.objects.exists(), "another class"
    counts = Entry.objects.filter(kind="retention.applied", facts__kept="matter").values_list("facts__count", flat=True)
    assert list(counts) == [1], "what did not go is not counted"
    assert not Entry.objects.filter(kind="incident.deidentified", matter=f"incident:{stuck.pk}").exists()
    assert "of matter did not go" in watched[0].getvalue()
    monkeypatch.undo()
    keep_all(HAND.now())
    assert Incident.objects.filter(deidentified_at__isnull=False).count() == 2
    assert keep_terms(HAND.now()) == 0
    assert verify("acts").fault is None


def test_what_somebody_concerned_asks_to_be_erased_goes_everywhere_by_two_persons_and_a_hold_stands_against_it(
    room, watched
):
    asked = Planted(room, 1)
    hold = place_hold(
        Incident.objects.get(pk=asked.pk).reference, reason="case", basis="File 8",
        review_on=(room.now + 9 * DAY).date(), by=room.actor("ina"), at=room.now,
    )  # fmt: skip
    about = f"incident:{asked.pk}"
    request = ask_second(Act.ERASE, about, words="He asked for it", by=room.actor("ina"), at=room.now)
    with pytest.raises(IllegalMove, match="legal hold"):
        _both_sign(room, request)
    _both_sign(room, ask_release(hold, words="No case", by=room.actor("ina"), at=room.now))
    _both_sign(room, request)

    left = found_in(everything(), asked.canaries)
    assert set(left) <= {asked.mark, asked.canaries[1], asked.canaries[3]}
    assert {where for places in left.values() for where in places} <= {
        "public.duty_fix", "public.duty_position", "public.incidents_callpayload", "public.places_locationwarning",
        "public.ledger_sealed",
    }, "a crew's way, what the exchange sent and a dog there are not his: each has its own short term"  # fmt: skip
    assert set(Sealed.objects.filter(erased=None).values_list("purpose", flat=True)) == {"warning.words"}
    Caller().post("follow", {"code": asked.code}, status=404)
    assert verify("acts").fault is None


def test_a_hold_names_its_basis_and_its_review_and_one_person_releases_nothing(room):
    row = closed(room)
    ina = room.actor("ina")
    said = {"reason": "court", "basis": "File 7", "review_on": (room.now + 30 * DAY).date(), "by": ina, "at": room.now}
    for wrong, field in [
        ({"reason": "because"}, "reason"), ({"basis": " "}, "basis"), ({"review_on": None}, "review_on"),
        ({"review_on": room.now.date()}, "review_on"), ({"review_on": (room.now + 2 * YEAR).date()}, "review_on"),
    ]:  # fmt: skip
        with pytest.raises(BadInput) as refused:
            place_hold(row.reference, **(said | wrong))
        assert refused.value.field == field
    with pytest.raises(BadInput):
        place_hold("20990101-0001", **said)
    with pytest.raises(NotAllowed):
        place_hold(row.reference, **(said | {"by": room.actor("zhou")}))
    pk = place_hold(row.reference, **said)
    with pytest.raises(Conflict):
        place_hold(row.reference, **said)

    with pytest.raises(NotAllowed, match="yourself"):
        sign_second(ask_release(pk, words="Done", by=ina, at=room.now), by=ina, at=room.now)
    HAND.set(HAND.now() + 31 * DAY)
    assert watch_holds(room.now) == 1
    page = sits(room, "ina").get("/office/retention").content.decode()
    assert "1 hold is past its review" in page
    assert "File 7" in page
    assert "File 7" not in sits(room, "ada").get("/office/retention").content.decode(), "who places none reads no basis"
    review_hold(pk, review_on=(room.now + 30 * DAY).date(), by=ina, at=room.now)
    assert watch_holds(room.now) == 1
    assert watch_holds(room.now) == 0
    kinds = Entry.objects.filter(kind__startswith="hold.").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["hold.placed", "hold.reviewed"]
    assert Hold.objects.get().released_at is None


def test_on_the_screen_a_matter_is_held_by_its_number_reviewed_and_asked_to_be_released(room):
    row = closed(room)
    ina, li = sits(room, "ina"), sits(room, "leader-li")
    form = {"matter": row.reference, "reason": "case", "basis": "File 9", "review_on": ""}
    refused = ina.post("/office/retention/holds", form)
    assert refused.status_code == 422
    assert "Say on which day" in refused.content.decode()
    assert 'value="File 9"' in refused.content.decode(), "what was typed is kept"
    day = (room.now + 9 * DAY).date().isoformat()
    assert ina.post("/office/retention/holds", form | {"review_on": day}).status_code == 302
    pk = Hold.objects.get().pk
    later = (room.now + 19 * DAY).date().isoformat()
    assert ina.post(f"/office/retention/holds/{pk}", {"act": "review", "review_on": later}).status_code == 302
    assert ina.post(f"/office/retention/holds/{pk}", {"act": "release", "why": "Judged"}).status_code == 302
    listed = li.get("/office/signatures").content.decode()
    assert f"Release the legal hold of a matter: {row.reference}" in listed
    waits = Signature.objects.get(ended_at=None).pk
    assert li.post(f"/office/signatures/{waits}", {"act": "sign"}).status_code == 302
    assert Hold.objects.get().released_at == room.now
    assert "Ina and Leader-Li" in ina.get("/office/retention").content.decode()
