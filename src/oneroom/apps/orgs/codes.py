"""Codes of the organisation with their words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as named

from oneroom.engine.organisation.facts import System

# What stops a reform (engine.organisation.faults).
FAULTS = {
    "no_parent": _("It answers to a unit that has ended."),
    "second_root": _("It answers to nobody."),
    "loop": _("In the end it answers to itself."),
    "no_heir": _("It ends, and nobody has what it had."),
    "no_system": _("It is in none of the four systems."),
    "no_owner": _("Nobody answers for this function any more."),
    "uncovered": _("Nobody answers any more for %(share)s %% of its ground."),
    "covered_twice": _("Its ground and that of %(other)s lie over each other."),
    "limit": _("Oversight and support would be %(part)s of %(whole)s units, more than %(percent)s %%."),
}

KINDS = {
    "city_bureau": _("City bureau"),
    "branch_bureau": _("Branch bureau"),
    "sub_bureau": _("Sub-bureau"),
    "station": _("Police station"),
    "command_room": _("Command room"),
    "division": _("Division"),
    "section_office": _("Section"),
    "deputy_division": _("Deputy division"),
    "brigade": _("Brigade"),
    "district": _("Police district"),
    "team": _("Team"),
    "legal_unit": _("Legal unit"),
    "police_area": _("Police area"),
    "county_bureau": _("County bureau"),
    "local_government": _("District government"),
    "department": _("Department"),
    "community_team": _("Community team"),
    "case_team": _("Case team"),
    "community_group": _("Community group"),
    "case_group": _("Case group"),
    "party_office": _("Party office"),
    "political_department": _("Political department"),
}
SYSTEMS = {
    System.COMMAND: named("system", "Command"),
    System.OVERSIGHT: named("system", "Oversight"),
    System.OPERATIONS: named("system", "Operations"),
    System.SUPPORT: named("system", "Support"),
}
