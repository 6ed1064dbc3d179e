"""What others wrote and we ship: every file is listed, is the one that was listed, and comes with its licence."""

import hashlib
import json
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[2] / "src/oneroom/web/static/vendor"
ENTRIES = json.loads((VENDOR / "MANIFEST.json").read_text())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_a_vendored_file_is_byte_for_byte_the_one_in_the_manifest(entry):
    folder = VENDOR / f"{entry['name']}-{entry['version']}"

    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}

    assert found == entry["files"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_a_vendored_library_says_its_licence_and_where_it_comes_from(entry):
    assert entry["licence"]
    assert entry["source"].startswith("https://")
    assert any(name.upper().startswith("LICEN") for name in entry["files"])


def test_no_folder_is_missing_in_the_manifest():
    listed = {f"{entry['name']}-{entry['version']}" for entry in ENTRIES}

    assert {path.name for path in VENDOR.iterdir() if path.is_dir()} == listed
