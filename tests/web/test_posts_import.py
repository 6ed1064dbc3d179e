"""Posts with their first and his division, by form and from a list (rows B14, T39)."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.personnel.models import Post, Posting
from oneroom.engine.roles import Role
from tests.force import Force

pytestmark = pytest.mark.django_db
LIST = """岗位代码,单位代码,类别,岗位名称,职级,一线岗位,单位领导,单位正职,所辖行政区划代码,分管,资格
head,west,民警,所长,正科,否,是,是,120101,,急救
cash,branch,民警,会计,科员,,,,,财务,
"""
BAD = """岗位代码,单位代码,类别,岗位名称,单位领导,单位正职,所辖行政区划代码
good,west,民警,民警,,,
good,west,民警,民警,,,
Ünit,nowhere,士兵,,,,
c1,west,民警,所长,,是,
c2,west,民警,所长,是,是,1201
c3,west,民警,民警,,,120101
c4,west,民警,民警,也许,,
"""


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("eva", Role.ORG_PLANNER)
    made.staff("hanna", Role.HR)
    made.places("west", 3)
    return made


@pytest.fixture
def client(force):
    def of(who: str = "eva") -> Client:
        made = Client(headers={"accept-language": "en", "accept": "text/html"})
        made.force_login(force.room.town.people[who])
        return made

    return of


@pytest.fixture
def send(client):
    def act(act: str, content: str | bytes, file: str = "posts.csv"):
        data = content if isinstance(content, bytes) else content.encode("gb18030")
        return client().post("/office/posts/import", {"act": act, "file": SimpleUploadedFile(file, data)})

    return act


def appointed(client, force, person):
    said = {"act": "post", "post": "head", "day": force.today.isoformat(), "basis": "first"}
    return client("hanna").post(f"/office/people/{person.pk}", said)


def test_t39_nobody_heads_the_place_he_is_from_once_the_form_says_which_it_is(force, client):
    said = {
        "act": "begin", "post": "head", "unit": "west", "kind": "sworn", "name_zh": "所长", "rank": "section",
        "since": force.today.isoformat(), "chief": "yes", "place": "120101", "front_line": "yes",
    }  # fmt: skip
    refused = client().post("/office/posts/each", said)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "Who is the first of a unit heads it: mark both." in text
    assert 'name="chief" value="yes" checked' in text, "what was marked stays marked"
    assert client().post("/office/posts/each", {**said, "leads": "yes", "place": "1201"}).status_code == 422
    assert client().post("/office/posts/each", {**said, "leads": "yes"}).status_code == 302
    page = client().get("/office/posts/each", {"mark": "chief"}).content.decode()
    assert "front line, heads the unit, first of the unit" in page
    assert "120101" in page

    native = force.person("Native", origin="120101", rank="section")
    answer = appointed(client, force, native)
    assert answer.status_code == 409
    assert "is from the place that this post heads (Civil Servants Law 75)" in answer.content.decode()
    assert not Posting.objects.exists()


def test_b14_posts_from_a_list_in_gb18030_are_looked_through_taken_once_and_name_who_is_first(force, client, send):
    looked = send("look", LIST).content.decode()
    assert "2 lines: 2 can be taken over, 0 cannot. Nothing was written." in looked
    assert not Post.objects.exists()

    assert "Posts that begin today: 2." in send("take", LIST).content.decode()

    head, cash = Post.objects.get(code="head"), Post.objects.get(code="cash")
    assert (head.chief, head.leads, head.front_line, head.place) == (True, True, False, "120101")
    assert (head.rank, head.skills, cash.rank, cash.function) == ("section", ["first_aid"], "staff", "finance")
    assert Entry.objects.get(kind="posts.begun").facts["count"] == 2
    assert send("take", LIST).status_code == 422, "they are there already"
    assert client("hanna").get("/office/posts/import").status_code == 404


def test_b14_each_bad_line_is_answered_nothing_is_half_taken_and_the_mended_file_goes_through(send, tmp_path, capsys):
    looked = send("look", BAD).content.decode()
    for line, words in {
        3: "Code: This code stands in the list twice.", 4: "Code of the unit: There is no such unit on that day.",
        5: "First of the unit: Who is the first of a unit heads it", 6: "A division is a code of six digits",
        7: "Only the first of a unit answers for a division", 8: "Heads the unit: Write yes, or nothing.",
    }.items():  # fmt: skip
        row = looked.split(f'<td class="n num">{line}</td>')[1].split("</tr>")[0]
        assert words in row, (line, row)
    refused = send("take", BAD)
    assert refused.status_code == 422
    assert "Lines that cannot be taken over: 6. Nothing was taken." in refused.content.decode()
    assert not Post.objects.exists()

    book = openpyxl.load_workbook(io.BytesIO(send("correct", BAD).content))
    page = book.active
    for row in range(page.max_row, 2, -1):
        page.delete_rows(row)
    mended = tmp_path / "posts.xlsx"
    book.save(mended)
    call_command("importposts", mended, "--dry-run")
    assert not Post.objects.exists()
    call_command("importposts", mended)
    assert capsys.readouterr().out.splitlines() == ["1 posts could begin. Nothing was written.", "1 posts begin today."]
    assert Post.objects.get().code == "good"
