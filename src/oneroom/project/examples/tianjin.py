"""
Tianjin, as its reform of 2021 was published (rows T04–T09, T12, T17): an illustration with sixteen districts.

The texts give sums, no tree: which office went into which is made up here, by rule. They do not say either whether the
13 units that were abolished are among the 40 that were adjusted; ``among`` gives the other reading.
"""

from __future__ import annotations

from oneroom.engine.organisation.changes import Abolish, Alter, Change, Create, Delegate, Entrust, Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.organisation.figures import layers
from oneroom.engine.organisation.proposal import Proposal
from oneroom.project.examples import City, Counted, Reform, Staff
from oneroom.project.examples.districts import DISTRICTS as DISTRICTS_OF_POLICE
from oneroom.project.examples.districts import Drawn, brigades, district, districts, draw

DISTRICTS = (
    ("和平", "Heping"), ("河东", "Hedong"), ("河西", "Hexi"), ("南开", "Nankai"), ("河北", "Hebei"),
    ("红桥", "Hongqiao"), ("东丽", "Dongli"), ("西青", "Xiqing"), ("津南", "Jinnan"), ("北辰", "Beichen"),
    ("武清", "Wuqing"), ("宝坻", "Baodi"), ("宁河", "Ninghe"), ("静海", "Jinghai"), ("蓟州", "Jizhou"),
)  # fmt: skip
BINHAI = "tj-binhai"
BRANCHES = tuple(f"tj-{english.lower()}" for _zh, english in DISTRICTS)
SUBS = (
    "塘沽", "汉沽", "大港", "新港", "天津港", "开发区", "保税区", "高新区", "东疆", "中新生态城", "海河",
)  # fmt: skip
LED, ENDED = 40, 13  # directly-led units that are adjusted, and that end
SECTIONS, DEPARTMENTS, STATIONS, SUB_STATIONS = 287, 21, 14, 45
OFFICERS, IN_STATIONS = 1000, 536  # of the first branch (row T12)
FEWER, IN_THEIRS = OFFICERS // 8, IN_STATIONS // 8  # of each other one: the same share, and an example soon loaded
TRAFFIC = "tj-led06"
CUT = 102  # internal units of the fifteen branches
_TURN = (System.COMMAND, System.OVERSIGHT, System.OPERATIONS, System.SUPPORT)
_DEPUTIES = (3,) * 12 + (2,) * 28  # deputy divisions of each directly-led unit: 92
_CUTS = (7,) * 12 + (6,) * 3  # departments less in each branch: 102


def tianjin(*, among: bool = False) -> City:
    """The city. ``among``: the 13 units that end are among the 40 of which the texts speak, not besides them."""
    led = [f"tj-led{n:02d}" for n in range(LED - ENDED if among else LED)]
    ground = draw(_stations())
    reforms = (
        Reform("T04", "优化调整市局直属单位机构", tuple(_directly_led(led))),
        Reform("T05", "科级机构整合为副处级机构", tuple(_sections())),
        Reform("T06", "下放出入境管理职能至分局", (Delegate("exit_entry", "tj-led02", (*BRANCHES, BINHAI)),)),
        Reform("T07 T08", "滨海新区公安局撤销所辖分局，变三级管理为两级管理",
               tuple(Abolish(f"{BINHAI}-s{n:02d}", BINHAI) for n in range(len(SUBS)))),
        Reform("T09", "分局推行大部制，组成四大体系", tuple(_departments())),
        Reform("T17", "“警区警长责任制”：20个交警大队划分为66个警区", tuple(districts(ground))),
    )  # fmt: skip
    chiefs = tuple(Staff(district(k), "sworn", 1, leads=True) for k in range(DISTRICTS_OF_POLICE))
    return City(
        "tianjin", tuple(_founding(ground)), reforms, FIGURES, tuple(_staff()), (*BRANCHES, BINHAI), chiefs,
        ground=ground.outlines,
    )  # fmt: skip


def _founding(ground: Drawn) -> list[Change]:
    """The force before its reform."""
    city = New("tj", "city_bureau", "天津市公安局", "Tianjin bureau", "city", System.COMMAND)
    made = [city, New("tj-room", "command_room", "指挥中心", "Command centre", "", System.COMMAND, "tj")]
    made += [New(f"tj-led{n:02d}", "division", f"直属 {n + 1} 总队", f"Corps {n + 1}", "", _TURN[n % 4], "tj")
             for n in range(LED)]  # fmt: skip
    made += [New(f"tj-old{n:02d}", "division", f"直属 {LED + n + 1} 处", f"Division {LED + n + 1}", "",
                 _TURN[n % 4], "tj") for n in range(ENDED)]  # fmt: skip
    made += [
        New(_section(led, k), "section_office", f"第 {n + 1} 科", f"Section {n + 1}", "section", _TURN[led % 4],
            f"tj-led{led:02d}")
        for n, (led, k) in enumerate(_section_places())
    ]  # fmt: skip
    for (zh, english), branch in zip(DISTRICTS, BRANCHES, strict=True):
        made.append(New(branch, "branch_bureau", f"{zh}分局", f"{english} branch", "branch", System.COMMAND, "tj"))
        made += [
            New(f"{branch}-d{k:02d}", "department", f"{zh}分局 {k + 1} 部门", f"{english} department {k + 1}", "",
                _TURN[k % 4], branch)
            for k in range(DEPARTMENTS)
        ]  # fmt: skip
        made += [
            _station(f"{branch}-p{k:02d}", f"{zh} {k + 1} 所", f"{english} {k + 1}", branch, ground)
            for k in range(STATIONS)
        ]
    made.append(New(BINHAI, "branch_bureau", "滨海新区公安局", "Binhai bureau", "branch", System.COMMAND, "tj"))
    made += [
        New(f"{BINHAI}-s{n:02d}", "sub_bureau", f"{zh}分局", f"Sub-bureau {n + 1}", "", System.COMMAND, BINHAI)
        for n, zh in enumerate(SUBS)
    ]
    for k in range(SUB_STATIONS):
        above = k % len(SUBS)
        made.append(_station(f"{BINHAI}-p{k:02d}", f"{SUBS[above]} {k // len(SUBS) + 1} 所", f"Binhai {k + 1}",
                             f"{BINHAI}-s{above:02d}", ground))  # fmt: skip
    made += brigades(TRAFFIC)
    return [*(Create(unit) for unit in made), Entrust("exit_entry", ("tj-led02",))]


def _staff() -> list[Staff]:
    """
    Each branch with its people: 53.6 % of its officers in stations (row T12), the others in departments that no reform
    touches (in Binhai, which has none, in the bureau itself); auxiliaries beside them, who are not counted as strength.
    """
    made, stays = [], DEPARTMENTS - 13
    for branch in BRANCHES:
        there, of = (IN_STATIONS, OFFICERS) if branch == BRANCHES[0] else (IN_THEIRS, FEWER)
        made += _spread([f"{branch}-p{k:02d}" for k in range(STATIONS)], there)
        made += _spread([f"{branch}-d{k:02d}" for k in range(stays)], of - there)
    made += _spread([f"{BINHAI}-p{k:02d}" for k in range(SUB_STATIONS)], IN_THEIRS)
    made.append(Staff(BINHAI, "sworn", FEWER - IN_THEIRS))
    many = {station: 10 if station.startswith(f"{BRANCHES[0]}-") else 1 for station in _stations()}
    return [*made, *(Staff(station, "auxiliary", count) for station, count in many.items())]


def _spread(units: list[str], people: int) -> list[Staff]:
    many = len(units)
    return [Staff(unit, "sworn", people // many + (k < people % many)) for k, unit in enumerate(units)]


def _stations() -> list[str]:
    """Codes of all stations, those of one branch beside each other."""
    mine = [f"{branch}-p{k:02d}" for branch in BRANCHES for k in range(STATIONS)]
    return mine + [f"{BINHAI}-p{k:02d}" for k in range(SUB_STATIONS)]


def _station(code: str, zh: str, english: str, parent: str, ground: Drawn) -> New:
    return New(code, "station", f"{zh.replace(' ', '')}", f"{english} station", "station", System.OPERATIONS, parent,
               ground.stations[code])  # fmt: skip


def _section_places() -> list[tuple[int, int]]:
    """Of each section, the directly-led unit it is in and its number there."""
    return [(led, k) for led in range(LED) for k in range(SECTIONS // LED + (led < SECTIONS % LED))]


def _section(led: int, k: int) -> str:
    return f"tj-led{led:02d}-k{k}"


def _directly_led(led: list[str]) -> list[Change]:
    """The 40 are adjusted, 13 end and go into one that stays."""
    adjusted: list[Change] = [Alter(code, {"rank": "corps"}) for code in led]
    return adjusted + [Abolish(f"tj-old{n:02d}", led[n]) for n in range(ENDED)]


def _sections() -> list[Change]:
    """Sections of one directly-led unit go into its deputy divisions; each lands somewhere (row T05)."""
    merges: list[Change] = []
    for led, deputies in enumerate(_DEPUTIES):
        mine = [_section(led, k) for at, k in _section_places() if at == led]
        for d in range(deputies):
            code = f"tj-led{led:02d}-v{d}"
            new = New(code, "deputy_division", f"{led + 1}.{d + 1} 支队", f"Deputy division {led + 1}.{d + 1}",
                      "deputy_division", _TURN[led % 4], f"tj-led{led:02d}")  # fmt: skip
            merges.append(Merge(tuple(mine[d::deputies]), code, new))
    return merges


def _departments() -> list[Change]:
    """In each branch six or seven departments go into another of the same system (row T09)."""
    merges: list[Change] = []
    for branch, cuts in zip(BRANCHES, _CUTS, strict=True):
        for k in range(cuts):
            stays, goes = f"{branch}-d{k:02d}", f"{branch}-d{k + 8:02d}"  # eight apart: two turns of the four systems
            merges.append(Merge((stays, goes), stays))
    return merges


def _ended(p: Proposal, kind: str, under: str = "tj") -> int:
    return sum(p.was.units[code].kind == kind and under in p.was.path(code) for code in p.ended)


def _kinds(p: Proposal, kind: str) -> list[int]:
    return [sum(unit.kind == kind for unit in tree.units.values()) for tree in (p.was, p.will_be)]


def _t04(p: Proposal) -> str:
    led = [code for code, unit in p.was.units.items() if unit.kind == "division" and unit.parent == "tj"]
    changed = sum(code in p.will_be.units and p.will_be.units[code] != p.was.units[code] for code in led)
    return f"{changed} changed, {sum(code in p.ended for code in led)} ended"


def _t05(p: Proposal) -> str:
    was, is_ = _kinds(p, "section_office")[0], _kinds(p, "deputy_division")[1]
    orphans = sum(heir is None for heir in p.ended.values())
    return f"{was} → {is_}, {100 * (is_ - was) / was:.1f} %, {was / is_:.2f}:1, orphans {orphans}"


def _t08(p: Proposal) -> str:
    was, is_ = (max(layers(tree, {"station"}, top=BINHAI).values()) for tree in (p.was, p.will_be))
    return f"{was} → {is_}, {_ended(p, 'sub_bureau', BINHAI)} ended"


def _t09(p: Proposal) -> str:
    cut = _ended(p, "department")
    branches = len({p.was.units[c].parent for c in p.ended if p.was.units[c].kind == "department"})
    untagged = sum(unit.system is None for unit in p.will_be.units.values())
    return f"{cut}/{branches} = {cut / branches:.1f}, untagged {untagged}"


def _t06(p: Proposal) -> str:
    was, is_ = (
        sorted(d.unit for d in facts.duties_on(p.day) if d.function == "exit_entry")
        for facts in (p.before, p.outcome.facts)
    )
    return f"{len(was)} → {len(is_)} owners"


FIGURES = (
    Counted("T04", "directly-led units", _t04), Counted("T05", "sections into deputy divisions", _t05),
    Counted("T06", "exit-entry administration", _t06), Counted("T08", "levels in Binhai", _t08),
    Counted("T09", "internal units of the branches", _t09),
)  # fmt: skip
