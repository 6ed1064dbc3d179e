"""A site without any network installs OneRoom from one folder, and notices when a byte of it was changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from oneroom.project import bundle
from oneroom.project.environment import VARIABLES
from oneroom.project.trouble import Trouble

DEPLOY = Path(__file__).resolve().parents[2] / "docs" / "deploy"
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A bundle for machines like this one; skipped where no package index answers."""
    to = tmp_path_factory.mktemp("bundle") / "oneroom"
    try:
        bundle.make(to, platforms=[], python=PYTHON)
    except Trouble as trouble:
        if "download failed" in str(trouble) and re.search(
            r"onnection|resolution|No matching distribution", str(trouble)
        ):
            pytest.skip("No package index answers here.")
        raise
    return to


OURS = ("PIP_", "ONEROOM_", "DJANGO_")
BARE = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def _install(folder, to):
    nowhere = {"PIP_INDEX_URL": "https://index.invalid/simple", "PYTHON": sys.executable}
    return subprocess.run(
        [str(folder / "install.sh"), str(to)], env=BARE | nowhere, capture_output=True, text=True, check=False,
        cwd=folder.parent,
    )  # fmt: skip


@pytest.mark.prove
def test_it_installs_without_any_index_into_a_new_environment_that_runs(made, tmp_path):
    done = _install(made, tmp_path / "opt")

    assert done.returncode == 0, done.stderr
    program = tmp_path / "opt" / "bin" / "oneroom"
    said = subprocess.run([program], capture_output=True, text=True, check=False, env=BARE, cwd=tmp_path)
    assert "  serve " in said.stdout, said.stderr
    assert _install(made, tmp_path / "opt").returncode == 1  # nothing is installed over what is there


@pytest.mark.prove
def test_one_changed_byte_is_noticed_before_anything_is_installed(made, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(made, copy)
    wheel = next((copy / "wheels").glob("a2wsgi*"))
    content = bytearray(wheel.read_bytes())
    content[len(content) // 2] ^= 1
    wheel.write_bytes(content)

    done = _install(copy, tmp_path / "opt")

    assert done.returncode != 0
    assert wheel.name in done.stdout + done.stderr
    assert not (tmp_path / "opt").exists()


@pytest.mark.prove
def test_checksums_name_every_file(made):
    named = {line.split("  ")[1] for line in (made / "SHA256SUMS").read_text().splitlines()}
    there = {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()}
    assert there - named == {"SHA256SUMS"}
    assert {"install.sh", "requirements.txt", "docs/operate.md", "docs/deploy/nginx.conf"} <= named


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """The same files checked out by somebody else: in another folder, of another day, with other modes."""
    files = tmp_path / "theirs"
    files.mkdir()
    for name in ("src", "docs"):
        shutil.copytree(
            bundle.CHECKOUT / name, files / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE", "requirements.txt"):
        shutil.copy(bundle.CHECKOUT / name, files / name)
    for path in files.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700 if path.is_dir() else 0o600)
    monkeypatch.setattr(bundle, "CHECKOUT", files)
    return files


def _named(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.prove
def test_point_53_two_builds_of_the_same_files_give_the_same_bytes(tmp_path, monkeypatch, request):
    """Without what comes from an index: that is the same by its locked hashes, or is refused."""
    monkeypatch.setattr(bundle, "_fetch", lambda *_asked: None)
    bundle.make(tmp_path / "first", platforms=[], python=PYTHON)
    files = request.getfixturevalue("elsewhere")
    bundle.make(tmp_path / "second", platforms=[], python=PYTHON)
    first, second = _named(tmp_path / "first"), _named(tmp_path / "second")

    assert [name for name in first.keys() | second.keys() if first.get(name) != second.get(name)] == []
    assert any(name.startswith("wheels/oneroom-") for name in first)

    path = files / "src" / "oneroom" / "engine" / "geo.py"
    path.write_bytes(path.read_bytes() + b"\n")
    bundle.make(tmp_path / "third", platforms=[], python=PYTHON)
    third = _named(tmp_path / "third")
    changed = {name for name in first if first[name] != third[name]}
    assert changed == {"SHA256SUMS", next(name for name in first if name.startswith("wheels/oneroom-"))}


@pytest.mark.prove
def test_point_53_what_an_index_gives_is_what_was_locked(made):
    """Each wheel of the bundle beside our own has a hash that stands in the lock."""
    locked = set(re.findall(r"sha256:([0-9a-f]{64})", (made / "requirements.txt").read_text()))
    wheels = [path for path in (made / "wheels").iterdir() if not path.name.startswith("oneroom-")]

    assert len(wheels) > 60
    assert [path.name for path in wheels if hashlib.sha256(path.read_bytes()).hexdigest() not in locked] == []


def test_nothing_is_made_over_what_is_there(tmp_path):
    with pytest.raises(Trouble, match="there already"):
        bundle.make(tmp_path, platforms=[], python=PYTHON)


def test_the_example_of_an_environment_names_only_variables_that_exist():
    named = set(re.findall(r"^(ONEROOM_\w+)=", (DEPLOY / "environment.example").read_text(), re.MULTILINE))
    assert named <= VARIABLES
    assert {"ONEROOM_DATABASE_URL", "ONEROOM_AUDITOR_URL", "ONEROOM_SECRET_KEY", "ONEROOM_BACKUPS"} <= named


def test_what_is_still_to_be_mended_keeps_no_room_from_starting():
    """R15: after a power cut at night nobody is asked first who commands or how old the last copy is."""
    unit = (DEPLOY / "oneroom.service").read_text()
    assert not re.search(r"^ExecStartPre=", unit, re.MULTILINE)
    assert re.search(r"^ExecStart=\S+/oneroom serve ", unit, re.MULTILINE)


def test_the_units_start_commands_that_exist():
    from django.core.management import get_commands

    started = {
        word
        for unit in DEPLOY.glob("*.service")
        for line in re.findall(r"^ExecStart(?:Pre)?=.+", unit.read_text(), re.MULTILINE)
        for word in re.findall(r"\boneroom (\w+)", line)
    }
    assert started == {"check", "serve", "verify"}
    assert started <= get_commands().keys()
