"""A round of moves as a file: read, planned, written; what is wrong with a file, by its place (rows T39, B44)."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from oneroom.engine.values import BadInput
from oneroom.ports.formats.rotation import read_round


def city(**more) -> dict:
    """Li has five years in a sensitive post on the day, Wu one year in hers; a third post is empty."""
    posts = [
        {"id": "safe", "unit": "finance", "sensitive_since": "2000-01-01"},
        {"id": "desk", "unit": "office", "exams": ["law"]},
        {"id": "beat", "unit": "station", "front_line": True},
    ]
    people = [
        {"id": "li", "postings": [{"post": "safe", "since": "2016-02-29"}]},
        {"id": "wu", "postings": [{"post": "beat", "since": "2020-02-28"}]},
    ]
    units = {"finance": {"x_m": 0, "y_m": 0}, "office": {"x_m": 100, "y_m": 0}, "station": {"x_m": 9000, "y_m": 0}}
    round_ = {"must": "due", "may": ["wu"]}
    return {"day": "2021-02-28", "posts": posts, "people": people, "units": units, "round": round_} | more


def planned(folder, said: dict) -> tuple[int, dict]:
    file = folder / "round.json"
    file.write_text(json.dumps(said))
    out = StringIO()
    try:
        call_command("planrotation", str(file), stdout=out)
    except SystemExit as end:
        return int(end.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_t39_b44_whoever_reached_the_limit_moves_where_every_rule_holds(tmp_path):
    """The office is near and empty, but its exam comes before: then Wu makes room, or there is no plan."""
    nobody = {"possible": True, "proved": True, "way_m": 0, "least_m": 0, "moves": []}
    assert planned(tmp_path, city(day="2021-02-27")) == (0, nobody)

    code, said = planned(tmp_path, city())
    assert code == 0
    assert [(m["person"], m["to"], m["must"]) for m in said["moves"]] == [("li", "beat", True), ("wu", "safe", False)]

    code, said = planned(tmp_path, city(round={"must": "due"}))
    assert code == 1
    assert [(b["code"], b["people"], b["seats"]) for b in said["bottlenecks"]] == [("too_few_seats", ["li"], 0)]
    assert said["bottlenecks"][0]["refused"] == {"another_unit": 1, "exam_first": 1}

    passed = city()
    passed["people"][0]["exams"] = [{"code": "law", "since": "2020-05-01"}]
    code, said = planned(tmp_path, passed)
    assert code == 0
    assert said["moves"] == [{"person": "li", "from": "safe", "to": "desk", "way_m": 50_100, "must": True}]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (b"", "file"), (b"[]", "file"), (b"{", "file"), (b'{"day": 5}', "day"), (b'{"day": "2021-02-30"}', "day"),
        (b'{"day": "2021-02-28", "people": {}}', "people"),
        (b'{"day": "2021-02-28", "people": [{}]}', "people.0.id"),
        (b'{"day": "2021-02-28", "people": [{"id": "li", "name": "Li"}]}', "people.0.name"),
        (b'{"day": "2021-02-28", "people": [{"id": "li", "rank": true}]}', "people.0.rank"),
        (b'{"day": "2021-02-28", "people": [{"id": "li", "category": "boss"}]}', "people.0.category"),
        (b'{"day": "2021-02-28", "people": [{"id": "li", "postings": [{"post": "x"}]}]}', "people.0.postings.0.since"),
        (b'{"day": "2021-02-28", "people": [{"id": "li"}, {"id": "li"}]}', "li"),
        (b'{"day": "2021-02-28", "posts": [{"id": "a", "unit": "u", "needs": "drone"}]}', "posts.0.needs"),
        (b'{"day": "2021-02-28", "units": {"u": {"x_m": "1"}}}', "units.u"),
        (b'{"day": "2021-02-28", "round": {"must": [1]}}', "round.must.0"),
        (b'{"day": "2021-02-28", "round": {"most_percent": "10"}}', "round.most_percent"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_by_its_place(wrong, field):
    with pytest.raises(BadInput) as refused:
        read_round(wrong)
    assert refused.value.field == field


def test_the_command_says_the_place_and_the_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"people\.0\.id: This is missing\."):
        planned(tmp_path, city(people=[{}]))
    twice = [{"post": "safe", "since": "2020-01-01"}, {"post": "beat", "since": "2021-01-01"}]
    with pytest.raises(CommandError, match="two: Two full posts on 2021-01-01: safe and beat"):
        planned(tmp_path, city(people=[{"id": "two", "postings": twice}]))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("planrotation", str(tmp_path / "none.json"))
