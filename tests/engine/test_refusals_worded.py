"""How the engine words a refusal: a clause that a screen can set into its own sentence, the same way everywhere."""

import ast
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "src" / "oneroom" / "engine"
SAID_BY = {"Unrunnable", "Unsolvable", "Unanswerable"}


def clauses(folder):
    """(file and line, first text) of each refusal that is raised there."""
    for path in sorted((ENGINE / folder).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            raised = node.exc if isinstance(node, ast.Raise) else None
            if isinstance(raised, ast.Call) and raised.args and getattr(raised.func, "id", "") in SAID_BY:
                said = [n.value for n in ast.walk(raised.args[0]) if isinstance(n, ast.Constant)]
                yield f"{path.name}:{node.lineno}", [text for text in said if isinstance(text, str)]


@pytest.mark.parametrize("folder", ["simulate", "siting"])
def test_a_refusal_is_a_clause_without_a_capital_or_a_full_stop(folder):
    found = list(clauses(folder))
    assert len(found) >= 5
    for where, texts in found:
        assert texts, where
        assert not texts[0][:1].isupper(), (where, texts[0])
        assert not texts[-1].rstrip().endswith("."), (where, texts[-1])
