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
# Functions of which the house knows the word. A planner names others as he likes: those are shown as he wrote them.
FUNCTIONS = {
    "exit_entry": _("Exit and entry"),
    "traffic": named("function", "Traffic"),
    "household": _("Household registration"),
    "gang_crime": _("Gang crime"),
    "violent_crime": _("Violent crime"),
    "economic_crime": _("Economic crime"),
    "telecom_fraud": _("Telecom fraud"),
    "drug_crime": _("Drug crime"),
    "environment": _("Crime against the environment"),
    "food_and_drugs": _("Crime with food and drugs"),
    "forest_and_grass": _("Crime in forest and grassland"),
    "intellectual_property": _("Crime against intellectual property"),
}
# The end of a function's code: the part of it that another level answers for.
PARTS_OF_FUNCTIONS = {"_major": _("%(function)s: major cases"), "_check": _("%(function)s: checks on the ground")}
