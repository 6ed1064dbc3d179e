"""Which screen belongs to whom."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as named

from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.pages.office.shell import first_place, rings


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen that exists for somebody."""

    path: str
    name: str | Promise
    about: str | Promise


def screens(actor: Actor) -> list[Screen]:
    """The screens this person may open, the one he works at first."""
    found = []
    if actor.may(Right.DISPATCH):
        found.append(Screen(reverse("room"), named("screen", "Room"), _("Send crews, watch clocks")))
    if actor.may(Right.TAKE_CALL):
        found.append(Screen(reverse("intake"), named("screen", "Intake"), _("Take a call by keyboard")))
    if actor.may(Right.CREW_ACT):
        found.append(Screen(reverse("terminal"), named("screen", "Phone"), _("Sign, arrive, report by phone")))
    if first_place(actor) is not None:
        about = _("Figures, matters, the record") if actor.may(Right.SEE_BOARD) else _("Accounts and roles")
        found.append(Screen(reverse("office"), named("screen", "Office"), about))
    if rings(actor) and not actor.may(Right.CREW_ACT):
        found.append(Screen(reverse("terminal"), named("screen", "Phone"), _("Rings when a crew does not answer")))
    return found


def home(actor: Actor) -> str:
    """Where somebody lands after signing in; who has no screen gets the plain page that says so."""
    mine = screens(actor)
    return mine[0].path if mine else reverse("sign-in")
