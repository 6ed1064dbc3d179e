"""Places by what is typed: in which order they come, and what a house number is."""

import pytest

from oneroom.engine.coordinates import find_coordinates
from oneroom.engine.geo import Box
from oneroom.engine.roads.finder import Finder
from oneroom.engine.roads.spelling import house_number, initials, search_text

PLACES = [  # kind, Chinese, English, lon, weight
    ("road", "南京东路", "East Nanjing Road", 121.48, 4000),
    ("road", "南京西路", "West Nanjing Road", 121.46, 5000),
    ("road", "南京东路支路", "Branch of East Nanjing Road", 121.49, 9000),
    ("crossing", "南京东路/河南中路", "East Nanjing Road / Middle Henan Road", 121.485, 12),
    ("station", "南京东路派出所", "East Nanjing Road Police Station", 121.481, 1000),
    ("area", "南京东路街道", "East Nanjing Road Subdistrict", 121.482, 1000),
    ("committee", "福海里居委会", "Fuhaili Residents' Committee", 121.483, 1000),
    ("poi", "人民公园", "People's Park", 121.47, 1000),
    ("road", "解放路", "Jiefang Road", 121.40, 500),
    ("road", "解放路", "Jiefang Road", 121.60, 800),
    ("crossing", "文化东路/历山路", "Wenhua East Road / Lishan Road", 121.45, 9),
    ("road", "123 弄", "Lane 123", 121.44, 50),
]


@pytest.fixture(scope="module")
def finder():
    def search(zh: str, en: str) -> str:
        first, *rest = [search_text(a, b) for a, b in zip(zh.split("/"), en.split(" / "), strict=True)]
        return first + "".join(initials(part) for part in zh.split("/")) + " " + "".join(rest).lstrip()

    return Finder(
        [p[0] for p in PLACES], [p[1] for p in PLACES], [search(p[1], p[2]) for p in PLACES],
        ["".join(initials(part) for part in p[1].split("/")) for p in PLACES],
        [p[3] for p in PLACES], [31.2] * len(PLACES), [p[4] for p in PLACES],
    )  # fmt: skip


def found(finder, text, **more):
    return [(PLACES[hit.row][1], hit.number) if hit.number else PLACES[hit.row][1] for hit in finder.find(text, **more)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("南京东路", "南京东路"),  # the whole name before those that begin with it
        ("nanjingdonglu", "南京东路"),
        ("njdl", "南京东路"),
        ("nan jing dong lu", "南京东路"),
        ("n j d l", "南京东路"),
        ("East Nanjing Rd", "南京东路"),
        ("nanjing e", "南京东路派出所"),  # of equal beginnings a station first
        ("南京东路派", "南京东路派出所"),
        ("njdljd", "南京东路街道"),
        ("福海里", "福海里居委会"),
        ("fuhaili", "福海里居委会"),
        ("residents fuhaili", "福海里居委会"),
        ("公园", "人民公园"),  # inside a name
        ("henan mid nanjing e", "南京东路/河南中路"),
        ("hnzl njdl", "南京东路/河南中路"),
        ("njdlhnzl", "南京东路/河南中路"),
        ("lishan wenhua e", "文化东路/历山路"),
        ("LISHAN   wenhua e.", "文化东路/历山路"),
        ("li shan wen hua dong", "文化东路/历山路"),
        ("lishanwenhuae", "文化东路/历山路"),
        ("历山路 文化东路路口", "文化东路/历山路"),
        ("历山路文化东路", "文化东路/历山路"),
    ],
)
def test_the_best_hit_comes_first(finder, typed, first):
    assert found(finder, typed)[:1] == [first]


def test_what_begins_as_typed_comes_before_what_only_contains_it_and_before_initials(finder):
    assert found(finder, "南京东路")[:4] == ["南京东路", "南京东路派出所", "南京东路街道", "南京东路支路"]
    assert found(finder, "nj")[0] == "南京东路派出所"
    assert found(finder, "") == found(finder, "没有这个地方") == found(finder, "%_'") == []


def test_of_equal_hits_the_one_near_the_telephone_comes_first(finder):
    def place(**more):
        return [PLACES[hit.row][3] for hit in finder.find("jiefang", **more)]

    assert place() == [121.60, 121.40]  # the longer street
    assert place(near=(121.401, 31.2)) == [121.40, 121.60]
    assert place(near=(121.599, 31.2)) == [121.60, 121.40]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("12 Jiefang Rd", ("解放路", "12")),
        ("No. 12a jiefang road", ("解放路", "12a")),
        ("Jiefang Rd 12-3", ("解放路", "12-3")),
        ("解放路12号", ("解放路", "12号")),
        ("解放路 12弄3号401室", ("解放路", "12弄3号401室")),
        ("南京东路800号", ("南京东路", "800号")),
        ("123弄", "123 弄"),  # a name that has a number is a name
    ],
)
def test_a_house_number_is_kept_apart_from_the_street(finder, typed, first):
    assert found(finder, typed)[:1] == [first]


@pytest.mark.parametrize("typed", ["Jiefang Rd", "12", "解放路", "第二人民医院", ""])
def test_where_no_number_is_none_is_found(typed):
    assert house_number(typed) is None


CITY = Box(121.4, 31.1, 121.6, 31.3)


@pytest.mark.parametrize(
    ("typed", "lon", "lat"),
    [
        ("31.2,121.45", 121.45, 31.2),
        ("121.45, 31.2", 121.45, 31.2),
        ("31.2 121.45", 121.45, 31.2),
        ("121.45/31.2", 121.45, 31.2),
        ("31.2，121.45", 121.45, 31.2),
        ("31°12′N 121°27′E", 121.45, 31.2),
        ("31°12'0\"N, 121°27'00\"E", 121.45, 31.2),
        ("E121°27.0' N31°12.0'", 121.45, 31.2),
        ("北纬31.2度 东经121.45度", 121.45, 31.2),
        ("东经121.45，北纬31.2", 121.45, 31.2),
        ("39.9, 116.4", 39.9, 116.4),  # elsewhere: left as it stands, and refused with a sentence
        ("-33.5N 121.45E", 121.45, -33.5),
    ],
)
def test_coordinates_are_read_in_every_usual_spelling_and_order(typed, lon, lat):
    assert find_coordinates(typed, CITY) == (pytest.approx(lon), pytest.approx(lat))


@pytest.mark.parametrize(
    "typed", ["", "31.2", "31.2,", "12 3", "12 jiefang rd", "31.2,121.4,5", "南京东路 12", "31.2,121.45 gate", "1234"]
)
def test_what_is_not_two_coordinates_is_searched_as_a_name(typed):
    assert find_coordinates(typed, CITY) is None
