"""
Ways by which typed words become commands, looked for in the syntax tree of each file (security point 42).

A rule gives the lines of one file on which something is done that way. What may be done so all the same is named in
`test_rules.py`, with its reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

Rule = Callable[[ast.AST], Iterator[ast.AST]]

SQL = {"execute", "executemany", "raw", "RawSQL", "extra", "mogrify", "run_last", "run_prepared"}
PREPARED = "oneroom.apps.ledger.prepared.run"
SHELL = {"system", "popen", "getoutput", "getstatusoutput", "create_subprocess_shell"}
CODE = {"eval", "exec", "compile", "__import__"}
MARKUP = {"mark_safe", "SafeString", "SafeText", "format_html", "format_html_join"}
OBJECTS = {("yaml", "load"), ("yaml", "unsafe_load"), ("yaml", "full_load"), ("pickle", "load"), ("pickle", "loads"),
           ("marshal", "load"), ("marshal", "loads"), ("shelve", "open"), ("dill", "loads")}  # fmt: skip
XML = ("xml.etree", "xml.dom", "xml.sax", "lxml", "xml.parsers")
ESCAPES = {"escape_rdn", "escape_filter_chars"}
UNESCAPED = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|\bautoescape\s+off\b")


@lru_cache(maxsize=1)
def nodes(tree: ast.AST) -> list[ast.AST]:
    """All of a tree, taken apart once for all rules."""
    return list(ast.walk(tree))


def name_of(call: ast.AST) -> str:
    """The last word of what is called: ``execute`` of ``cursor.execute(…)``."""
    called = call.func if isinstance(call, ast.Call) else None
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def calls(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """Every call of one of these names."""
    yield from (node for node in nodes(tree) if isinstance(node, ast.Call) and name_of(node) in names)


def is_built(text: ast.AST | None) -> bool:
    """Whether a text is put together where it stands: f-string, +, %, ``format``, ``join``, ``replace``."""
    if isinstance(text, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in text.values)
    if isinstance(text, ast.BinOp):
        parts = (text.left, text.right)
        return isinstance(text.op, ast.Mod) or not all(isinstance(part, ast.Constant) for part in parts)
    return name_of(text) in {"format", "format_map", "join", "replace"} if text is not None else False


def is_ours(text: ast.AST) -> bool:
    """Whether a text is written down in the program: a literal, a constant, or one of a constant's."""
    if isinstance(text, ast.Subscript):
        text = text.value
    name = text.id if isinstance(text, ast.Name) else text.attr if isinstance(text, ast.Attribute) else ""
    return isinstance(text, ast.Constant) or name.lstrip("_").isupper()


def raw_sql(tree: ast.AST) -> Iterator[ast.AST]:
    """SQL that is put together or comes from elsewhere, where a text of the program's own has its values beside it."""
    names = SQL | {"run"} if PREPARED in imported(tree) else SQL
    for call in calls(tree, names):
        if call.args and not is_ours(call.args[0]):
            yield call
    for node in nodes(tree):  # a constant that is not one
        if isinstance(node, ast.Assign) and is_built(node.value) and any(is_ours(target) for target in node.targets):
            is_sql = re.search(r"\b(SELECT|INSERT|UPDATE|DELETE)\b", words_of(node.value))
            if is_sql and not all(is_ours(part) for part in values_in(node.value)):
                yield node


def values_in(text: ast.AST) -> Iterator[ast.AST]:
    """What is put into a text that is built."""
    if isinstance(text, ast.JoinedStr):
        yield from (part.value for part in text.values if isinstance(part, ast.FormattedValue))
    elif isinstance(text, ast.BinOp):
        for part in (text.left, text.right):
            yield from values_in(part) if isinstance(part, ast.BinOp | ast.JoinedStr) else [part]
    elif isinstance(text, ast.Call):
        yield from (*text.args, *(keyword.value for keyword in text.keywords))


def words_of(text: ast.AST) -> str:
    """The literals in it."""
    return " ".join(str(part.value) for part in ast.walk(text) if isinstance(part, ast.Constant))


def shell(tree: ast.AST) -> Iterator[ast.AST]:
    """A shell reads the words of a command."""
    yield from calls(tree, SHELL)
    for node in nodes(tree):
        if isinstance(node, ast.keyword) and node.arg == "shell" and ast.unparse(node.value) != "False":
            yield node.value


def template_of_text(tree: ast.AST) -> Iterator[ast.AST]:
    """A template that does not come from a file of the house."""
    yield from calls(tree, {"from_string"})
    yield from (call for call in calls(tree, {"Template"}) if call.args and not isinstance(call.args[0], ast.Constant))


def code_of_text(tree: ast.AST) -> Iterator[ast.AST]:
    """Text that is run."""
    for call in calls(tree, CODE):
        if isinstance(call.func, ast.Name):  # re.compile is another thing
            yield call


def markup_of_text(tree: ast.AST) -> Iterator[ast.AST]:
    """Text that is called safe without being one of the program's own."""
    for call in calls(tree, MARKUP):
        if not (call.args and isinstance(call.args[0], ast.Constant)):
            yield call


def objects_of_text(tree: ast.AST) -> Iterator[ast.AST]:
    """Readers that make whatever object a text names."""
    for call in calls(tree, {name for _module, name in OBJECTS}):
        if tuple(ast.unparse(call.func).split(".")) in OBJECTS:
            yield call


def ldap_words(tree: ast.AST) -> Iterator[ast.AST]:
    """A word in a name or a search of a directory that was not escaped for it (RFC 4514, RFC 4515)."""
    if "ldap3" not in {name.partition(".")[0] for name in imported(tree)}:
        return
    for node in nodes(tree):
        if is_built(node) and not (isinstance(node, ast.Call) and name_of(node) == "join"):
            into = "=" in words_of(node) or name_of(node) == "replace"
            if into and not all(is_ours(part) or name_of(part) in ESCAPES for part in values_in(node)):
                yield node


def xml_reader(tree: ast.AST) -> Iterator[ast.AST]:
    """XML by a reader that follows entities: defusedxml refuses them."""
    for node in nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and any(
            name == one or name.startswith(one + ".") for name in imported(node) for one in XML
        ):
            yield node


def imported(tree: ast.AST) -> set[str]:
    """The modules that are imported anywhere in it."""
    found = set()
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


RULES: tuple[Rule, ...] = (
    raw_sql, shell, template_of_text, code_of_text, markup_of_text, objects_of_text, ldap_words, xml_reader,
)  # fmt: skip


def broken(source: str) -> dict[str, list[int]]:
    """By the name of a rule: the lines of a program that break it."""
    tree = ast.parse(source)
    found = {rule.__name__: sorted({node.lineno for node in rule(tree)}) for rule in RULES}  # type: ignore[attr-defined]
    return {name: lines for name, lines in found.items() if lines}
