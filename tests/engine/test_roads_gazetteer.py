import pytest

from oneroom.engine.roads.build import Way, build
from oneroom.engine.roads.drawing import street_features
from oneroom.engine.roads.gazetteer import crossings, streets
from oneroom.engine.roads.spelling import initials, romanised, run_together, search_text, split_query

TAGS = {"highway": "primary"}


def street(name: str, points: list[tuple[int, int]], **tags: str) -> Way:
    """A street through grid points, 55 m apart at the equator."""
    nodes = [100 * y + x for x, y in points]
    return Way(nodes, [x * 0.0005 for x, _ in points], [y * 0.0005 for _, y in points], TAGS | {"name": name} | tags)


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [
        ("南京东路/河南中路", ["南京东路", "河南中路"]),
        ("南京东路、河南中路交叉口", ["南京东路", "河南中路"]),
        ("lishan wenhua e", ["lishan", "wenhua", "e"]),
        ("Nanjing E. Rd & Henan Rd crossing", ["nanjing", "e", "road", "henan", "road"]),
        ("njdl", ["njdl"]),
        ("  ", []),
        ("'; --", []),
        ("中山北二路1号", ["中山北二路1号"]),
    ],
)
def test_what_is_typed_is_read_as_the_beginnings_of_words(typed: str, pieces: list[str]):
    assert split_query(typed) == pieces


def test_two_streets_written_as_one_word_are_taken_apart():
    assert ["南京东路", "河南中路"] in run_together(["南京东路河南中路"])
    assert ["共和新路", "中山北路"] in run_together(["共和新路和中山北路"])


def test_a_name_is_found_by_characters_pinyin_initials_and_english():
    text = search_text("南京东路", "East Nanjing Road")

    for word in ("南京东路", "nanjingdonglu", "njdl", "nanjing", "east", "road"):
        assert f" {word} " in text


def test_a_chinese_name_without_a_translation_is_transcribed():
    assert romanised("文化东路") == "Wenhua East Road"
    assert romanised("经十路") == "Jingshi Road"
    assert romanised("Rua Um") == "Rua Um"
    assert initials("经十路") == "jsl"


def test_a_crossing_of_two_divided_roads_is_one_place():
    graph = build(
        [
            street("大路", [(0, 0), (4, 0), (5, 0), (9, 0)], oneway="yes", highway="trunk"),
            street("大路", [(9, 1), (5, 1), (4, 1), (0, 1)], oneway="yes", highway="trunk"),
            street("小街", [(4, 9), (4, 1), (4, 0), (4, -9)], oneway="yes"),
            street("小街", [(5, -9), (5, 0), (5, 1), (5, 9)], oneway="yes"),
            *(
                street("环路", ends)
                for ends in ([(9, 0), (9, 1)], [(0, 0), (0, 1)], [(4, 9), (5, 9)], [(4, -9), (5, -9)])
            ),
        ]
    ).graph

    found = [place for place in crossings(graph) if "小街" in place.name_zh and "大路" in place.name_zh]

    assert [place.name_zh for place in found] == ["大路/小街"]
    assert found[0].initials == "dlxj"
    assert 0.0019 < found[0].lon < 0.0026


def test_two_streets_that_meet_twice_have_two_crossings():
    graph = build([street("直路", [(0, 0), (9, 0)]), street("弯路", [(0, 0), (0, 5), (9, 5), (9, 0)])]).graph

    assert [place.name_zh for place in crossings(graph)] == ["弯路/直路", "弯路/直路"]


def test_a_street_stands_in_the_middle_of_its_longest_stretch():
    graph = build(
        [
            street("直路", [(0, 0), (2, 0), (4, 0), (8, 0)]),
            street("短路", [(8, 0), (8, 2)]),
            street("短路", [(2, 0), (2, 1)]),
        ]
    ).graph
    by_name = {place.name_zh: place for place in streets(graph)}

    assert by_name["短路"].lat == pytest.approx(0.0005)
    assert by_name["短路"].lon == pytest.approx(0.004)


def test_the_map_joins_a_street_through_its_junctions():
    graph = build([street("直路", [(0, 0), (2, 0), (8, 0)]), street("短路", [(2, 0), (2, 2)])]).graph

    features = {feature["properties"]["zh"]: feature for feature in street_features(graph)}

    assert features["直路"]["geometry"]["coordinates"] in (
        [[[0.0, 0.0], [0.001, 0.0], [0.004, 0.0]]],
        [[[0.004, 0.0], [0.001, 0.0], [0.0, 0.0]]],
    )
    assert features["直路"]["properties"] == {"class": "primary", "zh": "直路", "en": "Zhi Road"}
