"""
The compiled form of our translations, made from the text when it is newer.

Django reads `.mo` and makes them with GNU gettext's `msgfmt`, which a bare machine does not have; polib writes the same
file. They are not in the repository: two people's changes to a binary cannot be merged.
"""

import os
import tempfile
from pathlib import Path

import polib

from oneroom.project.trouble import Trouble

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_stale(locale: Path = LOCALE) -> int:
    """Bring every `.mo` up to date with its `.po`; how many were written."""
    stale = [text for text in sorted(locale.glob("*/LC_MESSAGES/*.po")) if _is_stale(text)]
    for text in stale:
        _compile(text)
    return len(stale)


def _is_stale(text: Path) -> bool:
    compiled = text.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < text.stat().st_mtime_ns


def _compile(text: Path) -> None:
    """In one step, because several processes may start at once."""
    try:
        handle, unfinished = tempfile.mkstemp(dir=text.parent, suffix=".new")
    except PermissionError:
        raise Trouble(
            f"The translations in {text.parent} are not compiled, and this user may not write there. "
            "Run any `oneroom` command once as the user who installed it."
        ) from None
    os.close(handle)
    path = Path(unfinished)
    polib.pofile(str(text)).save_as_mofile(unfinished)
    path.chmod(0o644)
    path.replace(text.with_suffix(".mo"))
