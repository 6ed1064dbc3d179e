"""The command line: every verb of the lifecycle tables and every filter of the queue can be typed, and does its act."""

from datetime import UTC, datetime, timedelta

import pytest

from oneroom.apps.incidents.models import AddedWords, Assignment, Incident
from oneroom.engine.lifecycle.assignment import ASSIGNMENT
from oneroom.engine.lifecycle.incident import INCIDENT
from oneroom.engine.roles import ROOM, Role
from oneroom.web.pages.room.commands import vocabulary
from oneroom.web.pages.room.filters import FILTERS
from tests.web.test_browser_room import desk, house  # noqa: F401 fixtures of the room in a browser

COMMANDER = {Role.SHIFT_COMMANDER}
# In a page: every word of every verb, in a world where the verb follows, must lead to something that Enter would do.
TYPED = """async () => {
  const { options } = await import("/static/oneroom/room-grammar.js");
  const verbs = JSON.parse(document.getElementById("vocabulary").textContent);
  const crews = [{ id: 1, name: "Crew-1", keys: ["crew1", "c01"], state: "assigned" }];
  const market = { id: 7, reference: "20261122-0007", place: "Market" };
  const elm = { id: 8, reference: "20261122-0008", place: "Elm" };
  const more = {
    send: "c01", divert: "c01", raise: "p1", lower: "p4", open: "0008", find: "0008", radio: "all quiet",
    add_words: "he left", hold: "20m", merge: "0008", place: "elm",
  };
  const silent = [];
  for (const verb of verbs) {
    const from = verb.from?.[0] ?? "classified";
    const ofOrder = verb.kind === "order" && verb.verb !== "divert";
    const order = {
      id: 3, crew: 1, name: "Crew-1", state: verb.kind === "order" ? from : "offered", returnAsked: true,
      incident: verb.verb === "divert" ? 8 : 7,
    };
    const world = {
      verbs, crews, matters: [market, elm], orders: verb.verb === "send" ? [] : [order],
      open: { ...market, state: verb.kind === "matter" ? from : "classified" },
    };
    for (const said of verb.words) {
      for (const text of ofOrder ? [`${said} c01`, `c01 ${said}`] : [`${said} ${more[verb.verb] ?? ""}`]) {
        const found = options(text, world);
        if (!found.some((o) => o.ready && o.do !== "complete" && o.verb?.verb === verb.verb)) silent.push(text);
      }
    }
  }
  return silent;
}"""


def test_the_vocabulary_is_derived_from_the_tables_and_the_filters(room):
    known = {(v["kind"], v["verb"]) for v in vocabulary(room.actor("zhou"))}
    for move in INCIDENT:
        if not move.who.isdisjoint(COMMANDER):
            assert ("matter", move.verb) in known, move.verb
    for move in ASSIGNMENT:
        if not move.who.isdisjoint(ROOM):
            assert ("order", move.verb) in known, move.verb
    assert {("filter", code) for code in FILTERS} <= known


def test_no_word_means_two_things_and_a_role_is_offered_only_what_it_may(room):
    for who in ("zhou", "dora", "carl"):
        said = [w for v in vocabulary(room.actor(who)) for w in v["words"]]
        assert len(said) == len(set(said)), who
        assert all(v["words"] for v in vocabulary(room.actor(who)))
    desk_verbs = {v["verb"] for v in vocabulary(room.actor("carl"))}
    assert not desk_verbs & {"send", "withdraw", "lower", "reopen", "hold"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_verb_and_every_filter_can_be_typed(house, desk, language):  # noqa: F811
    assert desk("zhou", language=language).evaluate(TYPED) == []


def typed(page, text):
    """Type a line and press Enter once the palette shows what it will do."""
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.locator("#palette [aria-selected='true']").wait_for()
    page.keyboard.press("Enter")


@pytest.mark.django_db(transaction=True)
def test_a_night_typed(house, desk):  # noqa: F811
    first = house.report("a man with a knife", at="west", grade=2)
    again = house.report("水管爆了", at="market", grade=3, category="utility")
    sent = house.dispatch(first, "crew-1")
    house.step(sent, "acknowledge", "set_out", by="zhang")
    house.clock.set(house.now + timedelta(minutes=6))
    page = desk("zhou", path=f"/room/?open={first.pk}")
    page.locator("#matter").wait_for()

    typed(page, "crew-1 on scene 4m ago")
    page.locator(f"#order-{sent.pk}[data-state='on_scene']").wait_for()
    arrived = Assignment.objects.get(pk=sent.pk).on_scene_at
    assert 230 < (house.now - arrived).total_seconds() < 270

    typed(page, "radio crew-1 Two men, calm now")
    page.get_by_text("On the radio").first.wait_for()
    assert AddedWords.objects.get().source == "radio"

    typed(page, "supervise grave")
    page.get_by_role("button", name="Undo").wait_for()
    assert Incident.objects.get(pk=first.pk).supervised
    page.locator("#inc").focus()
    page.keyboard.press("z")
    page.get_by_text("undone").wait_for()
    assert not Incident.objects.get(pk=first.pk).supervised

    typed(page, f"open {again.reference}")
    page.wait_for_url(f"**?open={again.pk}")
    page.locator(f'#matter[data-pk="{again.pk}"][data-state="classified"]').wait_for()
    typed(page, "hold 20m")
    page.locator('#matter[data-state="waiting"]').wait_for()
    until = Incident.objects.get(pk=again.pk).held_until
    assert 1150 < (until - house.now).total_seconds() < 1210

    typed(page, "grade 1")
    page.locator("#q-filters").wait_for()
    page.locator(f"#q-{again.pk}").wait_for(state="detached")
    page.locator("#inc").focus()
    page.keyboard.press("0")
    page.locator(f"#q-{again.pk}").wait_for()

    typed(page, "降级 p4")
    page.locator('#matter[data-grade="4"]').wait_for()


@pytest.mark.django_db(transaction=True)
def test_an_hour_that_is_typed_is_the_forces_whatever_zone_the_desk_believes_in(house, desk):  # noqa: F811
    matter = house.report("water in the cellar", at="market", grade=3, category="utility")
    page = desk("zhou", path=f"/room/?open={matter.pk}", timezone_id="America/New_York")
    page.locator("#matter").wait_for()

    typed(page, "hold 04:30")
    page.locator('#matter[data-state="waiting"]').wait_for()

    assert Incident.objects.get().held_until == datetime(2026, 11, 21, 20, 30, tzinfo=UTC), "04:30 in Shanghai"


@pytest.mark.django_db(transaction=True)
def test_no_key_acts_while_an_input_method_composes(house, desk):  # noqa: F811
    house.report("a man with a knife", at="west", grade=2)
    page = desk()
    compose = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true, isComposing: true}))"
    for key in ("l", "?", "n", "/", "d"):
        page.evaluate(compose % key)
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.id") != "command"
    page.keyboard.press("/")
    page.keyboard.type("next")
    page.evaluate(
        "document.getElementById('command').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, isComposing: true}))"
    )
    assert "open=" not in page.url
