"""Accounts and what roles they hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from oneroom.apps.ledger.prepared import find


class AccountManager(BaseUserManager["Account"]):
    """What Django's own tools need of a user model."""

    def create_user(self, username: str, password: str | None = None, **rest: Any) -> Account:
        account = self.model(username=self.model.normalize_username(username), **rest)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get(self, *args: Any, **kwargs: Any) -> Account:
        """As Django's. Every request of somebody who is signed in begins with ``get(pk=…)``: that one is prepared."""
        if args or [*kwargs] != ["pk"]:
            return super().get(*args, **kwargs)
        found = find(self.model, kwargs["pk"])
        if found is None:
            raise self.model.DoesNotExist("There is no such account.")
        return found


class Account(AbstractBaseUser):
    """
    Somebody who signs in. Rights come from grants, never from flags on the account.

    ``access_version`` grows whenever what the account may do changes: stream tickets carry it.
    """

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=60)
    mobile = models.CharField(max_length=20, blank=True)  # duty phone, for messages of a ladder
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    is_active = models.BooleanField(default=True)
    access_version = models.PositiveIntegerField(default=1)
    temporary_until = models.DateTimeField(null=True)  # the password was made by an administrator: change it first
    session_epoch = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)  # made, or opened again: from then on it counts as unused

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = AccountManager()

    def get_session_auth_hash(self) -> str:
        """What a session is checked against: it ends with the password it began with, or with its epoch."""
        return salted_hmac(
            "oneroom.people.session", f"{self.session_epoch}:{self.password}", algorithm="sha256"
        ).hexdigest()


class Grant(models.Model):
    """
    A role held by an account, at a unit where the role belongs to one, from and to a time.

    ``until`` is when it is to end, ``ends`` when it did: the clock sees to it.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=24)
    unit = models.ForeignKey("orgs.OrgUnit", null=True, on_delete=models.PROTECT)
    begins = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "unit"],
                condition=models.Q(ends=None),
                nulls_distinct=False,
                name="one_open_grant",
            )
        ]


def lasting(at: datetime) -> models.Q:
    """Of grants: those that hold at that moment, also where the clock has not ended yet what was to end."""
    return models.Q(models.Q(until=None) | models.Q(until__gt=at), ends=None)


class Signature(models.Model):
    """
    An act that waits for a second person of another unit (engine.signatures), and what became of it.

    ``about`` is the record that the act concerns, as an id; ``details`` are ids, codes and times that it needs.
    """

    act = models.CharField(max_length=24)
    about = models.CharField(max_length=48)
    details = models.JSONField(default=dict)
    reason = models.ForeignKey("ledger.Sealed", on_delete=models.PROTECT)
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    signed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, blank=True)  # signed, refused, withdrawn, lapsed; empty while it waits
    used_at = models.DateTimeField(null=True)  # a signed export went out

    class Meta:
        indexes = [models.Index(fields=["lapses_at"], condition=models.Q(ended_at=None), name="signature_waits")]
        constraints = [
            models.UniqueConstraint(
                fields=["act", "about", "details", "asked_by"], condition=models.Q(ended_at=None),
                name="asked_once",
            )
        ]  # fmt: skip


class Tries(models.Model):
    """Wrong tries at the door for one name, which stands here as an HMAC: unknown names are counted like known ones."""

    mark = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["since"], name="tries_since")]


class LetIn(models.Model):
    """A commander's word for somebody on duty whose account is locked: one code, one session, for a time."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    code = models.CharField(max_length=64)  # HMAC
    wrong = models.PositiveSmallIntegerField(default=0)
    reason = models.ForeignKey("ledger.Sealed", on_delete=models.PROTECT)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["until"], condition=models.Q(ended_at=None), name="let_in_open")]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=models.Q(ended_at=None), name="let_in_once")
        ]


class Console(models.Model):
    """A console in a secured room: its browser holds a key of which the mark stands here."""

    name = models.CharField(max_length=40)
    mark = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Relation(models.Model):
    """
    A relative whom somebody declared, so that looking at a matter in which that person calls is put before an inspector
    (scope G15). Nobody but the machine and whoever declared it ever reads the name.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="relations")
    kind = models.CharField(max_length=8)
    person = models.ForeignKey("ledger.Sealed", on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account"], condition=models.Q(ended_at=None), name="relation_lives")]


class KeptFile(models.Model):
    """A file that somebody had looked through, for an hour, under a key that only his page has (``services.files``)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    sealed = models.BinaryField()
    shown = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="one_file_of_a_kind")]
