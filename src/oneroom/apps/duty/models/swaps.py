"""Two people who exchange a duty: asked, accepted by the other, approved by who plans."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from oneroom.apps.duty.models.rosters import Duty, Roster


class Swap(models.Model):
    """
    ``asker`` gives the duty ``given`` to ``partner``, and takes ``taken`` for it (none: the partner takes it over).

    Reasons are codes: words would collect reasons of health (scope 5.1-5). ``roster`` is the version that the approval
    made.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        LAPSED = "lapsed"

    unit = models.ForeignKey("orgs.OrgUnit", null=True, on_delete=models.PROTECT)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="+")
    taken = models.ForeignKey(Duty, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    reason = models.CharField(max_length=24, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    roster = models.ForeignKey(Roster, null=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["given"], condition=Q(state__in=["asked", "accepted"]), name="one_open_swap_of_a_duty"
            ),
            models.UniqueConstraint(
                fields=["taken"], condition=Q(state="accepted"), name="one_accepted_swap_for_a_duty"
            ),
            models.CheckConstraint(condition=~Q(asker=F("partner")), name="a_swap_is_between_two"),
        ]
