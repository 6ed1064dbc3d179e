"""T37: one matter through 情 指 勤 舆 by keyboard, nothing typed twice; and what may be the same event, compared."""

from datetime import timedelta

import pytest

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Incident, Referral
from oneroom.apps.incidents.protocol import subcategories
from oneroom.apps.ledger.models import Look
from oneroom.engine.values import CITIZEN
from tests.waiting import until
from tests.web.test_browser_room import desk, house  # noqa: F401 fixtures of the room in a browser
from tests.web.test_photos import photo

pytestmark = pytest.mark.django_db(transaction=True)

KNIFE, AGAIN = "有人拿着水果刀在便利店门口", "便利店里有个男的持刀，是水果刀"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_t37_one_matter_traverses_the_four_sides_with_nothing_typed_twice(house, desk, language):  # noqa: F811
    matter = house.report("a man with a knife", at="west", grade=1, safe_contact="yes")
    sent = house.dispatch(matter, "crew-1")
    page = desk(path=f"/room/?open={matter.pk}", language=language)
    page.locator("#order-" + str(sent.pk)).wait_for()  # 指 is open: that is where the crews are
    inc = page.locator("#inc")

    page.keyboard.press(".")  # 勤
    duty = page.locator("#panel-duty")
    duty.wait_for()
    assert "Leader-Li" in duty.inner_text()  # the duty chief of the station that the place gave
    assert "Zhou" in duty.inner_text()
    page.keyboard.press(".")  # 舆
    feedback = page.locator("#panel-feedback")
    feedback.wait_for()
    assert feedback.locator("tbody tr").count() == 1
    page.keyboard.press(".")  # 情
    analysis = page.locator("#panel-analysis")
    analysis.wait_for()
    assert ("Crime" if language == "en" else "刑事") in analysis.inner_text()
    assert not page.locator("#panel-command").is_visible()

    house.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    crew = house.actor("zhang")
    services.report_and_clear(sent.pk, outcome="under_control", words="calm", by=crew, at=house.now)
    services.review(matter.pk, by=house.actor("zhou"), at=house.now)
    ended = {"case": "no_case", "no_case_reason": "no_offence", "subcategory": next(iter(subcategories()["crime"]))}
    services.close(matter.pk, **ended, by=house.actor("zhou"), at=house.now)
    services.rate(matter.reports.get().pk, stars=4, by=CITIZEN, at=house.now)
    page.keyboard.press(",")
    feedback.get_by_text("4").first.wait_for()  # the public's word has come to the same matter by itself
    assert inc.locator(".timeline li").count() > 8


def test_what_may_be_the_same_is_compared_and_merged_by_keyboard(house, desk):  # noqa: F811
    first = house.report(KNIFE, at="west", grade=2)
    house.clock.set(house.now + timedelta(seconds=80))
    second = house.report(AGAIN, at="west", grade=1, category="public_order")
    page = desk(path=f"/room/?open={second.pk}")
    page.get_by_text("Perhaps the same:").wait_for()

    page.keyboard.press("d")
    dialog = page.locator("#compare")
    dialog.get_by_role("columnheader", name=first.reference).wait_for()
    assert "水果刀" in dialog.locator("mark").all_inner_texts()
    assert set(Look.objects.filter(purpose="compare").values_list("record", flat=True)) == {
        f"incident:{first.pk}", f"incident:{second.pk}"
    }  # fmt: skip
    page.keyboard.press("m")

    page.wait_for_url(f"**/room/?open={first.pk}")
    page.locator(f"#q-{second.pk}").wait_for(state="detached")
    row = Incident.objects.get(pk=second.pk)
    assert (row.state, row.merged_into_id) == ("merged", first.pk)
    assert Incident.objects.get(pk=first.pk).grade == 1, "the graver grade holds"
    page.locator(f'#matter[data-pk="{first.pk}"]').wait_for()
    page.keyboard.press(",")
    page.get_by_role("button", name="Not the same after all").click()
    page.locator(f"#q-{second.pk}").wait_for()


def test_what_came_with_a_merged_matter_says_so_and_one_door_leads_to_another_agency(house, desk):  # noqa: F811
    first, second = house.report(KNIFE, at="west", grade=2), house.report(AGAIN, at="west", grade=2)
    sent = house.dispatch(second, "crew-1")
    house.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.say_word(sent.pk, words="门坏了", by=house.actor("zhang"), at=house.now)
    services.add_photo(sent.pk, photo(size=(80, 60)), by=house.actor("zhang"), at=house.now)
    services.take_off(sent.pk, verb="withdraw", by=house.actor("dora"), at=house.now)
    services.merge(second.pk, into=first.pk, by=house.actor("dora"), at=house.now)

    page = desk(path=f"/room/?open={first.pk}")
    personal = page.locator(f"#personal-{first.pk}")
    personal.get_by_text("门坏了").wait_for()
    assert personal.get_by_text(f"from {second.reference}, merged into this").count() == 3, "caller, words, photo"
    personal.locator(".thumb").click()
    personal.locator(".thumb.is-whole").wait_for()

    page.get_by_text("Other acts").click()
    page.get_by_role("button", name="Hand over: City hotline 12345").click()
    page.locator(".whr").get_by_text(first.reference).wait_for()
    until(lambda: Incident.objects.get(pk=first.pk).state == "transferred")
    assert Referral.objects.get(incident=first).agency == "12345", "its answer is waited for"
