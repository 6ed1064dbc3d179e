"""What is done when the second person has signed (``settings.SIGNED_ACTS``)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.timezone import localtime

from oneroom.apps.ledger.services import note
from oneroom.apps.people.models import Signature
from oneroom.apps.personnel.models import Exemption, Person
from oneroom.apps.personnel.services.deviations import keep
from oneroom.apps.personnel.services.postings import Order, post_people, set_aside
from oneroom.apps.personnel.services.quota import book_quota, units_are_there
from oneroom.engine.establishment import FORCE, transfer
from oneroom.engine.values import Actor, NotAllowed


def change_quota(signed: Signature, *, by: Actor, at: datetime) -> None:
    """The places move, as the ledger stands now: what was free when it was asked for may be taken since."""
    said = signed.details
    units_are_there(said["giver"], said["taker"], max(date.fromisoformat(said["day"]), localtime(at).date()))
    lines = transfer(said["giver"], said["taker"], said["kind"], said["count"], date.fromisoformat(said["day"]))
    basis = "approved" if FORCE in (said["giver"], said["taker"]) else "adjusted"
    book_quota(lines, basis=basis, signature=signed.pk, by=by, at=at)


def keep_posting(signed: Signature, *, by: Actor, at: datetime) -> None:
    """A posting of earlier records stays, although a rule stands against it."""
    keep(signed.details["deviation"], signature=signed.pk, by=by, at=at)


def post_despite(signed: Signature, *, by: Actor, at: datetime) -> None:
    """The person is posted, although a rule stood against it that two persons may set aside."""
    said = signed.details
    order, day = Order(int(signed.about.partition(":")[2]), said["post"], said["full"]), date.fromisoformat(said["day"])
    second = not_for_himself(signed, order.person)
    aside = set_aside(order, said["rules"].split("."), day=day, by=by.id, second=second)
    post_people([order], day=day, basis=said["basis"], signature=signed.pk, aside=aside, by=by, at=at)


def exempt(signed: Signature, *, by: Actor, at: datetime) -> None:
    """A limit of years is set aside for somebody in a post, until a day."""
    said, person = signed.details, int(signed.about.partition(":")[2])
    not_for_himself(signed, person)
    row = Exemption.objects.create(
        person_id=person, post=said["post"], rule=said["rule"], since=date.fromisoformat(said["since"]),
        until=date.fromisoformat(said["until"]), signature=signed,
    )  # fmt: skip
    note("rotation.exempted", f"person:{person}", by=by, at=at, person=person, exemption=row.pk, rule=said["rule"],
         until=said["until"], signature=signed.pk)  # fmt: skip


def not_for_himself(signed: Signature, person: int) -> int:
    """Who signed, unless it is about himself: nobody sets a rule aside for himself."""
    second = Signature.objects.values_list("signed_by_id", flat=True).get(pk=signed.pk)
    own = Person.objects.values_list("account_id", flat=True).get(pk=person)
    if own is not None and own in (second, signed.asked_by_id):
        raise NotAllowed("This concerns your own account: another person signs.", code="concerns_him")
    return int(second or 0)
