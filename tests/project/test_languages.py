"""Every sentence exists in both languages: English in the code, Chinese in the catalogue."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[2] / "src" / "oneroom"
CATALOGUE = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

Message = tuple[str | None, str]  # (context, msgid)

PLAIN = {"gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
# Refusals carry their sentence as the key of its translation (engine/values.py): where it stands among the arguments.
REFUSALS = {
    "Refused": 0, "NotAllowed": 0, "NotFound": 0, "IllegalMove": 0, "Overtaken": 0, "Conflict": 0, "BadInput": 1,
}  # fmt: skip
# Chinese that is data, not wording: names of a Chinese city, words that callers say, commands that are typed, and the
# one line of the demo that speaks to a terminal in both languages at once.
CHINESE_DATA = (
    "locale/",
    "engine/organisation/station.py",
    "ports/formats/gear.py",
    "ports/formats/pastcalls.py",
    "ports/formats/people.py",
    "ports/formats/posts.py",
    "ports/formats/units.py",
    "project/cities/",
    "project/demo/",
    "project/examples/",
    "project/management/commands/demo.py",
    "engine/duplicates.py",
    "engine/coordinates.py",
    "engine/roads/",
    "web/pages/room/commands.py",
    "web/pages/room/filters.py",
)
NAMES_OF_LANGUAGES = {"中文"}  # each in itself
SIGNS = {"情", "指", "勤", "舆"}  # the four sides of a matter, by the signs of the founding texts in either language
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%|\{(\w*)\}")


def python_messages(text: str) -> Iterator[Message]:
    """What a Python file asks to have translated."""
    tree = ast.parse(text)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call(node, names)
        elif isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "message":
                    value = _text(line.value)
                    if value is not None:
                        yield None, value


def _call(node: ast.Call, names: dict[str, str]) -> Iterator[Message]:
    said = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    name = names.get(said, "")
    texts = [_text(argument) for argument in node.args]
    place = 1 if name in WITH_CONTEXT else 0 if name in PLAIN | PLURAL else REFUSALS.get(said)
    if place is not None and len(texts) > place and texts[place]:
        yield texts[0] if name in WITH_CONTEXT else None, texts[place] or ""


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def template_messages(text: str, path: str) -> Iterator[Message]:
    """What a template asks to have translated: Django turns it into calls of Python for its own extractor."""
    calls = re.findall(r"u?n?p?n?gettext\((?:[^()]|\([^()]*\))*\)", templatize(text, origin=path))
    for call in calls:
        node = ast.parse(call.strip()).body[0]
        assert isinstance(node, ast.Expr)
        assert isinstance(node.value, ast.Call)
        yield from _call(node.value, {name: name for name in PLAIN | PLURAL | WITH_CONTEXT} | {"_": "gettext"})


@functools.cache
def messages() -> dict[Message, str]:
    """Every message of the product, with one place where it stands."""
    found: dict[Message, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            for message in python_messages(path.read_text()):
                found.setdefault(message, str(path.relative_to(SOURCE)))
    for path in sorted((SOURCE / "web" / "templates").rglob("*.html")):
        for message in template_messages(path.read_text(), path.name):
            found.setdefault(message, str(path.relative_to(SOURCE)))
    return found


@pytest.fixture(scope="module")
def chinese() -> dict[Message, polib.POEntry]:
    """The Chinese catalogue."""
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete}


def _translation(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def test_every_sentence_has_its_chinese(chinese: dict[Message, polib.POEntry]) -> None:
    missing = [
        f"{where}: {message[1]!r}"
        for message, where in messages().items()
        if message not in chinese or not _translation(chinese[message]) or "fuzzy" in chinese[message].flags
    ]
    assert not missing, "\n".join(missing)


def test_a_translation_fills_the_same_places(chinese: dict[Message, polib.POEntry]) -> None:
    def places(text: str) -> set[str]:
        return {match.group(0).rstrip("sd") for match in PLACEHOLDER.finditer(text)}

    wrong = [
        entry.msgid
        for entry in chinese.values()
        if places(_translation(entry)) != places(entry.msgid_plural or entry.msgid)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_refusal_fills_its_own_places() -> None:
    wrong = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in REFUSALS:
                continue
            place = REFUSALS[getattr(node.func, "id", "")]
            text = _text(node.args[place]) if len(node.args) > place else None
            # `code` and `field` are the refusal's own and never reach the sentence.
            given = {keyword.arg for keyword in node.keywords} - {"code", "field"}
            if text and None not in given and not set(re.findall(r"%\((\w+)\)", text)) <= given:
                wrong.append(f"{path.relative_to(SOURCE)}:{node.lineno}: {text}")
    assert not wrong, "\n".join(wrong)


def test_the_catalogue_holds_nothing_that_nobody_says(chinese: dict[Message, polib.POEntry]) -> None:
    said = messages()
    left = [entry.msgid for message, entry in chinese.items() if message not in said]
    assert not left, "\n".join(left)


def test_no_chinese_stands_in_the_code() -> None:
    found = []
    for kind in ("*.py", "*.html", "*.js"):
        for path in sorted(SOURCE.rglob(kind)):
            place = path.relative_to(SOURCE).as_posix()
            if place.startswith(CHINESE_DATA) or "/vendor/" in place:
                continue
            text = _without_comments(path.read_text(), kind)
            found += [
                f"{place}: {line.strip()[:80]}"
                for line in text.splitlines()
                if CHINESE.search(line) and line not in NAMES_OF_LANGUAGES | SIGNS
            ]
    assert not found, "\n".join(found)


def _without_comments(text: str, kind: str) -> str:
    if kind == "*.py":
        tree = ast.parse(text)
        named = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        strings = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in named
        ]
        return "\n".join(strings)
    if kind == "*.js":
        return re.sub(r"^\s*//.*$|/\*.*?\*/", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}", "", text, flags=re.DOTALL)


def test_templates_show_no_word_that_is_not_translated() -> None:
    found = []
    for path in sorted((SOURCE / "web" / "templates").rglob("*.html")):
        found += [f"{path.relative_to(SOURCE)}: {words!r}" for words in visible_words(path.read_text())]
    assert not found, "\n".join(found)


ALLOWED = {"© OpenStreetMap contributors", "SOS"}  # said so by its licence; the same in every language


def visible_words(template: str) -> list[str]:
    """Runs of letters between tags, and in attributes that people hear or see, outside translation tags."""
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}|<!--.*?-->", "", template, flags=re.DOTALL)
    text = re.sub(r"{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}", "", text, flags=re.DOTALL)
    text = re.sub(r"{% block (theme|frame|here) %}.*?{% endblock %}", "", text)  # values of attributes
    text = re.sub(r"<(script|style|kbd)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}", "\x00", text, flags=re.DOTALL)
    attributes = re.findall(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"", text)
    between = re.split(r"<[^>]*>", text)
    runs = [run.strip() for piece in (*attributes, *between) for run in piece.split("\x00")]
    return [run for run in runs if re.search(r"[A-Za-z]{2,}", re.sub(r"&\w+;", "", run)) and run not in ALLOWED]
