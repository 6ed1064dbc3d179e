"""
A day of simulated calls: when, where, what is said, how grave, how many crews it needs.

The rhythm (hours, weekdays, crews per call, length of a stay) is that of a real log (`calibrate.py`, `rhythm.json`);
kinds, grades and sentences are configuration (`sentences.toml`), because that log knows no police matters. A pure
function of seed and date: the same day comes again on every start, and a demo that is stopped goes on in it.
"""

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Any, cast
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from oneroom.apps.incidents.protocol import protocol_of
from oneroom.engine.protocol import Effect, assess
from oneroom.engine.roads import RoadGraph
from oneroom.engine.roads.classes import CLASS_NAMES

HERE = Path(__file__).parent
# Chosen so that 200 crews see 24 to 40 matters open at once by day (tests/project/test_demo_calls.py).
CALLS_PER_CREW_AND_DAY = 6.4
WEB_SHARE = 0.08  # reported over the citizen's page instead of by telephone
ENGLISH_SHARE = 0.06
SEEN_BY_MANY = 0.4  # of what happens in the street, and has several tellings
SPREAD_DEG = 2.5e-4  # how far apart callers place one event: some 25 m
# Telephone numbers of callers: 100-0000-xxxx is in no numbering plan (mobiles begin with 13 to 19).
CALLER_PHONES = "1000000"
MARK_ZH, MARK_EN = "〔模拟〕", "[simulated] "
ARRIVED = f"{MARK_ZH}已到现场，正在处置。"
MARK_DRILL = "（演练 / drill）"
# People live along these; the weight of a street in the choice of a place is its length times this.
_HOMES = {"residential": 1.0, "living_street": 1.0, "tertiary": 0.7, "unclassified": 0.5, "secondary": 0.3}
_OF_GRADE = {1: 0.4, 2: 0.8, 3: 1.2, 4: 1.0}  # a grave sentence is as long as a small one, but rarer


@dataclass(frozen=True, slots=True)
class Call:
    """One call. ``at`` is project time; ``crews`` how many it needs."""

    key: str
    at: datetime
    lon: float
    lat: float
    category: str
    subcategory: str
    grade: int
    reasons: tuple[str, ...]
    words: str
    phone: str
    safe_contact: str
    crews: int
    web: bool
    event: str  # the key of the first call about the same event: its own, unless somebody rang before
    drill: bool = False

    @property
    def is_first(self) -> bool:
        """Nobody rang about this before."""
        return self.event == self.key


@dataclass(frozen=True)
class Streets:
    """Where people call from: streets of homes, each as likely as it is long."""

    graph: RoadGraph
    edges: NDArray[np.int64]
    up_to_m: NDArray[np.float64]  # running sum of weighted metres

    def place(self, chance: Random) -> tuple[float, float]:
        """Longitude and latitude of a place on one of them."""
        metres = chance.random() * float(self.up_to_m[-1])
        edge = int(self.edges[int(np.searchsorted(self.up_to_m, metres, side="right"))])
        part = slice(int(self.graph.shape_start[edge]), int(self.graph.shape_start[edge + 1]))
        along = chance.random() * float(self.graph.edge_length_m[edge])
        lon, lat = (
            float(np.interp(along, self.graph.shape_m[part], axis[part]))
            for axis in (self.graph.shape_lon, self.graph.shape_lat)
        )
        return round(lon, 6), round(lat, 6)


def streets(graph: RoadGraph) -> Streets:
    """The streets of homes of a network."""
    of_class = np.array([_HOMES.get(name, 0.0) for name in CLASS_NAMES])
    weight = graph.edge_length_m * of_class[graph.edge_class]
    edges = np.flatnonzero(weight > 0)
    return Streets(graph, edges, np.cumsum(weight[edges]))


def day(seed: int, of: date, where: Streets, *, crews: int, zone: ZoneInfo) -> list[Call]:
    """Every call of a local day, in order of time."""
    chance = Random(f"oneroom calls {seed} {of}")
    rhythm = table()
    expected = CALLS_PER_CREW_AND_DAY * crews * rhythm["weekday_factor"][of.weekday()]
    midnight = datetime.combine(of, time(), zone)
    found: list[Call] = []
    for hour, share in enumerate(rhythm["hour_share"]):
        seconds = chance.expovariate(expected * share / 3600)
        while seconds < 3600:
            at = midnight + timedelta(hours=hour, seconds=round(seconds, 1))
            found += event(f"{seed}-{of:%Y%m%d}-{len(found):04d}", at, where, chance, *_kind(chance))
            seconds += chance.expovariate(expected * share / 3600)
    _make_one_a_drill(found, chance)
    return sorted((call for call in found if call.at < midnight + timedelta(days=1)), key=attrgetter("at"))


def _make_one_a_drill(found: list[Call], chance: Random) -> None:
    """Once a day, in working hours, the room is put to the test: handled like a real matter, counted in nothing."""
    told_again = {call.event for call in found if not call.is_first}
    fit = [n for n, c in enumerate(found) if 10 <= c.at.hour < 16 and c.grade <= 2 and c.event not in told_again]
    if fit:
        n = chance.choice(fit)
        found[n] = replace(found[n], drill=True, words=f"{found[n].words}{MARK_DRILL}", web=False)


def calls_after(since: datetime, seed: int, where: Streets, *, crews: int, zone: ZoneInfo) -> Iterator[Call]:
    """Call after call from a moment on, without end."""
    of = since.astimezone(zone).date()
    while True:
        yield from (call for call in day(seed, of, where, crews=crews, zone=zone) if call.at > since)
        of += timedelta(days=1)


def stay_s(chance: Random) -> float:
    """How long a crew stays, drawn from the fitted distribution."""
    return drawn(table()["stay_s"], chance)


def drawn(quantiles: Sequence[float], chance: Random) -> float:
    """A value of a distribution given at 5 %, 10 % … 95 %; beyond those its ends."""
    return float(np.interp(chance.random(), np.linspace(0.05, 0.95, len(quantiles)), quantiles))


@cache
def table() -> dict[str, Any]:
    """The fitted rhythm."""
    return cast("dict[str, Any]", json.loads((HERE / "rhythm.json").read_text(encoding="utf-8")))


@cache
def sentences() -> dict[str, Any]:
    """Kinds of matters with their weight, sentences and ends."""
    return tomllib.loads((HERE / "sentences.toml").read_text(encoding="utf-8"))


def kinds() -> list[str]:
    """The categories that have sentences."""
    return [name for name in sentences() if name not in ("slots", "storm", "seen", "warnings", "answers")]


def event(
    key: str, at: datetime, where: Streets, chance: Random, category: str, said: dict[str, Any],
    *, seen_by_many: float = SEEN_BY_MANY,
) -> list[Call]:  # fmt: skip
    """What happened, as the first caller tells it, and perhaps some more who ring about the same within minutes."""
    lon, lat = where.place(chance)
    web = said["grade"] >= 3 and said.get("safe") is None and chance.random() < WEB_SHARE * 1.6
    first = Call(
        key=key, at=at, lon=lon, lat=lat, category=category, subcategory=said["sub"], grade=said["grade"],
        reasons=tuple(said["reasons"]), words=_filled(said, chance), phone=_phone(chance),
        safe_contact=said.get("safe") or chance.choice(("unknown", "yes", "yes")),
        crews=_crews(said["grade"], chance), web=web, event=key,
    )  # fmt: skip
    others = []
    if said.get("again") and chance.random() < seen_by_many:
        for n in range(1, chance.choices((2, 3, 4), (5, 3, 1))[0]):
            words = dict(zip(("zh", "en"), chance.choice(said["again"]), strict=True))
            others.append(
                replace(
                    first, key=f"{key}-{n}", at=at + timedelta(seconds=round(chance.uniform(15, 360), 1)),
                    lon=round(lon + chance.gauss(0, SPREAD_DEG), 6), lat=round(lat + chance.gauss(0, SPREAD_DEG), 6),
                    words=_filled(words, chance), phone=_phone(chance), safe_contact="yes", web=False,
                )
            )  # fmt: skip
    return [first, *others]


def _kind(chance: Random) -> tuple[str, dict[str, Any]]:
    names = kinds()
    category = chance.choices(names, [sentences()[name]["weight"] for name in names])[0]
    said = sentences()[category]["calls"]
    return category, chance.choices(said, [_OF_GRADE[one["grade"]] for one in said])[0]


def _phone(chance: Random) -> str:
    return f"{CALLER_PHONES}{chance.randrange(10000):04d}"


def _crews(grade: int, chance: Random) -> int:
    shares = table()["crews_share"]["grave" if grade == 1 else "other"]
    return chance.choices((1, 2, 3), shares)[0]


def _filled(said: dict[str, Any], chance: Random) -> str:
    english = chance.random() < ENGLISH_SHARE
    slots = {name: chance.choice(pairs)[int(english)] for name, pairs in sentences()["slots"].items()}
    slots |= {"n": str(chance.randint(2, 9)), "m": str(chance.randint(3, 9))}
    return f"{MARK_EN}{said['en']}".format(**slots) if english else f"{MARK_ZH}{said['zh']}".format(**slots)


def ends_without_crew(category: str, chance: Random) -> tuple[str, str] | None:
    """(verb, reason) for a matter that no crew is sent to: transferred, or none at all."""
    aside = sentences().get(category, {}).get("aside")
    return (aside[0], chance.choice(aside[1:])) if aside else None


def scene_report(category: str, chance: Random) -> tuple[str, str]:
    """(outcome, words) of a crew that handled a matter of this category."""
    outcome, zh, _en = chance.choice(sentences().get(category, sentences()["help"])["ends"])
    return outcome, f"{MARK_ZH}{zh}"


def seen(chance: Random) -> dict[str, Any]:
    """What a crew comes upon itself, as it reports it."""
    said = chance.choice(sentences()["seen"])
    return {name: said[name] for name in ("category", "subcategory", "grade", "reasons")} | {
        "words": f"{MARK_ZH}{said['zh']}"
    }


def warning(chance: Random) -> dict[str, Any]:
    """A warning of a place, as a crew raises it."""
    said = chance.choice(sentences()["warnings"])
    return {"reason": said["reason"], "words": f"{MARK_ZH}{said['zh']}", "days": chance.choice((7, 14, 30))}


def answered(call: Call) -> tuple[dict[str, str], dict[str, str]]:
    """
    What the caller answers to the house's questions, (choices, free words): in keeping with how grave the call is.

    A call-taker in a hurry does not ask them all.
    """
    protocol = protocol_of(call.category, call.subcategory)
    if protocol is None:
        return {}, {}
    chance = Random(f"oneroom answers {call.key}")
    english = call.words.startswith(MARK_EN)
    choices: dict[str, str] = {}
    words: dict[str, str] = {}
    for question in protocol.questions[: chance.randint(1, max(1, len(protocol.questions)))]:
        if question.kind == "text":
            pair = chance.choice(sentences()["answers"]["free"])
            words[question.code] = f"{MARK_EN if english else MARK_ZH}{pair[int(english)]}"
            continue
        grave = [code for code, effect in question.answers.items() if effect.reason in call.reasons]
        calm = [code for code, effect in question.answers.items() if effect == Effect(say=effect.say)]
        for code in chance.sample(grave, len(grave)) + chance.sample(calm, len(calm)):
            if assess(protocol, choices | {question.code: code}).grade >= min(call.grade, protocol.usual):
                choices[question.code] = code
                break
    return choices, words
