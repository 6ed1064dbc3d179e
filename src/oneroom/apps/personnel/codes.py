"""Codes of personnel with their words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from oneroom.engine.rotation.verdict import Rule

KINDS = {
    "sworn": _("Officer"),
    "auxiliary": _("Auxiliary"),
    "grid_worker": _("Grid worker"),
}
# The ladder of ranks (engine.rotation.ladder).
RANKS = {
    "staff": _("staff member"),
    "deputy_section": _("deputy section chief"),
    "section": _("section chief"),
    "deputy_division": _("deputy division chief"),
    "division": _("division chief"),
    "deputy_bureau": _("deputy bureau chief"),
    "bureau": _("bureau chief"),
}
# Work that no relative of a head may do beside him (Civil Servants Law 74).
WATCHES = {
    "personnel": _("personnel"),
    "discipline": _("discipline inspection"),
    "audit": _("audit"),
    "finance": _("finance"),
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
# Why an appointment is refused: sentences with what is missing (engine.rotation.verdict).
RULES = {
    Rule.CATEGORY: _("%(number)s cannot take this post: it is for another kind of staff (Police Law 26)."),
    Rule.RANK: _("%(number)s has not the rank for this post: an appointment goes up one step at most, and none down."),
    Rule.NEEDS: _("%(number)s has no valid certificate for this post: %(missing)s."),
    Rule.EXAM_FIRST: _("%(number)s has not passed the exam before this appointment: %(missing)s."),
    Rule.NEWCOMER_FRONT_LINE: _("%(number)s is new: the first post is at the front line."),
    Rule.CAREER_FRONT_LINE: _("%(number)s has %(days)d of %(needed)d days at the front line that this post asks for."),
    Rule.SELECTION_FRONT_LINE: _(
        "%(number)s is not at the front line now: this post is filled by selection from there."
    ),
    Rule.PROMOTION_FRONT_LINE: _(
        "%(number)s has %(days)d of %(needed)d days at the front line that heading a unit or a promotion asks for."
    ),
    Rule.KINSHIP: _(
        "%(number)s has a declared relative in the line of command of this post, or whom it watches over"
        " (Civil Servants Law 74)."
    ),
    Rule.HOME_PLACE: _("%(number)s is from the place that this post heads (Civil Servants Law 75)."),
    Rule.SENSITIVE_YEARS: _("%(number)s has had this sensitive post since %(since)s: five years were full on %(on)s."),
    Rule.POST_YEARS: _("%(number)s has had this post since %(since)s: ten years were full on %(on)s."),
    Rule.ANOTHER_UNIT: _("%(number)s would stay in the same unit: a round of moves takes people to another."),
    Rule.UNIT_LOSES: _("A unit would lose more of its people than this round allows."),
    Rule.SKILLS_KEPT: _("A unit would keep nobody with a skill that it must keep."),
}
