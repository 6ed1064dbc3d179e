import logging

import polib
import pytest

from oneroom.project import cli, messages, stage
from oneroom.project.database import from_url, to_url
from oneroom.project.listening import listen
from oneroom.project.logs import WithoutWords
from oneroom.project.trouble import Trouble


def test_an_unknown_command_is_answered_with_the_nearest_one():
    with pytest.raises(SystemExit, match=r"no command 'serv'. Did you mean `oneroom serve`"):
        cli.main(["oneroom", "serv"])


def test_without_a_command_all_of_ours_are_listed_with_what_they_do(capsys):
    cli.main(["oneroom"])

    listed = capsys.readouterr().out
    for name in ("demo", "serve", "runclock", "runcourier", "importroads"):
        assert f"  {name} " in listed


def test_the_demo_never_touches_a_real_database(monkeypatch):
    monkeypatch.setenv("ONEROOM_DATABASE_URL", "postgresql://force@db/oneroom")

    with pytest.raises(Trouble, match="never touches a real database"):
        stage.enter([])


@pytest.mark.parametrize("city", ["../etc", "", "Jinan;", "济南"])
def test_a_citys_name_cannot_leave_its_folder(city):
    with pytest.raises(Trouble, match="small Latin letters"):
        stage.set_stage(city)


@pytest.mark.parametrize("port", [-1, 0, 65536])
def test_a_port_that_is_none_gets_a_sentence(port):
    with pytest.raises(Trouble, match=f"{port} is no port"):
        listen("127.0.0.1", port)


def test_a_foreign_address_gets_a_sentence():
    with pytest.raises(Trouble, match="cannot be used"):
        listen("192.0.2.1", 8000)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://zhang:p%40ss%2Fword@db.example:5433/one%20room?sslmode=require",
        "postgresql://postgres@/oneroom?host=%2Frun%2Fone%20room",
        "host=/run/postgresql dbname=oneroom user=oneroom",
    ],
)
def test_a_database_address_means_the_same_on_both_sides(url):
    there = from_url(url)

    assert from_url(to_url(there)) == {**there, "OPTIONS": {name: str(v) for name, v in there["OPTIONS"].items()}}


def test_a_password_with_signs_survives_the_address():
    assert from_url("postgresql://zhang:p%40ss%2Fword@db/one")["PASSWORD"] == "p@ss/word"


def test_what_an_exception_says_stays_out_of_the_log(monkeypatch):
    monkeypatch.delenv("ONEROOM_DEMO", raising=False)
    number, name = "13800138000", "张三"
    try:
        try:
            raise KeyError(number)
        except KeyError as error:
            raise ValueError(f"Failing row contains ({name})") from error
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "it failed", None, (type(error), error, None))

    line = WithoutWords("%(message)s").format(record)

    assert "it failed" in line
    assert "ValueError" in line
    assert "KeyError" in line
    assert name not in line
    assert number not in line


def test_translations_are_compiled_when_the_text_is_newer(tmp_path):
    text = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    text.parent.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.append(polib.POEntry(msgid="Crew", msgstr="班组"))
    catalogue.save(str(text))

    assert messages.compile_stale(tmp_path) == 1
    assert messages.compile_stale(tmp_path) == 0
    assert polib.mofile(str(text.with_suffix(".mo"))).find("Crew").msgstr == "班组"
