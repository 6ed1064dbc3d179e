"""Names of simulated people: a family name, a heavenly stem, a number. Nobody is called so, as anybody can see."""

from collections.abc import Iterator
from random import Random

from oneroom.project.demo.shifts import Watch

_FAMILIES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_NUMBERS = "一二三四五六七八九"


def invented(seed: int) -> Iterator[str]:
    """Names without repetition, such as 张丙三; the same ones for the same seed."""
    every = [family + stem + number for family in _FAMILIES for stem in _STEMS for number in _NUMBERS]
    Random(f"oneroom names {seed}").shuffle(every)
    yield from every


def commander_of(watch: Watch) -> str:
    """Who commands the room in a watch, unless a visitor does."""
    return f"sim-commander-{watch}"


def chief_of(station: int, watch: Watch) -> str:
    """The duty chief of a station (counted from one) in a watch."""
    return f"chief-{station:02d}-{watch}"


def overseer_of(branch: int) -> str:
    """Who oversees the stations of a branch (counted from one)."""
    return f"overseer-{branch:02d}"
