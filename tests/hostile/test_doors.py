"""
Security points 5, 18, 31, 35, 39, 44 to 48: files, calls to the outside, hosts, sessions, foreign forms, log lines,
arguments, what has no door yet.
"""

from __future__ import annotations

import csv
import http.server
import io
import logging
import re
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from PIL import Image

from oneroom.apps.ledger.models import Sealed
from oneroom.apps.orders.channel import ChannelFailed, Message
from oneroom.engine.roles import MAY, Role
from oneroom.ports import heads, stamps
from oneroom.ports.channels.sms import Sms
from oneroom.ports.formats.sheets import Column, read_sheet, safe, write_csv
from oneroom.project.asgi import RAW_PATHS
from oneroom.project.logs import WithoutWords
from tests.cast import cast
from tests.hostile.test_odd_input import address, furthest
from tests.served import WebProcess
from tests.town import PASSWORD
from tests.web.test_access_matrix import ROUTES, WHERE, _client, _filled
from tests.web.test_photos import client, photo, scene, send

__all__ = ["scene"]  # a fixture


# ---- files (45) ----
def png(width: int, height: int) -> bytes:
    """A PNG whose head promises so many pixels, in some hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../../etc/cron.d/x", content)
    return out.getvalue()


HOSTILE_FILES = {
    "a page that says it is a photo": b"<!doctype html><script>alert(1)</script>",
    "a vector picture with a script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "an archive with a way out": zipped(b"0" * 10_000_000),
    "pixels without end": png(60_000, 60_000),
    "a head and nothing behind it": photo()[:600],
    "a program": b"\x7fELF" + b"\0" * 500,
    "a GIF that is a script": b"GIF89a/*" + b"\0" * 40 + b"*/=alert(1)",
    "a TIFF": b"II*\0" + b"\0" * 300,
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n(/etc/passwd) run",
}  # fmt: skip


def test_point_45_what_is_no_photo_is_refused_whatever_it_is_called(room, scene):
    for n, (what, data) in enumerate(HOSTILE_FILES.items()):
        before = psutil.Process().memory_info().rss
        answer = send(room, "zhang", scene, data, key=f"hostile-file-{n}", name="../../../tmp/own\x00ed.jpg")
        assert (answer.status_code, answer.json()["field"]) == (422, "photo"), what
        assert psutil.Process().memory_info().rss - before < 100 * 2**20, what
    assert not Sealed.objects.filter(purpose="scene.photo").exists()


def test_point_45_a_photo_that_is_something_else_besides_is_a_photo_and_nothing_else(room, scene):
    """A polyglot: a true JPEG with an archive, a page and a script behind and within it, and a link for a name."""
    planted = b"<script>alert(1)</script>" + zipped(b"planted") + b"%PDF-1.7 planted"
    data = photo(size=(300, 200)) + planted
    pk = send(room, "zhang", scene, data, name="/etc/passwd").json()["id"]
    shown = client(room, "dora").post(f"/api/photos/{pk}/open", {"purpose": "dispatch"}, "application/json")
    assert Image.open(io.BytesIO(shown.content)).format == "JPEG"
    for part in (b"script", b"PK\x03\x04", b"PDF", b"GPS", b"SECRET", b"passwd"):
        assert part not in shown.content
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "passwd" not in str(list(Sealed.objects.values_list("text", flat=True)))


# ---- lists that leave the house (44) ----
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠x",
                                  "|cmd", "%x", "　=1"])  # fmt: skip
def test_point_44_no_cell_of_a_list_begins_as_a_formula(text):
    assert safe(text) == f"'{text}"
    assert safe("Market Street = North") == "Market Street = North"
    written = write_csv(["Name"], [[text]])
    _heading, [cell] = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert cell == f"'{text}"
    [line] = read_sheet(written, (Column("name", ("Name",)),)).lines
    assert line.cells["name"] == text.strip(), "and it comes back as it was typed"


def test_point_44_whatever_writes_a_list_has_its_cells_made_safe():
    """A new writer of files for spreadsheets is seen here: each hands its cells to ``safe``, or to ``write_csv``."""
    source = Path(__file__).resolve().parents[2] / "src" / "oneroom"
    writers = {str(path.relative_to(source)) for path in source.rglob("*.py") if "csv.writer(" in path.read_text()}
    assert {name for name in writers if not name.startswith("project/")} == {
        "ports/formats/sheets.py", "web/takeout.py", "web/pages/office/roster_out.py",
    }  # fmt: skip
    for name in ("web/takeout.py", "web/pages/office/roster_out.py"):
        assert "import safe" in (source / name).read_text(), name


# ---- calls to the outside (46) ----
@contextmanager
def listening(status: int = 200, onward: str = "") -> Iterator[Any]:
    """A provider on loopback; ``onward`` is where it would send whoever asks."""

    class Answer(http.server.BaseHTTPRequestHandler):
        hits: list[str] = []

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            self.hits.append(self.path)
            self.send_response(status)
            if onward:
                self.send_header("Location", onward)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        server.url = f"127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
        server.hits = Answer.hits  # type: ignore[attr-defined]
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_point_46_nobody_who_is_called_sends_us_elsewhere(settings, tmp_path, room, status):
    with listening() as inner, listening(status, f"http://{inner.url}/secret") as outer:
        settings.SMS_URL = f"json://{outer.url}/send?to={{address}}"
        with pytest.raises(ChannelFailed):
            Sms().send(Message(1, "13900000000", "OneRoom", "text", False, "delivery-1"))
        with pytest.raises(httpx.HTTPError):
            httpx.post(f"http://{outer.url}/", content=b"x", timeout=5).raise_for_status()
        settings.HEADS_FOLDER, settings.TSA_URL = tmp_path, f"http://{outer.url}/tsa"
        settings.HEADS_COPY = f"http://{outer.url}/heads"
        heads.sign_heads(room.now)
        assert outer.hits[0].startswith("/send")
        assert len(outer.hits) >= 2, "the message and the heads were sent, each to the host that was named"
        assert inner.hits == [], "and nobody followed"
    assert stamps.PATIENCE_S < 10


def test_point_46_only_these_modules_call_anybody_outside():
    """A new door to the outside is seen here, and gets its line above."""
    source = Path(__file__).resolve().parents[2] / "src" / "oneroom"
    calls = re.compile(
        r"httpx\.(?:get|post|put|request|stream|Client|AsyncClient)\(|urlopen\(|requests\.|apprise\.Apprise\("
    )
    found = {str(path.relative_to(source)) for path in source.rglob("*.py") if calls.search(path.read_text())}
    demo = {name for name in found if name.startswith("project/demo/")}
    only_reads_the_address = {"project/checks/machine.py"}
    assert found - demo - only_reads_the_address == {"ports/channels/gateway.py", "ports/heads.py", "ports/stamps.py"}


# ---- what has no door yet, and what is no setting yet (18, 35) ----
def test_point_18_a_partner_holds_no_right_and_there_is_no_door_for_one():
    """Until federation has its door: the role exists, opens nothing, and whoever gives it a right is seen here."""
    assert [right for right, roles in MAY.items() if Role.PARTNER in roles] == []
    assert {"/live", "/positions", "/healthz", "/metrics"} == RAW_PATHS
    source = Path(__file__).resolve().parents[2] / "src" / "oneroom"
    named = {str(path.relative_to(source)) for path in source.rglob("*.py") if "PARTNER" in path.read_text()}
    assert named == {"engine/roles.py"}


def test_point_35_these_modules_alone_name_a_cipher_or_a_signature():
    """Suites are no setting yet. Where one would be set is known: a new place that names one gets its line here."""
    source = Path(__file__).resolve().parents[2] / "src" / "oneroom"
    asks = re.compile(r"^\s*(?:from|import) (cryptography|pyrage|jwt|nacl|Crypto|gmssl)\b", re.MULTILINE)
    found = {
        str(path.relative_to(source)): set(asks.findall(text))
        for path in source.rglob("*.py")
        if asks.search(text := path.read_text(encoding="utf-8"))
    }
    assert found == {
        "apps/people/factors.py": {"cryptography"},  # secrets of second factors: Fernet (AES-128-CBC, HMAC-SHA-256)
        "apps/people/services/files.py": {"cryptography"},  # files that wait an hour to be taken over: Fernet
        "ports/formats/notes.py": {"cryptography"},  # signed heads: Ed25519
        "ports/heads.py": {"cryptography"},
        "ports/stamps.py": {"cryptography"},  # time stamps: what the authority chose
        "ports/tokens.py": {"jwt"},  # the identity provider's tokens
        "project/backup/sealing.py": {"pyrage"},  # backups: X25519, ChaCha20-Poly1305
    }


# ---- hosts, sessions, forms (5, 47) ----
def test_a_foreign_host_gets_no_page_and_no_link_names_it(room, settings):
    client = Client(headers={"Accept": "text/html"})
    for host in ("evil.invalid", "localhost.evil.invalid", "testserver@evil.invalid", "evil.invalid:80"):
        for path in ("/", "/sign-in", "/room/"):
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == 400, (host, path)
            assert "evil.invalid" not in answer.content.decode() + str(answer.headers)
    passed_on = client.get("/room/", headers={"X-Forwarded-Host": "evil.invalid", "X-Original-URL": "/office/"})
    assert passed_on.status_code == 302
    assert passed_on["Location"].startswith("/sign-in")


@pytest.mark.parametrize("onward", ["https://evil.invalid/", "//evil.invalid", "/\\evil.invalid", "javascript:alert(1)",
                                    "https:evil.invalid", "\t//evil.invalid", "/\t/evil.invalid", "http:///evil.invalid",
                                    "data:text/html,x"])  # fmt: skip
def test_nobody_is_led_out_of_the_house_by_next(town, onward):
    cache.clear()
    client = Client(headers={"Accept": "text/html"})
    asked = client.get("/sign-in", {"next": onward})
    assert not re.search(r'(value|href|content)="(?!/sign-in\?)[^"]*evil', asked.content.decode())
    answer = client.post("/sign-in", {"username": "dora", "password": PASSWORD, "next": onward})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert "evil" not in answer["Location"]
    language = client.post("/language", {"language": "en", "next": onward})
    assert "evil" not in language["Location"]


def test_point_5_a_session_that_somebody_planted_is_not_the_one_that_is_signed_in(town):
    cache.clear()
    client = Client(headers={"Accept": "text/html"})
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies[django_settings.SESSION_COOKIE_NAME] = planted
    assert client.post("/sign-in", {"username": "dora", "password": PASSWORD}).status_code == 302
    now = client.cookies[django_settings.SESSION_COOKIE_NAME]
    assert now.value != planted
    assert now["httponly"]
    assert now["samesite"] == "Lax"
    thief = Client()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = planted
    assert thief.get("/api/me").status_code == 401


WITHOUT_SESSION = {"/api/calls", "/api/reports", "/api/follow", "/api/follow/words", "/api/follow/talk",
                   "/api/follow/safe", "/api/follow/withdraw", "/api/follow/rate"}  # fmt: skip


def test_point_47_no_writing_route_takes_a_form_of_another_site(room):
    """Each route that writes: without a form's token, and with one but from a foreign page; nothing is done."""
    made = cast(room)
    exempt, wrong = set(), []
    for row, spec in ROUTES.items():
        if not row.startswith("POST ") or len(row.split()) != 2 or row.startswith("POST /start/gateway"):
            continue  # the last is of the demo alone: here there is no such address
        client = _client(made, furthest(spec))
        client.handler.enforce_csrf_checks = True
        client.cookies[django_settings.CSRF_COOKIE_NAME] = "a" * 32
        target = address(row, spec, made)
        body = _filled(spec.get("body", {}), made.ids("own"), {side: made.ids(side) for side in WHERE})
        key = {"Idempotency-Key": "foreign-form-1"}
        said = {
            "no token": client.post(target, body, content_type="application/json", headers=key),
            "a foreign page": client.post(target, body, content_type="application/json", headers={
                **key, "X-CSRFToken": "a" * 32, "Origin": "https://evil.invalid"}),
        }  # fmt: skip
        if target in WITHOUT_SESSION:
            exempt.add(target)
            continue
        wrong += [(row, how, answer.status_code) for how, answer in said.items() if answer.status_code != 403]
    assert wrong == []
    assert exempt == WITHOUT_SESSION, "who has no session has nothing that another site could use"


# ---- the log and the list of processes (31, 39) ----
def test_point_31_nobody_writes_a_line_of_his_own_into_the_log():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(WithoutWords("%(levelname)s %(message)s"))
    logger = logging.getLogger("tests.hostile.lines")
    logger.addHandler(handler)
    logger.propagate = False
    for end in ("\r\n", "\n", "\r", "\x85", "\u2028", "\x0b", "\x1b[2K"):
        logger.error("fault %s at %s %s", "12345678", "GET", f"/x{end}INFO dora signed in")
    assert len(stream.getvalue().splitlines()) == 7
    assert "\x1b" not in stream.getvalue()


@pytest.mark.django_db(transaction=True)
def test_point_39_no_secret_stands_in_the_list_of_processes(database_url):
    with WebProcess(database_url):
        mine = psutil.Process()
        lines = [" ".join(process.cmdline()) for process in mine.children(recursive=True)]
    assert any("runweb" in line for line in lines)
    for line in lines:
        assert django_settings.SECRET_KEY not in line
        assert not re.search(r"://[^/\s:]+:[^@\s]+@", line), "a password in an address"
