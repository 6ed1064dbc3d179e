from oneroom.apps.personnel.models.care import Award, AwardScale, Budget, WelfareNote
from oneroom.apps.personnel.models.establishment import Booking, Post, QuotaLine, Village
from oneroom.apps.personnel.models.pay import GradeAmount, GradeSpell
from oneroom.apps.personnel.models.people import Absence, Certificate, Deviation, Kinship, Move, Person, Posting
from oneroom.apps.personnel.models.register import Acknowledgement, Attendance, Policy, Sitting
from oneroom.apps.personnel.models.rotation import Exemption, Round, RoundMove

__all__ = [
    "Absence",
    "Acknowledgement",
    "Attendance",
    "Award",
    "AwardScale",
    "Booking",
    "Budget",
    "Certificate",
    "Deviation",
    "Exemption",
    "GradeAmount",
    "GradeSpell",
    "Kinship",
    "Move",
    "Person",
    "Policy",
    "Post",
    "Posting",
    "QuotaLine",
    "Round",
    "RoundMove",
    "Sitting",
    "Village",
    "WelfareNote",
]
