"""
Whether the installed files are those that were built, and what is built in (security points 53, 55).

A wheel carries the SHA-256 of each of its files, and pip keeps the list beside what it installed. Against accidents
and hasty changes that list is enough; against somebody who may write the whole installation it is not, since he may
write the list: for that compare with SHA256SUMS of the bundle, which is kept elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

OURS = "oneroom"
_MADE_HERE = (".mo", ".pyc")  # compiled where they are used, when their source is newer
_VENDOR = Path(__file__).resolve().parents[1] / "web" / "static" / "vendor" / "MANIFEST.json"


def altered(*names: str) -> Iterator[tuple[str, str]]:
    """
    (distribution, file) of each installed file that is missing or not as it was built; all distributions unless named.

    What was installed without such a list (a checkout in work) has nothing to be compared with, and yields nothing.
    """
    for dist in _installed(names):
        for file in dist.files or ():
            if file.hash is None or file.suffix in _MADE_HERE or ".dist-info" in str(file):
                continue
            path = Path(str(dist.locate_file(file)))
            made = hashlib.new(file.hash.mode, path.read_bytes()).digest() if path.is_file() else b""
            wanted = base64.urlsafe_b64decode(file.hash.value + "=" * (-len(file.hash.value) % 4))
            if not hmac.compare_digest(made, wanted):
                yield dist.name, str(file)


def bill_of_materials() -> dict[str, Any]:
    """What is installed here, as CycloneDX 1.6: Python distributions, and the scripts that the screens bring along."""
    components = [
        {
            "type": "library", "name": dist.name, "version": dist.version,
            "bom-ref": _purl(dist), "purl": _purl(dist),
            **_licence(dist.metadata.json.get("license_expression") or dist.metadata.json.get("license")),
        }
        for dist in _installed(())
        if dist.name != OURS
    ]  # fmt: skip
    components += [
        {
            "type": "library", "name": part["name"], "version": part["version"],
            "bom-ref": f"pkg:npm/{part['name']}@{part['version']}",
            "purl": f"pkg:npm/{part['name']}@{part['version']}", **_licence(part["licence"]),
        }
        for part in json.loads(_VENDOR.read_text())
    ]  # fmt: skip
    mine = metadata.distribution(OURS)
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {
            "component": {
                "type": "application", "name": OURS, "version": mine.version,
                "bom-ref": f"pkg:pypi/{OURS}@{mine.version}",
            }
        },
        "components": sorted(components, key=lambda part: str(part["purl"])),
    }  # fmt: skip


def _purl(dist: metadata.Distribution) -> str:
    """The package URL of a Python distribution: its name as the index compares names (PEP 503)."""
    return f"pkg:pypi/{re.sub(r'[-_.]+', '-', dist.name).lower()}@{dist.version}"


def _installed(names: tuple[str, ...]) -> list[metadata.Distribution]:
    if names:
        return [metadata.distribution(name) for name in names]
    return sorted({dist.name: dist for dist in metadata.distributions()}.values(), key=lambda dist: dist.name.lower())


def _licence(said: object) -> dict[str, Any]:
    """Only what is short enough to be a name: some packages put the whole text there."""
    return {"licenses": [{"license": {"name": said}}]} if isinstance(said, str) and 0 < len(said) < 80 else {}
