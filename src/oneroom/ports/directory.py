"""
The force's directory (LDAP): whether this is somebody's password there.

Accounts and roles stay here: the directory is asked only for accounts that have no password of their own. It is asked
for other names too, with a password that nobody has, so that how long the answer takes tells no names apart. Where it
does not answer, nobody is let in by it and no try is counted.
"""

from __future__ import annotations

import logging
import secrets
import ssl
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from ldap3 import NONE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.core.results import RESULT_INVALID_CREDENTIALS, RESULT_NO_SUCH_OBJECT, RESULT_SUCCESS
from ldap3.utils.dn import escape_rdn

from oneroom.apps.people.queries import find_account, find_account_by_id
from oneroom.engine.values import Refused

log = logging.getLogger(__name__)
PATIENCE_S = 4
PLACE = "{username}"
_WRONG = {RESULT_INVALID_CREDENTIALS, RESULT_NO_SUCH_OBJECT}


class Away(Refused):
    """The directory does not answer."""

    status = 503
    code = "directory_away"
    message = "The force's directory does not answer, so nobody can be let in by it now. Try again in a minute."


class Directory(BaseBackend):
    """A backend of Django's (``settings.AUTHENTICATION_BACKENDS``), after the one for passwords kept here."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_rest: Any
    ) -> Any:
        """The account, if the directory lets its owner in with this password. Raises Away."""
        if not username or not password:  # an empty password is let in anywhere, as nobody (RFC 4513 §5.1.2)
            return None
        account = find_account(username)
        ours = account is not None and not account.has_usable_password()
        said = password if ours else secrets.token_urlsafe(16)
        return account if _lets_in(username, said) and ours else None

    def get_user(self, user_id: int) -> Any:
        return find_account_by_id(user_id)


def _lets_in(username: str, password: str) -> bool:
    tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.LDAP_ROOTS or None, version=None)
    try:
        server = Server(settings.LDAP_URL, tls=tls, connect_timeout=PATIENCE_S, get_info=NONE)
        who = settings.LDAP_DN.replace(PLACE, escape_rdn(username))
        connection = Connection(server, user=who, password=password, receive_timeout=PATIENCE_S, read_only=True)
        connection.bind()
        result = connection.result["result"]
        connection.unbind()
    except (LDAPException, OSError) as error:
        log.warning("the directory does not answer (%s)", type(error).__name__)
        raise Away from error
    if result not in {RESULT_SUCCESS, *_WRONG}:
        log.warning("the directory answers %s", result)
        raise Away
    return bool(result == RESULT_SUCCESS)
