"""
Is this call about the same event as another? Evidence added up in bits, each piece in words a person can check.

Record linkage after Fellegi and Sunter (1969, "A theory for record linkage"): each thing two calls agree on is worth
log2(how often that is so for two calls about one event / how often for two that have nothing to do with each other).
The sum is only an order and a threshold: a person compares and decides, always (workflow §2.1: proposed, never merged
by itself). Words are compared as two-character pieces of Chinese and as words of Latin scripts, weighed by how rare
they are among the calls looked at, so that "there is a" says nothing and "fruit knife" says much.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from oneroom.engine.geo import distance_m

_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z]{3,}|\d{2,}")
# English words that any call may have.
_EMPTY = frozenset(
    {
        "and", "are", "but", "come", "for", "from", "had", "has", "have", "her", "here", "him", "his", "into", "its",
        "just", "near", "not", "now", "our", "out", "please", "quickly", "she", "that", "the", "their", "them", "there",
        "they", "this", "was", "were", "what", "who", "with", "you", "your",
    }
)  # fmt: skip
# Characters that hold Chinese sentences together: a piece that has one is no word of its own.
_PARTICLES = frozenset("的了在有是我他她你这那就也都还把被和跟很个着过吗呢吧啊们不没到说要来去里上下")


@dataclass(frozen=True, slots=True)
class Call:
    """
    What one report says, as far as it is known: a time, perhaps a place (degrees, WGS-84) with its accuracy in
    metres, perhaps a category, its words as ``pieces`` makes them, and a telephone number to compare.
    """

    at: datetime
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float = 0.0
    category: str = ""
    subcategory: str = ""
    words: frozenset[str] = frozenset()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for (bits > 0) or against; ``quantity`` is metres, seconds or a count of words."""

    code: str
    bits: float
    quantity: float | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like the call at ``index`` is: the sum of the evidence over the prior, in bits."""

    index: int
    bits: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """
    The model, in metres, seconds and bits. Configuration: a force with long roads or few callers sets its own.

    ``prior`` is log2 of the odds that a call picked out of the window is about the same event, before anything is
    compared. ``spread_m`` is how far apart two callers place one event, ``area_km2`` the city that calls come from.
    """

    prior: float = -9.0
    propose: float = 2.5
    spread_m: float = 130.0
    area_km2: float = 100.0
    wait_s: float = 600.0
    window_s: float = 3 * 3600.0
    same_category: float = 2.4
    same_subcategory: float = 1.2
    other_category: float = -2.0
    same_phone: float = 12.0
    no_word_alike: float = -2.0
    all_words_alike: float = 6.0


def pieces(text: str) -> frozenset[str]:
    """The words of a text to compare by: pairs of Chinese characters, Latin words without their endings, numbers."""
    low = text.lower()
    pairs = (run[i : i + 2] for run in _HAN.findall(low) for i in range(len(run) - 1))
    found = {pair for pair in pairs if _PARTICLES.isdisjoint(pair)}
    found.update(_stem(word) for word in _LATIN.findall(low) if word not in _EMPTY)
    return frozenset(found)


def shared(a: str, b: str) -> list[str]:
    """The words two texts have in common, in the order of the first; neighbouring Chinese pairs joined again."""
    both, low = pieces(a) & pieces(b), a.lower()
    found: list[str] = []
    for run in _HAN.findall(low):
        word = ""
        for i in range(len(run) - 1):
            if run[i : i + 2] in both:
                word = word + run[i + 1] if word else run[i : i + 2]
            elif word:
                found.append(word)
                word = ""
        found += [word] if word else []
    found += [word for word in _LATIN.findall(low) if _stem(word) in both]
    return list(dict.fromkeys(found))


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in pieces: (piece, whether it is one of these words), for a comparison side by side."""
    wanted = sorted(words, key=len, reverse=True)
    if not wanted:
        return [(text, False)] if text else []
    parts = re.split("(" + "|".join(map(re.escape, wanted)) + ")", text, flags=re.IGNORECASE)
    known = {w.lower() for w in wanted}
    return [(part, part.lower() in known) for part in parts if part]


def alike(call: Call, others: Sequence[Call], weights: Weights | None = None) -> list[Likeness]:
    """
    The calls that may be about the same event, most alike first; only those worth a look (``weights.propose`` bits).

    Nothing is decided here. The same input gives the same answer; order of equals is the order given.
    """
    w = weights or Weights()
    rare = _rarity([call.words, *(o.words for o in others)])
    found = []
    for index, other in enumerate(others):
        evidence = tuple(e for e in _evidence(call, other, w, rare) if e is not None)
        bits = w.prior + sum(e.bits for e in evidence)
        if bits >= w.propose:
            found.append(Likeness(index, bits, evidence))
    return sorted(found, key=lambda like: -like.bits)


def _evidence(a: Call, b: Call, w: Weights, rare: dict[str, float]) -> Iterable[Evidence | None]:
    yield _place(a, b, w)
    yield _time(a, b, w)
    yield _category(a, b, w)
    yield _words(a, b, w, rare)
    if a.phone and a.phone == b.phone:
        yield Evidence("same_phone", w.same_phone)


def _place(a: Call, b: Call, w: Weights) -> Evidence | None:
    """Two normal errors of one place against any place of the city; what is not known says nothing."""
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    metres = float(distance_m(a.lon, a.lat, b.lon, b.lat))
    variance = w.spread_m**2 + (a.accuracy_m**2 + b.accuracy_m**2) / 2
    ratio = w.area_km2 * 1e6 / (2 * math.pi * variance)
    bits = math.log2(ratio) - metres**2 / (2 * variance) * math.log2(math.e)
    return Evidence("place", max(bits, -8.0), metres)


def _time(a: Call, b: Call, w: Weights) -> Evidence:
    """Callers of one event come soon after each other; others at any time of the window."""
    seconds = abs((a.at - b.at).total_seconds())
    bits = math.log2(w.window_s / w.wait_s) - seconds / w.wait_s * math.log2(math.e)
    return Evidence("time", max(bits, -6.0), seconds)


def _category(a: Call, b: Call, w: Weights) -> Evidence | None:
    if not a.category or not b.category:
        return None
    if a.category != b.category:
        return Evidence("other_category", w.other_category)
    if a.subcategory and a.subcategory == b.subcategory:
        return Evidence("same_subcategory", w.same_category + w.same_subcategory)
    return Evidence("same_category", w.same_category)


def _words(a: Call, b: Call, w: Weights, rare: dict[str, float]) -> Evidence | None:
    """From nothing alike to all alike of the shorter text, by the weight of the words; a word or two says nothing."""
    least = min(len(a.words), len(b.words))
    if least < 2:
        return None
    both = a.words & b.words
    weight = sum(rare[word] for word in both)
    least_weight = min(sum(rare[x] for x in a.words), sum(rare[x] for x in b.words))
    share = weight / least_weight if least_weight else 0.0
    # Half of the words alike is as good as all: two people never say the same of one event.
    bits = w.no_word_alike + (w.all_words_alike - w.no_word_alike) * min(1.0, share / 0.5)
    return Evidence("words", bits, float(len(both)))


def _rarity(texts: Sequence[frozenset[str]]) -> dict[str, float]:
    """How much a word says: log2 of how few of the texts have it (inverse document frequency)."""
    seen = Counter(word for words in texts for word in words)
    return {word: math.log2(1 + (len(texts) + 1) / (n + 0.5)) for word, n in seen.items()}


def _stem(word: str) -> str:
    """English endings off, roughly: "fighting" and "fights" are one word here."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
