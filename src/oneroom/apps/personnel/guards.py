"""What personnel objects to (``settings.GUARDS``)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from oneroom.apps.personnel.models import Person, Post
from oneroom.apps.personnel.strength import quotas_on, strength_on
from oneroom.engine.auxiliary import carried_by
from oneroom.engine.organisation.faults import Fault
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.roles import Role
from oneroom.engine.values import Conflict


def no_officers_role(*, account_id: int, role: Role) -> None:
    """A role that carries what the law keeps for officers is never an auxiliary's or a grid worker's (row T41)."""
    kept = carried_by(role)
    if kept and Person.objects.filter(account_id=account_id, left=None).exclude(kind="sworn").exists():
        raise Conflict(
            "This person is no officer, and the law keeps for officers what this role may do.",
            field="role", code="officers_only",
        )  # fmt: skip


def posts_have_a_unit(*, proposal: Proposal) -> Iterator[Fault]:
    """Posts, who sits there and places go to the heir; where nobody inherits a unit each of them is left to nobody."""
    bare = [code for code, heir in proposal.ended.items() if heir is None]
    if not bare:
        return
    people, places = strength_on(proposal.day), quotas_on(proposal.day)
    posts = list(Post.objects.filter(unit__in=bare, until=None).values_list("unit", flat=True))
    for code in bare:
        sits = sum(count for (unit, _kind), count in people.items() if unit == code)
        held = sum(count for (unit, _kind), count in places.items() if unit == code)
        if sits:
            yield Fault("person_without_post", code, {"count": sits}, _("%(count)s people would be without a post."))
        if code in posts:
            says = _("%(count)s posts belong to it, and nobody inherits it.")
            yield Fault("post_without_unit", code, {"count": posts.count(code)}, says)
        if held:
            says = _("%(count)s places of the establishment are its, and nobody inherits it: the total would not hold.")
            yield Fault("quota_broken", code, {"count": held}, says)
