from oneroom.apps.people.services.accounts import change_access, close_account, create_account, end_grant, give_role
from oneroom.apps.people.services.sessions import session_closed, session_opened

__all__ = [
    "change_access",
    "close_account",
    "create_account",
    "end_grant",
    "give_role",
    "session_closed",
    "session_opened",
]
