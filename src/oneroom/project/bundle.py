"""
A folder from which OneRoom is installed where there is no network: every wheel with its checksum, and a script.

Made from a checkout, on a machine that has a package index. The lock's hashes hold on both ways: pip refuses what is
not what was locked, here when it fetches and there when it installs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from oneroom.project.trouble import Trouble

CHECKOUT = Path(__file__).resolve().parents[3]
_SOURCES = ("pyproject.toml", "README.md", "LICENSE", "NOTICE")
# 1 January 2026. The day of a file says nothing to who installs it, and two checkouts never agree on it
# (reproducible-builds.org, SOURCE_DATE_EPOCH).
_EPOCH = "1767225600"
_DOCS = ("operate.md", "commands.md", "metrics.md", "alerts.yml", "rights.md", "deploy")

INSTALL = """#!/bin/sh
# Installs OneRoom from this folder, without any network: ./install.sh /opt/oneroom/0.1.0
# Needs Python {python} with venv, as this folder was made for it. Nothing outside of the named folder is touched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=${{1:?"Say where to: ./install.sh /opt/oneroom/{version}"}}
python=${{PYTHON:-python3}}
[ ! -e "$to" ] || {{ echo "$to is there already. Name a new folder: versions stand side by side." >&2; exit 1; }}
"$python" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "{python}")' || {{
    echo "These wheels are for Python {python}. Name it: PYTHON=python{python} ./install.sh $to" >&2; exit 1; }}
(cd "$here" && sha256sum --quiet --check SHA256SUMS)
"$python" -m venv "$to"
pip="$to/bin/python -m pip --quiet --disable-pip-version-check install --no-index --find-links $here/wheels"
$pip --require-hashes --requirement "$here/requirements.txt"
$pip --no-deps "$here"/wheels/oneroom-*.whl
"$to/bin/oneroom" help >/dev/null
echo "OneRoom is in $to. Next: $here/docs/operate.md, First steps."
"""


def make(to: Path, *, platforms: list[str], python: str) -> tuple[int, int]:
    """
    Fill the new folder ``to``; (wheels, bytes). Without platforms it is for machines like this one.

    Raises Trouble.
    """
    if not all((CHECKOUT / name).exists() for name in (*_SOURCES, "requirements.txt")):
        raise Trouble("A bundle is made from a checkout of OneRoom, with its pyproject.toml and requirements.txt.")
    if to.exists():
        raise Trouble(f"{to} is there already. Name a new folder.")
    wheels = to / "wheels"
    wheels.mkdir(parents=True)
    try:
        _own_wheel(wheels)
        _fetch(wheels, platforms, python)
        _lay_beside(to, python)
    except BaseException:
        shutil.rmtree(to)
        raise
    found = list(wheels.iterdir())
    return len(found), sum(path.stat().st_size for path in found)


def _own_wheel(wheels: Path) -> None:
    """Built from a copy, so that the checkout stays as it was. The same files give the same bytes, whoever builds."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "oneroom"
        copy.mkdir()
        shutil.copytree(CHECKOUT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for name in _SOURCES:
            shutil.copy(CHECKOUT / name, copy / name)
        for path in copy.rglob("*"):  # a wheel keeps modes, and those of a checkout are its owner's
            path.chmod(0o755 if path.is_dir() else 0o644)
        _pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(wheels), str(copy))


def _fetch(wheels: Path, platforms: list[str], python: str) -> None:
    named = [word for platform in platforms for word in ("--platform", platform)]
    _pip(
        "download", "--only-binary=:all:", "--require-hashes", "--dest", str(wheels), "--python-version", python,
        *named, "--requirement", str(CHECKOUT / "requirements.txt"),
    )  # fmt: skip


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", *words]
    environment = {"SOURCE_DATE_EPOCH": _EPOCH, **os.environ}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise Trouble(f"pip {words[0]} failed: {done.stderr.strip()[-800:]}")


def _lay_beside(to: Path, python: str) -> None:
    shutil.copy(CHECKOUT / "requirements.txt", to / "requirements.txt")
    (to / "docs").mkdir()
    for name in _DOCS:
        source = CHECKOUT / "docs" / name
        shutil.copytree(source, to / "docs" / name) if source.is_dir() else shutil.copy(source, to / "docs" / name)
    version = next((to / "wheels").glob("oneroom-*.whl")).name.split("-")[1]
    script = to / "install.sh"
    script.write_text(INSTALL.format(python=python, version=version))
    script.chmod(0o755)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(to)}\n"
        for path in sorted(to.rglob("*")) if path.is_file()
    ]  # fmt: skip
    (to / "SHA256SUMS").write_text("".join(lines))
