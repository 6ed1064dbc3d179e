"""
The one door to a caller: before anything goes to one, by any way, ``may_contact`` is asked.

Calls, text messages, answers on the caller's page and the request to rate all pass here
(tests/flows/test_safe_contact.py walks every way there is).
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from oneroom.apps.incidents.models import Incident, Report
from oneroom.engine import contact
from oneroom.engine.contact import WAYS, Verdict
from oneroom.engine.values import Conflict

__all__ = ["WAYS", "WHY_NOT", "Verdict", "another_is_threatened", "is_threatened", "may_contact", "must_contact"]

WHY_NOT = {
    "said_no": _("The caller said that it is not safe."),
    "not_known": _("Nobody knows whether it is safe for the caller."),
    "text_only": _("The caller cannot hear or speak: write, do not call."),
    "not_this_way": _("The caller may be reached in another way only."),
    "not_now": _("Not at this hour: it is not safe for the caller."),
}


def may_contact(report: Report, way: str, *, at: datetime) -> Verdict:
    """May the caller of this report be reached by this way now?"""
    lives = report.overridden_until is not None and at < report.overridden_until
    safe = contact.Safe(
        report.safe_contact, tuple(report.safe_ways), report.safe_since, report.safe_until, report.text_only,
        (report.overridden_way,) if lives else (),
    )  # fmt: skip
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE)).time()
    # A page he opens himself shows nothing to anybody by itself: there only a known threat counts, not a possible one.
    threatened = is_threatened(report.incident, possibly=way != "page")
    return contact.may_contact(safe, way, at=local, threatened=threatened)


def must_contact(report: Report, way: str, *, at: datetime) -> None:
    """Refuse with the reason where the caller may not be reached by this way now."""
    verdict = may_contact(report, way, at=at)
    if not verdict.ok:
        raise Conflict(WHY_NOT[verdict.why], code="not_safe")


def is_threatened(matter: Incident, *, possibly: bool = True) -> bool:
    """
    Could contact betray a caller of this matter, as far as is known or, ``possibly``, for want of knowing?

    What was merged into it counts too: one of its callers was threatened, whatever the other one called it.
    """
    if _is_one(matter, possibly=possibly):
        return True
    return any(_is_one(m, possibly=possibly and m.category != "") for m in Incident.objects.filter(merged_into=matter))


def another_is_threatened(matter: Incident, own: Incident) -> bool:
    """
    Is it another call than ``own`` for which contact could betray somebody, among all that count to this matter?

    Then what is told of the matter could reach the one who threatens: he may have called himself.
    """
    others = [m for m in (matter, *Incident.objects.filter(merged_into=matter)) if m.pk != own.pk]
    return any(_is_one(m, possibly=m.category != "") for m in others)


def _is_one(matter: Incident, *, possibly: bool) -> bool:
    kinds = {f"{matter.category}.{matter.subcategory}"}
    if matter.final_category:
        kinds.add(f"{matter.final_category}.{matter.final_subcategory}")
    return contact.is_threatened(kinds, matter.reasons, possibly=possibly)
