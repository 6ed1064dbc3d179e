"""
Accounts, for administrators: list, add, roles with unit and days, close, a temporary password shown once.

Roles are given and taken back, a closed account is opened again, a password or the second factors are reset by two
administrators of two units: this page asks, ``signatures.py`` is where the second one signs.

An administrator opens no matter and no record (roles.MAY). A list of persons does not leave the house, so the table
has neither file nor print.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import units
from oneroom.apps.people.access import account_for, accounts_for, grants_of, usable_signature
from oneroom.apps.people.factors import WAYS, held
from oneroom.apps.people.services import (
    ask_second,
    change_details,
    close_account,
    create_account,
    end_sessions,
    free_account,
    locked_since,
    may_be_given,
    set_password,
    use_signature,
)
from oneroom.engine.roles import Right, Role
from oneroom.engine.signatures import Act
from oneroom.engine.text import phone, plain
from oneroom.engine.values import Actor, BadInput, NotAllowed, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.office.signatures import waiting_about
from oneroom.web.pages.room.words import FACTORS, ROLES, local, named
from oneroom.web.tables import Choice, Column, Table, Text
from oneroom.web.takeout import respond

TEMPORARY = timedelta(hours=24)
_HELD = {str(r): ROLES[r] for r in Role if r in ROLES}  # what people hold; citizens and the machine hold no account
_STATES = {"open": lazy("in use"), "closed": lazy("shut")}


def _with_roles(rows: Sequence[Any]) -> list[Any]:
    """The accounts with the roles they hold now."""
    held: dict[int, list[Any]] = {}
    ids = [row.pk for row in rows]
    for grant in _grants(ids):
        held.setdefault(grant.account_id, []).append(grant)
    for row in rows:
        row.held = held.get(row.pk, [])
    return list(rows)


def _grants(ids: list[int]) -> list[Any]:
    return grants_of(ids, by=Actor(0, frozenset({Role.ADMINISTRATOR})))  # the page asked for the right already


def _roles_said(row: Any) -> str:
    return _(", ").join(" · ".join(filter(None, (str(named(ROLES, g.role)), _unit(g)))) for g in row.held)


def _unit(grant: Any) -> str:
    return local(grant.unit.name_zh, grant.unit.name_en) if grant.unit else ""


TABLE = Table(
    "accounts", lazy("Accounts"), order="name", of_persons=True, prepare=_with_roles,
    columns=(
        Column("name", lazy("Full name"), lambda r: r.name, sort=("name",),
               link=lambda r: reverse("office-account", args=[r.pk])),
        Column("username", lazy("Signs in as"), lambda r: r.username, sort=("username",)),
        Column("number", lazy("Account"), lambda r: r.pk, sort=("pk",), n=True),
        Column("roles", lazy("Roles"), _roles_said),
        Column("state", lazy("State"), lambda r: _("in use") if r.is_active else _("shut"), sort=("is_active",)),
        Column("last", lazy("Last signed in"), lambda r: r.last_login, sort=("last_login",), n=True),
    ),
    filters=(
        Choice("state", lazy("State"), lambda: _STATES, lambda rows, v: rows.filter(is_active=v == "open"),
               default="open"),
        Choice("role", lazy("Role"), lambda: _HELD,
               lambda rows, v: rows.filter(grants__role=v, grants__ends=None).distinct()),
        Text("name", lazy("Name or user name"),
             lambda rows, v: rows.filter(name__icontains=v) | rows.filter(username__icontains=v)),
    ),
    empty=lazy("No account yet."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.MANAGE_ACCOUNTS)
def accounts(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    by = actor(request)
    shell = frame(
        request,
        "office-accounts",
        about=_("all accounts of the force"),
        add=reverse("office-account-new"),
        add_word=_("New account"),
    )
    return respond(request, TABLE, accounts_for(by=by), by=by, frame=shell, template="office/list.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.MANAGE_ACCOUNTS)
def new(request: HttpRequest) -> HttpResponse:
    """A new account, with a temporary password that is shown once."""
    given = {name: request.POST.get(name, "") for name in ("username", "name", "mobile", "email", "language")}
    if request.method == "POST":
        by, at = actor(request), now()
        secret = secrets.token_urlsafe(12)
        try:
            details = _details(request)
            username = plain("username", request.POST.get("username"), longest=64, required=True)
            if not username.replace("-", "").replace(".", "").replace("_", "").isalnum():
                raise BadInput("username", "Letters, digits, - . and _ only.")
            made = create_account(username=username, by=by, at=at, **details)
            if request.POST.get("elsewhere"):
                return redirect("office-account", made.pk)
            set_password(made.pk, secret, temporary_until=at + TEMPORARY, by=by, at=at)
        except Refused as refused:
            return _new(request, given, refused)
        return _account(request, made.pk, secret=secret)
    return _new(request, given)


def _new(request: HttpRequest, given: dict[str, str], refused: Refused | None = None) -> HttpResponse:
    elsewhere = bool(settings.OIDC_URL or settings.LDAP_URL)
    shell = frame(request, "office-accounts", given=given, elsewhere=elsewhere, **_said(refused))
    return render(request, "office/account_new.html", shell, status=refused.status if refused else 200)


def _details(request: HttpRequest) -> dict[str, str]:
    language = request.POST.get("language", "") or settings.LANGUAGE_CODE
    if language not in dict(settings.LANGUAGES):
        raise BadInput("language", "There is no such choice here. Pick one of the list.")
    email = plain("email", request.POST.get("email"), longest=120)
    if email and not ("@" in email and " " not in email):
        raise BadInput("email", "A mailbox looks like name@place.")
    return {
        "name": plain("name", request.POST.get("name"), longest=60, required=True),
        "mobile": phone("mobile", request.POST.get("mobile")), "email": email, "language": language,
    }  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.MANAGE_ACCOUNTS)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account; by POST one act on it (``act``)."""
    by = actor(request)
    account_for(pk, by=by)
    if request.method != "POST":
        return _account(request, pk)
    act = ACTS.get(request.POST.get("act", ""))
    try:
        if act is None:
            raise BadInput("act", "There is no such choice here. Pick one of the list.")
        secret = act(request, pk, by, now())
    except Refused as refused:
        return _account(request, pk, refused=refused)
    return _account(request, pk, secret=secret) if secret else redirect("office-account", pk)


def _account(request: HttpRequest, pk: int, *, secret: str = "", refused: Refused | None = None) -> HttpResponse:
    by = actor(request)
    found = account_for(pk, by=by)
    stations = {str(u.pk): local(u.name_zh, u.name_en) for u in units()}
    grants = [(g.pk, g.role, named(ROLES, g.role), g.unit_id or "", _unit(g), g.begins, g.until)
              for g in grants_of([pk], by=by)]  # fmt: skip
    shell = frame(
        request, "office-accounts", a=found, grants=grants, roles=_HELD, stations=stations, secret=secret,
        secret_until=found.temporary_until, own=by.id == pk,
        locked=locked_since(found.username), may_reset=_signed_reset(pk, by, now()) is not None,
        factors=[FACTORS[WAYS[row.type]] for row in held(pk)],
        waits=waiting_about(f"account:{pk}", by=by), **_said(refused),
    )  # fmt: skip
    return render(request, "office/account.html", shell, status=refused.status if refused else 200)


def _said(refused: Refused | None) -> dict[str, str]:
    return {"refused": worded(refused) if refused else "", "bad": (refused.field or "") if refused else ""}


def _change(request: HttpRequest, pk: int, by: Actor, at: datetime) -> None:
    change_details(pk, by=by, at=at, **_details(request))


def _ask_reset(request: HttpRequest, pk: int, by: Actor, at: datetime) -> None:
    _ask(request, Act.RESET_PASSWORD, pk, {}, by, at)


def _ask_factors(request: HttpRequest, pk: int, by: Actor, at: datetime) -> None:
    _ask(request, Act.RESET_FACTORS, pk, {}, by, at)


def _reset(_request: HttpRequest, pk: int, by: Actor, at: datetime) -> str:
    """What the second administrator signed for is done by who asked, once: only he is shown the password."""
    signed = _signed_reset(pk, by, at)
    if signed is None or not use_signature(signed, by=by, at=at):
        raise NotAllowed("This takes a second person of another unit: ask for the signature.")
    secret = secrets.token_urlsafe(12)
    set_password(pk, secret, temporary_until=at + TEMPORARY, signature=signed, by=by, at=at)
    return secret


def _signed_reset(pk: int, by: Actor, at: datetime) -> int | None:
    return usable_signature(Act.RESET_PASSWORD, f"account:{pk}", details={}, by=by, at=at)


def _give(request: HttpRequest, pk: int, by: Actor, at: datetime) -> None:
    role, unit_id = _role_and_unit(request)
    until = _until(request, at)
    may_be_given(pk, role, unit_id=unit_id, by=by, at=at)
    details = {"role": role.value, "unit": unit_id, "until": until.isoformat() if until else None}
    _ask(request, Act.GIVE_ROLE, pk, details, by, at)


def _end(request: HttpRequest, pk: int, by: Actor, at: datetime) -> None:
    role, unit_id = _role_and_unit(request)
    _ask(request, Act.END_ROLE, pk, {"role": role.value, "unit": unit_id}, by, at)


def _reopen(request: HttpRequest, pk: int, by: Actor, at: datetime) -> None:
    _ask(request, Act.REOPEN_ACCOUNT, pk, {}, by, at)


def _ask(request: HttpRequest, act: Act, pk: int, details: dict[str, Any], by: Actor, at: datetime) -> None:
    """Nothing of it happens before a second administrator, of another unit, has signed."""
    ask_second(act, f"account:{pk}", details=details, words=request.POST.get("why", ""), by=by, at=at)


def _role_and_unit(request: HttpRequest) -> tuple[Role, int | None]:
    role, unit = request.POST.get("role", ""), request.POST.get("unit", "")
    if role not in _HELD:
        raise BadInput("role", "There is no such choice here. Pick one of the list.")
    known = {str(u.pk) for u in units()}
    if unit and unit not in known:
        raise BadInput("unit", "There is no such choice here. Pick one of the list.")
    return Role(role), int(unit) if unit else None


def _until(request: HttpRequest, at: datetime) -> datetime | None:
    """The end of the last day of a role."""
    day = typed_day(request.POST.get("until", ""), field="until")
    if day is None:
        return None
    until = datetime.combine(day + timedelta(days=1), time(), tzinfo=get_current_timezone())
    if until <= at:
        raise BadInput("until", "This day is over already.")
    return until


ACTS: dict[str, Callable[[HttpRequest, int, Actor, datetime], str | None]] = {
    "details": _change, "ask_reset": _ask_reset, "reset": _reset, "ask_factors": _ask_factors,
    "give": _give, "end": _end,
    "close": lambda _r, pk, by, at: close_account(pk, by=by, at=at),
    "reopen": _reopen,
    "free": lambda _r, pk, by, at: free_account(pk, by=by, at=at),
    "sessions": lambda _r, pk, by, at: end_sessions(pk, by=by, at=at),
}  # fmt: skip
