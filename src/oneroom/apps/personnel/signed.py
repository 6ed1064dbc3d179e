"""What is done when the second person has signed (``settings.SIGNED_ACTS``)."""

from __future__ import annotations

from datetime import date, datetime

from oneroom.apps.people.models import Signature
from oneroom.apps.personnel.services.deviations import keep
from oneroom.apps.personnel.services.postings import Order, post_people
from oneroom.apps.personnel.services.quota import book_quota
from oneroom.engine.establishment import FORCE, transfer
from oneroom.engine.values import Actor


def change_quota(signed: Signature, *, by: Actor, at: datetime) -> None:
    """The places move, as the ledger stands now: what was free when it was asked for may be taken since."""
    said = signed.details
    lines = transfer(said["giver"], said["taker"], said["kind"], said["count"], date.fromisoformat(said["day"]))
    basis = "approved" if FORCE in (said["giver"], said["taker"]) else "adjusted"
    book_quota(lines, basis=basis, signature=signed.pk, by=by, at=at)


def keep_posting(signed: Signature, *, by: Actor, at: datetime) -> None:
    """A posting of earlier records stays, although a rule stands against it."""
    keep(signed.details["deviation"], signature=signed.pk, by=by, at=at)


def post_despite(signed: Signature, *, by: Actor, at: datetime) -> None:
    """The person is posted, although a rule stood against it that two persons may set aside."""
    said = signed.details
    order = Order(int(signed.about.partition(":")[2]), said["post"], said["full"])
    post_people([order], day=date.fromisoformat(said["day"]), basis=said["basis"], signature=signed.pk, by=by, at=at)
