"""The processes of OneRoom beside the database, as the supervisor starts them."""

import sys
from functools import partial

from django.conf import settings

from oneroom.project import clock as clocks
from oneroom.project.supervisor import Part
from oneroom.project.watching import signs

HUNG_TIMES = 3  # silence is an alarm first; only then is it ended by force

FORSAKEN_S = 10  # no act waits for anything but the database: well within R3's 15 s


def web(host: str, port: int) -> Part:
    return _part("web", "runweb", "--host", host, "--port", str(port))


def clock() -> Part:
    return _part("clock", "runclock")


def courier() -> Part:
    return _part("courier", "runcourier")


def auditor() -> Part:
    return _part("auditor", "audit")


def archive() -> Part:
    """Takes every change of the database into ONEROOM_BACKUPS, and a whole copy each day."""
    return _part("archive", "runarchive")


def planner() -> Part:
    """Computes what plans come to, when nobody else needs the cores."""
    return _part("planner", "runplans")


def crews(port: int, city: str, day: str, many: int) -> Part:
    """The demo's simulated crews, who come in over HTTP like anybody else."""
    return _part("crews", "runcrews", "--port", str(port), "--city", city, "--day", day, "--crews", str(many), "--past")


def _part(name: str, *command: str) -> Part:
    environment = {
        "PYTHONUNBUFFERED": "1",
        "PGAPPNAME": f"oneroom {name}",  # whoever looks at the database's sessions sees which part holds them
        # A part that is stopped in the middle of an act holds the head of the record, and everybody else waits for it.
        # So the database ends that act; when the part goes on, it finds its connection gone and nothing half done.
        "PGOPTIONS": f"-c idle_in_transaction_session_timeout={FORSAKEN_S}s",
    }
    if isinstance(clocks.clock, clocks.RealClock):
        environment[clocks.CLOCK_BEGAN] = clocks.clock.handed_on()
    return Part(
        name,
        [sys.executable, "-m", "oneroom", *command],
        environment,
        silent_for=partial(_silent_for, name),
        hung_s=HUNG_TIMES * settings.SILENT_S,
    )


def _silent_for(name: str, pid: int) -> float | None:
    """By the file alone: the supervisor needs no database. A sign of the process before is none of this one."""
    sign = signs.read(settings.SIGNS_FOLDER, name) if settings.SIGNS_FOLDER is not None else None
    return sign.age_s if sign is not None and sign.pid == pid else None
