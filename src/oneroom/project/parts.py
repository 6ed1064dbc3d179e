"""The processes of OneRoom beside the database, as the supervisor starts them."""

import sys

from oneroom.project.supervisor import Part


def web(host: str, port: int) -> Part:
    return _part("web", "runweb", "--host", host, "--port", str(port))


def clock() -> Part:
    return _part("clock", "runclock")


def courier() -> Part:
    return _part("courier", "runcourier")


def crews(port: int, city: str, day: str, many: int) -> Part:
    """The demo's simulated crews, who come in over HTTP like anybody else."""
    return _part("crews", "runcrews", "--port", str(port), "--city", city, "--day", day, "--crews", str(many))


def _part(name: str, *command: str) -> Part:
    return Part(name, [sys.executable, "-m", "oneroom", *command], {"PYTHONUNBUFFERED": "1"})
