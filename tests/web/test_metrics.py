"""/metrics: for the operator alone; each name is explained, and the alert rules are well formed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from oneroom.web.health.metrics import FAULTS, FIGURES, exposition
from oneroom.web.health.parts import Part
from oneroom.web.live import Live
from tests.waiting import until
from tests.web.streams import Serving

DOCS = Path(__file__).resolve().parents[2] / "docs"
HOUSE = [
    Part("database", 0.5, 10.0, figures={"write_ms": 4.0}), Part("courier", None, 15.0),
    Part("clock_skew", 0.5, 10.0, figures={"skew_s": -0.25}), Part("disk", 0.5, 10.0, figures={"free_mb": 2000}),
    Part("stream", 0.1, 5.0, figures={"seq": 7, "listeners": 2, "positions_waiting": 0}),
    Part("ladders", 0.1, 5.0, figures={"behind_s": 0.0, "messages_waiting": 3}),
]  # fmt: skip


def _read(text):
    """(name, labels) of each sample, with its value."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, tuple(sample.labels.items())): sample.value for sample in samples}


def _metrics():
    return _read(exposition(HOUSE).decode())


def _names():
    """Without what Prometheus adds to a histogram or counter."""
    names = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name, _labels in _metrics()}
    return {name for name in names if f"{name}_total" not in names}


def test_only_the_operator_reads_them(database_url):
    with Serving(Live(database_url)) as site:
        stranger = httpx.get(f"{site.url}/metrics", headers={"X-Forwarded-For": "198.51.100.7"})
        until(lambda: httpx.get(f"{site.url}/healthz").json()["ok"])
        said = _read(httpx.get(f"{site.url}/metrics").text)

    assert stranger.status_code == 404
    assert said["oneroom_part_ok", (("part", "database"),)] == 1
    assert said["oneroom_ladders_behind_seconds", ()] == 0


def test_parts_come_in_base_units_and_a_silent_one_has_no_age():
    said = _metrics()

    assert said["oneroom_database_write_seconds", ()] == 0.004
    assert said["oneroom_disk_free_bytes", ()] == 2e9
    assert said["oneroom_clock_skew_seconds", ()] == -0.25
    assert said["oneroom_part_ok", (("part", "courier"),)] == 0
    assert ("oneroom_part_age_seconds", (("part", "courier"),)) not in said
    assert all((name, ()) in said for name, _text, _times in FIGURES.values())


def test_requests_are_counted_by_route_and_never_by_address(town):
    """An address may hold a caller's code."""
    Client().get("/no/such/place/C0DE-1234")
    Client().get("/sign-in")

    text = exposition(HOUSE).decode()
    assert "C0DE" not in text
    assert (
        _read(text)["oneroom_request_seconds_count", (("method", "GET"), ("route", "sign-in"), ("status", "2xx"))] > 0
    )


def test_what_breaks_is_counted(town, monkeypatch):
    before = FAULTS._value.get()
    monkeypatch.setattr("oneroom.web.pages.signin.views.render", lambda *_: 1 / 0)

    assert Client(raise_request_exception=False).get("/sign-in").status_code == 500

    assert FAULTS._value.get() == before + 1


def test_every_metric_is_explained_and_every_explained_one_exists(town):
    Client().get("/sign-in")
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `(oneroom_\w+)`", page, re.MULTILINE)) == _names()


def test_alert_rules_name_only_metrics_that_exist_and_say_what_to_do(town):
    Client().get("/sign-in")
    rules = yaml.safe_load((DOCS / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]

    used = {re.sub(r"_bucket$", "", name) for rule in rules for name in re.findall(r"\boneroom_\w+", rule["expr"])}
    assert used <= _names()
    assert all({"summary", "action"} <= rule["annotations"].keys() for rule in rules)
    assert {rule["labels"]["severity"] for rule in rules} == {"page", "ticket"}


def test_promtool_accepts_the_alert_rules():
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("There is no promtool on this machine (Debian: prometheus).")
    done = subprocess.run(
        [promtool, "check", "rules", str(DOCS / "alerts.yml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_metrics(town):
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("There is no promtool on this machine (Debian: prometheus).")
    done = subprocess.run([promtool, "check", "metrics"], input=exposition(HOUSE), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
