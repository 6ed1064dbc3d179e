"""Every operation of the API as Schemathesis sees it, asked by somebody of each role, in this process and undone."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.conf import settings
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from oneroom.project.urls import api
from tests.cast import NOBODY, Cast
from tests.web.test_access_matrix import ROUTES, _filled, everybody, found

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
TRACE = re.compile(r"Traceback|File \"|\.py\"?, line|psycopg|django\.|SQLSTATE|SELECT |INSERT INTO")
FORM = "a" * 32  # a form's token: the cookie and the header say the same


def description() -> schemathesis.BaseSchema:
    """The description of the API, answered by Django without a wire."""
    known = schemathesis.openapi.from_dict(json.loads(json.dumps(dict(api.get_openapi_schema()))))
    known.app = get_wsgi_application()
    return known


@dataclass
class Doors:
    """What was found wrong, by operation: one sentence each, so that a run tells all of it."""

    made: Cast
    schema: schemathesis.BaseSchema = field(default_factory=description)
    wrong: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    _cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for asker in (NOBODY, *self.made.who):  # before anything that is undone
            self._session(asker)

    def operations(self) -> Iterator[Any]:
        """All of them."""
        for result in self.schema.get_all_operations():
            yield result.ok()

    def ask(self, case: Case, asker: str, *, keep: bool = False, key: str = "hostile-input-1") -> Response:
        """Send it as this person, look at the answer, and undo it unless it is to be kept."""
        cache.clear()
        headers = {"Accept-Language": "en", "Accept-Encoding": "identity", "X-CSRFToken": FORM}
        if not any(name.lower() == "idempotency-key" for name in case.headers or {}):
            headers["Idempotency-Key"] = key
        with transaction.atomic(), _one_connection():
            answer = case.call(headers=headers, cookies=self._session(asker))
            transaction.set_rollback(not keep or transaction.get_rollback())
        self.asked += 1
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        self._look(case, asker, answer)
        return answer

    def _look(self, case: Case, asker: str, answer: Response) -> None:
        label = case.operation.label
        said = answer.content.decode("utf-8", "replace")
        if answer.status_code >= 500:
            self._note(label, f"{answer.status_code} for {asker}: {said[:120]} <- {told(case)}")
        if TRACE.search(said) and answer.headers.get("content-type", [""])[0].startswith("application/json"):
            self._note(f"{label} trace", f"{TRACE.search(said)} for {asker} <- {told(case)}")
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                self._note(f"{label} {type(failure).__name__}", f"{failure} for {asker} <- {told(case)}"[:900])
        shows = _shows(label, asker) if answer.status_code == 200 else set()
        for side, kind in found(said, self.made):
            if kind not in shows and kind not in str(case.body):
                self._note(f"{label} canary", f"{side} {kind} for {asker} ({answer.status_code}) <- {told(case)}")

    def _note(self, what: str, sentence: str) -> None:
        self.wrong.setdefault(what, sentence)

    def told(self) -> str:
        """All that was found wrong, one line each."""
        return "\n".join(f"{what}: {' '.join(sentence.split())}" for what, sentence in sorted(self.wrong.items()))

    def _session(self, asker: str) -> dict[str, str]:
        if asker not in self._cookies:
            kept = {settings.CSRF_COOKIE_NAME: FORM}
            if asker != NOBODY:
                client = Client()
                client.force_login(self.made.room.town.people[self.made.who[asker]])
                kept[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
            self._cookies[asker] = kept
        return dict(self._cookies[asker])


@contextmanager
def _one_connection() -> Iterator[None]:
    """The connection of the test is not put away between two requests, as Django's own test client sees to."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def told(case: Case) -> str:
    """What was sent, short."""
    return f"{case.path_parameters or ''} {case.query or ''} {case.body!r}"[:400]


def rows_of(label: str) -> list[dict[str, Any]]:
    """The rows of the access table for an operation: what is sent there when nobody means harm."""
    method, path = label.split()
    return [spec for row, spec in ROUTES.items()
            if row.split()[0] == method and row.split()[1].partition("?")[0] == re.sub("{int:", "{", path)]  # fmt: skip


def _shows(label: str, asker: str) -> set[str]:
    return {kind for spec in rows_of(label) if asker in everybody(spec.get("shows_to", "anybody"))
            for kind in spec.get("shows", ())}  # fmt: skip


def meant(label: str, made: Cast, chance: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """(path, body) of the operation with ids that are there, as the access table has them: own or other."""
    spec = chance.choice(rows_of(label))
    side = chance.choice(("own", "own", "other"))
    ids, sides = made.ids(side), {where: made.ids(where) for where in ("own", "other", "unknown")}
    path = {"pk": ids[spec["of"]]} if "of" in spec else {}
    path |= {name: _filled(value, ids, sides) for name, value in spec.get("parts", {}).items()}
    return path, _filled(spec.get("body", {}), ids, sides)


def mixed(case: Case, made: Cast, chance: random.Random) -> Case:
    """
    Some of what was generated within what is ordinarily sent: else nearly everything ends at the first check.
    """
    path, body = meant(case.operation.label, made, chance)
    if case.path_parameters and chance.random() < 0.8:
        case.path_parameters = {**case.path_parameters, **{k: v for k, v in path.items() if k in case.path_parameters}}
    if isinstance(case.body, Mapping) and chance.random() < 0.7:
        kept = {name: value for name, value in case.body.items() if name not in body or chance.random() < 0.4}
        case.body = {**body, **kept}
    return case
