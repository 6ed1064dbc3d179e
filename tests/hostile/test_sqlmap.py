"""
Security point 42: sqlmap, level 2, against every door of the public and the sign-in, on a real PostgreSQL.

sqlmap is a tool of its own (GPL-2.0), run as a process and part of nothing that is shipped. Against a door that was
left open on purpose it must find its way in, or its silence at ours would say nothing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest

from tests.served import served

SQLMAP = shutil.which("sqlmap", path=str(Path(sys.executable).parent)) or shutil.which("sqlmap")
pytestmark = [
    pytest.mark.prove, pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(SQLMAP is None, reason="sqlmap looks for injections; it is among what the tests install"),
]  # fmt: skip

TOKEN = "a" * 32
FOUND = "identified the following injection point"
TRIED = re.compile(r"(?:parameter|Cookie) '(?:JSON )?(\w+)' does not (?:appear|seem) to be (?:dynamic|injectable)")
REPORT = "key=00000000000000000000&words=noise&place=market&place_id=1&caller_phone=13855502201"

# address, what is sent ({code}: that of a report which is there), the words that are tried
DOORS = [
    ("/places?q=market", "", "q"),
    ("/sign-in", "", "sessionid"),
    ("/sign-in", "username=dora&password=wrong&notice=accepted", "username"),
    ("/report", REPORT, "words,place_id,caller_phone"),
    ("/report", REPORT, "key"),
    ("/follow", "code=ABCDEFGHJKLM&language=en", "code"),
    ("/follow/words", "code={code}&key=00000000000000000000&words=louder", "words"),
    ("/follow/rate", "code={code}&key=00000000000000000000&stars=5&rating_words=good", "rating_words"),
    ("/api/public/follow", '{"code": "ABCDEFGHJKLM"}', "code"),
    ("/api/public/follow/talk", '{"code": "{code}", "after": 0}', "after"),
]


@pytest.fixture
def house(room, database_url, settings):
    """Its address. Nobody is told to come again later: here the questions must reach the database."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    with served(database_url) as url:
        yield url


def look(folder, url, *, data="", words):
    """What sqlmap says of these words of one address. Each question has a key of its own, or it would be a repeat."""
    heads = f"X-CSRFToken: {TOKEN}" + ("\nContent-Type: application/json" if data.startswith("{") else "")
    command = [
        SQLMAP, "--batch", "--level=2", "--risk=1", "--dbms=PostgreSQL", "--flush-session", "--disable-coloring",
        f"--output-dir={folder}", "--ignore-code=*", "--threads=2", "-p", words, "-u", url,
        "--cookie", f"csrftoken={TOKEN}; sessionid={TOKEN}", "--headers", heads,
    ]  # fmt: skip
    command += ["--data", data] if data else []
    command += ["--randomize=key"] if "key=" in data and words != "key" else []
    return heard(command, patience_s=600)


def heard(command, *, patience_s):
    """All that it said. Who is cut short fails by what he said so far, unless he found his way in by then."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience_s).stdout
    except subprocess.TimeoutExpired as over:
        said = (over.stdout or b"").decode(errors="replace")  # bytes, whatever was asked for (bpo-87597)
        if FOUND in said:
            return said
        pytest.fail(f"sqlmap was not done after {patience_s} s. So far: {said[-3000:]}")


@pytest.mark.parametrize(("path", "data", "words"), DOORS, ids=[f"{path} {words}" for path, _data, words in DOORS])
def test_point_42_sqlmap_finds_no_way_into_the_doors_of_the_public(house, tmp_path, path, data, words):
    head = {"Idempotency-Key": "of this test only 1"}
    code = httpx.post(f"{house}/api/public/reports", json={"words": "noise"}, headers=head).json()["code"]
    said = look(tmp_path, house + path, data=data.replace("{code}", code), words=words)

    assert FOUND not in said, said[-3000:]
    assert "UNION query" in said, said[-3000:]
    assert set(TRIED.findall(said)) >= set(words.split(",")), said[-3000:]


@contextmanager
def left_open(database_url):
    """A door whose word goes into the statement as it is typed."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self):
            word = parse_qs(urlsplit(self.path).query).get("q", [""])[0]
            try:
                with psycopg.connect(database_url, autocommit=True) as connection:
                    rows = connection.execute(
                        f"SELECT name FROM (VALUES ('market')) t(name) WHERE name = '{word}'"
                    ).fetchall()
                status, body = 200, f"{len(rows)} found: {rows}"
            except psycopg.Error as error:
                status, body = 500, str(error)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/?q=market"
    finally:
        server.shutdown()
        server.server_close()


def test_sqlmap_finds_its_way_into_a_door_that_was_left_open(room, database_url, tmp_path):
    with left_open(database_url) as url:
        assert FOUND in look(tmp_path, url, words="q")


def test_what_it_said_before_it_was_cut_short_is_shown_and_a_way_in_still_counts(monkeypatch):
    def cut_short(said):
        def run(command, *, timeout, **_):
            raise subprocess.TimeoutExpired(command, timeout, output=said)

        monkeypatch.setattr(subprocess, "run", run)

    cut_short(f"{FOUND}: q".encode())
    assert FOUND in heard(["sqlmap"], patience_s=600)
    for said, shown in ((b"testing UNION query", "testing UNION query"), (None, "600 s")):
        cut_short(said)
        with pytest.raises(pytest.fail.Exception, match=shown):
            heard(["sqlmap"], patience_s=600)
