from oneroom.apps.people.services.accounts import (
    change_access,
    change_access_of_all,
    close_account,
    create_account,
    end_grant,
    give_role,
)
from oneroom.apps.people.services.enrolment import Newcomer, enrol
from oneroom.apps.people.services.sessions import session_closed, session_opened

__all__ = [
    "Newcomer",
    "change_access",
    "change_access_of_all",
    "close_account",
    "create_account",
    "end_grant",
    "enrol",
    "give_role",
    "session_closed",
    "session_opened",
]
