"""
The heads of the record that were signed: of a day, where they are, and whether an earlier one is still contained.

A head holds a number of entries, a hash and a time, of no person anything: so this is no look and leaves no entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from oneroom.apps.ledger import tree
from oneroom.apps.ledger.proofs import check_growth, prove_growth
from oneroom.apps.ledger.time import now
from oneroom.apps.oversight.queries import open_alarms
from oneroom.apps.oversight.services import FILES, RECORD
from oneroom.apps.people.access import usable_signature
from oneroom.apps.people.services import ask_second
from oneroom.engine.roles import Right
from oneroom.engine.signatures import Act
from oneroom.engine.values import BadInput, NotFound, Refused
from oneroom.ports.formats import notes
from oneroom.ports.stamps import stamped_sizes
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.days import day_start, typed_day
from oneroom.web.pages.office.shell import frame, needs

CHAINS = {"acts": lazy("acts"), "looks": lazy("looks: who read what")}
MOST = 4 * 1024 * 1024  # bytes of what is compared: a proof of a matter with two thousand entries


@dataclass(frozen=True, slots=True)
class Hour:
    """What was signed in an hour: from the first to the last, and how many of them an authority stamped."""

    start: datetime
    heads: int
    first: int
    last: int
    at: datetime
    stamped: int


@dataclass(frozen=True, slots=True)
class Compared:
    """An earlier head against the newest: ``holds``, and the file that shows it to others; else what is wrong."""

    chain: str
    earlier: notes.Checkpoint
    later: notes.Checkpoint
    holds: bool
    note: str
    proof: dict[str, Any] | None = None

    @property
    def file(self) -> str:
        """What the proof is saved as."""
        return f"growth-{self.chain}-{self.earlier.size}-{self.later.size}.json"

    @property
    def command(self) -> str:
        """What checks it anywhere."""
        return f"oneroom verify --proof {self.file}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.VERIFY_RECORD)
def heads(request: HttpRequest) -> HttpResponse:
    """A day by hours, an hour by minutes; by POST a head is compared, its proof saved, the record asked for."""
    refused: Refused | None = None
    found: Compared | None = None
    given = ""
    if request.method == "POST":
        given = _given(request)
        try:
            if request.POST.get("as") == "ask":
                why = request.POST.get("why", "")
                ask_second(Act.BULK_EXPORT, RECORD, details=FILES, words=why, by=actor(request), at=now())
                return redirect("office-signatures")
            found = compare(given)
        except Refused as no:
            refused = no
        if found is not None and found.proof is not None and request.POST.get("as") == "file":
            return _file(found)
    signed = usable_signature(Act.BULK_EXPORT, RECORD, details=FILES, by=actor(request), at=now())
    context = frame(
        request, "office-heads", **_day(request), found=found, given=given[:20_000], chains=CHAINS,
        refused=worded(refused) if refused else "", bad=refused.field if refused else "",
        export=f"oneroom export FOLDER --signature {signed}" if signed else "", newest=[_newest(c) for c in CHAINS],
    )  # fmt: skip
    return render(request, "office/heads.html", context, status=refused.status if refused else 200)


@never_cache
@require_safe
@needs(Right.VERIFY_RECORD)
def head(request: HttpRequest, chain: str, size: int) -> HttpResponse:
    """One signed head as it stands in the file, for whoever wants to carry it away."""
    found = tree.head_of(chain, size) if chain in CHAINS else None
    if found is None:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="{chain}-{size}.head"'}
    return HttpResponse(found.note, content_type="text/plain; charset=utf-8", headers=headers)


def compare(given: str) -> Compared:
    """Whether the newest head contains all of a head that somebody was given. Raises BadInput where it is none."""
    for chain in CHAINS:
        newest = tree.last_head(chain)
        if newest is None:
            continue
        _origin, key = notes.from_vkey(newest.key)
        try:
            note = notes.find(given)
            earlier = notes.read(note, key)
        except notes.BadNote:
            continue
        later = notes.read(newest.note, key)
        if earlier.origin != later.origin:
            continue
        if earlier.size > later.size:
            return Compared(chain, earlier, later, False, note)
        proof = prove_growth(chain, earlier.size)
        if proof is None or not check_growth(
            proof, size=earlier.size, root=earlier.root, later=later.size, later_root=later.root
        ):
            return Compared(chain, earlier, later, False, note)
        return Compared(chain, earlier, later, True, note, {**proof, "earlier": note})
    try:
        notes.find(given)
    except notes.BadNote as fault:
        raise BadInput(
            "head", "There is no signed head in this. Paste all of its lines, or choose the file that you were given."
        ) from fault
    raise BadInput(
        "head", "The key of this record did not sign this head, or it was changed. Ask whoever gave it to you."
    )


def _given(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return str(request.POST.get("head", ""))
    if (file.size or 0) > MOST:
        return ""
    given: bytes = file.read(MOST)
    return given.decode(errors="replace")


def _file(found: Compared) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{found.file}"'}
    made = json.dumps(found.proof, ensure_ascii=False, indent=1)
    return HttpResponse(made, content_type="application/json", headers=headers)


def _day(request: HttpRequest) -> dict[str, Any]:
    """What the table shows: hours of a day, or the heads of one hour."""
    chain = request.GET.get("chain", "") or "acts"
    if chain not in CHAINS:
        raise BadInput("chain", "There is no such choice here. Pick one of the list.")
    today = day_start(now())
    start = _date(request.GET.get("day", ""), today)
    signed = tree.heads_between(chain, start, day_start(start + timedelta(hours=30)))
    stamped = stamped_sizes(settings.HEADS_FOLDER, chain)
    hours = [
        Hour(hour, len(group), group[0][0], group[-1][0], group[-1][1], sum(s in stamped for s, _at in group))
        for hour, group in _by_hour(signed)
    ]
    wanted = request.GET.get("hour", "")
    one = next((h for h in hours if f"{h.start:%H}" == wanted), None)
    minutes = [(s, at, s in stamped) for s, at in signed if one and _hour(at) == one.start]
    return {
        "chain": chain, "day": start, "is_today": start >= today, "hours": hours[::-1], "hour": one,
        "minutes": minutes[::-1], "before": start - timedelta(hours=12), "after": start + timedelta(hours=30),
    }  # fmt: skip


def _date(text: str, today: datetime) -> datetime:
    day = typed_day(text)
    if day is None:
        return today
    return today.replace(year=day.year, month=day.month, day=day.day)


def _by_hour(signed: list[tuple[int, datetime]]) -> Iterator[tuple[datetime, list[tuple[int, datetime]]]]:
    for hour, group in groupby(signed, key=lambda head: _hour(head[1])):
        yield hour, list(group)


def _hour(at: datetime) -> datetime:
    return at.astimezone(day_start(at).tzinfo).replace(minute=0, second=0, microsecond=0)


def _newest(chain: str) -> dict[str, Any]:
    """The newest head of a chain, and what became of it outside of the database."""
    wrong = {a.kind: a.since for a in open_alarms().filter(subject=chain)}
    stamped = stamped_sizes(settings.HEADS_FOLDER, chain)
    return {
        "code": chain, "word": CHAINS[chain], "head": tree.last_head(chain), "set_back": wrong.get("record_set_back"),
        "elsewhere": bool(settings.HEADS_COPY), "not_carried": wrong.get("head_not_carried"),
        "asked": bool(settings.TSA_URL), "not_stamped": wrong.get("head_not_stamped"),
        "stamped": max(stamped, default=0),
    }  # fmt: skip
