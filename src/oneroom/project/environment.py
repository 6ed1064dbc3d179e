"""
Every variable of the environment that OneRoom reads: what docs/operate.md explains, and nothing else.

A name that is nearly one of these is a mistake that would otherwise go unseen: the setting keeps its default.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from ipaddress import ip_network
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "ONEROOM_"

_NAMES = """
    ALARM_EMAIL ALARM_LANGUAGE ALARM_SMS AUDITOR_URL BACKUPS BACKUP_DAYS BACKUP_KEY CALLS_TOKEN CLOCK_BEGAN
    CLOCK_FILE COVERAGE_DAYS CREW_OFFICERS DATABASE_URL DEMO DIVERT_GAIN_S EMAIL_URL EXIT_URL FORCE HEADS HEADS_COPY
    HEADS_NAME HOME HOSTS JOURNAL LDAP_DN LDAP_ROOTS LDAP_URL LEAST_FREE_MB LEAVE_STOPS_ROTATION LOG MANAGEMENT_PERCENT
    NEW_PASSWORD NOTICE OIDC_CLAIM OIDC_CLIENT OIDC_NAME OIDC_SECRET OIDC_URL OPERATOR_TOKEN ORIGINS PG_BIN
    PLAIN_HTTP PROTOCOLS PROXIES RETENTION RUNS_BACKEND SECOND_FACTOR SECRET_KEY SECRET_KEY_BEFORE SIGNS SILENT_S
    SMALL_STATION SMS_URL STATIC_ROOT THREADS TIME_ZONE TSA_EVERY TSA_ROOTS TSA_URL VOICE_URL
"""
VARIABLES = frozenset(PREFIX + name for name in _NAMES.split())

# name -> (the least it may be, whether it is a whole number)
_NUMBERS = {
    "BACKUP_DAYS": (1, False), "CALL_PAYLOAD_DAYS": (0, False), "COVERAGE_DAYS": (1, True),
    "CREW_OFFICERS": (0, True), "DIVERT_GAIN_S": (0, False), "LEAST_FREE_MB": (0, False),
    "MANAGEMENT_PERCENT": (1, True), "SILENT_S": (1, False), "SMALL_STATION": (0, True),
    "THREADS": (1, True), "TSA_EVERY": (1, True),
}  # fmt: skip

_BACKENDS = ("loky", "threading", "multiprocessing", "sequential")


def unreadable(given: Mapping[str, str]) -> Iterator[str]:
    """What nothing can be started with, in sentences: a number that is none, a time zone or proxy that cannot be."""
    for short, (least, whole) in sorted(_NUMBERS.items()):
        name = PREFIX + short
        if name in given and not _is_number(given[name], least, whole):
            kind = "whole number" if whole else "number"
            yield f"{name} is {given[name]!r}. It must be a {kind}, {least} or more."
    backend = given.get(PREFIX + "RUNS_BACKEND")
    if backend is not None and backend not in _BACKENDS:
        yield f"{PREFIX}RUNS_BACKEND is {backend!r}. It must be one of {', '.join(_BACKENDS)}."
    began = given.get(PREFIX + "CLOCK_BEGAN")
    if began and beginning(began) is None:
        yield f"{PREFIX}CLOCK_BEGAN is {began!r}. `oneroom serve` sets it for its own parts: leave it out."
    zone = given.get(PREFIX + "TIME_ZONE")
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"{PREFIX}TIME_ZONE is {zone!r}, which is no time zone, such as Asia/Shanghai."
    for proxy in filter(None, given.get(PREFIX + "PROXIES", "").split(",")):
        try:
            ip_network(proxy.strip(), strict=False)
        except ValueError:
            yield f"{PREFIX}PROXIES names {proxy.strip()!r}, which is no address and no network, such as 10.0.0.7."


def beginning(text: str) -> tuple[datetime, float] | None:
    """When a house began, handed on to its parts: (its time, aware; the machine's seconds then). None for no such."""
    began, _space, began_s = text.partition(" ")
    try:
        when, seconds = datetime.fromisoformat(began), float(began_s)
    except ValueError:
        return None
    return (when, seconds) if when.tzinfo is not None and math.isfinite(seconds) and seconds >= 0 else None


def _is_number(text: str, least: int, whole: bool) -> bool:
    try:
        number = int(text) if whole else float(text)
    except ValueError:
        return False
    return math.isfinite(number) and number >= least


def unknown(names: Iterable[str]) -> dict[str, str]:
    """Names that look like ours and are not, each with the one that was probably meant (empty: no idea)."""
    found = {}
    for name in sorted(names):
        if name.startswith(PREFIX) and name not in VARIABLES and not name.startswith(PREFIX + "TEST_"):
            near = difflib.get_close_matches(name, VARIABLES, 1)
            found[name] = near[0] if near else ""
    return found
