"""Photos from the scene: what rides along in the file is gone, what is no picture is refused, opening one is a Look."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from oneroom.apps.incidents import services
from oneroom.apps.incidents.access import personal_fields
from oneroom.apps.ledger.models import Sealed
from oneroom.apps.ledger.queries import looks_at, timeline
from oneroom.apps.ledger.services import erase
from oneroom.apps.orders.queries import photos_of
from oneroom.apps.orders.services import photos
from oneroom.engine.values import SYSTEM

_GPS, _MAKE, _TURNED = 0x8825, 0x010F, 0x0112


def photo(kind: str = "JPEG", size: tuple[int, int] = (2400, 1200)) -> bytes:
    """A picture whose file says who made it and where: latitude 31 N, longitude 121 E; taken with the phone upright."""
    picture = Image.new("RGB", size, (40, 90, 160))
    exif = Image.Exif()
    exif[_MAKE] = "SECRETPHONE"
    exif[_TURNED] = 6
    exif[_GPS] = {1: "N", 2: (31.0, 14.0, 30.0), 3: "E", 4: (121.0, 28.0, 0.0)}
    out = io.BytesIO()
    picture.save(out, kind, exif=exif, comment=b"SECRETCOMMENT") if kind == "JPEG" else picture.save(out, kind)
    return out.getvalue()


@pytest.fixture
def scene(room):
    """Crew 1 on scene."""
    sent = room.dispatch(room.report("knife", at="market"), "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    return sent


def client(room, who: str) -> Client:
    signed_in = Client(headers={"Accept-Language": "en"})
    signed_in.force_login(room.town.people[who])
    return signed_in


def send(room, who: str, sent, data: bytes, *, key: str = "photo-key-1", name: str = "a.jpg", **more):
    form = {"photo": SimpleUploadedFile(name, data, content_type="image/jpeg"), **more}
    return client(room, who).post(f"/api/assignments/{sent.pk}/photo", form, headers={"Idempotency-Key": key})


def test_nothing_but_the_picture_is_kept_and_it_stands_upright(room, scene):
    raw = photo()
    assert b"SECRETPHONE" in raw
    assert Image.open(io.BytesIO(raw)).getexif().get_ifd(_GPS)

    pk = send(room, "zhang", scene, raw).json()["id"]
    answer = client(room, "dora").post(
        f"/api/photos/{pk}/open", {"purpose": "dispatch"}, content_type="application/json"
    )

    kept = Image.open(io.BytesIO(answer.content))
    assert (answer["Content-Type"], kept.format, kept.size) == ("image/jpeg", "JPEG", (800, 1600))
    assert not dict(kept.getexif())
    assert not {"exif", "comment", "xmp", "icc_profile"} & kept.info.keys()
    assert b"SECRET" not in answer.content


def test_a_repeat_of_the_same_photo_is_one_photo(room, scene):
    raw = photo(size=(300, 200))

    first, again = send(room, "zhang", scene, raw), send(room, "zhang", scene, raw)
    other = send(room, "zhang", scene, photo("PNG", (30, 20)))

    assert first.json() == again.json()
    assert len(photos_of(f"incident:{scene.incident_id}")) == 1
    assert other.status_code == 409


NO_PHOTOS = [
    b"",
    b"%PDF-1.7 not a picture",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    photo("GIF", (10, 10)),
    photo(size=(400, 300))[:2000],
]


def test_what_is_no_photo_is_refused_by_its_content_and_nothing_is_written(room, scene):
    for data in NO_PHOTOS:
        answer = send(room, "zhang", scene, data)

        assert (answer.status_code, answer.json()["field"]) == (422, "photo"), data[:20]
        assert "JPEG, PNG or WebP" in answer.json()["message"]
    assert photos_of(f"incident:{scene.incident_id}") == []
    assert not Sealed.objects.filter(purpose="scene.photo").exists()


def test_a_file_that_unpacks_into_gigabytes_and_one_that_is_too_long_are_refused(room, scene, monkeypatch):
    monkeypatch.setattr(photos, "_LARGEST_PIXELS", 10_000)
    assert "too large" in send(room, "zhang", scene, photo(size=(200, 200))).json()["message"]
    monkeypatch.setattr("oneroom.web.api.photos.LARGEST_BYTES", 1000)
    assert send(room, "zhang", scene, photo(size=(800, 800)), key="photo-key-2").status_code == 422


def test_another_crew_a_closed_matter_and_a_time_to_come_are_refused(room, scene):
    raw = photo(size=(60, 40))
    assert send(room, "chen", scene, raw).status_code == 404
    assert send(room, "zhang", scene, raw, happened="2999-01-01T00:00:00Z").json()["field"] == "happened"
    assert send(room, "zhang", scene, raw, key="photo-key-2", happened="yesterday").json()["field"] == "happened"
    assert send(room, "zhang", scene, raw, key="").status_code == 422
    services.report_and_clear(scene.pk, outcome="helped", by=room.actor("zhang"), at=room.now)
    assert send(room, "zhang", scene, raw, key="photo-key-3").status_code == 200  # the network was slow
    services.review(scene.incident_id, by=room.actor("leader-li"), at=room.now)
    no_case = {"case": "no_case", "no_case_reason": "minor_settled"}
    services.close(
        scene.incident_id, category="crime", subcategory="other", **no_case, by=room.actor("leader-li"), at=room.now
    )
    assert send(room, "zhang", scene, raw, key="photo-key-4").status_code == 409


def test_seeing_that_there_is_one_opens_none_and_opening_is_a_look_that_can_be_erased(room, scene):
    pk = send(room, "zhang", scene, photo(size=(400, 300))).json()["id"]
    matter = f"incident:{scene.incident_id}"
    assert [p.id for p in photos_of(matter)] == [pk]
    assert looks_at(matter) == []
    assert [e.facts["photo"] for e in timeline(matter) if e.kind == "assignment.photo"] == [pk]

    dora = room.actor("dora")
    said = personal_fields(scene.incident_id, purpose="dispatch", by=dora, at=room.now)
    assert said["photos"][0]["thumb"].startswith("data:image/jpeg;base64,")
    assert "scene.photo" in looks_at(matter)[0].fields
    refused = client(room, "chen").post(
        f"/api/photos/{pk}/open", {"purpose": "respond"}, content_type="application/json"
    )
    assert refused.status_code == 404

    erase(matter, purposes=["scene.photo"], cause="court", by=SYSTEM, at=room.now)
    said = personal_fields(scene.incident_id, purpose="dispatch", by=dora, at=room.now)
    assert said["photos"][0]["thumb"] is None
