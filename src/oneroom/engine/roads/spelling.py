"""
The ways a dispatcher may type a street: characters, pinyin, initials, English, with the usual short forms.

`search_text` spells a name out as words, each after a space; `split_query` reads what was typed into
the beginnings of such words. So "lishan wenhua e" finds 历山路/文化东路, and "njdl" 南京东路.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_HAN = re.compile(r"[\u3400-\u9fff]+")
_SEPARATOR = re.compile(r"[/\\、，,;；&+@|×]|\b(?:and|at|x)\b")
_TAIL = re.compile(r"(?:十字路口|交叉路口|交叉口|交叉处|交汇处|交界处|路口|街口|口|附近)$")
_JOINS = "与和近到跟"
_SHORT = {
    "rd": "road", "st": "street", "str": "street", "ave": "avenue", "av": "avenue", "ln": "lane", "blvd": "boulevard",
    "hwy": "highway", "expwy": "expressway", "sq": "square", "br": "bridge", "tun": "tunnel",
    "crossing": "", "junction": "", "intersection": "", "corner": "",
}  # fmt: skip
_KIND_EN = {"路": "Road", "街": "Street", "大道": "Avenue", "大街": "Avenue", "巷": "Lane", "弄": "Lane", "里": "Lane"}
_SIDE_EN = {"东": "East", "西": "West", "南": "South", "北": "North", "中": "Middle"}


def plain(text: str) -> str:
    """Lower case without accents and with ASCII width: "Ｎánjīng Rd." becomes "nanjing rd."."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def has_han(text: str) -> bool:
    return _HAN.search(text) is not None


@lru_cache(4096)  # each street comes again in every crossing it has
def pinyin(name: str) -> tuple[str, ...]:
    """The syllables of a Chinese name, other letters kept: 南京东路 gives nan jing dong lu."""
    from pypinyin import Style, lazy_pinyin  # a third of a second, which a server that is back up need not wait for

    syllables = lazy_pinyin(name, style=Style.NORMAL)
    return tuple(plain(syllable).replace(" ", "") for syllable in syllables if syllable.strip())


def initials(name: str) -> str:
    """njdl for 南京东路; empty for a name without Chinese characters."""
    return "".join(syllable[0] for syllable in pinyin(name)) if has_han(name) else ""


def romanised(name: str) -> str:
    """
    A reading of a Chinese street name for those who do not read it: 文化东路 gives "Wenhua East Road".

    Only for names the map gives in no other script; it is a transcription, not a name of our making.
    """
    if not has_han(name):
        return name
    for kind in sorted(_KIND_EN, key=len, reverse=True):
        stem = name.removesuffix(kind)
        if stem and stem != name:
            side = _SIDE_EN.get(stem[-1], "") if len(stem) > 2 else ""
            stem = stem[:-1] if side else stem
            return " ".join(filter(None, ["".join(pinyin(stem)).capitalize(), side, _KIND_EN[kind]]))
    return "".join(pinyin(name)).capitalize()


def words(text: str) -> list[str]:
    """Plain words of a text in a Latin script, short forms written out."""
    found = re.findall(r"[^\W_]+", plain(text))
    return [long for long in (_SHORT.get(word, word) for word in found) if long]


def search_text(zh: str, en: str, more: Iterable[str] = ()) -> str:
    """Every word under which a name is found, each after a space: " 南京东路 nanjingdonglu njdl nanjing east …"."""
    found: list[str] = []
    for name in (zh, en, *more):
        if has_han(name):
            found += [plain(name).replace(" ", ""), "".join(pinyin(name)), initials(name), *words(romanised(name))]
        else:
            found += words(name)
            if len(words(name)) > 1:
                found.append("".join(words(name)))
    return " " + " ".join(dict.fromkeys(word for word in found if word)) + " "


def split_query(text: str) -> list[str]:
    """
    The word beginnings that were typed, cleaned of "路口", "crossing" and separators.

    Chinese pieces stay whole: "南京东路/河南中路" gives the two names.
    """
    pieces: list[str] = []
    for part in _SEPARATOR.sub(" ", plain(text)).split():
        for run in re.findall(r"[\u3400-\u9fff0-9]*[\u3400-\u9fff][\u3400-\u9fff0-9]*|[^\W\u3400-\u9fff]+", part):
            pieces += [_TAIL.sub("", run) or run] if has_han(run) else words(run)
    return [piece for piece in pieces if piece][:8]


_NUMBER_FIRST = re.compile(r"^\s*(?:no\.?\s*)?(\d+[a-z]?(?:[-/]\d+)?)\s*[,，]?\s+(?=\S)", re.IGNORECASE)
_NUMBER_LAST = re.compile(r"[\s,，]+(?:no\.?\s*)?(\d+[a-z]?(?:[-/]\d+)?)\s*$", re.IGNORECASE)
_NUMBER_HAN = re.compile(r"(?<=[路街道巷弄里村园坊])\s*(\d[\d\-－之甲乙丙丁号弄栋幢单元室层楼座\sa-zA-Z]*)$")


def house_number(text: str) -> tuple[str, str] | None:
    """
    (street, number) of an address: "12 Jiefang Rd", "Jiefang Rd 12", "解放路12弄3号"; None where no number is in it.

    The number is the caller's address and no part of a public place's name, so it is kept apart.
    """
    clean = unicodedata.normalize("NFKC", text).strip()
    for pattern in (_NUMBER_HAN, _NUMBER_FIRST, _NUMBER_LAST):
        found = pattern.search(clean)
        if found:
            street = (clean[: found.start()] + clean[found.end() :]).strip(" ,，")
            if street:
                return street, found.group(1).strip()
    return None


def run_together(pieces: list[str]) -> Iterator[list[str]]:
    """
    Other readings of what was typed: two street names written as one word, perhaps with 与 or 和 between.

    Tried only after the plain reading found nothing, because 和 is also part of names (共和新路).
    """
    for place, piece in enumerate(pieces):
        for cut in range(2, len(piece) - 1):
            left, right = piece[:cut], piece[cut:]
            if has_han(piece) and right[0] in _JOINS and len(right) > 2:
                yield [*pieces[:place], left, right[1:], *pieces[place + 1 :]]
        for cut in range(2, len(piece) - 1):
            yield [*pieces[:place], piece[:cut], piece[cut:], *pieces[place + 1 :]]
