"""The crews board and the late list by keyboard: a crew's details on Enter, another grade from the late list."""

from datetime import timedelta

import pytest

from oneroom.apps.incidents.models import Incident
from oneroom.apps.ledger.models import Look
from oneroom.apps.orders.clock import climb
from tests.web.test_browser_room import desk, house  # noqa: F401 fixtures of the room in a browser
from tests.web.test_command_line import typed

pytestmark = pytest.mark.django_db(transaction=True)
CLOSE_AND_TYPE_ON = """() => new Promise((told) => {
  const card = document.getElementById("card");
  card.addEventListener("close", () => setTimeout(() => told(document.activeElement.id)));
  card.close();
  document.getElementById("command").focus();
})"""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_details_of_a_crew_and_how_often_at_a_place_by_keyboard(house, desk, language):  # noqa: F811
    house.report("a fight", at="west", grade=2)
    house.clock.set(house.now + timedelta(minutes=1))
    matter = house.report("a man with a knife", at="west", grade=1)
    house.dispatch(matter, "crew-1")
    page = desk(path=f"/room/?open={matter.pk}", language=language)
    crew_1, crew_3 = house.town.crews["crew-1"].pk, house.town.crews["crew-3"].pk
    card = page.locator("#card")

    page.locator(f"#b-{crew_1}").focus()
    page.keyboard.press("Enter")
    card.get_by_text(matter.reference).wait_for()
    card.get_by_text("not signed" if language == "en" else "未签收").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_function(f"document.activeElement.id === 'b-{crew_1}'")

    typed(page, "details crew-3")
    card.get_by_text("It has no order." if language == "en" else "没有派警单。").wait_for()
    facts = card.locator("dd").all_inner_texts()
    wanted = "lead 1 · other officers 0 · auxiliaries 1" if language == "en" else "带队 1 · 其他民警 0 · 辅警 1"
    assert " ".join(facts[2].split()) == wanted
    assert "Qian" not in card.inner_text(), "counted, never named"
    # The browser tells a moment later that it was closed: who types on by then is not called back to the board.
    assert page.evaluate(CLOSE_AND_TYPE_ON) == "command"
    page.keyboard.press("Escape")
    assert page.locator(f"#b-{crew_3}").count() == 1

    typed(page, "how often")
    page.locator(f"#repeats-{matter.pk}").get_by_text("30").wait_for()
    assert Look.objects.get(purpose="repeats").fields == ["place.repeats"]


def test_the_commander_gives_another_grade_from_the_late_list(house, desk):  # noqa: F811
    matter = house.report("a fight", at="west", grade=2)
    house.dispatch(matter, "crew-1")
    house.clock.set(house.now + timedelta(minutes=4))
    climb(house.now)
    page = desk("zhou")

    page.keyboard.press("l")
    row = page.locator("#late-body tbody tr").first
    row.wait_for()
    raise_it = row.get_by_role("button", name="P1")
    raise_it.focus()
    page.keyboard.press("Enter")
    row.locator('.grade[data-g="1"]').wait_for()
    assert Incident.objects.get(pk=matter.pk).grade == 1
    row.get_by_role("button", name="P3").wait_for()  # who commands may lower it again

    page = desk("dora")
    page.keyboard.press("l")
    page.locator("#late-body tbody tr").first.wait_for()
    assert page.locator("#late-body [data-regrade]").count() == 0, "P1 is the gravest, and only the commander lowers"
