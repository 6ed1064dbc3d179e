"""Accounts and what roles they hold."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac


class AccountManager(BaseUserManager["Account"]):
    """What Django's own tools need of a user model."""

    def create_user(self, username: str, password: str | None = None, **rest: Any) -> Account:
        account = self.model(username=self.model.normalize_username(username), **rest)
        account.set_password(password)
        account.save(using=self._db)
        return account


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
