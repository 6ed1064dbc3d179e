"""R1 at the screen: what the house could not tell of (503) is sent again as the same act, and done once."""

import re

import pytest

from oneroom.apps.ledger.models import Entry
from tests.waiting import until
from tests.web.test_browser_room import desk, house  # noqa: F401 fixtures of the room in a browser

pytestmark = pytest.mark.django_db(transaction=True)


def raise_to_p1(page, matter) -> None:
    """By a button of the open matter; its own one goes as soon as the grade is raised."""
    page.evaluate(
        """(url) => {
            const button = Object.assign(document.createElement("button"), { type: "button" });
            Object.assign(button.dataset, { act: url, numberGrade: "1" });
            document.querySelector("#inc").append(button);
            button.click();
        }""",
        f"/api/incidents/{matter.pk}/grade",
    )


def test_an_act_whose_end_nobody_knows_is_sent_again_with_the_same_key(house, desk):  # noqa: F811
    matter = house.report("a man with a knife", at="market", grade=2)
    page = desk(path=f"/room/?open={matter.pk}")
    page.locator("#inc .timeline").wait_for()
    keys = []

    def done_and_not_told(route):
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()  # the server does it, and dies over the answer
            route.fulfill(status=503, json={"code": "database_away", "message": "Send it again in a moment."})
        else:
            route.continue_()

    page.route(re.compile("/grade$"), done_and_not_told)
    raise_to_p1(page, matter)
    page.get_by_text("Send it again in a moment.").first.wait_for()
    raise_to_p1(page, matter)

    until(lambda: page.wait_for_timeout(20) or len(keys) == 2)
    assert keys[0] == keys[1]
    assert Entry.objects.filter(kind="incident.graded").count() == 1
