"""
The simulated room: takes the day's calls, sends crews, reviews and closes, so that the city lives without a visitor.

Of two calls about one event it knows only what the machine proposes, and merges what a person would find to be the
same (`_alike`). When crews grow scarce it keeps the last ones for grave calls and holds the small ones.

Where a visitor works as dispatcher it stands back: then it sends only to matters that nobody took for 150 seconds of
project time, and takes back an unanswered order only well after the room's alarm. So a visitor always has the first
word, and a city that he forgets does not pile up. Everything is done over HTTP with accounts of its own.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from oneroom.apps.incidents.codes import LAW_CASES
from oneroom.project.demo import shifts
from oneroom.project.demo.calls import Call, answered, ends_without_crew
from oneroom.project.demo.city import Post
from oneroom.project.demo.client import House, Person, answer_of
from oneroom.project.demo.exchange import Exchange
from oneroom.project.demo.names import chief_of, commander_of
from oneroom.project.demo.phones import GOES_ON

log = logging.getLogger(__name__)

EVERY_S = 1.0  # real seconds between two looks at the queue
STANDS_BACK_S = 150.0
SEND_S = {1: (6, 18), 2: (15, 40), 3: (25, 80), 4: (40, 150)}
TAKE_BACK_S = {1: 100.0, 2: 200.0, 3: 420.0, 4: 420.0}
ALARM_S = {1: 120.0, 2: 240.0, 3: 900.0, 4: 900.0}
AVOID = timedelta(hours=1)  # a crew that did not answer is not asked again for so long
UNREAD_S = 180.0  # a citizen's own report that nobody classified
AHEAD = timedelta(minutes=12)  # a city that is opened has a few matters already
BEHIND = timedelta(minutes=20)  # faster than this machine can follow: better fewer calls than all of them too late
WEB_EVERY_S = 60.0  # real: the public's door is limited per address, and a visitor shares ours
LEAVE_S = 4.0  # real: a matter about which we were refused something
CALLS_AT_ONCE = 4
RESERVE = 2  # crews that stay free for grave calls: with no more than these in reach, others are held
HOLD_FOR = timedelta(minutes=10)


@dataclass
class Room:
    """``sees`` tells which roles visitors hold and which crews they are; ``due`` are the day's calls."""

    house: House
    due: Iterator[Call]
    stations: dict[str, int]  # unit code -> number of the station
    zone: ZoneInfo
    real_s: Callable[[], float] = time.monotonic
    posts: dict[int, Post] = field(default_factory=dict)  # by crew
    visitors: frozenset[str] = frozenset()
    held: frozenset[int] = frozenset()
    _waiting: Call | None = None
    _by_reference: dict[str, Call] = field(default_factory=dict)
    _avoid: dict[int, datetime] = field(default_factory=dict)
    _leave_until: dict[int, float] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)  # of callers whose matter was closed
    _code_of: dict[str, str] = field(default_factory=dict)
    _web_s: float = -WEB_EVERY_S
    _storm: list[Call] = field(default_factory=list)
    _compared: set[int] = field(default_factory=set)
    _scarce: bool = False  # found in this round: whoever asks next need not ask for crews
    _called: dict[int, Call] = field(default_factory=dict)  # by number of the matter

    def __post_init__(self) -> None:
        self.dispatcher = Person(self.house, "sim-dispatcher")
        self.call_taker = Person(self.house, "sim-calltaker")
        self.citizen = _Citizen(self.house)
        self.exchange = Exchange(self.house, self.call_taker)
        self._people: dict[str, Person] = {}

    async def look(self, now: datetime) -> None:
        """One round: calls that are due, then every open matter."""
        come: list[Coroutine[Any, Any, None]] = []
        while len(come) < CALLS_AT_ONCE and (call := self._next(now)) is not None:
            come.append(self._hear(call))
        await asyncio.gather(*come)
        await asyncio.gather(*(self._take(call, pk) for call, pk in await self.exchange.answered(now)))
        queue = (await self.dispatcher.get("demo/queue"))["queue"]
        self._scarce = False
        await asyncio.gather(*(self._attend(row, now) for row in queue))

    async def _attend(self, row: dict[str, Any], now: datetime) -> None:
        """See to one matter; the narrow door keeps the others waiting (client.py)."""
        if self.real_s() < self._leave_until.get(row["id"], 0.0):
            return
        try:
            await self._see_to(row, now)
        except GOES_ON as error:  # a visitor or the clock was quicker, or another matter got the crew
            self._leave_until[row["id"]] = self.real_s() + LEAVE_S
            log.info("the room was refused something about %s (%s)", row["id"], error)

    def begin_storm(self, calls: list[Call]) -> None:
        """These come too, beside the day's."""
        self._storm = list(calls)

    def _next(self, now: datetime) -> Call | None:
        """The next call that has come by now, of the day's or the storm's; who waited too long has hung up."""
        while self._storm and self._storm[0].at < now - BEHIND:
            self._storm.pop(0)
        self._waiting = self._waiting or next(self.due, None)
        while self._waiting is not None and self._waiting.at < now - BEHIND:
            self._waiting = next(self.due, None)
        if self._storm and (self._waiting is None or self._storm[0].at < self._waiting.at):
            return self._storm.pop(0) if self._storm[0].at <= now else None
        call = self._waiting
        if call is None or call.at > now:
            return None
        self._waiting = None
        return call

    async def _hear(self, call: Call) -> None:
        """It comes by telephone and rings, or by the public's page."""
        online = call.web and self.real_s() - self._web_s > WEB_EVERY_S
        if online:
            self._web_s = self.real_s()
        elif self.exchange.is_there:
            try:
                await self.exchange.ring(call, visited="calltaker" in self.visitors)
                return
            except GOES_ON as error:
                log.info("call %s did not ring (%s)", call.key, error)
        await self._take(call, online=online)

    async def _take(self, call: Call, number: int | None = None, *, online: bool = False) -> None:
        place = {"lon": call.lon, "lat": call.lat}
        try:
            if online:
                said = {"words": call.words, "location": place, "safe_contact": call.safe_contact}
                taken = await self.citizen.report(said, call.key)
            else:
                answers, texts = answered(call)
                taken = await self.call_taker.act(
                    "incidents",
                    {
                        "source": "phone", "words": call.words, "caller_phone": call.phone, "location": place,
                        "safe_contact": call.safe_contact, "category": call.category,
                        "subcategory": call.subcategory, "grade": call.grade, "reasons": list(call.reasons),
                        "drill": call.drill, "answers": answers, "texts": texts, "call": number,
                    },
                    f"sim-call-{call.key}",
                )  # fmt: skip
        except GOES_ON as error:
            log.info("call %s was not taken (%s)", call.key, error)
            return
        self._by_reference[taken["reference"]] = call
        self._code_of[taken["reference"]] = taken["code"]
        if "id" in taken:
            self._called[taken["id"]] = call
        for kept in (self._by_reference, self._code_of, self._called):
            while len(kept) > 1000:
                kept.pop(next(iter(kept)))  # type: ignore[call-overload]

    async def _see_to(self, row: dict[str, Any], now: datetime) -> None:
        """The next thing that this matter waits for, if its time has come."""
        since_s = (now - datetime.fromisoformat(row["state_since"])).total_seconds()
        chance = Random(f"oneroom room {row['id']} {row['state']}")
        match row["state"]:
            case "received":
                await self._classify(row, since_s)
            case "classified" | "waiting":
                await self._send_or_set_aside(row, since_s, chance, now)
            case "dispatched" | "in_progress":
                await self._take_back(row, now)
            case "reported" if since_s > chance.uniform(60, 240) + self._commanders_turn_s:
                await self._chief(row, now).act(f"incidents/{row['id']}/review", {}, _key("review", row))
            case "reviewed" if since_s > chance.uniform(15, 60) + self._commanders_turn_s:
                await self._chief(row, now).act(f"incidents/{row['id']}/close", ending(row), _key("close", row))
                if (code := self._code_of.pop(row["reference"], "")) and not row["drill"]:
                    self.codes.append(code)

    async def _classify(self, row: dict[str, Any], since_s: float) -> None:
        call = self._by_reference.get(row["reference"])
        if not row["placed"] or since_s < (45.0 if call else UNREAD_S):
            return
        said = {"category": call.category, "grade": call.grade, "reasons": list(call.reasons)} if call else {
            "category": "help", "grade": 3, "reasons": ["no_danger"],
        }  # fmt: skip
        await self.call_taker.act(f"incidents/{row['id']}/classify", said, f"sim-classify-{row['id']}")

    async def _send_or_set_aside(self, row: dict[str, Any], since_s: float, chance: Random, now: datetime) -> None:
        call = self._by_reference.get(row["reference"])
        grade = row["grade"]
        if row["id"] not in self._compared and call is not None:
            self._compared.add(row["id"])
            if await self._alike(row, call):
                return
        wait_s = chance.uniform(*SEND_S[grade])
        if "dispatcher" in self.visitors:
            wait_s = max(wait_s, STANDS_BACK_S)
        if since_s < wait_s:
            return
        aside = ends_without_crew(row["category"], chance)
        if aside and row["state"] == "classified":
            verb, reason = aside
            path, why = ("hand-over", {"agency": reason}) if verb == "transfer" else (
                "set-aside", {"verb": verb, "reason": reason}
            )  # fmt: skip
            await self.call_taker.act(f"incidents/{row['id']}/{path}", why, f"sim-aside-{row['id']}")
            return
        if row.get("held_until") and now < datetime.fromisoformat(row["held_until"]):
            return
        if not (self._scarce and grade >= 3):
            found = (await self.dispatcher.get(f"incidents/{row['id']}/proposals"))["ranked"]
            self._scarce = len(found) <= RESERVE
            ranked = [
                p for p in found if self._avoid.get(p["crew"], now) <= now and not self._goes_home(p["crew"], now)
            ]
        if self._scarce and (grade >= 3 or not ranked):
            if row["state"] == "classified" and "dispatcher" not in self.visitors:
                said = {"reason": "no_crew_free", "until": (now + HOLD_FOR).isoformat()}
                await self.dispatcher.act(f"incidents/{row['id']}/hold", said, f"sim-hold-{row['id']}")
            return
        ranked.sort(key=lambda p: p["crew"] not in self.held or found.index(p) >= 5)
        chosen = ranked[: call.crews if call else 1]
        if not chosen:
            return
        await self.dispatcher.act(f"incidents/{row['id']}/offer", {"crews": [p["crew"] for p in chosen]})

    def _goes_home(self, crew: int, now: datetime) -> bool:
        """A crew whose watch is over is not sent out once more."""
        post = self.posts.get(crew)
        return post is not None and not shifts.should_serve(post.watch, post.number, now, self.zone)

    async def _alike(self, row: dict[str, Any], call: Call) -> bool:
        """Whether it was merged into the call about the same event: proposed by the machine, decided by a person."""
        alike = (await self.call_taker.get(f"incidents/{row['id']}/duplicates"))["alike"]
        for other in alike:
            known = self._called.get(other["id"])
            if known is not None and known.event == call.event and other["may_merge"] and other["id"] < row["id"]:
                said = {"into": other["id"]}
                await self.call_taker.act(f"incidents/{row['id']}/merge", said, f"sim-merge-{row['id']}")
                return True
        return False

    async def _take_back(self, row: dict[str, Any], now: datetime) -> None:
        """Orders that nobody signs for lapse, and those that a crew asks to give back are taken back."""
        grade = row["grade"]
        patience_s = ALARM_S[grade] + STANDS_BACK_S if "dispatcher" in self.visitors else TAKE_BACK_S[grade]
        for sent in row["offered"]:
            waited_s = (now - datetime.fromisoformat(sent["offered_at"])).total_seconds()
            if sent["return_reason"] and waited_s > 30:
                await self.dispatcher.act(f"assignments/{sent['id']}/take-off", {"verb": "return"})
            elif waited_s > patience_s and sent["crew"] not in self.held:
                await self.dispatcher.act(f"assignments/{sent['id']}/take-off", {"verb": "lapse"})
            else:
                continue
            self._avoid[sent["crew"]] = now + AVOID

    @property
    def _commanders_turn_s(self) -> float:
        """So long a visiting commander has the first word on a report."""
        return 600.0 if "commander" in self.visitors else 0.0

    def _chief(self, row: dict[str, Any], now: datetime) -> Person:
        """Reviews and closes: the duty chief of the station, or the commander where a matter lies in no area."""
        watch, station = shifts.watch_at(now, self.zone), self.stations.get(row["unit"])
        return self.person(chief_of(station, watch) if station else commander_of(watch))

    def person(self, username: str) -> Person:
        """Somebody who works by himself, signed in once."""
        return self._people.setdefault(username, Person(self.house, username))


def ending(row: Mapping[str, Any]) -> dict[str, str]:
    """What a closer adds to the report: where the law asks, that there is no case, and why."""
    kind = row["final_category"] or row["category"]
    named = row["final_subcategory"] if row["final_category"] else row["subcategory"]
    said = {} if named else {"category": f"{kind}.other"}
    if kind not in LAW_CASES or row["outcome"] == "case_opened":
        return said
    reason = {"mediated": "mediated", "unfounded": "no_offence", "nothing_found": "no_offence"}
    return said | {"case": "no_case", "no_case_reason": reason.get(row["outcome"], "minor_settled")}


def _key(verb: str, row: dict[str, Any]) -> str:
    """Once for each time that the matter comes to this state: it may be opened again."""
    return f"sim-{verb}-{row['id']}-{row['state_since']}"


class _Citizen:
    """Anybody at the public's door: no account, no session."""

    def __init__(self, house: House):
        self._house = house
        self._http = house.client()

    async def report(self, said: dict[str, Any], key: str) -> Any:
        async with self._house.desks:
            answer = await self._http.post("/api/reports", json=said, headers={"Idempotency-Key": f"sim-web-{key}"})
        return answer_of(answer)

    async def rate(self, said: dict[str, Any], key: str) -> None:
        async with self._house.desks:
            answer = await self._http.post(
                "/api/follow/rate", json=said, headers={"Idempotency-Key": f"sim-rate-{key}"}
            )
        answer_of(answer)


async def keep_room(room: Room, now: Callable[[], datetime]) -> None:
    """Look again and again until cancelled."""
    while True:
        try:
            await room.look(now())
        except GOES_ON as error:
            log.info("the room could not look (%s)", error)
        await asyncio.sleep(EVERY_S)
