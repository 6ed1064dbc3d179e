"""States of a run, and why one failed as sentences; it keeps the code and its values (``Run.trouble``)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as named

TROUBLES = {
    # ``said`` holds field, message and params of a refusal, whose message is translated by itself.
    "refused": _("A change of this plan cannot be made as it stands."),
    "no_roads": _("No road network is loaded, so nobody can be sent anywhere. Load the city's roads first."),
    "no_heir": _("Unit %(unit)s ends, and nobody has its crews. Name an heir in the plan."),
    "no_crews": _("There is no crew that could be sent: enter crews, or add one in the plan."),
    "no_calls": _(
        "No call of the public is on record for this time, so there is nothing to run. Import past calls first."
    ),
    "crew_off_roads": _(
        "Crew %(crew)s stands off the road network, at a place that no road reaches. Give it another post."
    ),
    "area_without_station": _(
        "No station answers for the ground of %(count)s calls, most of them from around %(lon)s, %(lat)s. Draw it into"
        " an area first."
    ),
    "unreachable": _(
        "%(count)s calls came from where no crew gets by road, most of them from around %(lon)s, %(lat)s. Give a crew a"
        " post from which it does."
    ),
    "beat": _("Crew %(crew)s cannot drive its beat: a place of it cannot be reached, or it is too long. Change it."),
    "disk_full": _("The disk is full, so the run ended. Make room, then ask for it again."),
    "no_memory": _("There is not enough memory for this run. Ask for fewer days, or run it on a larger machine."),
    "worker_died": _("A process of the run was ended from outside. Ask for the run again."),
    "fault": _("The run ended by a fault of ours, noted as %(id)s. Tell it to whoever looks after OneRoom."),
}

LIVE = ("waiting", "running", "cancelling")  # states of a run that is not over
RUN_STATES = {
    "waiting": named("run", "waiting"),
    "running": named("run", "running"),
    "cancelling": named("run", "being stopped"),
    "done": named("run", "done"),
    "failed": named("run", "failed"),
    "cancelled": named("run", "cancelled"),
}
