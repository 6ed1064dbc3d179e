from oneroom.apps.people.services.accounts import (
    change_access,
    change_access_of_all,
    change_details,
    close_account,
    create_account,
    end_grant,
    end_sessions,
    give_role,
    reopen_account,
    set_password,
)
from oneroom.apps.people.services.enrolment import Newcomer, enrol
from oneroom.apps.people.services.sessions import session_closed, session_opened

__all__ = [
    "Newcomer",
    "change_access",
    "change_access_of_all",
    "change_details",
    "close_account",
    "create_account",
    "end_grant",
    "end_sessions",
    "enrol",
    "give_role",
    "reopen_account",
    "session_closed",
    "session_opened",
    "set_password",
]
