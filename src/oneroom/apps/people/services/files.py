"""
A file that somebody had looked through, kept for him until he takes it over: nobody chooses the same file twice.

It is sealed under a key that only his page has: whoever reads the table, or a backup of it, reads nothing. It goes when
it was taken over, when he looks through another of its kind, or after an hour (class ``upload`` of engine.retention).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.utils.translation import gettext_noop as _

from oneroom.apps.ledger.services import service
from oneroom.apps.people.models import KeptFile
from oneroom.engine.values import Actor, BadInput

KEPT = timedelta(hours=1)
_GONE = _("The file that was looked through is kept no longer. Choose it again.")


@service
def keep_file(kind: str, content: bytes, *, shown: str, by: Actor, at: datetime) -> str:
    """
    Keep it, in place of another of its kind; gives the key to it, which is kept nowhere.

    ``shown`` is a digest (at most 64 characters) of what he was told that it would do.
    """
    key = Fernet.generate_key()
    sealed = Fernet(key).encrypt(content)
    new = {"sealed": sealed, "shown": shown, "at": at}
    KeptFile.objects.update_or_create(account_id=by.id, kind=kind, defaults=new)  # two pages may look at once
    return key.decode()


def kept_file(kind: str, key: str, *, by: Actor, at: datetime) -> tuple[bytes, str]:
    """His own file and what was shown of it. Raises BadInput where it is kept no longer, or another one is."""
    row = KeptFile.objects.filter(account_id=by.id, kind=kind, at__gt=at - KEPT).first()
    if row is None:
        raise BadInput("file", _GONE, code="upload_gone")
    try:
        return Fernet(key.encode()).decrypt(bytes(row.sealed)), row.shown
    except (InvalidToken, ValueError):
        raise BadInput("file", _GONE, code="upload_gone") from None


@service
def drop_file(kind: str, *, by: Actor) -> None:
    """It was taken over."""
    KeptFile.objects.filter(account_id=by.id, kind=kind).delete()
