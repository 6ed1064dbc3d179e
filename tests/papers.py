"""What stands on paper."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def text_of(pdf: bytes) -> str:
    """The text of a PDF, its pages parted by form feeds."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return said.stdout.decode()
