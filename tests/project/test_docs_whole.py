"""
Nothing is undocumented, and nothing is documented that does not exist: variables, commands, rights, channels (kinds of
entries: test_docs.py; metrics: tests/web/test_metrics.py). Pages that say how to add something are followed here.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.utils.translation import override

from oneroom.apps.ledger.models import Entry
from oneroom.apps.ledger.services import note, service
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orders import channel as channel_of_orders
from oneroom.apps.orders.channel import Receipt, channels
from oneroom.apps.oversight.kinds import KINDS
from oneroom.engine import events
from oneroom.engine.escalation import ladder
from oneroom.engine.events import Fact, Kind
from oneroom.engine.measures import loop
from oneroom.engine.measures.loop import Loop, Measure, spread
from oneroom.engine.roles import MAY, Right
from oneroom.engine.values import SYSTEM
from oneroom.project.environment import VARIABLES
from oneroom.web.pages.office import measures

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PARTS = {"web", "clock", "courier"}  # as the database calls them
SOURCE = ROOT / "src" / "oneroom"


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def rows(name, first):
    """The cells of each row of a page whose first cell fits."""
    lines = [line for line in page(name).splitlines() if re.match(rf"\| {first}", line)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_variable_that_the_code_reads_is_known_and_none_besides():
    read = {
        name
        for path in SOURCE.rglob("*.py")
        for name in re.findall(r"""["'](ONEROOM_[A-Z_]+)["']""", path.read_text(encoding="utf-8"))
    }
    assert read - {"ONEROOM_"} == VARIABLES


def test_every_variable_is_explained_to_the_operator_and_every_explained_one_exists():
    said = {name for row in rows("operate.md", "`ONEROOM_") for name in re.findall(r"ONEROOM_[A-Z_]+", row[0])}
    assert said == VARIABLES


def test_every_kind_of_alarm_tells_the_operator_what_to_do_and_every_told_one_exists():
    table = page("operate.md").split("| in the list | what to do |")[1].split("\n\n")[0]
    said = [kind for row in table.splitlines() for kind in re.findall(r"`([a-z_]+)`", row.split(" | ")[0])]
    assert sorted(said) == sorted(KINDS)
    assert {path.stem for path in (SOURCE / "project" / "auditor" / "checks").glob("*.sql")} <= KINDS.keys()


@pytest.mark.parametrize("name", sorted(p.name for p in DOCS.glob("*.md")))
def test_no_page_names_a_variable_or_a_command_that_does_not_exist(name):
    text = page(name)
    assert set(re.findall(r"\bONEROOM_[A-Z]+(?:_[A-Z]+)*\b", text)) - VARIABLES == set()
    assert set(re.findall(r"`oneroom ([a-z]+)", text)) <= {*get_commands(), "help", *PARTS}


def test_every_command_is_listed_with_its_help_and_none_besides():
    found = get_commands()
    ours = {name for name, app in found.items() if isinstance(app, str) and app.startswith("oneroom.")}
    said = {row[0].strip("`").removeprefix("oneroom "): row[1] for row in rows("commands.md", "`oneroom ")}
    assert said == {name: load_command_class(found[name], name).help for name in ours}


def test_every_right_is_listed_with_the_roles_that_have_it_and_none_besides():
    said = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[2])) for row in rows("rights.md", "`[a-z_]+` ")}
    assert said == {right.value: {role.value for role in MAY[right]} for right in Right}
    assert all(row[1] for row in rows("rights.md", "`[a-z_]+` "))


def test_the_channels_that_are_said_to_be_there_are_there():
    sentence = page("add-a-channel.md").split("A new one")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == set(settings.CHANNELS)


@pytest.mark.parametrize("name", sorted(p.name for p in DOCS.glob("*.md") if p.name != "benchmarks.md"))
def test_paths_and_names_in_them_lead_somewhere(name):
    text = page(name)
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (DOCS / target).exists(), target
    for path in re.findall(r"`((?:src/oneroom|docs|tests)/[\w/.\-]+)`", text):
        assert not re.search(r"/x\.\w+$", path) or (ROOT / path).parent.exists()
        assert re.search(r"/x\.\w+$", path) or (ROOT / path).exists(), path
    for names, path in re.findall(r"((?:`[A-Z_a-z]+`(?: and )?)+) of `(src/oneroom/[\w/.\-]+)`", text):
        for each in re.findall(r"`(\w+)`", names):
            assert re.search(rf"\b{each}\b", (ROOT / path).read_text(encoding="utf-8")), (each, path)


# ---- the pages "Add a …", followed ----


def test_a_channel_is_added_as_the_page_says(room, settings, monkeypatch):
    """One file, one line in CHANNELS, an address, a rung: a pager on the shift commander's belt."""
    taken = []

    class Pager:
        name = "pager"

        def send(self, message):
            taken.append(message)
            return Receipt("sent")

    file = ModuleType("tests_pager")  # 1. the file with its class
    file.Pager = Pager
    monkeypatch.setitem(sys.modules, "tests_pager", file)
    settings.CHANNELS = {**settings.CHANNELS, "pager": "tests_pager.Pager"}  # 2. its line
    monkeypatch.setitem(channel_of_orders.ADDRESSES, "pager", "mobile")  # 3. its address
    rungs = [
        (code, tell, (*ways, "pager") if code == "shift_commander" else ways, after)
        for code, tell, ways, after in ladder._ANSWER
    ]
    monkeypatch.setattr(ladder, "_ANSWER", tuple(rungs))  # 4. its rung

    room.dispatch(room.report("burglary", at="market"), "crew-1")
    room.fast_forward(minutes=3)

    assert channels().keys() == settings.CHANNELS.keys()
    assert [message.address for message in taken] == [room.town.people["zhou"].mobile]
    assert "burglary" not in taken[0].text


def test_a_kind_of_entry_is_added_as_the_page_says(town, monkeypatch):
    kind = Kind("horse.shod", 1, "A horse of the mounted branch was shod.", {"horse": Fact.ID, "where": Fact.CODE})
    monkeypatch.setitem(events.KINDS, kind.name, kind)  # 1. its line
    at = datetime(2026, 11, 22, 4, tzinfo=UTC)

    @service
    def shoe(**facts):  # 3. its service
        note("horse.shod", "horse:7", by=SYSTEM, at=at, to=("room",), **facts)

    shoe(horse=7, where="forge")

    entry = Entry.objects.get(kind="horse.shod")
    assert (entry.facts, entry.scopes, entry.version) == ({"horse": 7, "where": "forge"}, ["room"], 1)
    assert verify("acts").fault is None
    for wrong in (
        {"horse": 7},
        {"horse": 7, "where": "Mr Smith of the forge"},
        {"horse": 7, "where": "forge", "name": "x"},
    ):
        with pytest.raises(ValueError, match=r"horse\.shod"):
            shoe(**wrong)


def test_a_measure_is_added_as_the_page_says(monkeypatch):
    ready = Measure("ready", "signed", "departed", 60, (30, 60, 300), "Ready = from signing until the crew sets out.")
    monkeypatch.setitem(loop.MEASURES, "ready", ready)  # 1.
    monkeypatch.setitem(measures.WORDS, "ready", ("Ready", "within 1 min", ready.definition))  # 2.
    folded, began = Loop(), datetime(2026, 11, 22, 4, tzinfo=UTC)
    folded.take("incident.received", began, "incident:1", "incident:1", {"source": "phone"})
    for kind, second in (("offered", 0), ("acknowledged", 10), ("en_route", 50)):
        folded.take(f"assignment.{kind}", began.replace(second=second), "assignment:1", "incident:1", {})

    found = spread(ready, folded.orders(folded.counted()))

    assert (found.counts, found.within) == ((0, 1, 0, 0), 1)
    with override("en"):
        assert measures.bars()["ready-1"] == "Ready 30–60 s"
