"""A service's user often has neither a home nor a right to write beside the package: OneRoom starts all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
NOWHERE = Path("/proc/nowhere")  # not even root makes anything there
KERNEL = """
from oneroom.engine.roads.jit import jit
@jit
def twice(x):
    return 2 * x
"""
RUN = f"""
import sys
from pathlib import Path
from oneroom.project import kernels
kernels.ROADS = Path({str(NOWHERE)!r})
kernels.keep()
sys.path.insert(0, sys.argv[1])
from kernel import twice
print(twice(21))
"""


@pytest.fixture
def package(tmp_path):
    """A module beside which nothing can be kept, whoever runs it: a file stands where its folder would be made."""
    folder = tmp_path / "opt"
    folder.mkdir()
    (folder / "kernel.py").write_text(KERNEL)
    (folder / "__pycache__").write_text("")
    return folder


def run(package: Path, data: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(SOURCE), "HOME": str(NOWHERE), "ONEROOM_HOME": str(data)}
    command = [sys.executable, "-B", "-c", RUN, str(package)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_compiled_kernels_are_kept_in_the_data_folder(package, tmp_path):
    done = run(package, tmp_path / "data")

    assert done.stdout == "42\n", done.stderr
    assert list((tmp_path / "data" / "kernels").rglob("*.nbi"))


def test_where_nothing_can_be_kept_they_are_compiled_at_each_start(package):
    done = run(package, NOWHERE)

    assert done.stdout == "42\n", done.stderr
