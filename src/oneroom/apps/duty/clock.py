"""What happens to crews by itself: shifts begin and end, certificates end."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from django.utils.timezone import localtime

from oneroom.apps.duty.models import Crew, Duty
from oneroom.apps.duty.rostering import due_at
from oneroom.apps.duty.services.skills import renew_skills as renew
from oneroom.apps.duty.services.swaps import lapse_swaps as lapse
from oneroom.apps.duty.services.turns import end_duties, man_crew, mark, take_command
from oneroom.engine.values import SYSTEM, Refused

log = logging.getLogger(__name__)


def renew_skills(at: datetime) -> int:
    """A certificate that ended last night counts no more today."""
    crews = list(Crew.objects.exclude(state=Crew.State.OFF_DUTY).values_list("pk", flat=True))
    return renew(crews, day=localtime(at).date(), by=SYSTEM, at=at) if crews else 0


def lapse_swaps(at: datetime) -> int:
    """What nobody decided before the duty began is over."""
    return lapse(by=SYSTEM, at=at)


def turn_shifts(at: datetime) -> int:
    """
    Put on duty whose shift has begun, then off duty whose shift is over and whom nobody relieved; how many acts.

    What cannot be done now (a crew on a call) is tried at each beat. A shift that was over before the clock looked is
    not begun any more.
    """
    due = due_at(at)
    new = [d for d in due if d.began_at is None and d.ends > at]
    old = [d for d in due if d.began_at is not None and d.ends <= at]
    done = 0
    for duty in (d for d in new if d.commands):
        done += _try(lambda duty=duty: take_command(duty, by=SYSTEM, at=at), f"command of duty {duty.pk}")  # type: ignore[misc]
    relieved = set()
    for crew, duties in _by_crew([d for d in new if not d.commands]).items():
        if crew is None:
            mark(duties, at=at)
        elif _try(lambda c=crew, ds=duties: man_crew(c, ds, by=SYSTEM, at=at), f"crew {crew}"):  # type: ignore[misc]
            relieved.add(crew)
            done += 1
    waits = {d.crew_id for d in new if d.crew_id is not None} - relieved
    for crew, duties in _by_crew(old).items():
        if crew is None or crew in relieved:
            mark(duties, at=at, over=True)
        elif crew not in waits:
            done += _try(lambda c=crew, ds=duties: end_duties(c, ds, by=SYSTEM, at=at), f"crew {crew}")  # type: ignore[misc]
    return done


def _by_crew(duties: list[Duty]) -> dict[int | None, list[Duty]]:
    found: dict[int | None, list[Duty]] = defaultdict(list)
    for duty in duties:
        found[duty.crew_id].append(duty)
    return found


def _try(act: Callable[[], None], what: str) -> bool:
    try:
        act()
    except Refused as later:
        log.info("%s was not turned yet: %s", what, later)
        return False
    except Exception:
        log.exception("%s was not turned", what)
        return False
    return True
