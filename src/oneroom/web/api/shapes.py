"""Shapes of what the API takes. They check form only; services check meaning, so nothing is checked twice."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, model_validator

Id = Annotated[int, Field(ge=1, le=2**53)]
_SEEN = r"^[^\x00-\x1f\x7f]*$"
Code = Annotated[str, Field(max_length=40, pattern=_SEEN)]
Key = Annotated[str, Field(max_length=40, pattern=r"^[ -~]*$")]
Text = Annotated[str, Field(max_length=20_000)]  # the service names its own, smaller limit


class Strict(Schema):
    """Unknown fields are an error: a misspelt one must not be lost in silence. Numbers are numbers, never "NaN"."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Nothing(Strict):
    """An act that needs no words."""


class Place(Strict):
    """A place of the gazetteer, or a point with its datum."""

    place_id: Id | None = None
    lon: float | None = None
    lat: float | None = None
    datum: Code = "WGS84"
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None


class Point(Strict):
    lon: float
    lat: float
    datum: Code = "WGS84"


class Kind(Strict):
    """What it is, on two levels; "crime.robbery" in one field says both, as a list to choose from sends it."""

    category: Code = ""
    subcategory: Code = ""

    @model_validator(mode="before")
    @classmethod
    def _both_in_one(cls, said: Any) -> Any:
        given = getattr(said, "_obj", said)  # ninja hands over its own view of the body
        if isinstance(given, dict) and isinstance(given.get("category"), str) and "." in given["category"]:
            category, _, subcategory = given["category"].partition(".")
            return {**given, "category": category, "subcategory": given.get("subcategory") or subcategory}
        return said

    @property
    def kind(self) -> dict[str, str]:
        """Both levels, as services take them."""
        return {"category": self.category, "subcategory": self.subcategory}


class NewIncident(Kind):
    source: Code = "phone"
    words: Text = ""
    caller_name: Text = ""
    caller_phone: Text = ""
    address: Text = ""
    safe_contact: Code = "unknown"
    grade: int | None = None
    reasons: Annotated[list[Code], Field(max_length=20)] = []
    location: Place | None = None
    drill: bool = False
    answers: dict[Code, Code] = {}
    texts: dict[Code, Text] = {}
    draft: Key = ""
    call: Id | None = None


class Classification(Kind):
    grade: int
    reasons: Annotated[list[Code], Field(max_length=20)] = []
    location: Place | None = None
    answers: dict[Code, Code] = {}
    texts: dict[Code, Text] = {}


class Grade(Strict):
    grade: int
    reasons: Annotated[list[Code], Field(max_length=20)] = []


class SetAside(Strict):
    verb: Code
    reason: Code


class Merge(Strict):
    into: Id


class Other(Strict):
    other: Id


class CallSoFar(Kind):
    """A call that is still being taken, as far as it goes."""

    words: Text = ""
    caller_phone: Text = ""
    location: Place | None = None


class Hold(Strict):
    reason: Code
    until: AwareDatetime


class Words(Strict):
    words: Text


class Radio(Words):
    crew: Id | None = None


class Video(Strict):
    event: Code
    crew: Id | None = None


class Closing(Kind):
    outcome: Code = ""
    case: Code = ""
    no_case_reason: Code = ""
    review: bool = False


class CloseMany(Strict):
    incidents: Annotated[list[Id], Field(min_length=1, max_length=100)]


class SendBack(Strict):
    reason: Code
    words: Text


class Completion(Kind):
    words: Text = ""
    outcome: Code = ""


class CallBack(Strict):
    report: Id
    result: Code
    words: Text = ""


class Supervision(Strict):
    on: bool
    reason: Code


class Offer(Strict):
    crews: Annotated[list[Id], Field(min_length=1, max_length=20)]
    reason: Code = ""


class Open(Strict):
    purpose: Code


class Step(Strict):
    verb: Code
    happened: AwareDatetime | None = None


class SceneReport(Kind):
    outcome: Code
    words: Text = ""
    happened: AwareDatetime | None = None


class When(Strict):
    happened: AwareDatetime | None = None


class SosAnswer(Strict):
    verb: Code
    reason: Code = ""
    crews: Annotated[list[Id], Field(max_length=20)] = []


class Photo(Strict):
    """What stands for a photo in the memory of acts: never the picture itself."""

    digest: Annotated[str, Field(max_length=64)]
    happened: AwareDatetime | None = None


class Reason(Strict):
    reason: Code


class StandBy(Strict):
    crew: Id
    station: Id
    minutes: Annotated[int, Field(ge=0, le=10_000)] = 120
    gone: Annotated[list[Id], Field(max_length=12)] = []


class StandByStep(Strict):
    verb: Code
    reason: Code | None = None


class TakeOff(Strict):
    verb: Code
    reason: Code | None = None
    to: Id | None = None


class SafeContact(Strict):
    report: Id
    safe_contact: Code
    ways: Annotated[list[Code], Field(max_length=5)] = []
    since: time | None = None
    until: time | None = None


class ToCaller(Strict):
    report: Id
    words: Text


class CrewState(Strict):
    state: Code


class What(Strict):
    what: Code


class PublicReport(Strict):
    words: Text = ""
    place: Text = ""
    location: Place | None = None
    caller_name: Text = ""
    caller_phone: Text = ""
    safe_contact: Code = "unknown"
    text_only: bool = False
    urgent: bool = False


class Follow(Strict):
    code: Annotated[str, Field(max_length=40)]


class FollowWords(Follow):
    words: Text


class FollowRate(Follow):
    stars: int
    words: Text = ""


class FollowSafe(Follow):
    safe_contact: Code


class FollowTalk(Follow):
    after: Annotated[int, Field(ge=0, le=2**53)] = 0


class Rate(Strict):
    rate: Annotated[float, Field(ge=0, le=60)]


class Result(Strict):
    result: Code


class HandOver(Strict):
    agency: Code
    joint: bool = False
    reference: Text = ""
    due: AwareDatetime | None = None


class ReferralAnswer(Strict):
    result: Code
    reference: Text = ""


class DraftKey(Strict):
    key: Key


class DraftSaved(Kind):
    """What the desk has typed: ``content`` is the desk's own form, sealed as it is; the rest is what the room sees."""

    key: Key
    n: Annotated[int, Field(ge=1, le=2**31 - 1)]
    content: dict[str, Any]
    grade: Annotated[int, Field(ge=1, le=4)] | None = None
    reasons: Annotated[list[Code], Field(max_length=20)] = []
    location: Place | None = None
    drill: bool = False
    safe_contact: Code = "unknown"


class NewHandover(Strict):
    incoming: Id
    until: datetime  # without an offset: as the force's clocks show it
    note: Text = ""


class Signature(Strict):
    password: Annotated[str, Field(max_length=1024)]
    code: Annotated[str, Field(max_length=16)] = ""
