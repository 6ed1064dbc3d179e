"""Security points 53, 55: one altered byte is found and named, and what is built in is listed."""

from __future__ import annotations

import hashlib
import io
import json
import re
from base64 import urlsafe_b64encode
from importlib import metadata
from pathlib import Path

import pytest
from django.core.management import call_command
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from oneroom.project import integrity, safety
from oneroom.project.checks import machine

RECORDED = "oneroom/web/away.py"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package as pip leaves it, with the list of its files; gives one of them."""
    file = tmp_path / RECORDED
    file.parent.mkdir(parents=True)
    file.write_bytes(b"SAFE = True\n")
    said = urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest()).rstrip(b"=").decode()
    info = tmp_path / "oneroom-9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: oneroom\nVersion: 9.9\n")
    (info / "RECORD").write_text(f"{RECORDED},sha256={said},12\noneroom/locale/django.mo,sha256=AA,1\n")
    found = metadata.PathDistribution(info)
    monkeypatch.setattr(integrity, "_installed", lambda _names: [found])
    return file


def test_files_as_they_were_built_are_no_objection(installed):
    assert list(integrity.altered()) == []
    assert list(machine.files()) == []
    assert list(safety.of_files()) == []


def test_one_flipped_byte_is_named_and_nobody_is_let_in(installed):
    installed.write_bytes(b"SAFE = Truf\n")

    (objection,) = safety.objections()
    assert RECORDED in objection
    (finding,) = machine.files()
    assert finding.grave
    assert RECORDED in finding.sentence


def test_a_file_that_is_gone_is_named(installed):
    installed.unlink()
    assert [file for _name, file in integrity.altered()] == [RECORDED]


def test_a_real_package_from_an_index_is_as_it_was_built():
    assert list(integrity.altered("django-csp")) == []
    assert metadata.distribution("django-csp").files


def test_the_bill_of_materials_names_what_is_locked_and_what_screens_bring_along():
    out = io.StringIO()
    call_command("sbom", stdout=out)
    said = json.loads(out.getvalue())
    purls = {part["purl"] for part in said["components"]}
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.6")
    assert f"pkg:pypi/django@{metadata.version('django')}" in purls
    assert any(purl.startswith("pkg:npm/maplibre-gl@") for purl in purls)
    assert len({part["bom-ref"] for part in said["components"]}) == len(said["components"])
    locked = (Path(__file__).resolve().parents[2] / "requirements.txt").read_text()
    assert f"django=={metadata.version('django')}" in locked


def test_point_53_the_bill_of_materials_lists_every_locked_package_in_its_locked_version():
    """Of the lock, what this machine installs: a line may be of another system only. Each has its hashes."""
    lock = (Path(__file__).resolve().parents[2] / "requirements.txt").read_text()
    entries = re.split(r"\n(?=[a-z0-9])", lock)
    wanted, unhashed = set(), []
    for entry in entries:
        line = entry.partition("\\")[0].partition("#")[0].strip()
        if line:
            requirement = Requirement(line)
            unhashed += [] if "--hash=sha256:" in entry else [requirement.name]
            if requirement.marker is None or requirement.marker.evaluate():
                [one] = requirement.specifier
                wanted.add(f"pkg:pypi/{canonicalize_name(requirement.name)}@{one.version}")
    out = io.StringIO()
    call_command("sbom", stdout=out)

    assert len(wanted) > 60
    assert unhashed == []
    assert wanted - {part["purl"] for part in json.loads(out.getvalue())["components"]} == set()
