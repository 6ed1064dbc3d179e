"""People from a spreadsheet: each line answered, all taken or none, the file to correct comes back."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.personnel.models import Person, Posting
from tests.force import Force

pytestmark = pytest.mark.django_db
HEADS = "警号,姓名,类别,入职日期,岗位代码,电话"


@pytest.fixture
def force(room):
    made = Force(room)
    made.places("west", 2)
    for n in (1, 2, 3):
        made.post(f"w{n}", "west")
    made.post("wa", "west", kind="auxiliary")
    return made


@pytest.fixture
def send(force):
    force.staff("hanna", _hr())
    client = Client(headers={"accept-language": "en", "accept": "text/html"})
    client.force_login(force.room.town.people["hanna"])

    def act(act: str, text: str | bytes, name: str = "people.csv"):
        content = text if isinstance(text, bytes) else text.encode()
        return client.post("/office/people/import", {"act": act, "file": SimpleUploadedFile(name, content)})

    return act


def _hr():
    from oneroom.engine.roles import Role

    return Role.HR


def test_a_list_in_gb18030_is_taken_over_whole_and_sealed(force, send):
    lines = ("A001,王一,民警,2015-07-01,w1,13911112222", "A002,李二,民警,2016/07/01,w2,", "A003,赵三,辅警,2020-01-01,,")
    text = "\n".join((HEADS, *lines, ""))

    answer = send("take", text.encode("gb18030"))

    assert "Taken over: 3 people." in answer.content.decode()
    assert set(Person.objects.values_list("number", "name", "kind")) == {
        ("A001", "王一", "sworn"), ("A002", "李二", "sworn"), ("A003", "赵三", "auxiliary"),
    }  # fmt: skip
    assert set(Posting.objects.values_list("post", "basis")) == {("w1", "entered"), ("w2", "entered")}
    assert "13911112222" in Person.objects.select_related("private").get(number="A001").private.text
    assert Entry.objects.filter(kind="person.entered").count() == 3
    said = " ".join(str(e.facts) + e.subject for e in Entry.objects.all())
    assert not [x for x in ("王一", "A001", "13911112222") if x in said]


BAD = f"""{HEADS}
A001,王一,民警,2015-07-01,w1,
A001,王二,民警,2015-07-01,,
A0-3,王三,民警,2015-07-01,,
A004,,民警,2015-07-01,,
A005,王五,狗,2015-07-01,,
A006,王六,民警,昨天,,
A007,王七,民警,2015-07-01,nowhere,
A008,王八,民警,2015-07-01,wa,
A009,王九,民警,2015-07-01,w1,
A010,王十,民警,2015-07-01,w2,
A011,王11,民警,2015-07-01,w3,
"""


def test_each_line_is_answered_and_nothing_is_half_imported(force, send):
    looked = send("look", BAD).content.decode()

    assert "11 lines: 2 can be taken over, 9 cannot" in looked
    for line, words in {
        3: "stands in the list twice", 4: "3 to 20 letters and digits", 5: "This is needed", 6: "no such choice",
        7: "A day is written like", 8: "no such post", 9: "another kind of staff", 10: "Somebody sits in this post",
        12: "west has 2 places of this kind",
    }.items():  # fmt: skip
        row = looked.split(f'<td class="n num">{line}</td>')[1].split("</tr>")[0]
        assert words in row, line
    refused = send("take", BAD)
    assert refused.status_code == 422
    assert not Person.objects.exists()
    assert not Entry.objects.filter(kind__startswith="person").exists()


def test_the_file_to_correct_comes_back_and_goes_through_when_it_is_mended(force, send):
    answer = send("correct", BAD)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    page = book.active
    assert page.max_row == 12
    for row in range(page.max_row, 1, -1):
        if page.cell(row, page.max_column).value:
            page.delete_rows(row)
    mended = io.BytesIO()
    book.save(mended)

    send("take", mended.getvalue(), "people.xlsx")

    assert set(Person.objects.values_list("number", flat=True)) == {"A001", "A010"}


def test_ten_thousand_bad_lines_are_each_answered(force, send):
    lines = "\n".join(f"B{n},名,民警,2015-07-01,none{n}," for n in range(10_000))
    answer = send("look", f"{HEADS}\n{lines}\n").content.decode()

    assert "10000 lines: 0 can be taken over, 10000 cannot" in answer
    assert "and 9900 more" in answer


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xff\xff\xff\x00\x01", "neither UTF-8 nor GB18030"),
        ("姓名\n王\n".encode(), "columns are missing"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(send, content, words):
    answer = send("look", content)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_only_the_personnel_office_takes_people_over(force, room):
    for who in ("dora", "leader-li", "ina", "ada"):
        client = Client(headers={"accept": "text/html"})
        client.force_login(room.town.people[who])
        assert client.get("/office/people/import").status_code == 404, who
