"""
What a simulated crew decides, without any input or output: when it signs, where it drives, what it reports.

It knows only what a crew's phone knows: its own live orders, as `/api/orders` gives them, its roster and the project
time. Every delay is drawn from the number of the order, so a crew that is restarted goes on as if nothing had happened.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from oneroom.project.demo import calls, shifts
from oneroom.project.demo.driving import Drive, Streets
from oneroom.project.demo.shifts import Watch

PATROL_M = 1200.0  # around the station
PARKED_S = (240.0, 900.0)  # between two patrols
MOVING_EVERY_S = 5.0
STANDING_EVERY_S = 30.0  # well under the two minutes after which a place is shown as old
UNREACHABLE_S = 420.0  # to a place without a way by road: as long as a usual drive


class Character(StrEnum):
    """How a crew answers."""

    PROMPT = "prompt"
    SLOW = "slow"
    SILENT = "silent"  # never: its orders climb the ladder
    RADIO = "radio"  # says everything over the radio, and the dispatcher taps for it; no phone says where it is


# Seconds from the offer to the signature, by grade; the second rung comes after 15, 30, 90 and 90.
ANSWER_S = {
    Character.PROMPT: {1: (3, 10), 2: (4, 18), 3: (5, 40), 4: (5, 60)},
    Character.RADIO: {1: (6, 14), 2: (8, 25), 3: (10, 60), 4: (10, 80)},
    Character.SLOW: {1: (16, 75), 2: (35, 150), 3: (80, 300), 4: (80, 400)},
}
# Shares of the matters a crew is on.
SOS_SHARE = 0.0015  # about two a day in the whole city
PHOTO_SHARE = 0.3
WARNING_SHARE = 0.02
SEEN_SHARE = 0.005  # of patrols: the crew comes upon something that nobody reported
SOS_BEFORE = timedelta(minutes=1)  # the end of its work
SET_OUT_S = (8.0, 45.0)
FIRST_WORD_S = (40.0, 150.0)
_PHOTO_S = (160.0, 300.0)
_WARNING_S = (310.0, 500.0)
WELL_EVERY_S = 500.0  # the house asks after ten minutes without a word, on grave matters
_STANDS_BY = timedelta(minutes=10)  # beside what it has reported


def character_of(number: int) -> Character:
    """
    Of forty crews one is silent, one has only a radio and seven are slow.

    Always the same ones, so that a story can be told twice.
    """
    if number % 40 == 17:
        return Character.SILENT
    if number % 40 == 29:
        return Character.RADIO
    return Character.SLOW if number % 6 == 3 else Character.PROMPT


@dataclass(frozen=True, slots=True)
class Act:
    """Something to be done over HTTP: the path below /api, what it says, and the key that makes it happen once."""

    path: str
    said: dict[str, Any]
    key: str


@dataclass
class SimulatedCrew:
    """One crew: where it is, what it was told, what it will do next."""

    number: int
    streets: Streets
    station: tuple[float, float]
    lon: float
    lat: float
    character: Character
    watch: Watch
    id: int = 0
    on_duty: bool = False
    held: bool = False  # by a visitor: then nothing is done for him
    order: dict[str, Any] | None = None
    standby: dict[str, Any] | None = None
    drive: Drive | None = None
    heading: float | None = None
    kmh: float = 0.0
    _chance: Random = field(init=False)
    _patrol_at: datetime | None = None
    _fixed_at: datetime | None = None
    _driving_to: int = 0  # the order that the drive is for
    _sees_at: datetime | None = None
    _done: set[str] = field(default_factory=set)  # keys of what is done once for each order

    def __post_init__(self) -> None:
        self._chance = Random(f"oneroom crew {self.number}")

    # -- orders ------------------------------------------------------------------

    def told(self, orders: Sequence[Mapping[str, Any]]) -> None:
        """The crew's live orders as they are now; at most one, by a constraint of the database."""
        self.order = dict(orders[0]) if orders else None
        if self.order is None and self._driving_to > 0:
            self.drive, self._driving_to = None, 0

    def told_to_stand_by(self, standbys: Sequence[Mapping[str, Any]]) -> None:
        """Where the crew stands by, if anywhere; at most one, by a constraint of the database."""
        self.standby = dict(standbys[0]) if standbys else None

    def next_act(self, now: datetime) -> Act | None:
        """What is due now, if anything."""
        if self.held:
            return None
        serves = self.on_duty and shifts.should_serve(self.watch, self.number, now, self.streets.zone)
        if self.order is None and self.standby is not None and serves:
            return self._stand_by(now)
        if self.order is None or not self.on_duty:
            return self._come_or_go(now)
        match self.order["state"]:
            case "offered":
                return self._sign(now)
            case "acknowledged":
                return self._step("set_out", self._after("acknowledged_at", "set_out", *SET_OUT_S), now)
            case "en_route":
                return self._step("arrive", self._arrival(now), now)
            case "on_scene":
                return self._work(now)
        return None

    def _come_or_go(self, now: datetime) -> Act | None:
        """On duty and off it by the roster; while it has an order a crew stays (and the record would object)."""
        zone = self.streets.zone
        should = shifts.should_serve(self.watch, self.number, now, zone)
        if should == self.on_duty or not self.id:
            return self._see(now)
        verb = "on-duty" if should else "off-duty"
        return Act(f"crews/{self.id}/{verb}", {}, f"sim-{self.id}-{verb}-{now:%m%d%H%M}")

    def _see(self, now: datetime) -> Act | None:
        """On patrol it comes upon something: it reports that and stands by, until the room sends somebody."""
        if self._sees_at is None or now < self._sees_at or not self.on_duty:
            return None
        at, self._sees_at, self.drive = self._sees_at, None, None
        self._patrol_at = now + _STANDS_BY
        key = f"sim-{self.id}-seen-{at:%m%d%H%M%S}"
        return Act("incidents", {"source": "self", **calls.seen(Random(f"oneroom {key}"))}, key)

    def _sign(self, now: datetime) -> Act | None:
        if self.character is Character.SILENT:
            return None
        assert self.order is not None
        between_s = ANSWER_S[self.character][self.order["grade"]]
        return self._step("acknowledge", self._after("offered_at", "sign", *between_s), now)

    def _stand_by(self, now: datetime) -> Act | None:
        """It signs, drives to the place, says that it is there, and waits; who is silent stays so."""
        assert self.standby is not None
        pk, state = self.standby["id"], self.standby["state"]
        if self.character in (Character.SILENT, Character.RADIO):
            return None
        if state == "ordered":
            between_s = ANSWER_S[self.character][3]
            due = _time(self.standby["ordered_at"]) + timedelta(seconds=between_s[0])
            return self._answer("acknowledge", pk) if now >= due else None
        if state == "acknowledged":
            if self._driving_to != -pk:
                self._driving_to = -pk  # no order has such a number
                goal = (self.standby["lon"], self.standby["lat"])
                self.drive = self.streets.drive((self.lon, self.lat), goal, now)
            if self.drive is None or self.drive.is_over(now):
                return self._answer("arrive", pk)
        return None

    def _answer(self, verb: str, pk: int) -> Act:
        return Act(f"standbys/{pk}/step", {"verb": verb}, f"sim-standby-{pk}-{verb}")

    def _step(self, verb: str, due: datetime, now: datetime) -> Act | None:
        return self._act("step", verb, {"verb": verb}) if now >= due else None

    def _arrival(self, now: datetime) -> datetime:
        assert self.order is not None
        if self._driving_to != self.order["id"]:
            self._driving_to = self.order["id"]
            self.drive = self.streets.drive((self.lon, self.lat), (self.order["lon"], self.order["lat"]), now)
        return self.drive.ends if self.drive else _time(self.order["en_route_at"]) + timedelta(seconds=UNREACHABLE_S)

    def _work(self, now: datetime) -> Act | None:
        assert self.order is not None
        self.drive = None
        chance = self._of_order("stay")
        done = _time(self.order["on_scene_at"]) + timedelta(seconds=calls.stay_s(chance))
        if now >= done:
            outcome, words = calls.scene_report(self.order["category"], chance)
            return self._act("report", "report", {"outcome": outcome, "words": words})
        for due, act in self._meanwhile(done):
            if now >= due and act.key not in self._done:
                self._done.add(act.key)
                return act
        return None

    def _meanwhile(self, done: datetime) -> Iterator[tuple[datetime, Act]]:
        """What a crew does while it is there, and when, each once."""
        assert self.order is not None
        pk = self.order["id"]
        worded = self._after("on_scene_at", "word", *FIRST_WORD_S)
        yield worded, self._act("word", "word", {"words": calls.ARRIVED})
        if self._of_order("sos").random() < SOS_SHARE:
            yield done - SOS_BEFORE, Act("sos", {}, f"sim-{pk}-sos")
        if self.character is not Character.RADIO:  # whose phone lies at the station
            if self._of_order("photo").random() < PHOTO_SHARE:
                yield self._after("on_scene_at", "photo at", *_PHOTO_S), self._act("photo", "photo", {})
            if self._of_order("warning").random() < WARNING_SHARE:
                said = {"incident": self.order["incident"], **calls.warning(self._of_order("warned"))}
                yield self._after("on_scene_at", "warning at", *_WARNING_S), Act("warnings", said, f"sim-{pk}-warning")
        if self.order["grade"] <= 2:
            for n in range(1, int((done - worded).total_seconds() / WELL_EVERY_S) + 1):
                yield worded + timedelta(seconds=n * WELL_EVERY_S), self._act("well", f"well-{n}", {})

    def _act(self, path: str, name: str, said: dict[str, Any]) -> Act:
        assert self.order is not None
        return Act(f"assignments/{self.order['id']}/{path}", said, f"sim-{self.order['id']}-{name}")

    def _after(self, since: str, stage: str, low_s: float, high_s: float) -> datetime:
        assert self.order is not None
        return _time(self.order[since]) + timedelta(seconds=self._of_order(stage).uniform(low_s, high_s))

    def _of_order(self, stage: str) -> Random:
        assert self.order is not None
        return Random(f"oneroom order {self.order['id']} {stage}")

    # -- moving ------------------------------------------------------------------

    def move(self, now: datetime) -> None:
        """Be where the drive has come to; between calls, set out on a patrol now and then."""
        if self.held:
            self.drive, self._driving_to, self.kmh = None, 0, 0.0
            return
        if not self.on_duty:
            self.drive, self.kmh = None, 0.0
            return
        if self.order is None and self.standby is None and self._driving_to < 0:
            self.drive, self._driving_to = None, 0  # it need not stand by any more
        if self.drive is None and self.order is None and self.standby is None:
            self._patrol(now)
        if self.drive is None:
            self.kmh = 0.0
            return
        self.lon, self.lat, self.heading = self.drive.at(now)
        self.kmh = self.drive.kmh(now)
        if self.drive.is_over(now) and not self._driving_to:
            self.drive = None
            self._patrol_at = now + timedelta(seconds=self._chance.uniform(*PARKED_S))

    def _patrol(self, now: datetime) -> None:
        if self._patrol_at is None:  # the first one soon, and not everybody at once
            self._patrol_at = now + timedelta(seconds=self._chance.uniform(0, PARKED_S[1] / 2))
        if now < self._patrol_at:
            return
        goal = self.streets.somewhere_near(*self.station, PATROL_M, self._chance)
        self.drive = self.streets.drive((self.lon, self.lat), goal, now)
        if self.drive is None:
            self._patrol_at = now + timedelta(seconds=PARKED_S[1])
        elif self._chance.random() < SEEN_SHARE and self.character is not Character.RADIO:
            self._sees_at = now + (self.drive.ends - now) / 2

    def fixes(self, now: datetime, *, at_most: int = 4) -> list[dict[str, Any]]:
        """
        Positions since the last ones, every five seconds of project time while driving; none while nothing is due.

        When the demo runs fast they are thinned to ``at_most``: the map moves as smoothly, the trail is coarser.
        """
        if not self.on_duty or self.character is Character.RADIO:
            return []
        every_s = MOVING_EVERY_S if self.drive else STANDING_EVERY_S
        if self._fixed_at is not None and (now - self._fixed_at).total_seconds() < every_s:
            return []
        before = self._fixed_at or now
        self._fixed_at = now
        passed_s = (now - before).total_seconds()
        steps = max(1, min(at_most, int(passed_s / MOVING_EVERY_S))) if self.drive else 1
        times = [before + timedelta(seconds=passed_s * n / steps) for n in range(1, steps + 1)]
        return [self._fix(at, last=at is times[-1]) for at in times]

    def _fix(self, at: datetime, *, last: bool) -> dict[str, Any]:
        lon, lat, heading = self.lon, self.lat, self.heading
        if self.drive is not None and not last:
            lon, lat, heading = self.drive.at(at)
        return {
            "lon": round(lon, 6), "lat": round(lat, 6), "at": at.isoformat(), "accuracy_m": 8.0,
            "speed_kmh": round(self.kmh, 1), "heading": None if heading is None else round(heading, 1) % 360,
        }  # fmt: skip


def _time(text: Any) -> datetime:
    return text if isinstance(text, datetime) else datetime.fromisoformat(text)
