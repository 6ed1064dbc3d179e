from oneroom.apps.incidents.models.after import (
    CallBack,
    CallBackTry,
    Handover,
    Referral,
    SentBack,
)
from oneroom.apps.incidents.models.calls import (
    Call,
    CallPayload,
    Draft,
    Questioning,
)
from oneroom.apps.incidents.models.matter import (
    AddedWords,
    Assignment,
    Counted,
    DayCount,
    Distinct,
    Incident,
    Report,
)

__all__ = [
    "AddedWords",
    "Assignment",
    "Call",
    "CallBack",
    "CallBackTry",
    "CallPayload",
    "Counted",
    "DayCount",
    "Distinct",
    "Draft",
    "Handover",
    "Incident",
    "Questioning",
    "Referral",
    "Report",
    "SentBack",
]
