"""
Finds places by what was typed, over all names of a city at once: sorted words, and arrays of who has them.

Every beginning of a word is one stretch of the sorted list, so a keystroke costs a few bisections and sums over the
places concerned, not over all. Hits are ordered by how they were hit: a whole word, the beginning of one, inside a
Chinese name, initials; then by nearness to where the telephone is, where that is known; then by kind and weight.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oneroom.engine.geo import distance_m
from oneroom.engine.roads.spelling import has_han, house_number, run_together, split_query

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

KINDS = ("station", "poi", "area", "committee", "road", "crossing")  # of equally good hits, this order
_WHOLE, _BEGINS, _INSIDE, _INITIALS = 0, 2, 3, 4  # how well one word typed fits
_LATER = 1  # added where the name does not begin with it
_NOT = 99
_HALF_WAY_M = (500.0, 2000.0, 8000.0)  # nearness counts in steps: a hit across the street is not better than one here
_MOST_PIECES = 8
_MOST_SORTED = 100
_END = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Hit:
    """A place's row, and the house number that was typed with it."""

    row: int
    number: str = ""


class Finder:
    """All names of a city; made once, never changed, shared between threads."""

    def __init__(
        self, kinds: Sequence[str], names: Sequence[str], search: Sequence[str], initials: Sequence[str],
        lon: ArrayLike, lat: ArrayLike, weight: ArrayLike,
    ):  # fmt: skip
        """One entry per place in each: kind, main name, words as ``spelling.search_text`` gives them, initials …"""
        self.lon, self.lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        self._kind = np.array([KINDS.index(kind) for kind in kinds], dtype=np.int64)
        road = KINDS.index("road")
        length = np.array([len(name) for name in names], dtype=np.int64)
        plain = np.where(self._kind == road, length, 0)  # of streets the plain name comes first
        order = np.lexsort((np.arange(len(plain)), -np.asarray(weight, dtype=np.float64), plain, self._kind))
        self._rank = np.empty(len(plain), dtype=np.int64)
        self._rank[order] = np.arange(len(plain))
        self._crossing = self._kind == KINDS.index("crossing")
        self._words: list[str] = []
        self._index(search, initials)

    def _index(self, search: Sequence[str], initials: Sequence[str]) -> None:
        """Sorted distinct words; ``_start`` cuts rows and flags into one stretch per word."""
        having: dict[str, list[int]] = {}
        for row, text in enumerate(search):
            for word, signs in _spelled(text, initials[row]):
                having.setdefault(word, []).append(row * 8 + signs)
        self._words = sorted(having)
        self._start = np.zeros(len(self._words) + 1, dtype=np.int64)
        np.cumsum([len(having[word]) for word in self._words], out=self._start[1:])
        packed = np.fromiter((value for word in self._words for value in having[word]), np.int64, self._start[-1])
        self._row: Ints = packed >> 3
        flags: Ints = packed & 7
        self._later: Ints = (flags & 1) * _LATER
        self._inside: Bools = (flags & 2) > 0
        self._short: Bools = (flags & 4) > 0

    def find(self, text: str, *, limit: int = 10, near: tuple[float, float] | None = None) -> list[Hit]:
        """
        The best places for what was typed, best first.

        "南京东", "njdl", "Nanjing E Rd", "lishan wenhua e", "nan jing", "历山路文化东路"; "12 Jiefang Rd" gives the
        road with the number kept apart. ``near`` is where the network says the telephone is (WGS-84).
        """
        hits = [Hit(int(row)) for row in self._ranked(text, near)[:limit]]
        apart = house_number(text)
        if apart is not None and len(hits) < limit:
            known = {hit.row for hit in hits}
            rows = [int(row) for row in self._ranked(apart[0], near) if int(row) not in known]
            hits += [Hit(row, apart[1]) for row in rows[: limit - len(hits)]]
        return hits

    def _ranked(self, text: str, near: tuple[float, float] | None) -> Ints:
        pieces = split_query(text)[:_MOST_PIECES]
        rows, how = self._fit(pieces)
        if not len(rows):
            for other in _otherwise(pieces):
                rows, how = self._fit(other)
                if len(rows):
                    break
            else:
                for other in run_together(pieces):  # two streets written as one word: only crossings are meant
                    rows, how = self._fit(other)
                    rows, how = rows[self._crossing[rows]], how[self._crossing[rows]]
                    if len(rows):
                        break
        how = self._weighed(rows, how, pieces)
        far = np.zeros(len(rows), dtype=np.int64)
        if near is not None and len(rows):
            away = distance_m(near[0], near[1], self.lon[rows], self.lat[rows])
            far = np.searchsorted(_HALF_WAY_M, away)
        key = (how * (len(_HALF_WAY_M) + 1) + far << 32) + self._rank[rows]
        if len(rows) > _MOST_SORTED:  # nobody reads on so far, and a keystroke should not sort a city
            best = np.argpartition(key, _MOST_SORTED)[:_MOST_SORTED]
            rows, key = rows[best], key[best]
        return rows[np.argsort(key)]

    def _weighed(self, rows: Ints, how: Ints, pieces: Sequence[str]) -> Ints:
        """Who is called exactly so comes first; a crossing has only half its name in one street."""
        joined = "".join(pieces)
        at = bisect_left(self._words, joined)
        if len(pieces) > 1 and at < len(self._words) and self._words[at] == joined:
            so_called = self._row[int(self._start[at]) : int(self._start[at + 1])]
            how = np.where(np.isin(rows, so_called), _WHOLE, how + _LATER)
        if len(pieces) == 1:
            how = how + _BEGINS * (self._crossing[rows] & (how == _WHOLE))
        return how

    def _fit(self, pieces: Sequence[str]) -> tuple[Ints, Ints]:
        """Rows that have a word for every piece, and how well in all (less is better)."""
        none = np.empty(0, dtype=np.int64)
        stretches = [(bisect_left(self._words, piece), bisect_left(self._words, piece + _END)) for piece in pieces]
        if not pieces or any(first == last for first, last in stretches):
            return none, none
        sizes = [int(self._start[last] - self._start[first]) for first, last in stretches]
        total: Ints | None = None
        rows = none
        for n in np.argsort(sizes):  # the rarest word first: the others are looked up among its places only
            first, last = stretches[n]
            part = slice(int(self._start[first]), int(self._start[last]))
            how = np.where(self._short[part], _INITIALS, np.where(self._inside[part], _INSIDE, _BEGINS))
            whole = slice(0, int(self._start[first + 1] - self._start[first]))
            if self._words[first] == pieces[n] and (len(pieces[n]) > 2 or has_han(pieces[n])):
                how[whole] = np.where(
                    self._short[part][whole], _BEGINS, np.where(self._inside[part][whole], _INSIDE, 0)
                )
            how = how + self._later[part]
            best = np.full(len(self._kind), _NOT, dtype=np.int64)
            for level in range(_INITIALS + _LATER, _WHOLE - 1, -1):  # the best fit of a place is written last
                best[self._row[part][how == level]] = level
            if total is None:
                rows = np.flatnonzero(best < _NOT)
                total = best[rows]
            else:
                keep = best[rows] < _NOT
                rows, total = rows[keep], total[keep] + best[rows[keep]]
        assert total is not None
        return rows, total


def _spelled(text: str, short: str) -> Iterator[tuple[str, int]]:
    """Each word of a search text with its flags: 1 the name does not begin with it, 2 inside a name, 4 initials."""
    words = text.split()
    shorts = {short} if short else set()
    for place, word in enumerate(words[:-2]):
        if not word.isascii() and len(words[place + 2]) == len(word) and words[place + 2].isascii():
            shorts.add(words[place + 2])
    for place, word in enumerate(words):
        later = 0 if place < 3 and (place == 0 or not words[0].isascii()) else 1
        yield word, (4 if word in shorts else 0) | later
        if not word.isascii():
            for cut in range(1, len(word) - 1):
                yield word[cut:], 3


def _otherwise(pieces: Sequence[str]) -> Iterator[list[str]]:
    """The same letters with fewer blanks: "nan jing dong lu" and "n j d l", fewest words first."""
    if not 2 <= len(pieces) <= _MOST_PIECES or any(has_han(piece) for piece in pieces):
        return
    gaps = len(pieces) - 1
    for mask in sorted(range(2**gaps - 1), key=lambda bits: bits.bit_count()):
        joined = [pieces[0]]
        for gap in range(gaps):
            if mask >> gap & 1:
                joined.append(pieces[gap + 1])
            else:
                joined[-1] += pieces[gap + 1]
        yield joined
