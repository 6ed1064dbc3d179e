"""Units as a list: taken out in each form, brought in as a plan, every line answered (T04)."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.models import OrgUnit, UnitSpell
from oneroom.apps.orgs.services import begin_unit
from oneroom.apps.reforms.models import ReformPlan
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.project.trouble import Trouble
from tests.force import Force

pytestmark = pytest.mark.django_db
HEADS = "代码,名称,类别,体系,上级单位代码,职能,自,至"
FORMS = ("xlsx", "csv", "json")


@pytest.fixture
def force(room):
    made = Force(room)  # west, east and branch
    made.staff("pia", Role.ORG_PLANNER)
    return made


@pytest.fixture
def client(force):
    def of(who: str = "pia", language: str = "en") -> Client:
        made = Client(headers={"accept-language": language, "accept": "text/html"})
        made.force_login(force.room.town.people[who])
        return made

    return of


@pytest.fixture
def send(client):
    def act(act: str, content: str | bytes, file: str = "units.csv", **more: str):
        data = content if isinstance(content, bytes) else content.encode()
        sent = SimpleUploadedFile(file, data)
        return client().post("/office/organisation/import", {"act": act, "file": sent, **more})

    return act


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("form", FORMS)
def test_t04_what_is_taken_out_and_brought_in_again_changes_nothing(room, client, send, form, language):
    begun = {"kind": "station", "by": SYSTEM, "at": room.now}
    begin_unit(code="odd", name_zh="=1+2派出所", name_en='@odd, "one"', **begun)
    begin_unit(code="quote", name_zh="'-x", name_en="", **begun)
    for code in ("west", "east"):
        stored.UnitFunction.objects.create(function="traffic", unit=code, since=UnitSpell.objects.first().since)

    out = client(language=language).get(f"/office/organisation/units.{form}").content
    looked = send("look", out, f"units.{form}").content.decode()

    assert "5 lines: new 0 · changed 0 · unchanged 5 · refused 0" in looked
    assert "This list changes nothing" in looked
    assert send("plan", out, f"units.{form}").status_code == 422
    assert Entry.objects.get(kind="list.exported").facts["list"] == "units"
    if form == "csv":
        assert "\r\nodd,'=1+2派出所,\"'@odd" in out.decode()
    if form == "xlsx":
        cell = openpyxl.load_workbook(io.BytesIO(out)).active["B4"]
        assert (cell.value, cell.data_type) == ("=1+2派出所", "s"), "text, no formula"


def test_t04_a_list_in_gb18030_becomes_a_plan_that_two_sign_and_the_units_are_there(room, client, send):
    text = f"{HEADS}\nnorth,北所,派出所,,branch,traffic,,\nwest,西站所,派出所,警务实战,branch,,,\n"

    answer = send("plan", text.encode("gb18030"), name="North", day=str(room.now.astimezone().date()))

    assert answer.status_code == 302
    plan = ReformPlan.objects.get()
    assert (plan.name, plan.state, len(plan.changes)) == ("North", "draft", 3)
    assert Entry.objects.get(kind="reform.drafted").facts["changes"] == 3
    assert not OrgUnit.objects.filter(code="north").exists(), "a draft is nobody's unit"
    page = answer["Location"]
    assert client().post(f"{page}/act", {"act": "ask", "why": "founded"}).status_code == 302
    assert client("leader-li").post(f"{page}/act", {"act": "sign"}).status_code == 302
    north, west = OrgUnit.objects.get(code="north"), OrgUnit.objects.get(code="west")
    assert (north.parent.code, west.name_zh, west.parent.code) == ("branch", "西站所", "branch")
    assert stored.owners_on("traffic", plan.day) == ["north"]
    out = client().get("/office/organisation/units.json").json()
    assert {u["code"]: u["functions"] for u in out["units"]}["north"] == ["traffic"]


BAD = f"""{HEADS}
good,好所,派出所,,branch,,,
twice,一所,派出所,,branch,,,
twice,二所,派出所,,branch,,,
a,甲,派出所,,b,,,
b,乙,派出所,,a,,,
n1,丙,城堡,,branch,,,
n2,丁,派出所,,nowhere,,,
n3,戊,派出所,,branch,,2026-03-01,2026-02-01
"""


def test_each_line_is_answered_nothing_is_half_taken_and_the_mended_file_goes_through(send):
    looked = send("look", BAD).content.decode()

    assert "8 lines: new 1 · changed 0 · unchanged 0 · refused 7" in looked
    for line, words in {
        3: "Code: Line 4 has this code, too.", 4: "Code: Line 3 has this code, too.", 5: "answers to itself",
        6: "answers to itself", 7: "Kind: There is no such choice here", 8: "no unit nowhere",
        9: "Until: It ends before it begins.",
    }.items():  # fmt: skip
        row = looked.split(f'<td class="n num">{line}</td>')[1].split("</tr>")[0]
        assert words in row, line
        assert "refused" in row
    refused = send("plan", BAD)
    assert refused.status_code == 422
    assert "Lines that cannot be taken over: 7. Nothing was taken." in refused.content.decode()
    assert not ReformPlan.objects.exists()
    assert not Entry.objects.filter(kind__startswith="reform").exists()

    book = openpyxl.load_workbook(io.BytesIO(send("correct", BAD).content))
    page = book.active
    assert page.cell(2, page.max_column).value == "new"
    for row in range(page.max_row, 2, -1):
        page.delete_rows(row)
    mended = io.BytesIO()
    book.save(mended)
    assert send("plan", mended.getvalue(), "units.xlsx").status_code == 302
    assert [change["unit"]["code"] for change in ReformPlan.objects.get().changes] == ["good"]


def test_merged_cells_are_named_and_the_file_to_correct_holds_no_formula(send):
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Code", "Name", "Kind", "Code of the unit above"])
    page.append(["m1", "=cmd()", "station", "branch"])
    page.append(["m2", None, "station", "branch"])
    page["B2"].data_type = "s"
    page.merge_cells("B2:B3")
    into = io.BytesIO()
    book.save(into)

    looked = send("look", into.getvalue(), "units.xlsx").content.decode()
    back = openpyxl.load_workbook(io.BytesIO(send("correct", into.getvalue(), "units.xlsx").content)).active

    assert looked.count("This cell is merged with others") == 2
    assert all(cell.data_type != "f" for row in back.iter_rows() for cell in row)


def test_ten_thousand_bad_lines_are_each_answered(send):
    lines = "\n".join(f"n{n},名,派出所,,none{n},,," for n in range(10_000))
    answer = send("look", f"{HEADS}\n{lines}\n").content.decode()

    assert "10000 lines: new 0 · changed 0 · unchanged 0 · refused 10000" in answer
    assert "and 9900 more" in answer


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xff\xff\xff\x00\x01", "neither UTF-8 nor GB18030"),
        ("名称\n王\n".encode(), "columns are missing"),
        (b"{", "no JSON document"),
        (b'{"schema": "oneroom.units/9", "units": []}', "no list of units"),
        (b"[" * 100_000, "no JSON document"),
        (json.dumps({"schema": "oneroom.units/1", "units": []}).encode(), "no unit in this document"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(send, content, words):
    answer = send("look", content)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_lines_of_json_are_answered_too(send):
    units = [7, {"code": "west", "parnet": "x"}, {"code": "east", "name_zh": 5}, {"code": "east2", "functions": [1]}]
    looked = send("look", json.dumps({"schema": "oneroom.units/1", "units": units})).content.decode()

    assert "refused 4" in looked
    for words in ("Say what the unit is", "whose name is not known", "Name in Chinese: This is no text"):
        assert words in looked


def test_only_a_planner_brings_lists_in_and_strangers_take_none_out(room, client):
    for who in ("dora", "leader-li", "ina", "ada"):
        assert client(who).get("/office/organisation/import").status_code == 404, who
    assert client("leader-li").get("/office/organisation/units.csv").status_code == 200
    assert client("ada").get("/office/organisation/units.csv").status_code == 404
    assert client().get("/office/organisation/units.pdf").status_code == 404
    past = str(room.now.astimezone().date() - timedelta(days=1))
    assert len(client().get(f"/office/organisation/units.json?on={past}").json()["units"]) == 0


def test_t04_an_empty_house_is_founded_from_a_list_by_command(tmp_path, transactional_db, capsys):
    rows = [
        {"code": "top", "name_zh": "市局", "kind": "city_bureau"},
        {"code": "west", "name_zh": "西所", "kind": "station", "parent": "top", "functions": ["traffic"]},
    ]
    file = tmp_path / "units.json"
    file.write_text(json.dumps({"schema": "oneroom.units/1", "units": rows}))

    call_command("importunits", file, "--dry-run")
    assert not OrgUnit.objects.exists()
    call_command("importunits", file)

    assert OrgUnit.objects.get(code="west").parent.code == "top"
    assert Entry.objects.get(kind="organisation.reformed").via == "console"
    rows[1]["name_zh"] = "新西所"
    file.write_text(json.dumps({"schema": "oneroom.units/1", "units": rows}))
    with pytest.raises(Trouble, match="Two sign it"):
        call_command("importunits", file)
    call_command("importunits", file, "--dry-run")
    assert "changed 1, unchanged 1" in capsys.readouterr().out


def test_the_list_that_was_looked_through_becomes_the_plan_unless_the_organisation_changed_meanwhile(
    room, client, send
):
    """Issue 5: no second choice of the file; what was shown is what is done, or nothing."""

    def looked(code: str) -> str:
        page = send("look", f"{HEADS}\n{code},新所,派出所,,branch,,,\n").content.decode()
        return page.split('name="kept" value="')[1].split('"')[0]

    def plan(key: str, **said: str):
        return client().post("/office/organisation/import", {"kept": key, "act": "plan", "name": "New", **said})

    key = looked("south")
    other_day = (room.now.astimezone().date() + timedelta(days=9)).isoformat()
    assert plan(key, day=other_day).status_code == 409, "shown of another day"
    assert plan(key).status_code == 302
    assert plan(key).status_code == 422, "it was taken"
    key = looked("north")
    begin_unit(code="north", name_zh="北所", name_en="", kind="station", by=SYSTEM, at=room.now)
    refused = plan(key)
    assert refused.status_code == 409
    assert "Something changed since you looked" in refused.content.decode()
    assert [c["unit"]["code"] for c in ReformPlan.objects.get().changes] == ["south"]
