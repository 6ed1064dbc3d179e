"""Each field of the database has a purpose and a time to live; a new one is thought about first (scope G5, G10)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.apps import apps

import oneroom.project

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
    assert all(len(entry) == 2 and entry[1].strip() for f in REGISTER["fields"].values() for entry in f.values())


@pytest.mark.parametrize(
    "word",
    ["face", "gait", "iris", "plate", "ethnic", "religio", "score_of", "risk_score", "imei", "health", "political"],
)
def test_no_field_can_hold_what_the_platform_must_never_do(word):
    names = [f"{m._meta.label}.{f.name}".lower() for m in OURS for f in m._meta.concrete_fields]
    assert [n for n in names if word in n] == []
