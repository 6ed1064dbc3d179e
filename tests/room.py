"""
The room of the tiny town, with its phones and a clock that runs as fast as a test wants.

    incident = room.report("burglary", at="market")
    room.dispatch(incident, "crew-1")
    room.phone("zhang").rings("crew")
    room.fast_forward(seconds=15)
    room.phone("zhang").rings("again", "sms")
    room.nobody_else_rang()
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oneroom.apps.incidents import services
from oneroom.apps.incidents.clock import bring_back
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.orders.channel import channels
from oneroom.apps.orders.clock import climb
from oneroom.apps.orders.models import Delivery, Rung
from oneroom.apps.orders.services.courier import work
from oneroom.apps.people.queries import actor_of
from oneroom.engine.values import CITIZEN, Actor
from oneroom.web.actors import with_crew
from tests.clock import HAND
from tests.pockets import POCKETS
from tests.town import Town, corner


@dataclass(frozen=True)
class Heard:
    """Something that reached a person: through which channel, from which rung of which stage."""

    who: str
    channel: str
    rung: str
    stage: str


class Phone:
    """One person's phone and mailbox."""

    def __init__(self, room: Room, who: str):
        self.room, self.who = room, who

    def rings(self, rung: str, *channels: str, stage: str = "acknowledge") -> None:
        """This rung reached the person, once through each channel (the app unless named), since last asked."""
        for channel in channels or ("app",):
            heard = Heard(self.who, channel, rung, stage)
            assert heard in self.room.unheard(), f"{heard} did not arrive; waiting: {self.room.unheard()}"
            self.room.heard.append(heard)

    def is_silent(self) -> None:
        """Nothing arrived that the test has not accounted for."""
        mine = [h for h in self.room.unheard() if h.who == self.who]
        assert not mine, mine


class Room:
    """Acts through services, as the screens do; asks the database who was reached."""

    def __init__(self, town: Town):
        self.town = town
        self.heard: list[Heard] = []
        self._pocket_from = len(POCKETS)
        self._names = {a.pk: name for name, a in town.people.items()}

    # ---- people ----
    def actor(self, who: str) -> Actor:
        """The actor of a person of the town, with his crew."""
        return with_crew(actor_of(self.town.people[who]))

    def phone(self, who: str) -> Phone:
        """A person's phone."""
        return Phone(self, who)

    # ---- acts ----
    @property
    def now(self) -> datetime:
        """Project time."""
        return HAND.now()

    def report(
        self, words: str, *, at: str, grade: int = 1, category: str = "crime", by: str = "carl", **said: str
    ) -> Incident:
        """A caller reports by phone; the call-taker classifies at once."""
        lon, lat = corner(at)
        taken = services.take_report(
            services.Said(words=words, **said), source="phone",
            where=services.Where(lon, lat, zh=at, en=at), category=category, grade=grade, by=self.actor(by),
            at=self.now,
        )  # fmt: skip
        return Incident.objects.get(pk=taken.incident_id)

    def report_online(self, words: str, **said: str) -> services.Taken:
        """A citizen reports on the web page."""
        return services.take_report(
            services.Said(words=words, **said), source="web", where=None, by=CITIZEN, at=self.now
        )

    def dispatch(self, incident: Incident, *crews: str, by: str = "dora") -> Assignment:
        """The dispatcher sends crews; gives the first one's assignment."""
        ids = [self.town.crews[c].pk for c in crews]
        sent = services.offer(incident.pk, ids, by=self.actor(by), at=self.now)
        return Assignment.objects.get(pk=sent[0])

    def step(self, sent: Assignment, *verbs: str, by: str) -> None:
        """Somebody does these steps of an assignment, one after the other."""
        for verb in verbs:
            services.step(sent.pk, verb, by=self.actor(by), at=self.now)

    # ---- time ----
    def fast_forward(self, seconds: float = 0, *, minutes: float = 0) -> None:
        """Let project time pass: the clock climbs each rung at its minute, the courier takes what it leaves."""
        target = self.now + timedelta(seconds=seconds, minutes=minutes)
        while True:
            due = (
                Rung.objects.filter(done=None, ladder__stopped=None, due__lte=target)
                .order_by("due").values_list("due", flat=True).first()
            )  # fmt: skip
            HAND.set(max(due, self.now) if due else target)
            climb(self.now)
            bring_back(self.now)
            while work(self.now, worker="test", channels=channels()):
                pass
            if due is None:
                return

    # ---- what arrived ----
    def everything(self) -> list[Heard]:
        """All that reached anybody, in order."""
        app = Delivery.objects.filter(channel="app", state__in=["sent", "delivered", "read"]).order_by("pk")
        rows = [
            Heard(self._names[d.account_id], "app", d.rung.code, d.rung.ladder.stage)
            for d in app.select_related("rung__ladder")
        ]
        for channel, message in POCKETS[self._pocket_from :]:
            d = Delivery.objects.select_related("rung__ladder").get(pk=int(message.key.rpartition("-")[2]))
            rows.append(Heard(self._names[d.account_id], channel, d.rung.code, d.rung.ladder.stage))
        return rows

    def unheard(self) -> list[Heard]:
        """What arrived and no test line has accounted for."""
        left = self.everything()
        for heard in self.heard:
            left.remove(heard)
        return left

    def nobody_else_rang(self) -> None:
        """Everything that reached anybody is accounted for."""
        assert not self.unheard(), self.unheard()
