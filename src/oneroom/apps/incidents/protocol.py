"""What is asked for each sub-category, and the plan a call has: the house's protocols, read once at the start."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language

from oneroom.apps.incidents.protocol_files import OTHER, BadProtocol, read
from oneroom.engine.dispatch.plan import Plan
from oneroom.engine.protocol import Assessment, Protocol, Text, assess
from oneroom.engine.values import BadInput

FOLDER = Path(__file__).resolve().parent / "protocols"


@cache
def _house() -> tuple[dict[str, Protocol], dict[str, Text]]:
    folder = Path(settings.PROTOCOLS) if settings.PROTOCOLS else FOLDER
    try:
        return read(folder)
    except BadProtocol as error:
        raise ImproperlyConfigured(f"A question protocol cannot be used. {folder}/{error}") from error


def protocols() -> Mapping[str, Protocol]:
    """All protocols by code ("crime.robbery"), in the order of the files."""
    return _house()[0]


def cards() -> Mapping[str, Text]:
    """The response plans by code."""
    return _house()[1]


def protocol_of(category: str, subcategory: str) -> Protocol | None:
    """The protocol of a sub-category; where none was named, that of the category's rest."""
    return protocols().get(f"{category}.{subcategory or OTHER}")


def plan_for(category: str, subcategory: str, grade: int) -> Plan:
    """How many crews a call asks for, with which skills and kit, by which card. Unclassified: one crew."""
    found = protocol_of(category, subcategory)
    return Plan(1, (), (), "attend") if found is None else found.plan(grade)


def known_subcategory(category: str, subcategory: str, *, field: str = "subcategory") -> None:
    """BadInput naming the field, unless the category has this sub-category (or none is named)."""
    if subcategory and f"{category}.{subcategory}" not in protocols():
        raise BadInput(field, "There is no such choice: %(choice)s.", choice=subcategory[:40])


def assessed(protocol: Protocol, answers: Mapping[str, str]) -> Assessment:
    """What the answers make of the call. BadInput where a question or an answer does not exist."""
    asked = {q.code: q for q in protocol.questions}
    for question, answer in answers.items():
        if question not in asked or answer not in asked[question].answers:
            choice = f"{question}:{answer}"[:40]
            raise BadInput("answers", "There is no such choice: %(choice)s.", choice=choice)
    return assess(protocol, answers)


def spoken(text: Text) -> str:
    """A text of a protocol in the language of the request."""
    return text.zh if (get_language() or "").startswith("zh") else text.en


def subcategory_name(category: str, subcategory: str) -> str:
    """The word for a sub-category; empty where none was named."""
    found = protocols().get(f"{category}.{subcategory}")
    return spoken(found.name) if found else subcategory


def card_name(code: str) -> str:
    """The word for a response plan."""
    found = cards().get(code)
    return spoken(found) if found else code


def subcategories() -> dict[str, dict[str, Text]]:
    """Category to its sub-categories with their names."""
    found: dict[str, dict[str, Text]] = {}
    for protocol in protocols().values():
        found.setdefault(protocol.category, {})[protocol.subcategory] = protocol.name
    return found
