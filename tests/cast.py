"""
Somebody of every role in the tiny town, and one thing of every kind three times: at the west station, at the east one,
and at a station of another branch.

West is "own": its chiefs head it, its officers ride with crew-1, which is on the matter there. East is "other", the
harbour "branch".
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from PIL import Image

from oneroom.apps.duty.models import CrewMember, Roster
from oneroom.apps.duty.rostering import NEEDS, SHIFTS
from oneroom.apps.duty.services import Fix, NewGear, come_on_duty, enter_force, enter_gear, form_crew, record_positions
from oneroom.apps.incidents import services, shift
from oneroom.apps.incidents.models import Handover, LateAct, StandBy
from oneroom.apps.incidents.services.openings import break_glass
from oneroom.apps.incidents.services.searching import search_record
from oneroom.apps.ledger import searches
from oneroom.apps.ledger.searches import Question
from oneroom.apps.ledger.services import seal
from oneroom.apps.orders.models import Delivery
from oneroom.apps.orders.services import raise_sos
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.orgs.services import begin_unit
from oneroom.apps.oversight.models import LookFlag
from oneroom.apps.oversight.services.holds import place_hold
from oneroom.apps.people.services import ask_second, change_details, create_account, give_role
from oneroom.apps.personnel import services as personnel
from oneroom.apps.places.services import close_roads, raise_warning
from oneroom.apps.plans.services import ask_run, draft_scenario
from oneroom.apps.plans.services.runs import end_run
from oneroom.apps.reforms.services import draft_plan
from oneroom.engine.roles import CREW, Role
from oneroom.engine.signatures import Act
from oneroom.engine.values import SYSTEM
from tests.compared import results
from tests.room import Room
from tests.town import PASSWORD, corner

NOBODY = "nobody"
IN_TOWN = {
    Role.CALL_TAKER: "carl", Role.DISPATCHER: "dora", Role.SHIFT_COMMANDER: "zhou", Role.DUTY_CHIEF: "leader-li",
    Role.PATROL_OFFICER: "zhang", Role.INSPECTOR: "ina", Role.ADMINISTRATOR: "ada",
}  # fmt: skip
# Nobody of these signs in: the public has codes, the machine is not a person.
WITHOUT_ACCOUNT = frozenset({Role.CITIZEN, Role.SYSTEM})
AT_A_STATION = CREW | {Role.STATION_CHIEF, Role.GRID_WORKER, Role.SERVICE_CLERK}
ROLES = [role.value for role in Role if role not in WITHOUT_ACCOUNT]
UNKNOWN = 999_999_999


@dataclass
class Cast:
    """Who there is by role (user names), and the ids of things by kind: own, other, branch, unknown.

    ``planted`` are the canaries of each side by what they are: names, numbers, addresses and words that stand nowhere
    else, so that each finding of one in an answer is that very field.
    """

    room: Room
    who: dict[str, str] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    other: dict[str, Any] = field(default_factory=dict)
    branch: dict[str, Any] = field(default_factory=dict)
    planted: dict[str, dict[str, str]] = field(default_factory=dict)

    def ids(self, where: str) -> dict[str, Any]:
        """The ids of one side."""
        unknown = {**dict.fromkeys(self.own, UNKNOWN), "reference": "20990101-0001"}
        return unknown if where == "unknown" else getattr(self, where)


def cast(room: Room) -> Cast:
    """Everybody and everything."""
    made = Cast(room)
    _branches(room)
    west = room.town.units["west"].pk
    for role in (Role(r) for r in ROLES):
        name = IN_TOWN.get(role)
        if name is None:
            name = role.value.replace("_", "-")
            account = create_account(username=name, name=name.title(), password=PASSWORD, by=SYSTEM, at=room.now)
            give_role(account.pk, role, unit_id=west if role in AT_A_STATION else None, by=SYSTEM, at=room.now)
            if role in CREW:
                seat = "auxiliary" if role == Role.AUXILIARY else "second"
                CrewMember.objects.create(crew=room.town.crews["crew-1"], account=account, role=seat)
            account.refresh_from_db()
            room.town.people[name] = account
        made.who[role.value] = name
    made.planted = {side: canaries(mark) for side, mark in (("own", "1"), ("other", "2"), ("branch", "3"))}
    made.own = _things(room, "west", made.planted["own"], crew="crew-1", lead="zhang", desk="carl", warner="carl")
    made.other = _things(room, "east", made.planted["other"], crew="crew-3", lead="qian", desk="dan", warner="qian")
    made.branch = _things(
        room, "harbour", made.planted["branch"], crew="crew-9", lead="hana", desk="dan", warner="hana"
    )
    signs = {"outgoing_id": room.town.people["zhou"].pk, "incoming_id": room.town.people["dora"].pk}
    made.own["handover"] = Handover.objects.create(**signs, at=room.now, until=room.now, board=_board(room)).pk
    made.other["handover"] = made.branch["handover"] = made.own["handover"]
    for side, who in ((made.own, "leader-li"), (made.other, "qian"), (made.branch, "hana")):
        said = {"why": "danger", "words": "He is on his way here"}
        side["opening"] = break_glass(side["reference"], **said, by=room.actor(who), at=room.now)
        flag = {"day": room.now.date(), "count": 1, "usual": 0, "found_at": room.now}
        side["flag"] = LookFlag.objects.create(rule="own_name", account=room.town.people[who], **flag).pk
        held = {"reason": "complaint", "basis": "Letter of 3 November"}
        held["review_on"] = room.now.date() + timedelta(days=90)
        side["hold"] = place_hold(side["reference"], **held, by=room.actor("ina"), at=room.now)
    planned = {"by": room.actor(made.who["org_planner"]), "at": room.now}
    for side in (made.own, made.other, made.branch):
        side["reform"] = draft_plan("A merger", room.now.date() + timedelta(days=90), **planned)
        side["plan"] = draft_scenario("A plan", **planned)
        side["run"] = ask_run(side["plan"], "compare", {}, **planned)
        end_run(side["run"], "done", results=results(), at=room.now)
        moves = {"by": room.actor(made.who["hr"]), "at": room.now}
        side["round"] = personnel.draft_round("A round", room.now.date() + timedelta(days=90), **moves)
    role = {"role": Role.DISPATCHER.value}
    for side, asker in ((made.own, "ada"), (made.other, "abe"), (made.branch, "abe")):
        about, by = f"account:{side['account']}", room.actor(asker)
        side["signature"] = ask_second(Act.GIVE_ROLE, about, details=role, words="For a day", by=by, at=room.now)
    for side, who in ((made.own, "ina"), (made.other, made.who["oversight_external"])):
        by = room.actor(who)
        search_record(Question(matter=f"incident:{side['incident']}"), purpose="audit", basis="au-2026-1", by=by,
                      at=room.now)  # fmt: skip
        side["search"] = searches.last_of(by)
    made.branch["search"] = made.other["search"]
    for place, side, planted in (
        ("west", made.own, made.planted["own"]), ("east", made.other, made.planted["other"]),
        ("harbour", made.branch, made.planted["branch"]),
    ):  # fmt: skip
        side["person"] = _serves(room, place, planted["private"])
        side |= _registers(room, place, side["person"], planted["care"], carer=made.who["welfare_officer"])
    return made


def _serves(room: Room, place: str, private: str) -> int:
    """Somebody in a post of the station, whose home is a canary."""
    day, machine = room.now.astimezone().date(), {"by": SYSTEM, "at": room.now}
    personnel.book_quota(personnel.approved(place, "sworn", 1, day), basis="entered", **machine)
    personnel.begin_posts([personnel.NewPost(place, place, "sworn", place, front_line=True)], day=day, **machine)
    said = {"number": f"N-{place}".replace("-", "").upper(), "kind": "sworn", "name": place, "joined": day}
    pk = personnel.enter_person(**said, private={"home": private}, **machine)
    personnel.post_people([personnel.Order(pk, place)], day=day, basis="first", **machine)
    return pk


def _registers(room: Room, place: str, person: int, words: str, *, carer: str) -> dict[str, int]:
    """A word of care about somebody, which is a canary; a session of the station; a rule document."""
    day, machine = room.now.astimezone().date(), {"by": SYSTEM, "at": room.now}
    said = {"title_zh": "制度", "topic": "work", "effective": day, "review": day + timedelta(days=365)}
    return {
        "care": personnel.write_welfare(person, words, again=None, by=room.actor(carer), at=room.now),
        "sitting": personnel.hold_sitting(
            kind="training", topic="first_aid", unit=place, day=day, attended=[person], **machine
        ),
        "rule": personnel.publish_policy(code=f"rule_{place}", **said, **machine),
    }


def _branches(room: Room) -> None:
    """Two branches of the city: the town's stations belong to one, the harbour with a crew of its own to the other."""
    at, town = room.now, room.town
    ours, theirs = (
        begin_unit(kind="branch_bureau", code=code, name_zh=code, name_en=code, by=SYSTEM, at=at)
        for code in ("inland", "waterside")
    )
    OrgUnit.objects.filter(code__in=("west", "east")).update(parent=ours)
    lon, lat = corner("harbour")
    box = [
        (lon + x, lat + y) for x, y in [(-0.002, -0.01), (0.01, -0.01), (0.01, 0.01), (-0.002, 0.01), (-0.002, -0.01)]
    ]
    town.units["harbour"] = begin_unit(
        kind="station", code="harbour", name_zh="港口所", name_en="Harbour station", lon=lon, lat=lat, parent=theirs,
        area={"type": "Polygon", "coordinates": [box]}, by=SYSTEM, at=at,
    )  # fmt: skip
    unit = town.units["harbour"].pk
    for name in ("hana", "hugo"):
        town.people[name] = create_account(
            username=name, name=name.title(), password=PASSWORD, language="en", mobile="13900000099", by=SYSTEM, at=at
        )
        give_role(town.people[name].pk, Role.PATROL_OFFICER, unit_id=unit, by=SYSTEM, at=at)
        town.people[name].refresh_from_db()
    crew = form_crew(
        code="crew-9", callsign_zh="crew-9组", callsign_en="Crew-9", unit_id=unit, by=SYSTEM, at=at,
        members=[(town.people["hana"].pk, "lead"), (town.people["hugo"].pk, "second")],
    )  # fmt: skip
    come_on_duty(crew, by=SYSTEM, at=at)
    record_positions([Fix(crew.pk, lon, lat, at, 5.0)], at)
    town.crews["crew-9"] = crew


def _board(room: Room) -> Any:
    return shift.open_board(by=room.actor("zhou"), at=room.now)


def canaries(mark: str) -> dict[str, str]:
    """One for each kind of thing that is kept apart from the record."""
    kinds = ("words", "caller", "address", "added", "draft", "warning", "mailbox", "late", "private", "care")
    numbers = {"phone": f"1395550777{mark}", "exchange": f"1395550888{mark}", "mobile": f"1395550999{mark}"}
    return {kind: f"Quill{kind}{mark}" for kind in kinds} | numbers


def _things(
    room: Room, place: str, planted: dict[str, str], *, crew: str, lead: str, desk: str, warner: str
) -> dict[str, Any]:
    """One of every kind at a place: a matter with its crew on scene and everything that hangs on it."""
    by, at = room.actor(desk), room.now
    matter = room.report(
        f"fight {planted['words']}", at=place, by=desk, caller_name=planted["caller"], caller_phone=planted["phone"],
        address=planted["address"], safe_contact="yes",
    )  # fmt: skip
    sent = room.dispatch(matter, crew)
    room.step(sent, "acknowledge", "set_out", "arrive", by=lead)
    services.say_word(sent.pk, words=planted["added"], by=room.actor(lead), at=at)
    change_details(room.town.people[lead].pk, mobile=planted["mobile"], email=f"{planted['mailbox']}@town.invalid",
                   by=room.actor("ada"), at=at)  # fmt: skip
    lon, lat = corner(place)
    typed = {"fields": {"words": planted["draft"]}}
    late = LateAct(journal=place, n=1, act="note", account_id=by.id, at=at, booked_at=at, state="clashed", cause="gone")
    late.content, _ = seal({"words": planted["late"]}, matter=f"incident:{matter.pk}", purpose="late.words", at=at)
    late.save()
    call = services.take_event(services.Event("abandoned", f"call-{place}", at, number=planted["exchange"]), at=at)
    return {
        "incident": matter.pk, "reference": matter.reference, "report": matter.reports.get().pk, "assignment": sent.pk,
        "crew": room.town.crews[crew].pk, "account": room.town.people[lead].pk, "unit": room.town.units[place].pk,
        "photo": services.add_photo(sent.pk, picture(), happened=None, by=room.actor(lead), at=at),
        "warning": raise_warning(reason="dog", words=planted["warning"], days=3, radius_m=60, lon=lon, lat=lat,
                                 matter=f"incident:{matter.pk}", by=room.actor(warner), at=at),
        "closure": close_roads(how="crossing", points=[list(corner("west"))], one_way=False, reason="works",
                               until=at + timedelta(hours=1), by=room.actor("zhou"), at=at),
        "sos": raise_sos(by=room.actor(lead), at=at),
        "standby": StandBy.objects.create(
            crew=room.town.crews[crew], lon=lon, lat=lat, why="gap", gain=0.1, calls=10, days=90,
            until=at + timedelta(hours=1), state_since=at, ordered_at=at,
        ).pk,
        "delivery": Delivery.objects.filter(account=room.town.people[lead]).order_by("pk")[0].pk,
        "referral": services.bring_in(matter.pk, agency="119", by=by, at=at), "call": call.pk,
        "late": late.pk, "draft": services.keep_draft(f"draft-{place}", 1, typed, services.Shown(), by=by, at=at).pk,
        "roster": Roster.objects.create(
            unit=room.town.units[place], first=at.date(), days=1, version=1, shifts=SHIFTS, needs=NEEDS, changed_at=at
        ).pk,
        "second": room.report("noise", at=place, by=desk, grade=3).pk,
        "gear": enter_gear(
            [NewGear(f"G-{place}", "shield", "Shield", room.town.units[place].pk)], by=room.actor("zhou"), at=at
        )[0],
        "force": enter_force(
            code=f"force-{place}", name_zh="机动队", name_en="Mobile", unit_id=room.town.units[place].pk, base="Yard",
            strength=10, least=5, required=2, by=room.actor("zhou"), at=at,
        ).pk,
    }  # fmt: skip


def picture() -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 60)).save(out, "JPEG")
    return out.getvalue()
