"""Pick a role and sit down, without a password: only in the demo, which listens on this machine alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as named
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from oneroom.apps.duty.queries import Lead, board, leads
from oneroom.apps.incidents.queries import counts, queue
from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import actor_of, find_account, find_account_by_id
from oneroom.engine.values import BadInput, Conflict, NotFound, Refused
from oneroom.web.faults import worded
from oneroom.web.pages.signin.door import open_session
from oneroom.web.pages.signin.home import home
from oneroom.web.pages.start.held import begin_surge, held_crews, hold, release, seats_taken, sit, surge_since
from oneroom.web.pages.start.picture import picture


@dataclass(frozen=True, slots=True)
class Seat:
    """A role to sit down in."""

    role: str
    name: str | Promise
    about: str | Promise
    screen: str | Promise
    username: str = ""


# What each may try first, in one sentence.
SEATS = (
    Seat(
        "dispatcher",
        _("Dispatcher"),
        _("Open the top matter and send the crew proposed first."),
        named("screen", "Room"),
        "demo-dispatcher",
    ),
    Seat(
        "commander",
        _("Shift commander"),
        _("See what is late; at eight o'clock the watch changes."),
        named("screen", "Room"),
        "demo-commander",
    ),
    Seat(
        "calltaker",
        _("Call-taker"),
        _("Type what you hear, ask on, and see the grade follow."),
        named("screen", "Intake"),
        "demo-calltaker",
    ),
    Seat(
        "officer",
        _("Officer"),
        _("Wait for an order, sign it, set off, arrive and report: four taps."),
        named("screen", "Phone"),
    ),
    Seat(
        "chief",
        _("Station chief"),
        _("See how your station answers today; open a matter."),
        named("screen", "Office"),
        "demo-chief",
    ),
    Seat(
        "inspector",
        _("Inspector"),
        _("Find a matter, say what for, see your look on record."),
        named("screen", "Office"),
        "demo-inspector",
    ),
    Seat(
        "citizen",
        _("Citizen"),
        _("Report loud music, then follow it with the code you get."),
        named("screen", "Public"),
    ),
    Seat(
        "personnel",
        _("Personnel officer"),
        _("Find somebody by his unit, and see which posts are vacant."),
        named("screen", "Office"),
        "demo-personnel",
    ),
    Seat(
        "administrator",
        _("Administrator"),
        _("See who may do what, and since when."),
        named("screen", "Office"),
        "demo-administrator",
    ),
    Seat(
        "administrator2",
        _("Second administrator"),
        _("Sign what the other administrator asked for, or refuse it."),
        named("screen", "Office"),
        "demo-administrator-2",
    ),
    Seat(
        "planner",
        _("Planner"),
        _("Merge two stations from tomorrow on; the station chief signs it."),
        named("screen", "Office"),
        "demo-planner",
    ),
    Seat(
        "welfare",
        _("Welfare officer"),
        _("See who is looked after again today; open a word, and write one."),
        named("screen", "Office"),
        "demo-welfare",
    ),
)
KEYS = "1234567890-="  # of the seats, in their order: the upper row of a keyboard
# Five minutes through the whole house.
TOUR = (
    _("As a citizen, report that a shop is being robbed, and keep the code."),
    _("As the call-taker, find the report in the queue, say what it is and how grave."),
    _("As the dispatcher, send the crew proposed first, and remember its name."),
    _("As an officer of that crew, sign, set off, arrive, report."),
    _("As the inspector, open the matter and read its story, every tap of it."),
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The page, and by POST the chosen role."""
    only_in_the_demo()
    if request.method != "POST":
        return _page(request)
    try:
        return redirect(_sit_down(request))
    except Refused as refused:
        return _page(request, refused)


@require_safe
def held(_request: HttpRequest) -> JsonResponse:
    """What visitors hold, and since when there is a storm: the simulated city asks this, and lets them be."""
    only_in_the_demo()
    storm = surge_since(now())
    return JsonResponse(
        {
            "crews": held_crews(), "roles": seats_taken(seat.role for seat in SEATS),
            "surge": storm.isoformat() if storm else None,
        }
    )  # fmt: skip


@require_POST
def surge(_request: HttpRequest) -> HttpResponse:
    """The visitor lets a storm come."""
    only_in_the_demo()
    begin_surge(now())
    return redirect("start")


def only_in_the_demo() -> None:
    """Raise NotFound elsewhere: there is nothing here."""
    if not settings.DEMO:
        raise NotFound


def _sit_down(request: HttpRequest) -> str:
    """Sign the visitor in; where he goes."""
    seat = next((s for s in SEATS if s.role == request.POST.get("role")), None)
    if seat is None:
        raise BadInput("role", "There is no such role here. Pick one of the list.")
    if seat.role == "citizen":
        return "citizen"
    crew = _crew(request) if seat.role == "officer" else None
    account = find_account_by_id(crew.account_id) if crew else find_account(seat.username)
    if account is None:
        raise Conflict("The people of this city are not there yet. Wait a moment and reload.")
    release(request)
    open_session(request, account, way="demo")
    if crew:
        hold(request, crew.crew_id)
    else:
        sit(request, seat.role)
    return home(actor_of(account))


def _crew(request: HttpRequest) -> Lead:
    asked = request.POST.get("crew", "")
    crew = next((lead for lead in leads() if str(lead.crew_id) == asked), None)
    if crew is None:
        raise BadInput("crew", "This crew is not on duty. Pick another.")
    return crew


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    english = get_language() == "en"
    on_duty = [(lead.crew_id, lead.callsign_en if english else lead.callsign_zh) for lead in leads()]
    context = {
        "seats": list(zip(KEYS, SEATS, strict=True)),
        "crews": on_duty,
        "city": picture(),
        "counts": _counts(),
        "available": sum(1 for crew in board() if crew.state == "available"),
        "tour": TOUR,
        "storm": surge_since(now()),
        "refused": worded(refused) if refused else "",
    }
    return render(request, "start/start.html", context, status=refused.status if refused else 200)


def _counts() -> object:
    """The room's head line, as its dispatcher would see it; None while the city has no people."""
    dispatcher = find_account("demo-dispatcher")
    if dispatcher is None:
        return None
    at = now()
    return counts(queue(by=actor_of(dispatcher), at=at), at=at)
