"""What a run assumed, as sentences: an assumption without a sentence would be one that nobody is told of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ASSUMED: dict[str, Any] = {}


def assumed_said(assumed: Mapping[str, Any]) -> str:
    """One assumption: its code's sentence with its values."""
    text = str(ASSUMED.get(assumed["code"], assumed["code"]))
    return text % assumed if "%(" in text else text
