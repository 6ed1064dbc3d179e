"""
Where compiled road kernels are kept when this user may not write beside the package, as under systemd in `/opt`.

Numba would take the cache folder of the user's home and gives up where there is none: a service's user often has none.
"""

import os
from pathlib import Path

from oneroom.project.home import home

ROADS = Path(__file__).resolve().parent.parent / "engine" / "roads"
VARIABLE = "NUMBA_CACHE_DIR"


def keep() -> None:
    """Name the data folder to numba, before it is imported. A folder that the operator named himself stays."""
    if not os.access(ROADS, os.W_OK | os.X_OK):
        os.environ.setdefault(VARIABLE, str(home() / "kernels"))
