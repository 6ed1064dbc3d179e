"""Time stamps of an outside authority on signed heads (RFC 3161), given and checked by OpenSSL's own tool."""

from __future__ import annotations

import shutil
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from oneroom.ports import heads, stamps
from oneroom.ports.formats import notes
from tests.flows.test_signed_heads import kept, night, run, sign, wrong  # noqa: F401 the folders are a fixture

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the authority of the test is OpenSSL")

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
[stamping]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""
REPLY = "ts -reply -queryfile query -config tsa.cnf -section one -signer tsa.pem -inkey tsa.key -out answer"


def openssl(*arguments, folder):
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)


@pytest.fixture
def authority(tmp_path, settings):
    """A root, a certificate for stamping under it, and a server that answers as an authority does."""
    folder = tmp_path / "tsa"
    folder.mkdir()
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    for line in (
        "req -x509 -newkey rsa:2048 -nodes -subj /CN=Root -days 30 -keyout root.key -out root.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=Stamper -keyout tsa.key -out csr",
        (
            "x509 -req -in csr -CA root.pem -CAkey root.key -set_serial 7 -extfile tsa.cnf -extensions stamping"
            " -out tsa.pem"
        ),
    ):
        made = openssl(*line.split(), folder=folder)
        assert made.returncode == 0, made.stderr

    class Stamping(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            given = openssl(*REPLY.split(), folder=folder)
            answer = (folder / "answer").read_bytes() if given.returncode == 0 else b""
            self.send_response(200 if answer else 500)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Stamping)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.TSA_URL, settings.TSA_ROOTS = f"http://127.0.0.1:{server.server_port}/", str(folder / "root.pem")
    stamps._next.clear()
    yield folder
    stamps._next.clear()
    server.shutdown()


def test_g4_a_head_is_stamped_each_hour_and_openssl_says_so_too(room, kept, authority):  # noqa: F811
    night(room)
    assert sign(room)
    night(room)
    sign(room)

    (stamp,) = sorted((kept / "heads" / "stamps").glob("acts-*.tsr"))
    told = openssl(
        "ts", "-verify", "-data", str(stamp.with_suffix(".head")), "-in", str(stamp), "-CAfile", "root.pem",
        folder=authority,
    )  # fmt: skip
    assert b"Verification: OK" in told.stdout + told.stderr
    code, said = run("verify")
    assert code == 0
    assert "acts: 1 heads stamped by an authority" in said

    night(room)
    sign(room, minutes=61)
    assert len(list((kept / "heads" / "stamps").glob("acts-*.tsr"))) == 2


def test_g4_a_record_written_anew_with_the_key_in_hand_contradicts_its_stamps(room, kept, authority):  # noqa: F811
    night(room)
    sign(room)
    (stamp,) = (kept / "heads" / "stamps").glob("acts-*.head")
    key = heads.signing_key(kept / "heads")
    true = notes.read(stamp.read_text(), key.public_key())
    forged = notes.sign(key, notes.Checkpoint(true.origin, true.size, bytes(32), true.at))

    stamp.write_text(forged)
    code, said = run("verify")
    assert code == 1
    assert "the signed heads are not to be trusted" in said


def test_an_authority_that_cannot_be_reached_is_an_alarm_that_ends_when_it_answers(room, kept, authority, settings):  # noqa: F811
    there, settings.TSA_URL = settings.TSA_URL, "http://127.0.0.1:9/"
    night(room)
    assert sign(room), "the head is signed all the same"
    assert ("head_not_stamped", "acts") in wrong()

    settings.TSA_URL = there
    night(room)
    sign(room)
    assert ("head_not_stamped", "acts") not in wrong()


def test_an_export_takes_its_stamps_along(room, kept, authority, tmp_path):  # noqa: F811
    night(room)
    sign(room)
    folder = tmp_path / "inspector"
    run("export", str(folder))

    code, said = run("verify", "--export", str(folder), "--tsa-roots", str(authority / "root.pem"))
    assert code == 0
    assert "heads stamped by an authority" in said
