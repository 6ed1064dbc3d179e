"""
R1, R3, R4, R5, security points 19, 20, 50: a state machine over matter, order and ladder, with crash, duplicate and
reorder as rules (reliability, "Model checking"), on the real services, the real API and a real PostgreSQL.

After every act: the tables of the lifecycles are obeyed, one crew has one order, no rung happened twice, none after an
answer, none that is due is left, and every open order is watched. At the end of every night: every acknowledged act
sent again gets its answer and does nothing, the chain verifies, and what is counted as it happens equals a full fold.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from oneroom.apps.incidents.models import Assignment
from oneroom.apps.ledger.models import DoneOnce
from oneroom.apps.ledger.services import service
from oneroom.engine.lifecycle.assignment import LIVE
from tests.clock import HAND
from tests.hostile.night import FATES, Night
from tests.town import corner

pytestmark = pytest.mark.django_db(transaction=True)
CREWS = {"crew-1": "zhang", "crew-2": "chen", "crew-3": "qian"}
PLACES = ("market", "north", "south", "west", "east")
NONE = 999_999_999  # nobody was sent yet: the act is refused. What is drawn must not follow from what was answered.
fates = st.sampled_from(FATES)
eight = st.lists(fates, min_size=8, max_size=8)
some = st.integers(0, 7)
TOTAL: Counter[str] = Counter()


def machine(room) -> type[RuleBasedStateMachine]:
    """The rules over this town. Each run is another night: who is still out was called back before."""

    class Rules(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            HAND.forward(3600)
            self.night = Night(room)
            for pk in Assignment.objects.filter(state__in=LIVE).values_list("pk", flat=True):
                assert self.night.act("dora", f"assignments/{pk}/take-off", {"verb": "withdraw"}, "plain") is not None
            self.night.pass_time(0)
            for crew, place in (("crew-1", "west"), ("crew-3", "east")):  # somebody is out already
                lon, lat = corner(place)
                call = {"words": "a fight", "category": "crime", "grade": 2, "location": {"lon": lon, "lat": lat}}
                matter = self.night.act("carl", "incidents", call, "plain")["id"]
                sent = self.night.act(
                    "dora", f"incidents/{matter}/offer", {"crews": [room.town.crews[crew].pk]}, "plain"
                )
                self.night.incidents.append(matter)
                self.night.orders.extend(sent["assignments"])

        def _order(self, n: int) -> int:
            return self.night.orders[-1 - n % len(self.night.orders)] if self.night.orders else NONE

        def _matter(self, n: int) -> int:
            return self.night.incidents[-1 - n % len(self.night.incidents)] if self.night.incidents else NONE

        @rule(place=st.sampled_from(PLACES), grade=st.integers(1, 4), fate=fates)
        def a_call(self, place, grade, fate):
            lon, lat = corner(place)
            body = {"words": "a fight", "category": "crime", "grade": grade, "location": {"lon": lon, "lat": lat}}
            if (said := self.night.act("carl", "incidents", body, fate)) is not None:
                self.night.incidents.append(said["id"])

        @rule(n=some, crews=st.sets(st.sampled_from(sorted(CREWS)), min_size=1, max_size=2), fate=fates)
        def send(self, n, crews, fate):
            matter = self._matter(n)
            ids = [room.town.crews[crew].pk for crew in sorted(crews)]
            if (said := self.night.act("dora", f"incidents/{matter}/offer", {"crews": ids}, fate)) is not None:
                self.night.orders.extend(said["assignments"])

        @rule(n=some, verb=st.sampled_from(("acknowledge", "set_out", "arrive")), fate=fates)
        def a_step(self, n, verb, fate):
            self._crew(self._order(n), "step", {"verb": verb}, fate)

        @rule(n=some, what=st.sampled_from(("report", "clear", "well", "ask-return")), fate=fates)
        def on_scene(self, n, what, fate):
            body = {"report": {"outcome": "helped"}, "ask-return": {"reason": "wrong_area"}}.get(what, {})
            self._crew(self._order(n), what, body, fate)

        @rule(
            n=some,
            ago=st.integers(0, 600),
            order=st.permutations(range(4)),
            ends=st.lists(fates, min_size=8, max_size=8),
        )
        def a_phone_comes_out_of_a_tunnel(self, n, ago, order, ends):
            """Its acts arrive late, shuffled and some of them twice; what did not fit yet is sent again in its turn."""
            began = HAND.now() - timedelta(seconds=ago)
            acts = [("step", {"verb": verb, "happened": (began + timedelta(seconds=30 * i)).isoformat()})
                    for i, verb in enumerate(("acknowledge", "set_out", "arrive"))]  # fmt: skip
            acts.append(("report", {"outcome": "helped"}))
            for fate, (what, body) in zip(ends, [*(acts[i] for i in order), *acts], strict=True):
                self._crew(self._order(n), what, body, fate)

        def _crew(self, order: int, what: str, body: dict, fate: str) -> None:
            crew = Assignment.objects.filter(pk=order).values_list("crew_id", flat=True).first()
            lead = next((CREWS[name] for name, row in room.town.crews.items() if row.pk == crew), "zhang")
            self.night.act(lead, f"assignments/{order}/{what}", body, fate)

        @rule(n=some, verb=st.sampled_from(("withdraw", "lapse", "return")), fate=fates)
        def taken_off(self, n, verb, fate):
            self.night.act("dan", f"assignments/{self._order(n)}/take-off", {"verb": verb}, fate)

        @rule(n=some, grade=st.integers(1, 4), fate=fates)
        def another_grade(self, n, grade, fate):
            matter = self._matter(n)
            self.night.act("zhou", f"incidents/{matter}/grade", {"grade": grade}, fate)

        @rule(n=some, what=st.sampled_from(("review", "close")), fate=fates)
        def reviewed(self, n, what, fate):
            matter = self._matter(n)
            body = {"close": {"outcome": "helped", "case": "none"}}.get(what, {})
            self.night.act("zhou", f"incidents/{matter}/{what}", body, fate)

        @rule(seconds=st.sampled_from((5, 20, 61, 130, 400)), late=st.booleans())
        def time_passes(self, seconds, late):
            self.night.pass_time(seconds, late_worker=late)

        @rule()
        def a_process_is_started_anew(self):
            self.night.forget()

        @invariant()
        def what_must_hold(self):
            self.night.check()

        def teardown(self) -> None:
            self.night.close()
            TOTAL.update(self.night.counts)

    return Rules


def walk(room, nights: int, steps: int) -> None:
    TOTAL.clear()
    run_state_machine_as_test(
        machine(room),
        settings=settings(
            max_examples=nights, stateful_step_count=steps, deadline=None, database=None, derandomize=True,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    print(dict(TOTAL), f"{DoneOnce.objects.count()} acts kept")


def test_some_nights_of_crashes_duplicates_and_late_phones(room):
    walk(room, 3, 20)
    assert TOTAL["plain done"] > 6


@pytest.mark.prove
def test_forty_nights_of_crashes_duplicates_and_late_phones(room):
    walk(room, 40, 30)
    assert min(TOTAL[f"{fate} done"] for fate in FATES) > 20


def out(room) -> tuple[Night, int]:
    """A night on which crew 1 was sent somewhere."""
    night = Night(room)
    sent = room.dispatch(room.report("fight", at="market"), "crew-1")
    night.check()
    return night, sent.pk


def test_an_act_that_would_be_done_twice_is_found(room, monkeypatch):
    """The machine can fail: without the rule that an act with the same key is done once."""
    night, order = out(room)
    monkeypatch.setattr("oneroom.web.api.acts.once", service(lambda act, **_more: dict(act())))
    with pytest.raises(AssertionError, match="a repeat is answered the same"):
        night.act("zhang", f"assignments/{order}/step", {"verb": "acknowledge"}, "twice")


def test_a_ladder_that_runs_on_after_the_answer_is_found(room, monkeypatch):
    """And where an answer stops nothing."""
    night, order = out(room)
    monkeypatch.setattr("oneroom.apps.incidents.services.field.stop", lambda *_args, **_more: 0)
    night.act("zhang", f"assignments/{order}/step", {"verb": "acknowledge"}, "plain")
    with pytest.raises(AssertionError, match="runs on"):
        night.check()


def test_an_act_whose_process_died_is_there_once_whenever_it_died(room):
    night, order = out(room)
    for verb, fate in (("acknowledge", "before"), ("set_out", "after"), ("arrive", "before")):
        assert night.act("zhang", f"assignments/{order}/step", {"verb": verb}, fate) == {"ok": True}
    night.pass_time(1)
    night.check()
    night.close()
    assert night.counts == {"before done": 2, "after done": 1}
