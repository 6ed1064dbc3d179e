"""Security point 42: no typed word becomes SQL, a command, a template, code, markup or a directory's filter."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.hostile.rules import RULES, UNESCAPED, broken

SOURCE = Path(__file__).resolve().parents[2] / "src" / "oneroom"

# rule, file: how many lines do so all the same, and why no word from outside comes into them.
ALLOWED = {
    ("raw_sql", "apps/ledger/excerpt.py"): (1, "columns, table and condition are constants of the same file"),
    ("raw_sql", "apps/ledger/prepared.py"): (2, "hands on what its callers give, who are looked at themselves"),
    ("raw_sql", "apps/ledger/reading.py"): (1, "hands on, as above: constants of the verifier"),
    ("raw_sql", "apps/ledger/services/chain.py"): (1, "steps that are constants, joined"),
    ("raw_sql", "apps/ledger/services/record.py"): (1, "the last statements of an act, which its service wrote down"),
    ("raw_sql", "apps/ledger/together.py"): (1, "made of the models' own tables and columns"),
    ("raw_sql", "apps/oversight/transparency.py"): (1, "hands on two constants of the same file"),
    ("raw_sql", "project/auditor/role.py"): (1, "psycopg.sql: names as identifiers, the password as a literal"),
    ("raw_sql", "project/auditor/rounds.py"): (1, "the files beside it"),
    ("raw_sql", "project/embedded.py"): (1, "psycopg.sql: the name as an identifier"),
    ("raw_sql", "web/stream/tail.py"): (1, "hands on constants of the same file"),
}

WRONG = {
    "raw_sql": [
        "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM people WHERE name = '{name}'\")",
        "def find(cursor, name):\n    cursor.execute(\"SELECT * FROM people WHERE name = '%s'\" % name)",
        'def find(cursor, name):\n    asked = "SELECT 1 WHERE a = " + name\n    cursor.execute(asked)',
        'def find(name):\n    return Person.objects.raw("SELECT * FROM people WHERE name = {}".format(name))',
        'def find(order):\n    return Person.objects.extra(" ".join(order))',
        "from oneroom.apps.ledger.prepared import run\n\ndef find(sql):\n    return run(sql)",
        '_ALL = f"SELECT * FROM people WHERE name = {typed()}"',
    ],
    "shell": [
        "import subprocess\nsubprocess.run(words, shell=True)",
        "import subprocess\nsubprocess.Popen(words, shell=asked)",
        "import os\nos.system(words)",
        "import asyncio\n\nasync def go(words):\n    await asyncio.create_subprocess_shell(words)",
    ],
    "template_of_text": [
        "from django.template import Template\nTemplate(typed).render(context)",
        "from django.template import engines\nengines['django'].from_string(typed)",
    ],
    "code_of_text": ["eval(typed)", "exec(typed)", "__import__(typed)", "compile(typed, 'x', 'exec')"],
    "markup_of_text": [
        "from django.utils.safestring import mark_safe\nmark_safe(typed)",
        "from django.utils.safestring import mark_safe\nmark_safe(f'<b>{typed}</b>')",
        "from django.utils.html import format_html\nformat_html(typed)",
    ],
    "objects_of_text": [
        "import yaml\nyaml.load(typed)",
        "import pickle\npickle.loads(typed)",
        "import marshal\nmarshal.loads(typed)",
    ],
    "ldap_words": [
        'import ldap3\n\ndef find(uid):\n    return f"(&(uid={uid})(objectClass=person))"',
        'from ldap3 import Connection\n\ndef find(uid):\n    return "uid=%s,ou=people" % uid',
        "from ldap3.core import results\n\ndef find(uid):\n    return PATTERN.replace(PLACE, uid)",
    ],
    "xml_reader": [
        "import xml.etree.ElementTree as tree",
        "from xml.dom import minidom",
        "from lxml import etree",
    ],
}

RIGHT = [
    'cursor.execute("SELECT * FROM people WHERE name = %s", [name])',
    "cursor.execute(_FOUND, [name])",
    "cursor.execute(_BY_CHAIN[chain], [name])",
    '_ALL = f"SELECT {_COLUMNS} FROM people"',
    "import subprocess\nsubprocess.run([program, word], shell=False)",
    "import re\nre.compile(typed)",
    "from string import Template\nTemplate('a fixed text')",
    "from django.utils.html import format_html\nformat_html('<b>{}</b>', typed)",
    "import yaml\nyaml.safe_load(typed)",
    'from ldap3.utils.dn import escape_rdn\n\ndef find(uid):\n    return f"uid={escape_rdn(uid)}"',
    "from defusedxml import ElementTree",
]


def test_point_42_no_file_of_the_house_does_any_of_it():
    found = Counter()
    for path in SOURCE.rglob("*.py"):
        for rule, lines in broken(path.read_text(encoding="utf-8")).items():
            found[rule, str(path.relative_to(SOURCE))] = len(lines)
    assert found == {where: many for where, (many, _why) in ALLOWED.items()}


def test_point_42_no_page_writes_a_word_without_escaping_it():
    pages = list(SOURCE.rglob("templates/**/*.html"))
    assert len(pages) > 100
    assert [str(page) for page in pages if UNESCAPED.search(page.read_text(encoding="utf-8"))] == []
    for wrong in ("{{ words|safe }}", "{{ words | safe }}", "{% autoescape off %}", "{{ many|safeseq|join:', ' }}"):
        assert UNESCAPED.search(wrong), wrong


def test_each_rule_has_its_wrong_programs():
    assert WRONG.keys() == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize(("rule", "program"), [(rule, text) for rule, texts in WRONG.items() for text in texts])
def test_point_42_each_rule_finds_what_it_is_for(rule, program):
    assert rule in broken(program)


@pytest.mark.parametrize("program", RIGHT)
def test_what_is_done_as_it_should_be_is_let_through(program):
    assert broken(program) == {}
