"""What the clock does for matters: bring back what was held, put away those in which nothing is open any more."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from oneroom.apps.incidents.models import CallBack, Incident, Opening, StandBy
from oneroom.apps.incidents.services import archive
from oneroom.apps.incidents.services.openings import end_opening
from oneroom.apps.incidents.services.standby import end_over
from oneroom.apps.incidents.services.waiting import bring_back as bring_one_back
from oneroom.engine.lifecycle.incident import ENDED, State
from oneroom.engine.lifecycle.limits import ARCHIVE_AFTER_S
from oneroom.engine.lifecycle.standby import LIVE as STANDING
from oneroom.engine.values import SYSTEM

log = logging.getLogger(__name__)
_BATCH = 50


def put_away(at: datetime) -> int:
    """Archive matters that ended long enough ago and have nothing open, a bounded batch at a time; how many."""
    called = CallBack.objects.filter(incident=OuterRef("pk"), due=True, ended_at=None)
    old = Incident.objects.filter(
        state__in=[str(s) for s in ENDED], state_since__lte=at - timedelta(seconds=ARCHIVE_AFTER_S), supervised=False,
        reopen_proposed="",
    )  # fmt: skip
    done = 0
    for pk in list(old.exclude(Exists(called)).order_by("state_since").values_list("pk", flat=True)[:_BATCH]):
        try:
            done += archive(pk, at=at)
        except Exception:
            log.exception("matter %s was not put away", pk)
    return done


def bring_back(at: datetime) -> int:
    """Put those matters before the dispatcher again whose time is up; how many."""
    held = Incident.objects.filter(state=State.WAITING, held_until__lte=at).order_by("grade", "received_at", "pk")
    done = 0
    for pk in list(held.values_list("pk", flat=True)[:_BATCH]):
        try:
            done += bring_one_back(pk, at=at)
        except Exception:
            log.exception("matter %s was not brought back", pk)
    return done


def end_standbys(at: datetime) -> int:
    """Let those crews go whose time to stand by is over; how many."""
    over = StandBy.objects.filter(state__in=[str(s) for s in STANDING], until__lte=at).order_by("until", "pk")
    done = 0
    for pk in list(over.values_list("pk", flat=True)[:_BATCH]):
        try:
            done += end_over(pk, at=at)
        except Exception:
            log.exception("stand-by %s was not ended", pk)
    return done


def close_openings(at: datetime) -> int:
    """End the openings whose half hour is over; how many. Reading does not wait for this."""
    over = list(
        Opening.objects.filter(ended_at=None, until__lte=at).order_by("until").values_list("pk", flat=True)[:_BATCH]
    )
    for pk in over:
        end_opening(pk, by=SYSTEM, at=at)
    return len(over)
