"""
Requests that were refused to somebody signed in: each is in the log, and a burst is put before the inspector.

Counted in the cache, as knocks at public doors are (``limits.py``). What is logged is the route and not the address:
nobody writes into the log by asking for something.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import HttpRequest

from oneroom.apps.ledger.time import now
from oneroom.apps.oversight.unusual import flag_denials
from oneroom.engine.unusual import DENIALS, DENIED_WITHIN_S
from oneroom.web.limits import count

REFUSED = frozenset({403, 404})  # what one may not have looks like what is not there

log = logging.getLogger(__name__)


def denied(request: HttpRequest, status: int) -> None:
    """One more request refused; whoever is not signed in has nothing to be refused."""
    try:
        account = request.user.pk if request.user.is_authenticated else None
        if account is None:
            return
        route = request.resolver_match.route if request.resolver_match else "no route"
        log.warning("refused to account %d: %s %s, %d", account, request.method, route, status)
        if count("denied", str(account), seconds=DENIED_WITHIN_S) == DENIALS:
            flag_denials(account, count=DENIALS, at=now())
    except DatabaseError:
        log.warning("a refusal could not be counted", exc_info=True)  # it stays refused
