"""The auditor: whether it can look, may do no more than that, and whether an alarm reaches anybody."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from django.conf import settings

from oneroom.apps.ledger.time import clock, now
from oneroom.project import safety
from oneroom.project.auditor.rounds import Moment, look
from oneroom.project.checks import Finding
from oneroom.project.watching.wire import Wire

PATIENCE_S = 20.0


def alarms() -> Iterator[Finding]:
    for sentence in safety.of_auditor():
        yield Finding(sentence)
    if not settings.ALARM_EMAIL and not settings.ALARM_SMS:
        yield Finding(
            "Nobody is named in ONEROOM_ALARM_EMAIL or ONEROOM_ALARM_SMS: an alarm shows on screens alone.", grave=False
        )
    for name, addresses, gateway in (
        ("EMAIL", settings.ALARM_EMAIL, settings.EMAIL_URL), ("SMS", settings.ALARM_SMS, settings.SMS_URL),
    ):  # fmt: skip
        if addresses and not gateway:
            yield Finding(f"ONEROOM_ALARM_{name} names somebody, and there is no gateway in ONEROOM_{name}_URL.")


def role() -> Iterator[Finding]:
    """Every check is made once, as the auditor's role: what it cannot read it cannot watch."""
    if not settings.AUDITOR_URL:
        return  # said above
    moment = Moment(now(), clock().rate(), real=False, signs=False)
    try:
        with Wire(settings.AUDITOR_URL, name="oneroom check", patience_s=PATIENCE_S).use() as connection:
            found = look(connection, moment)
    except psycopg.Error:
        yield Finding("The auditor's role cannot look at the database. Run `oneroom auditrole`.")
        return
    if any(f.kind == "auditor_role" for f in found):
        yield Finding("The auditor's role may do more than look. Run `oneroom auditrole`; it must own no table.")
