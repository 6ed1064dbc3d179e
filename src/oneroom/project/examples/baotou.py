"""
Baotou, as its reform of 2022 was published (rows B02–B06, B08, B13, B15, B16, B19, B22, B33, B38): an illustration with
nine districts.

The texts give sums, no tree: which office went into which is made up here, by rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from oneroom.engine.organisation.changes import Alter, Change, Create, Delegate, Entrust, Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.organisation.figures import Share, bases_of, coverage
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.organisation.routing import route
from oneroom.engine.organisation.summary import summary
from oneroom.engine.organisation.tree import Tree
from oneroom.project.examples import City, Counted, Down, Reform, Staff

DISTRICTS = (
    ("昆都仑区", "Kundulun", "branch_bureau"), ("青山区", "Qingshan", "branch_bureau"),
    ("东河区", "Donghe", "branch_bureau"), ("九原区", "Jiuyuan", "branch_bureau"),
    ("石拐区", "Shiguai", "branch_bureau"), ("白云鄂博矿区", "Baiyun", "branch_bureau"),
    ("土默特右旗", "Tumote", "county_bureau"), ("固阳县", "Guyang", "county_bureau"),
    ("达尔罕茂明安联合旗", "Damao", "county_bureau"),
)  # fmt: skip
CODES = tuple(f"bt-{english.lower()}" for _zh, english, _kind in DISTRICTS)
BAIYUN = "bt-baiyun"
COUNTIES = ("bt-tumote", "bt-guyang", "bt-damao", "bt-shiguai")  # to which traffic goes down
SECTIONS, CUT, TOWN_STATIONS, RURAL = 84, 26, 44, 3
PLACES, MOVED, OFFICERS, IN_STATIONS = 1000, 76, 860, 461  # 399 + 76 places are the giving units': 16 % of them move
_HAS_LEGAL, _GETS_LEGAL = CODES[:4], CODES[4:8]
_S = System
_INVESTIGATION = (
    ("直属侦查一分局", ("gang_crime", "violent_crime")), ("直属侦查二分局", ("economic_crime", "telecom_fraud")),
    ("直属侦查三分局", ("drug_crime",)),
)  # fmt: skip
_GREEN = ("environment", "food_and_drugs", "forest_and_grass", "intellectual_property")
_PARTY = (
    New("bt-party", "party_office", "机关党委", "Party committee of the organ", "", _S.SUPPORT, "bt"),
    New("bt-tour", "party_office", "巡察工作联络办公室", "Liaison office for inspection tours", "", _S.OVERSIGHT, "bt"),
    New("bt-political", "political_department", "政治部", "Political department", "", _S.SUPPORT, "bt"),
)  # fmt: skip
_PARTS = (("room", "command_room", "综合指挥室"), ("patrol", "team", "巡防队"), ("case", "team", "办案队"))


def baotou() -> City:
    """The city."""
    centre = New("bt-centre", "command_room", "情报指挥中心", "Intelligence and command centre", "", _S.COMMAND, "bt")
    docket = New(
        "bt-inspection", "division", "督察审计信访支队", "Inspection, audit and petitions", "", _S.OVERSIGHT, "bt"
    )
    reforms = (
        Reform("B03", "情报中心、指挥中心合并", (Merge(("bt-intel", "bt-command"), "bt-centre", centre),)),
        Reform("B04", "督察、信访、审计合并",
               (Merge(("bt-watch", "bt-petitions", "bt-audit"), "bt-inspection", docket),)),
        Reform("B05", "技术侦查、网络安全保卫合并", (Merge(("bt-tech", "bt-cyber"), "bt-tech"),)),
        Reform("B02 B06", "整合撤销内设机构", tuple(_sections())),
        Reform("B08", "交通管理职责下放旗县区", (Delegate("traffic", "bt-traffic", ("bt-traffic", *COUNTIES)),)),
        Reform("B13", "白云矿区公安分局上划", (Alter(BAIYUN, {"parent": "bt"}),)),
        Reform("B16", "城镇派出所两队一室", tuple(_two_teams())),
        Reform("B19", "设立市公安局直属侦查一、二、三分局", tuple(_investigation())),
        Reform("B22", "三级生态环境、食品药品、森林草原、知识产权犯罪打击体系", tuple(_three_levels())),
        Reform("B33", "“三定”规定：机关党委、巡察工作联络办公室、政治部", tuple(Create(unit) for unit in _PARTY)),
        Reform("B38", "法制机构设置", tuple(Create(_legal(code)) for code in _GETS_LEGAL)),
    )  # fmt: skip
    return City(
        "baotou", tuple(_founding()), reforms, FIGURES, tuple(_staff()), CODES, spare=tuple(_spare()),
        down=tuple(_down()),
    )  # fmt: skip


def _founding() -> list[Change]:
    """The force before its reform."""
    made = [
        New("bt", "city_bureau", "包头市公安局", "Baotou bureau", "city", _S.COMMAND),
        New("bt-command", "command_room", "指挥中心", "Command centre", "", _S.COMMAND, "bt"),
        New("bt-intel", "division", "情报中心", "Intelligence centre", "", _S.COMMAND, "bt"),
        New("bt-watch", "division", "督察支队", "Inspection", "", _S.OVERSIGHT, "bt"),
        New("bt-petitions", "division", "信访科", "Petitions", "", _S.OVERSIGHT, "bt"),
        New("bt-audit", "division", "审计科", "Audit", "", _S.OVERSIGHT, "bt"),
        New("bt-tech", "division", "技术侦查支队", "Technical investigation", "", _S.OPERATIONS, "bt"),
        New("bt-cyber", "division", "网络安全保卫支队", "Cyber security", "", _S.OPERATIONS, "bt"),
        New("bt-traffic", "division", "交通管理支队", "Traffic", "", _S.OPERATIONS, "bt"),
        New("bt-by-gov", "local_government", "白云鄂博矿区政府", "Baiyun district government", "", _S.COMMAND, "bt"),
    ]
    for (zh, english, kind), code in zip(DISTRICTS, CODES, strict=True):
        above = "bt-by-gov" if code == BAIYUN else "bt"
        office = "公安局" if kind == "county_bureau" else "分局"
        made.append(New(code, kind, f"{zh}{office}", f"{english} bureau", "branch", _S.COMMAND, above))
        made += [New(f"{code}-r{k}", "station", f"{zh}乡镇{k + 1}所", f"{english} rural {k + 1}", "rural",
                     _S.OPERATIONS, code) for k in range(RURAL)]  # fmt: skip
    made += [_legal(code) for code in _HAS_LEGAL]
    for at, k in _places(SECTIONS):
        system = _S.SUPPORT if k % 2 else _S.OVERSIGHT
        if k >= 6:
            system = _S.OPERATIONS
        zh, english, _kind = DISTRICTS[at]
        named = (f"{zh}{k + 1}科", f"{english} section {k + 1}", "section")
        made.append(New(f"{CODES[at]}-k{k}", "section_office", *named, system, CODES[at]))
    for n, (at, _k) in enumerate(_places(TOWN_STATIONS)):
        zh, english, _kind = DISTRICTS[at]
        made.append(New(_town(n), "station", f"{zh}城镇{n + 1}所", f"{english} town {n + 1}", "town", _S.OPERATIONS,
                        CODES[at]))  # fmt: skip
    return [*(Create(unit) for unit in made), Entrust("traffic", ("bt-traffic",))]


def _staff() -> list[Staff]:
    """
    Officers of the bureaus of the districts and of their town stations. The texts give no number of people: these are
    made up so that who serves in stations is the share that the other city published (row T12).
    """
    bureaus = _spread(CODES, OFFICERS - IN_STATIONS)
    return [*bureaus, *_spread([_town(n) for n in range(TOWN_STATIONS)], IN_STATIONS)]


def _spare() -> list[Staff]:
    """Places that nobody has: those that move down, and as many in stations as make a thousand of them all."""
    left = PLACES - OFFICERS - MOVED
    return [*_spread(CODES, MOVED), *_spread([_town(n) for n in range(TOWN_STATIONS)], left)]


def _down() -> list[Down]:
    """7.6 % of all places, 16 % of those of the units that give them, go to the stations below (row B15)."""
    first = {CODES[at]: _town(n) for n, (at, _k) in reversed([*enumerate(_places(TOWN_STATIONS))])}
    return [Down(staff.unit, first[staff.unit], staff.count) for staff in _spread(CODES, MOVED)]


def _spread(units: Sequence[str], people: int) -> list[Staff]:
    many = len(units)
    return [Staff(unit, "sworn", people // many + (k < people % many)) for k, unit in enumerate(units)]


def _legal(code: str) -> New:
    return New(f"{code}-legal", "legal_unit", "法制大队", "Legal unit", "", _S.OVERSIGHT, code)


def _town(n: int) -> str:
    return f"bt-town{n:02d}"


def _investigation() -> list[Change]:
    """Three branches of the bureau, each for its kinds of crime; what is not major stays with the districts (B19)."""
    made: list[Change] = []
    for n, (zh, functions) in enumerate(_INVESTIGATION, start=1):
        code = f"bt-inv{n}"
        made.append(Create(New(code, "division", zh, f"Investigation branch {n}", "branch", _S.OPERATIONS, "bt")))
        made += [Entrust(f"{function}_major", (code,)) for function in functions]
    every = [function for _zh, functions in _INVESTIGATION for function in functions]
    return made + [Entrust(function, CODES) for function in every]


def _three_levels() -> list[Change]:
    """
    The bureau's enforcement unit, one in each district, and the rural stations on the ground (B22): each level answers
    for what is its own.
    """
    top = New("bt-green", "division", "综合执法行动支队", "Joint enforcement", "", _S.OPERATIONS, "bt")
    named = ("brigade", "综合执法大队", "Joint enforcement brigade", "", _S.OPERATIONS)
    teams = [New(f"{code}-green", *named, code) for code in CODES]
    rural = tuple(f"{code}-r{k}" for code in CODES for k in range(RURAL))
    made: list[Change] = [Create(unit) for unit in (top, *teams)]
    made += [Entrust(f"{kind}_major", (top.code,)) for kind in _GREEN]
    made += [Entrust(kind, tuple(team.code for team in teams)) for kind in _GREEN]
    return made + [Entrust(f"{kind}_check", rural) for kind in _GREEN]


def _places(whole: int) -> list[tuple[int, int]]:
    """So many things over the nine districts: of each its district and its number there."""
    many = len(CODES)
    return [(at, k) for at in range(many) for k in range(whole // many + (at < whole % many))]


def _sections() -> list[Change]:
    """Sections of oversight and support go into another of the same system (rows B02, B06)."""
    merges: list[Change] = []
    for at, k in _places(CUT):
        stays, goes = f"{CODES[at]}-k{k % 2}", f"{CODES[at]}-k{k + 2}"
        merges.append(Merge((stays, goes), stays))
    return merges


def _two_teams() -> list[Change]:
    """A room and two teams below each town station (row B16)."""
    made: list[Change] = []
    for n in range(TOWN_STATIONS):
        above = _town(n)
        for part, kind, zh in _PARTS:
            system = _S.COMMAND if kind == "command_room" else _S.OPERATIONS
            made.append(Create(New(f"{above}-{part}", kind, zh, part.title(), "", system, above)))
    return made


def _percent(share: Share) -> str:
    return f"{share.part}/{share.whole} = {share.percent or 0:.1f} %"


def _b02(p: Proposal) -> str:
    was, is_ = (summary(tree).management for tree in (p.was, p.will_be))
    return f"{_percent(was)} → {_percent(is_)}"


def _b03(p: Proposal) -> str:
    rooms = [sum(u.kind == "command_room" and u.parent == "bt" for u in t.units.values()) for t in (p.was, p.will_be)]
    return f"{p.ended['bt-intel']} = {p.ended['bt-command']}, rooms of the city {rooms[1]}"


def _b04(p: Proposal) -> str:
    heirs = {p.ended[code] for code in ("bt-watch", "bt-petitions", "bt-audit")}
    return f"3 → {len(heirs)}"


def _b06(p: Proposal) -> str:
    was, is_ = (sum(u.kind == "section_office" for u in tree.units.values()) for tree in (p.was, p.will_be))
    percent = round(100 * (was - is_) / was)
    bases = bases_of(was - is_, percent)
    return f"{was - is_} of {was} = {percent} % (of {bases[0]}–{bases[-1]})"


def _b08(p: Proposal) -> str:
    was, is_ = (
        {duty.unit for duty in facts.duties_on(p.day) if duty.function == "traffic"}
        for facts in (p.before, p.outcome.facts)
    )
    return f"{len(is_ - was)} counties and districts"


def _b13(p: Proposal) -> str:
    return f"{len(p.was.path(BAIYUN))} → {len(p.will_be.path(BAIYUN))}"


def _b16(p: Proposal) -> str:
    return _percent(summary(p.will_be).two_teams)


def _b38(p: Proposal) -> str:
    share, gaps = coverage(p.will_be, _commands(p.will_be), {"legal_unit"})
    return f"{_percent(share)}, without: {', '.join(gaps)}"


def _answers(p: Proposal, function: str, at: str) -> str:
    return ", ".join(route(p.will_be, p.outcome.facts.duties_on(p.day), function, at=at).owners)


def _b19(p: Proposal) -> str:
    return f"{_answers(p, 'telecom_fraud', 'bt-town00')}, major: {_answers(p, 'telecom_fraud_major', 'bt-town00')}"


def _b22(p: Proposal) -> str:
    found = [_answers(p, f"forest_and_grass{end}", "bt-guyang-r0") for end in ("_check", "", "_major")]
    return " → ".join(found)


def _b33(p: Proposal) -> str:
    party = [c for c, u in p.will_be.units.items() if u.kind in ("party_office", "political_department")]
    duties = sum(duty.unit in party for duty in p.outcome.facts.duties_on(p.day))
    return f"{len(party)} units, {duties} functions"


def _commands(tree: Tree) -> list[str]:
    return [code for code, unit in tree.units.items() if unit.kind in ("branch_bureau", "county_bureau")]


FIGURES = (
    Counted("B02", "oversight and support of all units", _b02), Counted("B03", "intelligence and command", _b03),
    Counted("B04", "inspection, petitions, audit", _b04), Counted("B06", "internal units", _b06),
    Counted("B08", "traffic goes down to", _b08), Counted("B13", "levels to Baiyun", _b13),
    Counted("B16", "one room, two teams", _b16), Counted("B19", "telecom fraud from a town station", _b19),
    Counted("B22", "forest and grassland from a township", _b22), Counted("B33", "party and political bodies", _b33),
    Counted("B38", "legal units", _b38),
)  # fmt: skip
