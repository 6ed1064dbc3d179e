from oneroom.apps.personnel.models.care import Award, Budget, WelfareNote
from oneroom.apps.personnel.models.establishment import Booking, Post, QuotaLine, Village
from oneroom.apps.personnel.models.people import Absence, Certificate, Kinship, Move, Person, Posting
from oneroom.apps.personnel.models.register import Acknowledgement, Attendance, Policy, Sitting
from oneroom.apps.personnel.models.rotation import Exemption, Round, RoundMove

__all__ = [
    "Absence",
    "Acknowledgement",
    "Attendance",
    "Award",
    "Booking",
    "Budget",
    "Certificate",
    "Exemption",
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
