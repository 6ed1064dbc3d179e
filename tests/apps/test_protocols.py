"""The question protocols: whole in both languages, refused with the line, and what answers make of a call."""

from __future__ import annotations

import shutil

import pytest
from django.core.exceptions import ImproperlyConfigured

from oneroom.apps.incidents import protocol
from oneroom.apps.incidents.codes import CATEGORIES, REASONS
from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.protocol_files import BadProtocol, read
from oneroom.engine.grading import RAISES
from oneroom.engine.values import BadInput
from tests.web.api_client import Caller


def texts(of):
    yield of.name
    if of.say:
        yield of.say
    for question in of.questions:
        yield question.text
        yield from question.labels.values()
        yield from (effect.say for effect in question.answers.values() if effect.say)


def test_thirteen_categories_and_forty_subcategories_have_their_questions():
    found = protocol.protocols()

    assert {p.category for p in found.values()} == set(CATEGORIES)
    assert len(found) >= 40 + len(CATEGORIES)  # "other" is no answer to "which?"
    assert all(p.questions for p in found.values() if p.code != "invalid.test")
    assert all(p.words for p in found.values())


@pytest.mark.parametrize("code", protocol.protocols())
def test_every_text_is_in_both_languages_and_every_code_is_known(code):
    found = protocol.protocols()[code]

    for text in texts(found):
        assert any("\u3400" <= c <= "\u9fff" for c in text.zh), text
        assert not any("\u3400" <= c <= "\u9fff" for c in text.en), text
        assert len(text.zh) <= 40, text.zh
        assert len(text.en) <= 110, text.en
    effects = [e for q in found.questions for e in q.answers.values()]
    assert all(e.reason in REASONS for e in effects if e.reason)
    assert found.card in protocol.cards()
    assert list(found.crews) == sorted(found.crews, reverse=True)  # never more crews for a lesser grade


def test_somebody_in_danger_of_life_is_never_below_the_first_grade():
    for found in protocol.protocols().values():
        for question in found.questions:
            for answer, effect in question.answers.items():
                if effect.reason == "life_at_risk" and effect.grade != 2:
                    said = protocol.assessed(found, {question.code: answer})
                    assert said.grade == 1, (found.code, question.code)
                    assert said.because == ("life_at_risk",)


@pytest.mark.parametrize(
    ("code", "answers", "grade", "because", "crews", "card"),
    [
        ("public_order.armed_threat", {}, 1, (), 3, "armed"),
        ("public_order.armed_threat", {"danger": "yes", "now": "yes", "weapon": "yes"}, 1,
         ("life_at_risk", "in_progress", "weapon"), 3, "armed"),
        ("public_order.fight", {"hurt": "no", "now": "yes", "weapon": "no"}, 2, ("in_progress",), 2, "in_progress"),
        ("public_order.fight", {"weapon": "yes", "now": "yes"}, 1, ("in_progress", "weapon"), 2, "armed"),
        ("crime.fraud", {"paid": "yes"}, 2, ("property_at_risk",), 1, "fraud"),
        ("crime.theft", {"suspect": "no", "wait": "yes"}, 4, ("can_wait",), 1, "attend"),
        ("help.injured", {"breathing": "no"}, 1, ("life_at_risk",), 1, "rescue"),
        ("help.injured", {"breathing": "unknown"}, 2, (), 1, "rescue"),
        ("dispute.quarrel", {"drunk": "yes"}, 3, (), 2, "talk"),
        ("missing.child", {"just_gone": "hour"}, 1, ("in_progress",), 3, "search"),
        ("invalid.silent", {"sounds": "yes"}, 1, ("life_at_risk",), 1, "desk"),
    ],
)  # fmt: skip
def test_answers_make_the_grade_with_its_reasons_and_the_plan(code, answers, grade, because, crews, card):
    said = protocol.assessed(protocol.protocols()[code], answers)

    assert (said.grade, set(said.because), said.plan.crews, said.plan.card) == (grade, set(because), crews, card)


def test_what_is_said_to_the_caller_follows_the_last_answer():
    found = protocol.protocols()["public_order.armed_threat"]

    assert protocol.assessed(found, {}).say == found.say
    assert "tap twice" in protocol.assessed(found, {"weapon": "yes", "safe": "no"}).say.en
    assert protocol.assessed(found, {"danger": "unknown"}).say == found.say


def test_an_answer_that_does_not_exist_is_refused_with_its_field():
    with pytest.raises(BadInput) as refused:
        protocol.assessed(protocol.protocols()["crime.theft"], {"suspect": "perhaps"})
    assert refused.value.field == "answers"


def test_the_plan_is_there_for_every_kind_and_grade_also_for_an_unknown_one():
    for found in protocol.protocols().values():
        for grade in (1, 2, 3, 4):
            assert protocol.plan_for(found.category, found.subcategory, grade).crews >= 1
    assert protocol.plan_for("crime", "robbery", 1).crews == 3
    assert protocol.plan_for("crime", "", 2) == protocol.plan_for("crime", "other", 2)
    assert protocol.plan_for("", "", 3).crews == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("crime.yaml", "抢劫 | Robbery", "抢劫", "crime.yaml:5: a text is written in both languages"),
        ("crime.yaml", "抢劫 | Robbery", "Robbery | 抢劫", "crime.yaml:5: the Chinese stands before the bar"),
        ("crime.yaml", "usual: 1", "usual: 9", "crime.yaml:7: a whole number from 1 to 4"),
        ("crime.yaml", "card: in_progress", "card: nowhere", "crime.yaml:8: card: there is no nowhere"),
        ("crime.yaml", "[danger, now", "[dangre, now", "crime.yaml:9: ask: there is no question named dangre"),
        ("crime.yaml", "usual: 1", "usaul: 1", "crime.yaml:7: usaul: there is no such key"),
        ("crime.yaml", "  robbery:", "  robbery: {\n", "crime.yaml"),
        ("questions.yaml", "reason: no_danger", "reason: bored", "questions.yaml:6: reason: there is no bored"),
        ("questions.yaml", "reason: weapon, crews", "grade: 1, crews", "questions.yaml:16: grade: a grade needs its"),
        ("traffic.yaml", "[交通, traffic]", "[抢劫]", "the word '抢劫' hints at crime.robbery and at traffic.other"),
    ],
)
def test_a_bad_file_is_refused_with_the_line_named(tmp_path, settings, file, old, new, said):
    folder = tmp_path / "protocols"
    shutil.copytree(protocol.FOLDER, folder)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))

    with pytest.raises(BadProtocol, match=said):
        read(folder)
    settings.PROTOCOLS = str(folder)
    protocol._house.cache_clear()
    try:
        with pytest.raises(ImproperlyConfigured, match=file):
            protocol.protocols()
    finally:
        settings.PROTOCOLS = ""
        protocol._house.cache_clear()


def test_reasons_that_raise_are_all_asked_for_somewhere():
    asked = {
        e.reason for p in protocol.protocols().values() for q in p.questions for e in q.answers.values() if e.reason
    }
    assert set(RAISES) <= asked


# ---- the category is kept twice ----


def test_the_kind_is_kept_as_called_in_and_as_it_turned_out(room):
    dora, zhang = Caller("dora"), Caller("zhang")
    taken = dora.post(
        "incidents",
        {
            "words": "they fight", "category": "public_order", "subcategory": "fight", "grade": 2,
            "location": {"lon": 121.464, "lat": 31.224},
        },
    )  # fmt: skip
    dora.post(f"incidents/{taken['id']}/offer", {"crews": [room.town.crews["crew-1"].pk]})
    order = zhang.get("orders")["orders"][0]["id"]
    for verb in ("acknowledge", "set_out", "arrive"):
        zhang.post(f"assignments/{order}/step", {"verb": verb})
    zhang.post(f"assignments/{order}/report", {"outcome": "mediated", "category": "dispute.neighbours"})

    found = Incident.objects.get()
    assert (found.category, found.subcategory) == ("public_order", "fight")
    assert (found.final_category, found.final_subcategory) == ("dispute", "neighbours")

    Caller("zhou").post(f"incidents/{found.pk}/review")
    Caller("zhou").post(f"incidents/{found.pk}/close", {"category": "dispute", "subcategory": "quarrel"})
    found.refresh_from_db()
    assert (found.final_category, found.final_subcategory, found.subcategory) == ("dispute", "quarrel", "fight")


def test_a_subcategory_of_another_category_is_refused(town):
    said = Caller("dora").post(
        "incidents",
        {
            "words": "x", "category": "dispute", "subcategory": "robbery", "grade": 3,
            "location": {"lon": 121.464, "lat": 31.224},
        },
        status=422,
    )  # fmt: skip
    assert said["field"] == "subcategory"
    assert not Incident.objects.exists()
