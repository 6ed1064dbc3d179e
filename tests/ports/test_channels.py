"""Messages to the outside, against a real gateway on loopback."""

import json
import threading
import time
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from oneroom.apps.orders.channel import ChannelFailed, Message, channels
from oneroom.ports.channels import gateway
from oneroom.ports.channels.app import App
from oneroom.ports.channels.email import Email
from oneroom.ports.channels.sms import Sms
from oneroom.ports.channels.voice import Voice

MESSAGE = Message(9, "+86 138-0000-0000", "OneRoom", "P1: order 7 waits to be signed for.", False, "delivery-3")


class Provider:
    """An SMS provider that answers as told and remembers what it took."""

    def __init__(self):
        self.taken = []
        self.status = 200
        self.delay_s = 0.0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                provider.taken.append((self.path, json.loads(body)))
                time.sleep(provider.delay_s)
                self.send_response(provider.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://127.0.0.1:{self.server.server_port}/send?:to={{address}}&:key={{key}}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def provider():
    provider = Provider()
    yield provider
    provider.close()


def test_a_text_message_reaches_the_gateway_whole(provider, settings):
    settings.SMS_URL = provider.url

    assert Sms().send(MESSAGE).state == "sent"

    [(path, body)] = provider.taken
    assert path.startswith("/send")
    assert (body["to"], body["key"]) == (MESSAGE.address, MESSAGE.key)
    assert (body["title"], body["message"]) == (MESSAGE.title, MESSAGE.text)


def test_an_address_cannot_change_where_the_message_goes(provider, settings):
    settings.SMS_URL = provider.url
    Sms().send(Message(9, "1&:to=2#@evil.example/", "OneRoom", "text", False, "delivery-3"))

    assert provider.taken[0][1]["to"] == "1&:to=2#@evil.example/"


def test_a_force_without_a_gateway_skips_and_says_why(settings):
    settings.SMS_URL = settings.EMAIL_URL = ""

    assert (Sms().send(MESSAGE).state, Sms().send(MESSAGE).detail) == ("skipped", "no_gateway")
    assert Email().send(MESSAGE).state == "skipped"


def test_a_call_that_speaks_goes_by_its_own_provider(provider, settings):
    settings.SMS_URL, settings.VOICE_URL = "", provider.url

    assert Voice().send(MESSAGE).state == "sent"
    provider.status = 503
    with pytest.raises(ChannelFailed):
        Voice().send(MESSAGE)
    settings.VOICE_URL = ""

    assert (Voice().send(MESSAGE).state, Voice().send(MESSAGE).detail) == ("skipped", "no_gateway")
    assert [body["to"] for _, body in provider.taken] == [MESSAGE.address] * 2


def test_a_person_without_a_number_is_skipped(provider, settings):
    settings.SMS_URL = provider.url

    assert Sms().send(Message(9, "", "OneRoom", "text", False, "k")).detail == "no_address"
    assert provider.taken == []


@pytest.mark.parametrize("url", ["nothing://x?to={address}", "json://fixed.example/for-everybody", "{address}"])
def test_a_gateway_that_is_set_up_wrongly_fails_for_good(settings, url):
    settings.SMS_URL = url

    with pytest.raises(ChannelFailed) as failed:
        Sms().send(MESSAGE)

    assert failed.value.permanent
    assert failed.value.cause == "bad_gateway_url"


def test_a_refusal_may_be_tried_again_and_no_log_holds_the_address(provider, settings, caplog):
    settings.SMS_URL = provider.url
    provider.status = 503
    caplog.set_level("DEBUG")

    with pytest.raises(ChannelFailed) as failed:
        Sms().send(MESSAGE)

    assert (failed.value.permanent, failed.value.unclear) == (False, False)
    assert "138" not in caplog.text


def test_a_gateway_that_takes_it_and_never_answers_leaves_it_unclear(provider, settings, monkeypatch):
    monkeypatch.setattr(gateway, "ANSWER_S", 0.3)
    settings.SMS_URL = provider.url
    provider.delay_s = 1.0

    with pytest.raises(ChannelFailed) as failed:
        Sms().send(MESSAGE)

    assert (failed.value.permanent, failed.value.unclear) == (False, True)


def test_mail_goes_by_smtp(settings):
    with Postman() as postman:
        settings.EMAIL_URL = f"mailto://127.0.0.1:{postman.port}/?from=room@example.org&to={{address}}&mode=insecure"

        assert Email().send(Message(9, "chief@example.org", "OneRoom", "P1: order 7", False, "k")).state == "sent"

    assert postman.to == ["<chief@example.org>"]
    mail = message_from_bytes(postman.mail)
    assert mail["Subject"] == "OneRoom"
    assert "P1: order 7" in mail.get_payload(decode=True).decode()


def test_the_app_needs_no_sending_for_the_entry_is_the_push():
    assert App().send(MESSAGE).state == "sent"


def test_every_channel_of_the_settings_is_there_under_its_name():
    assert {name: channel.name for name, channel in channels().items()} == {
        n: n for n in ("app", "sms", "voice", "email")
    }


class Postman:
    """Just enough of an SMTP server for one mail."""

    def __init__(self):
        import socket

        self.to, self.mail = [], b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._thread.join(5)
        self._listening.close()

    def _serve(self):
        connection, _ = self._listening.accept()
        with connection, connection.makefile("rwb") as line:

            def answer(text):
                line.write(text + b"\r\n")
                line.flush()

            answer(b"220 here")
            while command := line.readline().strip():
                if command.upper().startswith(b"RCPT TO:"):
                    self.to.append(command[8:].split()[0].decode())
                if command.upper() == b"DATA":
                    answer(b"354 go on")
                    while (part := line.readline()) != b".\r\n":
                        self.mail += part
                answer(b"221 bye" if command.upper() == b"QUIT" else b"250 yes")
                if command.upper() == b"QUIT":
                    return
