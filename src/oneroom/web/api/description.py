"""
What the description of the API says of answers: the shape of each, and how it says no.

The answers are described in ``answers.toml`` and not declared at the operations: a declared answer is made a second
time by the framework at every request. What holds the house to them is a test that asks every operation.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

_WORDS: dict[str, dict[str, Any]] = {
    "int": {"type": "integer"},
    "number": {"type": "number"},
    "text": {"type": "string"},
    "bool": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
}
_NO = {
    400: "Not readable",
    403: "Not with these rights, or the page is too old",
    404: "Not there, or not for who asks",
    409: "Does not follow from where it stands now, or somebody was quicker",
    413: "Too large",
    422: "Something cannot be taken; `field` says what",
    429: "Too often, or too much at once: later again",
    500: "A fault, with its number",
    503: "The database does not answer",
}
_BY_NAME = "oneroom_web_api_"
_PICTURES = {"photos_open_photo"}
_KEY = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "description": "What is sent twice with the same key is done once. Acts need one, questions do not.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 80, "pattern": "^[ -~]+$"},
}  # fmt: skip


class House(NinjaAPI):
    """The API, whose description also says what is answered."""

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        said = super().get_openapi_schema(**asked)
        said.setdefault("components", {}).setdefault("schemas", {})["Refusal"] = REFUSAL
        for methods in said["paths"].values():
            for method, operation in methods.items():
                _describe(operation, method)
        return said


REFUSAL: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string", "description": "A sentence in the language of who asked"},
        "field": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "What it is about"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
        "id": {"type": "string", "description": "The number of a fault, as it stands in the log"},
    },
    "required": ["code", "message", "field"],
    "additionalProperties": False,
}  # fmt: skip


def _describe(operation: dict[str, Any], method: str) -> None:
    name = str(operation["operationId"]).removeprefix(_BY_NAME)
    answers: dict[str, Any] = {"200": {"description": "Done", "content": _content(name)}}
    refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    no = dict(_NO) | ({401: "Nobody is signed in"} if operation.get("security") or name == "calls_take" else {})
    if name == "calls_take":
        no[202] = "Kept, and not taken yet"
    for status, meaning in sorted(no.items()):
        answers[str(status)] = {"description": meaning, "content": refusal}
    operation["responses"] = answers
    if method == "post":
        operation["parameters"] = [*operation.get("parameters", []), _KEY]


def _content(name: str) -> dict[str, Any]:
    if name in _PICTURES:
        return {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": _shape(shapes().get(name, {"ok": "bool"}))}}


@functools.cache
def shapes() -> dict[str, Any]:
    """The answers by operation, as the file says them."""
    return tomllib.loads((Path(__file__).parent / "answers.toml").read_text())


def _shape(said: Any) -> dict[str, Any]:
    """A JSON schema of what ``answers.toml`` says. Raises KeyError for a word that it does not have."""
    if isinstance(said, dict):
        fields = {name.removesuffix("?"): _shape(of) for name, of in said.items()}
        needed = [name for name in said if not name.endswith("?")]
        return {"type": "object", "properties": fields, "required": needed, "additionalProperties": False}
    if isinstance(said, list):
        return {"type": "array", "items": _shape(said[0])}
    if said == "any":
        return {}
    if said.endswith("?"):
        return {"anyOf": [_shape(said[:-1]), {"type": "null"}]}
    if said.startswith("["):
        return {"type": "array", "items": _shape(said[1:-1])}
    if said.startswith("{"):
        return {"type": "object", "additionalProperties": _shape(said[1:-1])}
    return dict(_WORDS[said])
