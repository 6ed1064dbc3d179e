"""People from a spreadsheet: each line answered, all taken or none, the file to correct comes back."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.oversight.retention import keep_all
from oneroom.apps.people.models import KeptFile, Signature
from oneroom.apps.personnel import services
from oneroom.apps.personnel.clock import review
from oneroom.apps.personnel.models import Deviation, Person, Posting
from tests.clock import HAND
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


def test_b44_t10_what_earlier_records_have_is_taken_over_as_it_was_and_listed_until_it_is_settled(force, send):
    """A posting that the rules stand against is kept, named, and open until facts, a move or two persons settle it."""
    force.places("east", 9)
    force.post("judge", "east", exam="law")
    force.post("head", "east", leads=True)
    force.post("desk", "east", front_line=False)
    force.post("calm", "east", front_line=False)
    text = """警号,姓名,类别,入职日期,岗位代码,任现职时间
A001,王一,民警,2010-07-01,judge,2019-03-01
A002,李二,民警,2010-07-01,head,2026-01-05
A003,赵三,民警,2025-07-01,desk,2025-07-01
A004,钱四,民警,2010-07-01,calm,2015-07-01
"""

    looked = send("look", text).content.decode()

    assert "4 lines: 4 can be taken over, 0 cannot" in looked
    assert not Deviation.objects.exists()
    taken = send("take", text).content.decode()
    assert "Taken over: 4 people." in taken
    assert "Postings taken over that a rule stands against, to be settled: 4" in taken
    assert Posting.objects.get(post="judge").since.isoformat() == "2019-03-01", "as it was"
    assert set(Posting.objects.values_list("basis", flat=True)) == {"entered"}
    assert {(d.posting.post, d.rule) for d in Deviation.objects.all()} == {
        ("judge", "exam_first"), ("head", "career_front_line"), ("head", "promotion_front_line"),
        ("desk", "newcomer_front_line"),
    }  # fmt: skip
    assert Entry.objects.get(kind="deviations.found").facts["count"] == 4

    hanna, li = (_sits(force, who) for who in ("hanna", "leader-li"))
    of = {d.posting.post: d for d in Deviation.objects.select_related("posting__person")}
    listed = hanna.get("/office/deviations").content.decode()
    for sentence in (
        "1–4 of 4", "A001 has not passed the exam before this appointment: law.", "A002 has 0 of 730 days",
        "A003 is new: the first post is at the front line.",
    ):  # fmt: skip
        assert sentence in listed, sentence
    first = Deviation.objects.get(rule="exam_first").pk
    law = hanna.post("/office/deviations", {"act": "keep", "no": str(first), "why": "x"})
    assert law.status_code == 409, "the exam is set aside by nobody"
    assert hanna.post("/office/deviations", {"act": "review"}).status_code == 302
    assert Deviation.objects.filter(settled_at=None).count() == 4, "nothing is settled by looking"
    day = force.today.isoformat()
    exam = {"act": "hold", "kind": "exam", "topic": "law", "unit": "west", "day": day}
    assert hanna.post("/office/register", {**exam, "attended": "A001", "passed": "A001"}).status_code == 302
    move = {"act": "post", "post": "w1", "day": day, "basis": "transfer"}
    assert hanna.post(f"/office/people/{of['desk'].posting.person_id}", move).status_code == 302
    review(force.room.now)
    assert hanna.post("/office/deviations", {"act": "keep", "no": str(of["judge"].pk), "why": "x"}).status_code == 422
    said = {
        "act": "keep",
        "no": str(Deviation.objects.get(rule="promotion_front_line").pk),
        "why": "He has headed it for months; his years are on paper",
    }
    assert hanna.post("/office/deviations", said).status_code == 302
    waiting = Signature.objects.get(act="keep_posting")
    assert "A002" not in str(waiting.details)
    assert hanna.post(f"/office/signatures/{waiting.pk}", {"act": "sign"}).status_code in (403, 404)
    assert "李二" in li.get("/office/signatures").content.decode()
    assert li.post(f"/office/signatures/{waiting.pk}", {"act": "sign"}).status_code == 302

    assert dict(Deviation.objects.values_list("rule", "how")) == {
        "exam_first": "met", "newcomer_front_line": "moved", "promotion_front_line": "kept",
        "career_front_line": "",
    }  # fmt: skip
    assert "1–1 of 1" in hanna.get("/office/deviations").content.decode(), "each rule by its own signature"
    assert "1–1 of 1" in hanna.get("/office/deviations", {"state": "kept"}).content.decode()


def test_a_posting_of_the_list_begins_after_its_person_came_and_after_who_sat_there_before(force, send):
    force.sits(force.person("Before"), "w1")
    services.leave(Person.objects.get().pk, day=force.days(1), cause="retired", by=force.hr, at=force.room.now)
    Posting.objects.update(since="2015-01-01", until=force.today)
    heads = "警号,姓名,类别,入职日期,岗位代码,任现职时间"
    late = force.days(9).isoformat()
    text = "\n".join((
        heads, "B001,王一,民警,2010-07-01,w1,2020-01-01", "B002,李二,民警,2020-07-01,w2,2019-01-01",
        f"B003,赵三,民警,2020-07-01,w3,{late}", "",
    ))  # fmt: skip

    looked = send("look", text).content.decode()

    assert "3 lines: 0 can be taken over, 3 cannot" in looked
    assert f"Somebody else sat in this post until {force.today}." in looked
    assert looked.count("Nobody has a post since before he came") == 2


def _sits(force, who):
    client = Client(headers={"accept-language": "en", "accept": "text/html"})
    client.force_login(force.room.town.people[who])
    return client


LIST = f"{HEADS}\nA001,王一,民警,2015-07-01,w1,13911112222\nA002,李二,民警,2016-07-01,w2,\n"


def key_of(page: str) -> str:
    return page.split('name="kept" value="')[1].split('"', maxsplit=1)[0]


def test_what_was_looked_through_is_taken_over_without_a_second_choice_of_the_file(force, send):
    """Issue 5, bad input: the list whose dry run was shown is the list that is taken over; it is kept sealed."""
    key = key_of(send("look", LIST).content.decode())
    row = KeptFile.objects.get()
    assert "王一" not in bytes(row.sealed).decode("latin-1")
    assert b"A001" not in bytes(row.sealed)
    assert key not in str(KeptFile.objects.values().get())

    taken = sits(force).post("/office/people/import", {"act": "take", "kept": key})

    assert "Taken over: 2 people." in taken.content.decode()
    assert set(Person.objects.values_list("number", flat=True)) == {"A001", "A002"}
    assert not KeptFile.objects.exists()
    again = sits(force).post("/office/people/import", {"act": "take", "kept": key})
    assert (again.status_code, "Choose it again" in again.content.decode()) == (422, True)


def test_a_list_that_would_do_something_else_by_now_is_not_taken_over_and_looked_through_again(force, send):
    key = key_of(send("look", LIST).content.decode())
    Person.objects.all().delete()
    force.person("Wanda")
    Person.objects.filter(name="Wanda").update(number="A002")

    refused = sits(force).post("/office/people/import", {"act": "take", "kept": key})

    assert refused.status_code == 409
    assert "Something changed since you looked" in refused.content.decode()
    assert key_of(refused.content.decode()) == key, "the file stays chosen"
    assert not Person.objects.filter(number="A001").exists()
    looked = sits(force).post("/office/people/import", {"act": "look", "kept": key}).content.decode()
    assert "2 lines: 1 can be taken over, 1 cannot" in looked
    mend = sits(force).post("/office/people/import", {"act": "correct", "kept": key_of(looked)})
    assert openpyxl.load_workbook(io.BytesIO(mend.content)).active.max_row == 3


def test_a_kept_file_is_his_own_for_an_hour_and_gone_at_its_term(force, send):
    room = force.room
    key = key_of(send("look", LIST).content.decode())
    force.staff("hugo", _hr())
    assert sits(force, "hugo").post("/office/people/import", {"act": "take", "kept": key}).status_code == 422
    assert sits(force).post("/office/people/import", {"act": "take", "kept": "x" * 44}).status_code == 422
    second = key_of(send("look", LIST.replace("A002", "A003")).content.decode())
    assert KeptFile.objects.count() == 1, "the last one of a kind"
    assert sits(force).post("/office/people/import", {"act": "take", "kept": key}).status_code == 422

    HAND.forward(3601)

    assert sits(force).post("/office/people/import", {"act": "take", "kept": second}).status_code == 422
    HAND.forward(3600)
    keep_all(room.now)
    assert not KeptFile.objects.exists()
    assert not Person.objects.exists()


def sits(force, who: str = "hanna") -> Client:
    client = Client(headers={"accept-language": "en", "accept": "text/html"})
    client.force_login(force.room.town.people[who])
    return client
