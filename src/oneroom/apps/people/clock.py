"""What happens to accounts by itself: a role that was given until a day ends on it."""

from __future__ import annotations

from datetime import datetime

from oneroom.apps.people.models import Grant
from oneroom.apps.people.services import end_grant
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM


def end_grants(at: datetime) -> int:
    """End the roles whose time is over; how many there were."""
    over = list(Grant.objects.filter(ends=None, until__lte=at).values_list("account_id", "role", "unit_id")[:100])
    for account_id, role, unit_id in over:
        end_grant(account_id, Role(role), unit_id=unit_id, by=SYSTEM, at=at)
    return len(over)
