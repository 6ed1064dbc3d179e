"""
Acts that one person alone cannot finish (scope G6, security point 21), and whose second signature counts.

Two persons of two units. A role without a unit belongs to the bureau as a whole, which counts as a unit of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from oneroom.engine.roles import Right


class Act(StrEnum):
    """The code in the record."""

    GIVE_ROLE = "give_role"
    END_ROLE = "end_role"
    REOPEN_ACCOUNT = "reopen_account"
    # Who makes a temporary password could sign in by it. The code of an act is none itself.
    RESET_PASSWORD = "reset_password"  # nosec B105
    RESET_FACTORS = "reset_factors"  # the phone is lost
    BULK_EXPORT = "bulk_export"
    UNSEAL = "unseal"  # the words of a matter that is over
    ERASE = "erase"
    RELEASE_HOLD = "release_hold"
    CHANGE_QUOTA = "change_quota"  # places move from unit to unit
    POST_DESPITE = "post_despite"  # an appointment that a rule stands against
    EXEMPT = "exempt"  # somebody stays in a post past its years, until a day
    ROTATE = "rotate"  # a round of moves
    CONTACT = "contact"  # a caller of whom it is not known, or is denied, that it is safe
    REFORM = "reform"  # of the organisation, from a day on


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may ask for the act, who may sign for it, and how long it waits for that."""

    ask: Right
    sign: Right
    waits: timedelta
    one_unit: bool = False  # two persons of one office are enough


_DAY = timedelta(hours=24)
RULES: dict[Act, Rule] = {
    Act.GIVE_ROLE: Rule(Right.MANAGE_ACCOUNTS, Right.SIGN_ACCESS, _DAY),
    Act.END_ROLE: Rule(Right.MANAGE_ACCOUNTS, Right.SIGN_ACCESS, _DAY),
    Act.REOPEN_ACCOUNT: Rule(Right.MANAGE_ACCOUNTS, Right.SIGN_ACCESS, _DAY),
    Act.RESET_PASSWORD: Rule(Right.MANAGE_ACCOUNTS, Right.SIGN_ACCESS, _DAY),
    Act.RESET_FACTORS: Rule(Right.MANAGE_ACCOUNTS, Right.SIGN_ACCESS, _DAY),
    Act.BULK_EXPORT: Rule(Right.EXPORT, Right.COUNTERSIGN, _DAY),
    Act.UNSEAL: Rule(Right.COUNTERSIGN, Right.COUNTERSIGN, _DAY),
    Act.ERASE: Rule(Right.COUNTERSIGN, Right.COUNTERSIGN, _DAY),
    Act.RELEASE_HOLD: Rule(Right.HOLD, Right.COUNTERSIGN, _DAY),
    # Places are the establishment office's own business (row B14): its second person signs, and it is one unit.
    Act.CHANGE_QUOTA: Rule(Right.ASK_QUOTA, Right.SIGN_QUOTA, 30 * _DAY, one_unit=True),
    Act.POST_DESPITE: Rule(Right.POST_PEOPLE, Right.COUNTERSIGN, 7 * _DAY),
    # Personnel asks; the establishment office or the inspectors, of the same bureau, sign.
    Act.EXEMPT: Rule(Right.POST_PEOPLE, Right.SIGN_ROTATION, 14 * _DAY, one_unit=True),
    Act.ROTATE: Rule(Right.POST_PEOPLE, Right.SIGN_ROTATION, 14 * _DAY, one_unit=True),
    Act.CONTACT: Rule(Right.OVERRIDE_CONTACT, Right.COUNTERSIGN, timedelta(hours=1)),
    Act.REFORM: Rule(Right.DRAFT_REFORM, Right.COUNTERSIGN, timedelta(days=14)),
}
# More rows of lists than this leave the house by one person in a day only with a second signature.
BULK_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks or signs: his account, and the units of the roles that give him the right to."""

    account: int
    units: frozenset[int | None]


def objection(asker: Person, signer: Person, *, concerns: Collection[int], one_unit: bool = False) -> str:
    """
    Why this person's signature does not count, as a code; empty if it does.

    ``concerns`` are the accounts that the act is about: nobody signs for what he gets himself. ``one_unit``: the rule
    takes two persons of one office.
    """
    if signer.account == asker.account:
        return "same_person"
    if signer.account in concerns:
        return "concerns_him"
    if not signer.units or not (one_unit or asker.units.isdisjoint(signer.units)):
        return "same_unit"
    return ""
