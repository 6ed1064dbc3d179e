"""
Who sits at the console: whoever has it has the house, so the record says by whom something came from there.
"""

from __future__ import annotations

import getpass
import os
import re
from dataclasses import replace

from oneroom.engine.values import SYSTEM

# What he does himself needs no second signature, and the record says how it came.
CONSOLE = replace(SYSTEM, via="console")


def operator() -> str:
    """The login name on this machine as a code; of who became another user by sudo his own."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        name = f"uid-{os.getuid()}"
    return re.sub(r"[^a-z0-9_.\-]", "-", name.lower()).lstrip("_.-")[:60] or "unnamed"
