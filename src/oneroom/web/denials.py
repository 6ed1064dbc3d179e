"""
Requests that were refused to somebody signed in: each is in the log, a burst is put before the inspector, and who asks
for the record without the right to it stands in it.

Counted in the cache, as knocks at public doors are (``limits.py``). What is logged is the route and not the address:
nobody writes into the log by asking for something.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import HttpRequest

from oneroom.apps.ledger.time import now
from oneroom.apps.oversight.services import refused_record
from oneroom.apps.oversight.unusual import flag_denials
from oneroom.apps.people.queries import actor_of
from oneroom.engine.roles import Right
from oneroom.engine.unusual import DENIALS, DENIED_WITHIN_S
from oneroom.engine.values import Actor
from oneroom.web.limits import count, forget

# Who asks for these without the right to them stands in the record itself, once in so many seconds (point 28).
OF_RECORD = {"office/record": Right.SEARCH_RECORD, "office/heads": Right.VERIFY_RECORD}
ONCE_IN_S = 900
REFUSED = frozenset({403, 404})  # what one may not have looks like what is not there

log = logging.getLogger(__name__)


def denied(request: HttpRequest, status: int) -> None:
    """One more request refused; whoever is not signed in has nothing to be refused."""
    try:
        user = request.user
        if not user.is_authenticated:
            return
        account = user.pk
        route = request.resolver_match.route if request.resolver_match else "no route"
        log.warning("refused to account %d: %s %s, %d", account, request.method, route, status)
        if route.startswith(tuple(OF_RECORD)):
            _asked_for_record(actor_of(user), route)
        if count("denied", str(account), seconds=DENIED_WITHIN_S) == DENIALS:
            flag_denials(account, count=DENIALS, at=now())
    except DatabaseError:
        log.warning("a refusal could not be counted", exc_info=True)  # it stays refused


def _asked_for_record(by: Actor, route: str) -> None:
    needed = next(right for page, right in OF_RECORD.items() if route.startswith(page))
    if not by.may(needed) and count("denied-record", str(by.id), seconds=ONCE_IN_S) == 1:
        try:
            refused_record(by=by, at=now())
        except DatabaseError:
            forget("denied-record", str(by.id))  # it does not stand there yet: the next one is tried again
            raise
