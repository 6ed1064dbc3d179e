"""Each field of the database has a purpose and a time to live; a new one is thought about first (scope G5, G10)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

import oneroom.project
from oneroom.apps.incidents.retention import PURPOSES
from oneroom.apps.ledger.retention import Keeper
from oneroom.engine.retention import RULES
from oneroom.web.pages.office.retention import CLASSES

REGISTER = tomllib.loads((Path(oneroom.project.__file__).parent / "fields.toml").read_text(encoding="utf-8"))
OURS = [m for m in apps.get_models() if m.__module__.startswith("oneroom.")]


def test_every_field_is_on_the_list_with_a_purpose_and_a_retention_class():
    missing = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.concrete_fields
        if field.name not in REGISTER["fields"].get(model._meta.label, {})
    ]
    assert missing == [], "say in fields.toml what these are kept for, and how long"


def test_the_list_names_nothing_that_is_gone():
    known = {m._meta.label: {f.name for f in m._meta.concrete_fields} for m in OURS}
    gone = [
        f"{label}.{name}"
        for label, fields in REGISTER["fields"].items()
        for name in fields
        if name not in known.get(label, set())
    ]
    assert gone == []


def test_every_retention_class_is_explained():
    used = {entry[0] for fields in REGISTER["fields"].values() for entry in fields.values()}
    assert used <= set(REGISTER["retention"])
    assert all(said["why"] for said in REGISTER["retention"].values())
    assert all(len(entry) == 2 and entry[1].strip() for f in REGISTER["fields"].values() for entry in f.values())


def test_g5_every_class_has_its_term_somebody_who_lets_it_go_and_words_for_it():
    """Between the register of fields, the table of terms and the work there is no class without the other two."""
    said = {term for each in REGISTER["retention"].values() for term in each["terms"]}
    assert said | {"session"} == set(RULES), "sessions are Django's own table"
    assert set(settings.RETAINED) == set(settings.RETENTION) == set(RULES) == set(CLASSES)
    assert all(isinstance(import_string(path), Keeper) for path in settings.RETAINED.values())


def test_g5_every_kind_of_sealed_text_goes_with_one_class():
    apps_folder = Path(oneroom.project.__file__).parents[1] / "apps"
    source = " ".join(path.read_text(encoding="utf-8") for path in apps_folder.rglob("*.py"))
    sealed = set(re.findall(r'seal\([^()]*(?:\([^()]*\)[^()]*)*purpose="([\w.]+)"', source))
    sealed |= {"report.words", "report.caller", "report.address"}  # one of saving.py's is named by its field
    elsewhere = {
        "draft.words": "draft",
        "call.number": "call",
        "handover.note": "staff_note",
        "vouch.reason": "staff_note",
        "relation.person": "account",
        "person.private": "person",
        "welfare.words": "person",
        "warning.words": "warning",
    }
    of_matters = [purpose for purposes in PURPOSES.values() for purpose in purposes]
    assert len(of_matters) == len(set(of_matters))
    assert sealed == set(of_matters) | set(elsewhere)
    assert set(PURPOSES) | set(elsewhere.values()) <= set(RULES)


@pytest.mark.parametrize(
    "word",
    ["face", "gait", "iris", "plate", "ethnic", "religio", "score_of", "risk_score", "imei", "health", "political"],
)
def test_no_field_can_hold_what_the_platform_must_never_do(word):
    names = [f"{m._meta.label}.{f.name}".lower() for m in OURS for f in m._meta.concrete_fields]
    assert [n for n in names if word in n] == []
