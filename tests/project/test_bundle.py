"""A site without any network installs OneRoom from one folder, and notices when a byte of it was changed."""

from __future__ import annotations

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
