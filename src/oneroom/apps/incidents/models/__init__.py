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
from oneroom.apps.incidents.models.figures import DayFigures, FoldedTo, MatterFigures
from oneroom.apps.incidents.models.late import LateAct, Reserved
from oneroom.apps.incidents.models.matter import (
    AddedWords,
    Assignment,
    Counted,
    DayCount,
    Distinct,
    Incident,
    Report,
)
from oneroom.apps.incidents.models.openings import Opening
from oneroom.apps.incidents.models.past import PastBatch, PastCall
from oneroom.apps.incidents.models.standby import StandBy

__all__ = [
    "AddedWords",
    "Assignment",
    "Call",
    "CallBack",
    "CallBackTry",
    "CallPayload",
    "Counted",
    "DayCount",
    "DayFigures",
    "Distinct",
    "Draft",
    "FoldedTo",
    "Handover",
    "Incident",
    "LateAct",
    "MatterFigures",
    "Opening",
    "PastBatch",
    "PastCall",
    "Questioning",
    "Referral",
    "Report",
    "Reserved",
    "SentBack",
    "StandBy",
]
