"""The room's fragments: for whom, how dear, in which words, and never with anybody's name, number or story."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Incident
from oneroom.apps.ledger.excerpt import verify_matter
from oneroom.apps.orders.models import Ladder, Rung
from oneroom.engine.events import KINDS, Fact
from oneroom.engine.lifecycle.assignment import ASSIGNMENT
from oneroom.engine.lifecycle.incident import INCIDENT
from oneroom.engine.roles import ROOM
from oneroom.web import shared
from oneroom.web.pages.room.board import callsign_keys
from oneroom.web.pages.room.commands import vocabulary
from oneroom.web.pages.room.matter import MATTER_ACTS, ORDER_ACTS, OTHER_ORDER_VERBS
from oneroom.web.pages.room.sentences import Names
from oneroom.web.pages.room.wording import WORDED, sentence
from oneroom.web.pages.room.words import part_words, reason_words
from tests.clock import HAND

pytestmark = pytest.mark.django_db

FRAGMENTS = ("/room/", "/room/head", "/room/queue", "/room/crews", "/room/crews?by=table", "/room/crews?by=state")


def sits(room, who):
    """A browser of somebody who is signed in."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(room.town.people[who])
    return client


def text(answer):
    assert answer.status_code == 200, answer.content[:300]
    return answer.content.decode()


def spaced(html):
    """What a person reads of it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# ---- who ----


@pytest.mark.parametrize("who", ["dora", "zhou", "carl"])
def test_the_room_is_open_to_those_who_take_calls_dispatch_and_command(room, who):
    for url in FRAGMENTS:
        assert sits(room, who).get(url).status_code == 200, url


@pytest.mark.parametrize("who", ["zhang", "leader-li", "ina", "ada", "aux-he"])
def test_to_everybody_else_there_is_no_room(room, who):
    matter = room.report("knife", at="market")
    for url in (*FRAGMENTS, "/room/time", f"/room/incidents/{matter.pk}", f"/room/incidents/{matter.pk}/proposals"):
        assert sits(room, who).get(url).status_code == 404, url


def test_nobody_signed_in_is_asked_to_sign_in(room):
    page = Client().get("/room/", headers={"Accept": "text/html"})
    assert (page.status_code, page["Location"].split("?")[0]) == (302, "/sign-in")
    assert Client().get("/room/queue").status_code == 401


def test_a_call_taker_sees_the_matter_but_no_button_that_sends(room):
    matter = room.report("knife", at="market")
    seen = text(sits(room, "carl").get(f"/room/incidents/{matter.pk}"))
    assert "data-may-send" not in seen
    assert sits(room, "carl").get(f"/room/incidents/{matter.pk}/proposals").status_code == 403


def test_an_unknown_matter_is_not_found_and_the_page_says_so(room):
    assert sits(room, "dora").get("/room/incidents/999").status_code == 404
    assert "does not exist" in text(sits(room, "dora").get("/room/?open=999"))


# ---- privacy ----

CANARIES = {
    "words": "canary sang in the kitchen", "caller_name": "Canaria Bird", "caller_phone": "13911112222",
    "address": "Canary Lane 7 flat 9",
}  # fmt: skip


def test_no_fragment_holds_words_names_numbers_or_addresses_of_callers(room):
    matter = room.report(at="market", **CANARIES)
    sent = room.dispatch(matter, "crew-1", "crew-3")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.say_word(sent.pk, words="canary flew off", by=room.actor("zhang"), at=room.now)
    services.report_and_clear(sent.pk, outcome="mediated", words="canary is well", by=room.actor("zhang"), at=room.now)
    room.report_online("web canary", caller_name="Canaria Web", caller_phone="13922223333")
    room.fast_forward(minutes=3)

    dora = sits(room, "dora")
    for url in (*FRAGMENTS, f"/room/?open={matter.pk}", f"/room/incidents/{matter.pk}",
                f"/room/incidents/{matter.pk}/proposals"):  # fmt: skip
        seen = text(dora.get(url)).lower()
        for canary in ("canary", "canaria", "13911112222", "13922223333", "lane 7"):
            assert canary not in seen, (url, canary)


def test_no_mobile_or_mail_address_of_staff_is_shown(room):
    matter = room.report("knife", at="market")
    room.dispatch(matter, "crew-1")
    room.fast_forward(minutes=3)
    dora = sits(room, "dora")
    for url in (*FRAGMENTS, f"/room/incidents/{matter.pk}"):
        seen = text(dora.get(url))
        assert "1390000" not in seen
        assert "town.invalid" not in seen


# ---- the queue ----


def ids(html, css=""):
    return [int(i) for i in re.findall(rf'<li id="q-(\d+)" class="qli{css}', html)]


def test_each_matter_is_in_one_list_only_and_breaches_come_first_oldest_on_top(room):
    calm = room.report("noise", at="south", grade=3)
    late = room.report("fight", at="north", grade=2)
    room.fast_forward(seconds=100)
    later = room.report("knife", at="market", grade=1)
    room.fast_forward(seconds=95)

    seen = text(sits(room, "dora").get("/room/queue"))
    assert ids(seen, " need") == [later.pk, late.pk]  # P1 ran out after 60 s, P2 after 180
    assert ids(seen) == [later.pk, late.pk, calm.pk]


def test_the_rest_stands_by_grade_and_age(room):
    first = room.report("a", at="south", grade=3)
    room.fast_forward(seconds=5)
    grave = room.report("b", at="north", grade=1)
    second = room.report("c", at="west", grade=3)
    assert ids(text(sits(room, "dora").get("/room/queue"))) == [grave.pk, first.pk, second.pk]


def test_an_unanswered_order_shows_its_ladder_with_who_was_told(room):
    room.dispatch(room.report("knife", at="market", grade=1), "crew-1")
    room.fast_forward(seconds=65)

    seen = text(sits(room, "dora").get("/room/queue"))
    read = spaced(seen)
    assert 'class="ladder"' in seen
    assert "Told last: the duty chief of the station — Leader-Li" in read
    assert "data-unanswered" in seen
    assert "data-commander" not in seen
    room.fast_forward(seconds=30)
    assert "data-commander" in text(sits(room, "dora").get("/room/queue"))


def test_an_empty_rung_is_shown_as_skipped(room):
    room.dispatch(room.report("knife", at="east", grade=1), "crew-3")  # its second is an auxiliary: nobody on this rung
    room.fast_forward(seconds=65)
    assert re.search(r'<li class="skipped"[^>]*><b>2nd</b><span>nobody', text(sits(room, "dora").get("/room/queue")))


def test_the_alarm_stands_until_somebody_acts(room):
    sent = room.dispatch(room.report("knife", at="market", grade=1), "crew-1")
    dora = sits(room, "dora")
    room.fast_forward(seconds=119)
    assert "data-alarm" not in text(dora.get("/room/head"))
    room.fast_forward(seconds=1)
    assert "Nobody answered: P1 market" in spaced(text(dora.get("/room/head")))

    room.step(sent, "acknowledge", by="dora")
    assert "data-alarm" not in text(dora.get("/room/head"))


def test_the_alarm_names_only_the_crew_that_never_answered(room):
    matter = room.report("knife", at="market", grade=1)
    answered = room.dispatch(matter, "crew-1")
    room.step(answered, "acknowledge", by="dora")
    silent = room.dispatch(matter, "crew-2")
    room.fast_forward(seconds=121)
    bar = spaced(text(sits(room, "dora").get("/room/head")))
    assert f"{silent.crew.callsign_en} not signed" in bar
    assert answered.crew.callsign_en not in bar


def test_a_matter_with_a_point_but_no_name_says_so(room):
    matter = room.report("knife", at="market", grade=1)
    Incident.objects.filter(pk=matter.pk).update(place_zh="", place_en="")
    assert "a point on the map" in text(sits(room, "dora").get("/room/queue"))
    Incident.objects.filter(pk=matter.pk).update(lon=None, lat=None)
    shared.forget()  # this went beside the record
    assert "place not yet known" in text(sits(room, "dora").get("/room/queue"))


def test_the_command_line_speaks_of_a_crew_of_this_city_and_knows_help(room):
    page = text(sits(room, "dora").get("/room/"))
    short = re.search(r'placeholder="send (\S+) · ', page)[1]
    assert short in re.search(r'data-crew="\d+"[^>]*data-keys="([^"]+)"', page)[1].split()
    assert "qf02" not in page
    assert "帮助" in next(v["words"] for v in vocabulary(room.actor("dora")) if v["verb"] == "help")


def test_nothing_to_do_is_said_as_news(room):
    assert "Nothing needs you." in text(sits(room, "dora").get("/room/queue"))


def test_an_unchanged_queue_costs_a_304(room):
    room.report("knife", at="market")
    dora = sits(room, "dora")
    etag = dora.get("/room/queue")["ETag"]
    assert dora.get("/room/queue", headers={"If-None-Match": etag}).status_code == 304
    room.report("fight", at="north")
    assert dora.get("/room/queue", headers={"If-None-Match": etag}).status_code == 200


def copy_of(row, **other):
    """A row like another, not yet written."""
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    return type(row)(**(fields | other))


def test_five_hundred_matters_cost_no_more_statements_than_five(room):
    model = room.report("noise", at="south", grade=3)
    room.dispatch(room.report("knife", at="market"), "crew-1")
    ladder = Ladder.objects.get(matter=f"incident:{model.pk}", stopped=None)
    steps = list(ladder.steps.all())
    dora = sits(room, "dora")

    def statements():
        counted = {}
        for url in ("/room/queue", "/room/head", f"/room/incidents/{model.pk}"):
            shared.forget()  # what another console was just shown costs none
            with CaptureQueriesContext(connection) as asked:
                text(dora.get(url))
            counted[url] = len(asked)
        return counted

    few = statements()
    more = Incident.objects.bulk_create(copy_of(model, reference=f"20261122-{n:04d}") for n in range(1000, 1500))
    running = Ladder.objects.bulk_create(
        copy_of(ladder, subject=f"incident:{i.pk}", matter=f"incident:{i.pk}") for i in more
    )
    Rung.objects.bulk_create(copy_of(step, ladder_id=mine.pk) for mine in running for step in steps)
    many = statements()

    shared.forget()
    assert len(ids(text(dora.get("/room/queue")))) == 502
    assert many == few
    assert max(many.values()) <= 28


# ---- the open matter ----


def test_the_open_matter_offers_each_step_for_a_crew_on_the_radio_and_no_other(room):
    sent = room.dispatch(room.report("knife", at="market"), "crew-1")
    dora = sits(room, "dora")
    for verb, expected in [
        (None, {"acknowledge", "lapse", "withdraw"}),
        ("acknowledge", {"set_out", "withdraw"}),
        ("set_out", {"arrive", "withdraw"}),
        ("arrive", {"clear", "withdraw"}),
    ]:
        if verb:
            room.step(sent, verb, by="dora")
        seen = text(dora.get(f"/room/incidents/{sent.incident_id}"))
        assert set(re.findall(rf'data-act="/api/assignments/{sent.pk}/[a-z-]+" data-verb="(\w+)"', seen)) == expected
    assert f'data-act="/api/assignments/{sent.pk}/report"' in seen


def test_a_step_by_radio_says_who_spoke_and_who_entered_it(room):
    sent = room.dispatch(room.report("knife", at="market"), "crew-1")
    room.step(sent, "acknowledge", by="dora")
    read = spaced(text(sits(room, "dora").get(f"/room/incidents/{sent.incident_id}")))
    assert "Crew-1 signed Zhang by radio, entered by Dora" in read


def test_a_late_entry_shows_both_times(room):
    sent = room.dispatch(room.report("knife", at="market", grade=3), "crew-1")
    room.fast_forward(seconds=400)
    happened = room.now - timedelta(seconds=300)
    services.step(sent.pk, "acknowledge", happened=happened, by=room.actor("dora"), at=room.now)
    read = spaced(text(sits(room, "dora").get(f"/room/incidents/{sent.incident_id}")))
    assert "03:13:40 Orders Crew-1 signed Zhang by radio, entered by Dora · entered late, at 03:18:40" in read


def test_the_seal_breaks_when_an_entry_of_the_matter_was_altered(room):
    matter = room.report("knife", at="market")
    dora = sits(room, "dora")
    assert re.search(r"Intact #\d+", text(dora.get(f"/room/incidents/{matter.pk}")))

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # whoever alters it stops the guards first
        cursor.execute(
            "UPDATE ledger_entry SET actor = 1 WHERE matter = %s AND kind = 'incident.classified' RETURNING seq",
            [f"incident:{matter.pk}"],
        )
        seq = cursor.fetchone()[0]
    assert verify_matter(f"incident:{matter.pk}").broken_at == seq
    seen = text(Client(headers={"Accept-Language": "en"}).get("/sign-in")) and text(
        sits(room, "zhou").get(f"/room/incidents/{matter.pk}")
    )
    assert "seal is-broken" in seen
    assert f"Record altered at #{seq}" in seen


def test_a_rewritten_entry_with_a_fresh_hash_is_found_out_by_its_neighbour(room):
    import json

    import rfc8785

    from oneroom.apps.ledger.services.chain import digest

    matter = room.report("knife", at="market")
    room.report("noise", at="south")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT seq, canonical FROM ledger_entry WHERE matter = %s ORDER BY seq DESC LIMIT 1",
            [f"incident:{matter.pk}"],
        )
        seq, canonical = cursor.fetchone()
        said = json.loads(bytes(canonical)) | {"actor": 1}
        fresh = rfc8785.dumps(said)
        cursor.execute(
            "UPDATE ledger_entry SET actor = 1, canonical = %s, hash = %s WHERE seq = %s", [fresh, digest(fresh), seq]
        )
    assert verify_matter(f"incident:{matter.pk}").broken_at == seq


def test_review_and_close_are_offered_when_it_is_their_turn(room):
    sent = room.dispatch(room.report("knife", at="market"), "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.report_and_clear(sent.pk, outcome="mediated", by=room.actor("zhang"), at=room.now)
    dora = sits(room, "dora")
    url = f"/room/incidents/{sent.incident_id}"
    review = f'data-act="/api/incidents/{sent.incident_id}/review"'
    assert review not in text(dora.get(url)), "who sends does not review"
    assert review in text(sits(room, "zhou").get(url))
    services.review(sent.incident_id, by=room.actor("zhou"), at=room.now)
    seen = text(dora.get(url))
    assert f'data-act="/api/incidents/{sent.incident_id}/close"' in seen
    assert '<option value="mediated" selected>' in seen


def test_only_the_commander_is_offered_a_lower_grade(room):
    matter = room.report("knife", at="market", grade=2)
    assert 'data-verb="lower"' not in text(sits(room, "dora").get(f"/room/incidents/{matter.pk}"))
    assert 'data-verb="lower"' in text(sits(room, "zhou").get(f"/room/incidents/{matter.pk}"))


# ---- proposals ----


def test_crews_are_ranked_with_reasons_in_words_and_the_excluded_with_their_rule(room):
    matter = room.report("knife", at="west")
    room.dispatch(room.report("noise", at="north", grade=3), "crew-2")
    read = spaced(text(sits(room, "dora").get(f"/room/incidents/{matter.pk}/proposals")))
    assert "Crew-1" in read
    assert "＋ fastest" in read
    assert "＋ own area" in read
    assert "− another station's area" in read.replace("&#x27;", "'")
    assert "1 excluded" in read
    assert "on a call 1 Crew-2" in read


def test_the_order_holds_still_while_somebody_picks(room):
    matter = room.report("knife", at="west")
    dora = sits(room, "dora")
    url = f"/room/incidents/{matter.pk}/proposals"
    ranked = re.findall(r'data-crew="(\d+)"', text(dora.get(url)))
    turned = list(reversed(ranked))
    kept = text(dora.get(url + f"?keep={','.join(turned)}"))
    assert re.findall(r'data-crew="(\d+)"', kept) == turned


def test_nonsense_in_keep_is_ignored(room):
    matter = room.report("knife", at="west")
    assert sits(room, "dora").get(f"/room/incidents/{matter.pk}/proposals?keep=²,x,,{'9' * 40}").status_code == 200


# ---- words ----

SAMPLES = {
    Fact.ID: 1, Fact.CODE: "unknown", Fact.CODES: ["unknown"], Fact.QUANTITY: 2, Fact.TIME: "2026-11-21T19:12:00.000Z",
    Fact.COMMITMENT: "0" * 64, Fact.FLAG: True,
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_entry_has_a_sentence(kind, language):
    assert kind in WORDED, f"give {kind} a sentence in web/pages/room/wording.py"
    facts = {name: SAMPLES[fact] for name, fact in KINDS[kind].facts.items()}
    with translation.override(language):
        for given in (facts, {n: v for n, v in facts.items() if n not in KINDS[kind].optional}):
            channel, said = sentence(kind, given, Names())
            assert channel
            assert said
            assert "%(" not in said


def test_every_reason_of_the_ranking_has_words():
    for code in ("fastest", "has_skill", "lacks_skill", "has_kit", "lacks_kit", "own_area", "other_area", "first_run",
                 "many_runs", "old_fix"):  # fmt: skip
        assert "_" not in reason_words(code, 130.0, "first aid")
    for code in ("travel", "lacks_skill", "lacks_kit", "other_area", "many_runs", "old_fix"):
        assert "_" not in part_words(code)
    assert "2:10" in reason_words("old_fix", 130.0)


def test_every_verb_that_the_room_may_do_has_a_button_or_a_reason_not_to():
    for move in ASSIGNMENT:
        if not move.who.isdisjoint(ROOM):
            assert move.verb in ORDER_ACTS.keys() | OTHER_ORDER_VERBS, move.verb


def test_the_command_line_knows_every_verb_of_the_buttons(room):
    known = {v["verb"] for v in vocabulary(room.actor("zhou"))}
    assert known >= {*ORDER_ACTS, "report", "send", "raise", "open", "find", "new"}
    assert known >= {m.verb for m in INCIDENT if m.verb in MATTER_ACTS and not m.who.isdisjoint(ROOM)}


def test_what_is_typed_for_a_verb_is_typed_for_no_other(room):
    said = [w for v in vocabulary(room.actor("zhou")) for w in v["words"]]
    assert len(said) == len(set(said)), sorted(w for w in said if said.count(w) > 1)


def test_a_callsign_is_found_by_characters_pinyin_initials_and_english():
    keys = callsign_keys("千佛山02", "Qianfoshan 02", "qfs-02").split()
    assert {"千佛山02", "qianfoshan02", "qfs02", "qfs2", "qfs-02"} <= set(keys)


def test_project_time_is_told_with_its_rate_and_whether_the_clock_works(room):
    dora = sits(room, "dora")
    said = {"now": HAND.now().isoformat(), "rate": 1.0, "clock": "alive", "held": False}
    assert dora.get("/room/time").json() == said
    room.report("knife", at="market", grade=1)
    HAND.forward(40)  # nobody climbed the rung that was due after 30
    assert dora.get("/room/time").json()["clock"] == "silent"
