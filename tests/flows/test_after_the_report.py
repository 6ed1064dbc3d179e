"""After the report, by fast-forward: sent back, closed, called back in time or not, opened again, put away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from oneroom.apps.incidents import access, duties, services
from oneroom.apps.incidents.clock import put_away
from oneroom.apps.incidents.models import CallBack, Incident, Report
from oneroom.apps.incidents.queries import caller_story
from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.orders.queries import running
from oneroom.engine.lifecycle.callback import draw
from oneroom.engine.values import CITIZEN, IllegalMove, NotAllowed, NotFound, Unmet
from tests.web.api_client import Caller

CLOSING = {"category": "crime", "subcategory": "theft", "case": "no_case", "no_case_reason": "no_offence"}
DAY_MIN = 24 * 60


def reported(room, *, grade: int = 1, category: str = "crime", **said: str) -> Incident:
    """A matter of the west station whose first crew has reported."""
    said = {"caller_name": "Wang", "caller_phone": "139 0000 0001", "safe_contact": "yes"} | said
    found = room.report("knife", at="west", grade=grade, category=category, **said)
    sent = room.dispatch(found, "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.report_and_clear(sent.pk, outcome="under_control", by=room.actor("zhang"), at=room.now)
    return Incident.objects.get(pk=found.pk)


def closed(room, *, share: float = 0.0, ending: dict[str, str] | None = None, **about) -> Incident:
    row = reported(room, **about)
    services.review(row.pk, by=room.actor("leader-li"), at=room.now)
    services.close(row.pk, share=share, by=room.actor("leader-li"), at=room.now, **(ending or CLOSING))
    return Incident.objects.get(pk=row.pk)


def heard(room, stage: str, channel: str = "app") -> list[tuple[str, str]]:
    return [(h.who, h.rung) for h in room.everything() if h.stage == stage and h.channel == channel]


def kinds(row: Incident) -> list[str]:
    return list(Entry.objects.filter(matter=f"incident:{row.pk}").order_by("seq").values_list("kind", flat=True))


def call(room, row: Incident, result: str, *, by: str = "dora", words: str = "") -> None:
    report = row.reports.get().pk
    services.call_back(row.pk, report_id=report, result=result, words=words, by=room.actor(by), at=room.now)


# ---- review ----


def test_a_report_with_a_gap_rings_on_the_crews_phones_and_climbs_until_it_is_completed(room):
    row = reported(room)
    services.send_back(
        row.pk, reason="people_missing", words="Who is the second man?", by=room.actor("leader-li"), at=room.now
    )
    assert Incident.objects.get(pk=row.pk).state == "reported"
    assert heard(room, "complete") == [("zhang", "crew"), ("wang", "crew")]
    assert not any(r.stage == "review" for r in running([f"incident:{row.pk}"])[f"incident:{row.pk}"])
    assert [g.reason for g in duties.sent_back(by=room.actor("zhang"), at=room.now)] == ["people_missing"]
    assert duties.sent_back(by=room.actor("chen"), at=room.now) == []
    assert [g.incident.pk for g in duties.sent_back(by=room.actor("leader-li"), at=room.now)] == [row.pk]
    assert duties.to_review(by=room.actor("leader-li"), at=room.now) == []

    room.fast_forward(minutes=119)
    assert len(heard(room, "complete")) == 2
    room.fast_forward(minutes=1)
    assert heard(room, "complete")[2:] == heard(room, "complete", "sms") == [("leader-li", "duty_chief")]
    room.fast_forward(minutes=60)
    assert heard(room, "complete")[3:] == [("zhou", "shift_commander")]

    with pytest.raises(NotFound):
        access.incident_for(row.pk, by=room.actor("chen"))
    said = access.personal_fields(row.pk, purpose="complete", by=room.actor("zhang"), at=room.now)
    assert said["gaps"][0]["words"] == "Who is the second man?"
    services.complete(row.pk, words="His brother, left on foot", by=room.actor("zhang"), at=room.now)
    with pytest.raises(NotFound):
        access.incident_for(row.pk, by=room.actor("zhang"))

    room.fast_forward(minutes=60)
    assert len(heard(room, "complete")) == 4, "completed: nobody rings any more"
    assert [r.pk for r in duties.to_review(by=room.actor("leader-li"), at=room.now)] == [row.pk]
    assert "Who is" not in str(list(Entry.objects.values_list("facts", flat=True)))
    services.review(row.pk, by=room.actor("leader-li"), at=room.now)


def test_who_sent_the_crews_judges_their_report_in_no_role(room):
    found = room.report("knife", at="west")
    sent = room.dispatch(found, "crew-1", by="zhou")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.report_and_clear(sent.pk, outcome="case_opened", by=room.actor("zhang"), at=room.now)

    for judge in (
        lambda: services.review(found.pk, by=room.actor("zhou"), at=room.now),
        lambda: services.send_back(
            found.pk, reason="words_missing", words="What?", by=room.actor("zhou"), at=room.now
        ),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            judge()
    services.review(found.pk, by=room.actor("leader-li"), at=room.now)


def test_closing_names_every_gap_and_a_batch_closes_what_it_can(room):
    first, second = reported(room), reported(room, category="help")
    for row in (first, second):
        services.review(row.pk, by=room.actor("leader-li"), at=room.now)
    with pytest.raises(Unmet) as refused:
        services.close(first.pk, by=room.actor("leader-li"), at=room.now)
    assert list(refused.value.fields) == ["subcategory", "case"]
    assert services.missing_to_close(Incident.objects.get(pk=first.pk)) == ("subcategory", "case")

    Incident.objects.filter(pk=second.pk).update(final_category="help", final_subcategory="injured")
    gaps = services.close_many([second.pk, first.pk, second.pk], by=room.actor("leader-li"), at=room.now)

    assert list(gaps) == [first.pk]
    assert [Incident.objects.get(pk=r.pk).state for r in (first, second)] == ["reviewed", "closed"]
    assert "incident.closed" not in kinds(first)
    entry = Entry.objects.get(kind="incident.closed").facts
    assert (entry["category"], entry["subcategory"]) == ("help", "injured")


def test_a_crew_that_reported_and_is_never_free_again_is_asked_after(room):
    """T23, R5: its matter can go no further while it counts as there."""
    found = room.report("knife", at="west", grade=1)
    sent = room.dispatch(found, "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.report(sent.pk, outcome="under_control", by=room.actor("zhang"), at=room.now)

    room.fast_forward(minutes=59)
    assert heard(room, "clear") == []
    room.fast_forward(minutes=31)
    assert heard(room, "clear") == [("leader-li", "duty_chief"), ("zhou", "shift_commander")]

    services.clear(sent.pk, by=room.actor("zhang"), at=room.now)
    room.fast_forward(minutes=60)
    assert len(heard(room, "clear")) == 2


def test_a_reviewed_matter_that_nobody_closes_is_late_and_climbs(room):
    """T23, R5: done, or in the list of what is overdue; there is no third way."""
    row = reported(room)
    services.review(row.pk, by=room.actor("leader-li"), at=room.now)

    room.fast_forward(minutes=12 * 60)
    assert heard(room, "close") == heard(room, "close", "sms") == [("leader-li", "duty_chief")]
    dora = Client(headers={"Accept-Language": "en"})
    dora.force_login(room.town.people["dora"])
    assert "closing late" in dora.get("/room/late").content.decode()
    room.fast_forward(minutes=12 * 60)
    assert heard(room, "close")[1:] == [("zhou", "shift_commander"), ("ina", "oversight")]

    services.close(row.pk, share=0.0, by=room.actor("leader-li"), at=room.now, **CLOSING)
    assert not any(r.stage == "close" for r in running([f"incident:{row.pk}"]).get(f"incident:{row.pk}", []))


# ---- call-back ----


def test_a_call_back_that_nobody_makes_rings_the_chief_at_its_limit_then_the_commander_then_oversight(room):
    row = closed(room)
    (due,) = duties.call_backs_due(by=room.actor("dora"), at=room.now)
    assert (due.incident_id, due.why, due.late) == (row.pk, "urgent", False)

    room.fast_forward(minutes=DAY_MIN - 1)
    assert heard(room, "call_back") == []
    room.fast_forward(minutes=1)
    assert heard(room, "call_back") == heard(room, "call_back", "sms") == [("leader-li", "duty_chief")]
    assert duties.call_backs_due(by=room.actor("dora"), at=room.now)[0].late
    dora = Client(headers={"Accept-Language": "en"})
    dora.force_login(room.town.people["dora"])
    shown = dora.get("/room/late").content.decode()
    assert f'data-open="{row.pk}"' in shown, "the matter is over and in no queue; its late promise is on the list"
    assert "call-back late" in shown
    room.fast_forward(minutes=DAY_MIN / 2)
    assert heard(room, "call_back")[1:] == [("zhou", "shift_commander")]
    room.fast_forward(minutes=DAY_MIN / 2)
    assert heard(room, "call_back")[2:] == heard(room, "call_back", "email") == [("ina", "oversight")]

    call(room, row, "reached_satisfied", words="Thank you")
    assert Incident.objects.get(pk=row.pk).state == "called_back"
    assert duties.call_backs_due(by=room.actor("dora"), at=room.now) == []
    assert not running([f"incident:{row.pk}"])
    assert f'data-open="{row.pk}"' not in dora.get("/room/late").content.decode()
    assert "Thank you" not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_not_reached_is_tried_three_times_and_then_ends_as_that(room):
    row = closed(room)
    for n in (1, 2):
        call(room, row, "not_reached")
        assert Incident.objects.get(pk=row.pk).state == "closed"
        assert duties.call_backs_due(by=room.actor("dora"), at=room.now)[0].tries == n
        assert running([f"incident:{row.pk}"]), "still promised"
    call(room, row, "not_reached")

    assert Incident.objects.get(pk=row.pk).state == "called_back"
    assert CallBack.objects.get().result == "not_reached"
    with pytest.raises(IllegalMove):
        call(room, row, "reached_satisfied")


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"safe_contact": "no"}, "not_safe"),
        ({"safe_contact": "unknown", "ending": {"category": "dispute", "subcategory": "domestic_violence"}},
         "not_known_safe"),
        ({"safe_contact": "unknown", "ending": CLOSING | {"category": "public_order", "subcategory": "threat"}},
         "not_known_safe"),
        ({"safe_contact": "unknown", "ending": {"category": "missing", "subcategory": "child"}}, "not_known_safe"),
        ({"caller_name": "", "caller_phone": ""}, "no_caller"),
    ],
)  # fmt: skip
def test_a_caller_whom_a_call_could_betray_is_never_called_and_the_record_says_why(room, about, why):
    row = closed(room, **about)

    (decided,) = Entry.objects.filter(kind="incident.call_back_decided")
    assert (decided.facts["due"], decided.facts["why"]) == (False, why)
    assert duties.call_backs_due(by=room.actor("dora"), at=room.now) == []
    assert not running([f"incident:{row.pk}"])
    with pytest.raises(NotAllowed):
        access.personal_fields(row.pk, purpose="call_back", by=room.actor("dora"), at=room.now)
    room.fast_forward(minutes=3 * DAY_MIN)
    assert heard(room, "call_back") == []


def test_what_was_safe_at_closing_is_asked_again_when_somebody_calls(room):
    row = closed(room)
    services.say_safe(row.reports.get().pk, safe_contact="no", by=room.actor("carl"), at=room.now)

    with pytest.raises(IllegalMove):
        call(room, row, "reached_satisfied")
    opened = access.personal_fields(row.pk, purpose="call_back", by=room.actor("dora"), at=room.now)
    assert opened["reports"] == [], "no number is shown"
    call(room, row, "not_safe")
    assert CallBack.objects.get().result == "not_safe"


def test_a_draw_of_routine_matters_can_be_made_again_from_the_record(room):
    for _ in range(6):
        closed(room, grade=3, share=0.5)
    decisions = Entry.objects.filter(kind="incident.call_back_decided")
    assert decisions.count() == 6
    for entry in decisions:
        source = Entry.objects.get(seq=entry.facts["drawn_from"])
        again = draw(bytes(source.hash), entry.facts["report"]) < entry.facts["share"]
        assert entry.facts["due"] == again
        assert entry.facts["why"] == ("drawn" if again else "not_drawn")
        assert source.seq < Entry.objects.filter(kind="incident.closed", matter=entry.matter).get().seq
    closed(room, grade=4, share=1.0)
    assert CallBack.objects.latest("pk").deadline == room.now + timedelta(days=3)


def test_a_number_opens_only_for_who_is_to_be_called_and_leaves_a_look(room):
    row = closed(room)
    said = access.personal_fields(row.pk, purpose="call_back", by=room.actor("dora"), at=room.now)

    assert said["reports"][0]["caller"]["phone"]
    look = Look.objects.get(purpose="call_back")
    assert look.basis == f"call_back:{CallBack.objects.get().pk}"
    for who in ("zhang", "leader-lu"):
        with pytest.raises((NotAllowed, NotFound)):
            access.personal_fields(row.pk, purpose="call_back", by=room.actor(who), at=room.now)
    call(room, row, "declined")
    with pytest.raises(NotAllowed):
        access.personal_fields(row.pk, purpose="call_back", by=room.actor("dora"), at=room.now)


def test_a_complaint_about_police_is_called_by_the_room_never_by_the_station(room):
    ending = {"category": "police_complaint", "subcategory": "conduct"}
    row = closed(room, grade=4, category="police_complaint", ending=ending)
    assert CallBack.objects.get().why == "complaint"

    with pytest.raises(NotAllowed):
        call(room, row, "reached_satisfied", by="leader-li")
    call(room, row, "reached_satisfied", by="carl")


# ---- opened again ----


def test_new_facts_propose_and_only_the_commander_opens_again_with_all_that_was_before(room):
    row = closed(room)
    call(room, row, "reached_new_facts", words="He came back")
    assert [r.pk for r in duties.to_reopen(by=room.actor("dora"), at=room.now)] == [row.pk]
    late = Caller("zhou").client.get("/room/late").content.decode()
    assert f'id="again-{row.pk}"' in late, "the commander, who decides, is shown it"
    services.rate(row.reports.get().pk, stars=2, by=CITIZEN, at=room.now)
    before = kinds(row)

    for who in ("dora", "carl", "leader-li"):
        with pytest.raises(NotAllowed):
            services.reopen(row.pk, reason="new_facts", by=room.actor(who), at=room.now)
    room.fast_forward(minutes=10)
    services.reopen(row.pk, reason="new_facts", by=room.actor("zhou"), at=room.now)

    row.refresh_from_db()
    assert (row.state, row.reopened, row.closed_at, row.outcome) == ("classified", 1, None, "")
    assert kinds(row)[: len(before)] == before
    assert Entry.objects.get(kind="incident.reopened").facts["outcome"] == "under_control"
    (clock,) = running([f"incident:{row.pk}"])[f"incident:{row.pk}"]
    assert (clock.stage, clock.started) == ("dispatch", room.now)
    assert caller_story(row.reports.get(), at=room.now).reopened_at == room.now

    sent = room.dispatch(row, "crew-2")
    services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    row.refresh_from_db()
    assert row.state == "waiting", "the report of the first time answers for nothing now"
    sent = room.dispatch(row, "crew-2")
    room.step(sent, "acknowledge", "set_out", "arrive", by="chen")
    services.report_and_clear(sent.pk, outcome="case_opened", by=room.actor("chen"), at=room.now)
    services.review(row.pk, by=room.actor("leader-li"), at=room.now)
    services.close(row.pk, category="crime", subcategory="theft", by=room.actor("leader-li"), at=room.now)
    assert CallBack.objects.filter(incident=row).count() == 2, "the caller is asked again about the new ending"


def test_opening_again_ends_call_backs_that_were_due(room):
    row = closed(room)
    services.reopen(row.pk, reason="closed_by_mistake", by=room.actor("zhou"), at=room.now)

    assert duties.call_backs_due(by=room.actor("dora"), at=room.now) == []
    room.fast_forward(minutes=2 * DAY_MIN)
    assert heard(room, "call_back") == []


# ---- put away ----


def test_the_machine_puts_away_after_thirty_days_only_what_has_nothing_open(room):
    done, owed, asked, watched = (closed(room) for _ in range(4))
    call(room, done, "reached_satisfied")
    call(room, asked, "reached_dissatisfied")
    call(room, watched, "reached_satisfied")
    services.supervise(watched.pk, on=True, reason="public_concern", by=room.actor("ina"), at=room.now)
    room.fast_forward(minutes=30 * DAY_MIN - 10)
    assert put_away(room.now) == 0

    room.fast_forward(minutes=10)
    assert put_away(room.now) == 1
    assert put_away(room.now) == 0

    states = [Incident.objects.get(pk=r.pk).state for r in (done, owed, asked, watched)]
    assert states == ["archived", "closed", "called_back", "called_back"]
    assert kinds(done)[-1] == "incident.archived"
    with pytest.raises(IllegalMove):
        services.reopen(done.pk, reason="new_facts", by=room.actor("zhou"), at=room.now)
    services.supervise(watched.pk, on=False, reason="settled", by=room.actor("ina"), at=room.now)
    assert put_away(room.now) == 1


def test_supervision_is_said_once_by_commander_or_inspector_and_shown(room):
    row = room.report("knife", at="west")
    for who in ("dora", "leader-li", "carl"):
        with pytest.raises(NotAllowed):
            services.supervise(row.pk, on=True, reason="grave", by=room.actor(who), at=room.now)
    services.supervise(row.pk, on=True, reason="grave", by=room.actor("zhou"), at=room.now)
    with pytest.raises(IllegalMove):
        services.supervise(row.pk, on=True, reason="grave", by=room.actor("ina"), at=room.now)

    assert [r.pk for r in duties.supervised(by=room.actor("dora"), at=room.now)] == [row.pk]
    assert Report.objects.filter(incident=row).count() == 1
