"""Where this machine keeps what OneRoom writes beside its database: the demo's database, and maps ready to be drawn."""

import os
from pathlib import Path

from oneroom.project import unprivileged


def home() -> Path:
    """ONEROOM_HOME, or the place usual for this user."""
    if named := os.environ.get("ONEROOM_HOME"):
        return Path(named).expanduser().absolute()
    if unprivileged.is_root():
        return Path("/var/lib/oneroom")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "oneroom"
