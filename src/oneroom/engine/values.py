"""Small values that every layer speaks: who acts, and what may be said when something is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oneroom.engine.roles import MAY, Right, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Who does something, as far as rights go.

    ``via`` says how the act came in (web, api, radio, device, system); it is a code, never free text.
    ``version`` is the account's access version: a stream ticket with an older one is refused.
    ``units`` are the stations he answers for as a chief: his rights as one act on these alone. ``unit_id`` is the
    unit he works at, which gives no right by itself: the lowest of ``units``, without any that of his crew.
    """

    id: int
    roles: frozenset[Role] = field(default_factory=frozenset)
    unit_id: int | None = None
    crew_id: int | None = None
    via: str = "web"
    version: int = 0
    units: frozenset[int] = frozenset()

    def may(self, right: Right) -> bool:
        """Deny by default: a right that names none of this person's roles is refused."""
        return not self.roles.isdisjoint(MAY.get(right, frozenset()))

    def heads(self, unit_id: int | None) -> bool:
        """Is this person a chief of that station? What belongs to no station has no chief."""
        return self.may(Right.SEE_STATION) and unit_id in self.units

    def must(self, right: Right) -> None:
        """Raise ``NotAllowed`` unless this person holds the right."""
        if not self.may(right):
            raise NotAllowed


SYSTEM = Actor(id=0, roles=frozenset({Role.SYSTEM}), via="system")
CITIZEN = Actor(id=0, roles=frozenset({Role.CITIZEN}), via="citizen")


class Refused(Exception):
    """
    Something a person is told: what happened and what to do next.

    ``message`` is the English sentence and at the same time the key of its translation;
    ``params`` fill its %(name)s places. The web layer words it in the person's language.
    """

    status = 400
    code = "refused"
    message = "This cannot be done now."

    def __init__(self, message: Any = None, *, field: str | None = None, code: str | None = None, **params: Any):
        super().__init__(str(message or self.message))
        self.message = message or self.message
        self.field = field
        self.code = code or self.code
        self.params = params


class BadInput(Refused):
    """What was typed cannot be taken; ``field`` names where."""

    status = 422
    code = "bad_input"
    message = "Something in the form cannot be taken."

    def __init__(self, field: str, message: Any = None, *, code: str | None = None, **params: Any):
        super().__init__(message, field=field, code=code, **params)


class Unmet(BadInput):
    """Several fields at once: ``fields`` says for each what is wrong, in the order in which they are asked for."""

    code = "unmet"
    message = "Something is still missing: %(count)d. Each is named at its field."

    def __init__(self, fields: Mapping[str, Any]):
        super().__init__(next(iter(fields)), count=len(fields))
        self.fields = dict(fields)


class NotAllowed(Refused):
    """The person is known and may not."""

    status = 403
    code = "not_allowed"
    message = "Your role may not do this. Ask the shift commander."


class NotFound(Refused):
    """Unknown and forbidden look the same."""

    status = 404
    code = "not_found"
    message = "There is no such record, or it is not yours to see."


class IllegalMove(Refused):
    """The lifecycle table has no such move from here."""

    status = 409
    code = "illegal_move"
    message = "This step does not follow from where the matter stands now."


class Overtaken(Refused):
    """Somebody, or the clock, was quicker; nothing was done."""

    status = 409
    code = "overtaken"
    message = "This has just changed. Yours was not done; look again."


class Conflict(Refused):
    """The same key with other content, or a rule of the database."""

    status = 409
    code = "conflict"
    message = "This does not go together with what is already recorded."


@dataclass(frozen=True, slots=True)
class Reason:
    """One of several why something is refused; ``two_may``: two persons may set it aside."""

    code: str
    message: Any
    params: Mapping[str, Any] = field(default_factory=dict)
    two_may: bool = False


class Objected(Conflict):
    """Rules stand against it: every one of them is said, and what more there are is counted."""

    message = "%(more)d more reasons."

    def __init__(self, reasons: Sequence[Reason], *, more: int = 0):
        super().__init__(field="post", code=reasons[0].code, more=max(more, 0))
        self.reasons = tuple(reasons)

    @property
    def two_may(self) -> bool:
        """Whether two persons may set all of it aside."""
        return all(reason.two_may for reason in self.reasons)
