"""Alarms leave the house directly, once for each machine, without the database and without the courier (R20)."""

from __future__ import annotations

import pytest

from oneroom.apps.orders.channel import ChannelFailed, Receipt
from oneroom.project.watching import outside
from oneroom.project.watching.outside import Outside

CLOCK, STEP = ("silent", "clock"), ("rung_late", "assignment:7")
DEAD = "clock: no sign of life. Nothing climbs by itself: watch the orders."
TO = {"sms": ["13900000000"], "email": ["duty@force.invalid"]}


class Gateway:
    """What left the house."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.fails = False
        self.name = "sms"

    def send(self, message):
        if self.fails:
            raise ChannelFailed("refused", permanent=False)
        self.sent.append((message.address, message.title, message.text))
        return Receipt("sent")


@pytest.fixture
def gateway():
    return Gateway()


@pytest.fixture
def make(gateway, tmp_path, settings, monkeypatch):
    settings.ALARM_LANGUAGE = "en"
    monkeypatch.setattr(outside, "RETRY_S", 0.0)
    monkeypatch.setattr(outside, "OVER_S", 0.0)
    return lambda to=TO: Outside({"sms": gateway, "email": gateway}, to, tmp_path)


def tell(teller, *wrong):
    teller.tell(wrong)
    teller.finish(10)


def test_an_alarm_is_told_once_to_each_address_and_once_when_it_is_over(make, gateway):
    teller = make()

    tell(teller, CLOCK)
    tell(teller, CLOCK)
    assert gateway.sent == [(to, "OneRoom alarm", f"ALARM. {DEAD}") for [to] in TO.values()]

    tell(teller)
    tell(teller)
    assert [text for _, _, text in gateway.sent[2:]] == [f"Over. {DEAD}"] * 2


def test_of_all_parts_of_a_machine_one_tells_and_any_may_say_that_it_is_over(make, gateway):
    first, second = make(), make()

    tell(first, CLOCK)
    tell(second, CLOCK)
    assert len(gateway.sent) == 2

    tell(second)  # the first one is dead by now
    tell(first)
    assert len(gateway.sent) == 4


def test_what_one_part_still_sees_and_another_does_not_is_one_message_and_no_flood(make, gateway, monkeypatch):
    """When a database comes back the parts find out one after the other."""
    monkeypatch.setattr(outside, "OVER_S", 15.0)
    first, second = make(), make()
    for _turn in range(5):
        tell(first, CLOCK)
        tell(second)
    assert len(gateway.sent) == 2

    second._over_s[CLOCK] -= 16
    tell(second)
    assert [text for _, _, text in gateway.sent[2:]] == [f"Over. {DEAD}"] * 2


def test_what_did_not_leave_is_tried_again(make, gateway):
    teller = make()
    gateway.fails = True
    tell(teller, CLOCK)
    assert gateway.sent == []

    gateway.fails = False
    tell(teller, CLOCK)

    assert len(gateway.sent) == 2


def test_a_flood_of_findings_is_a_few_messages_and_a_count(make, gateway):
    tell(make({"sms": ["139"]}), *[("rung_late", f"assignment:{n:03}") for n in range(40)])

    texts = [text for _, _, text in gateway.sent]
    assert len(texts) == outside.MOST_AT_ONCE + 1
    assert texts[-1] == "ALARM. 35 more findings beside the 5 told. See Alarms in the office."


def test_without_addresses_nothing_is_told_and_without_a_folder_each_process_remembers(gateway, settings, monkeypatch):
    settings.ALARM_LANGUAGE = "en"
    monkeypatch.setattr(outside, "RETRY_S", 0.0)
    monkeypatch.setattr(outside, "OVER_S", 0.0)
    tell(Outside({"sms": gateway}, {"sms": []}, None), STEP)
    assert gateway.sent == []

    teller = Outside({"sms": gateway}, {"sms": ["139"]}, None)
    tell(teller, STEP)
    tell(teller, STEP)
    tell(teller)
    assert [text for _, _, text in gateway.sent] == [
        "ALARM. order 7: a step was due and did not happen",
        "Over. order 7: a step was due and did not happen",
    ]
