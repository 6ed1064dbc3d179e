"""Codes of personnel with their words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from oneroom.engine.appointment import Must

KINDS = {
    "sworn": _("Officer"),
    "auxiliary": _("Auxiliary"),
    "grid_worker": _("Grid worker"),
}
# On what a posting is based.
BASES = {
    "first": _("First posting"),
    "transfer": _("Transfer"),
    "rotation": _("Rotation"),
    "move_down": _("Moved down to a station"),
    "appointment": _("Appointment"),
    "reform": _("Reform"),
    "entered": _("Entered from earlier records"),
}
# What nobody gives as a basis by hand: a list of earlier records, and what a reform brings.
BY_MACHINE = frozenset({"entered", "reform"})
LEFT_BY = {
    "retired": _("Retired"),
    "resigned": _("Resigned"),
    "dismissed": _("Dismissed"),
    "transferred": _("Went to another force"),
    "ended": _("Contract ended"),
    "died": _("Died"),
}
# How a deviation of a posting taken over is settled.
SETTLED = {"met": _("in order by now"), "moved": _("sits there no more"), "kept": _("two persons let it be")}
# The code of the exam before an appointment, and of the sessions of row B35.
SITTINGS = {"training": _("Training"), "meeting": _("Meeting"), "exam": _("Exam")}
BOOKED_BY = {
    "approved": _("Approved"),
    "adjusted": _("Adjusted"),
    "reform": _("Reform"),
    "entered": _("Entered from earlier records"),
}
# Why an appointment is refused: sentences with what is missing (engine.appointment).
MUSTS = {
    Must.KIND: _("%(number)s cannot take this post: it is for another kind of staff."),
    Must.EXAM: _("%(number)s has not passed the exam before this appointment: %(missing)s."),
    Must.SKILL: _("%(number)s has no valid certificate for this post: %(missing)s."),
    Must.KIN: _("%(number)s has a declared relative in the line of command of this post."),
    Must.FIRST_POST: _("%(number)s is new: the first post is at the front line."),
    Must.PROMOTION: _(
        "%(number)s has %(months)s of %(missing)s months at the front line that heading a unit asks for."
    ),
}
