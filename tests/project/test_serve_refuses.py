import os
import subprocess
import sys

import pytest

from oneroom.project import safety
from oneroom.project.embedded import Embedded

GOOD = {
    "ONEROOM_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "ONEROOM_AUDITOR_URL": "postgresql://auditor@127.0.0.1:1/none",
    "ONEROOM_SECRET_KEY": "k" * 40,
}


@pytest.fixture
def environment(monkeypatch):
    for name in ("ONEROOM_DEMO", "ONEROOM_CLOCK_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONEROOM_DATABASE_URL", None),
        ("ONEROOM_SECRET_KEY", None),
        ("ONEROOM_SECRET_KEY", "short"),
        ("ONEROOM_DEMO", "1"),
        ("ONEROOM_CLOCK_FILE", "/tmp/clock.json"),
    ],
)
def test_a_wrong_environment_is_named_before_the_database_is_asked(environment, name, value):
    environment.delenv(name) if value is None else environment.setenv(name, value)

    (objection,) = safety.objections()

    assert name in objection


def test_error_pages_that_show_secrets_are_refused(environment, settings):
    settings.DEBUG = True

    assert any("DEBUG" in objection for objection in safety.objections())


@pytest.mark.django_db
def test_a_database_that_may_forget_is_refused_by_the_name_of_what_is_off(environment):
    objections = " ".join(safety.objections())  # the tests' own server is such a one

    assert "fsync is off" in objections
    assert "synchronous_commit is off" in objections


@pytest.mark.django_db
def test_a_database_that_is_too_old_is_refused(environment, monkeypatch):
    monkeypatch.setattr(safety, "OLDEST_POSTGRES", 99)

    assert any("needs 99 or newer" in objection for objection in safety.objections())


def _serve(**environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONEROOM_")}
    command = [sys.executable, "-m", "oneroom", "serve", "--port", "1"]
    return subprocess.run(
        command,
        env={**kept, "DJANGO_SETTINGS_MODULE": "oneroom.project.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_says_why_in_sentences_and_fails():
    answer = _serve(**GOOD, ONEROOM_DEMO="1")

    assert answer.returncode == 1
    assert "ONEROOM_DEMO is set" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("url", ["", "postgresql://nobody@127.0.0.1:1/none", "postgresql://127.0.0.1:1/none"])
def test_the_auditor_must_have_a_database_role_of_its_own(url):
    answer = _serve(**{**GOOD, "ONEROOM_AUDITOR_URL": url})

    assert answer.returncode == 1
    assert answer.stderr.count("  - ") == 1
    assert "ONEROOM_AUDITOR_URL" in answer.stderr


def test_a_database_that_does_not_answer_gets_a_sentence():
    answer = _serve(**GOOD)

    assert answer.returncode == 1
    assert "does not answer" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_sound_server_with_an_empty_database_is_told_to_migrate(database_folder):
    with Embedded(database_folder) as server:
        answer = _serve(**{**GOOD, "ONEROOM_DATABASE_URL": server.database("oneroom")})

    assert answer.returncode == 1
    assert answer.stderr.count("  - ") == 1
    assert "oneroom migrate" in answer.stderr
