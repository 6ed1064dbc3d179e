"""
How often somebody may knock at a public door.

Counted in the cache, which is each web process' own unless the settings name a shared one: with n processes up to n
times as many knocks get through, which still stops guessing.
"""

from __future__ import annotations

import ipaddress

from django.core.cache import cache
from django.http import HttpRequest

from oneroom.engine.values import Refused


class TooMany(Refused):
    """Knocked too often; nothing was done."""

    status = 429
    code = "too_many"
    message = "Too many tries from here. Wait a few minutes and try again."


def source_of(request: HttpRequest) -> str:
    """
    Where somebody knocks from: of a proxy named in ONEROOM_PROXIES its word, of anybody else his own address.

    Of IPv6 it is the network of 64 bits: one household has as many addresses of it as it likes.
    """
    said = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(said.partition("%")[0])
    except ValueError:
        return said
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))


def count(name: str, who: str, *, seconds: int) -> int:
    """One more knock at ``name`` by ``who``; how many there were within ``seconds`` of the first."""
    key = f"knock:{name}:{who}"
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, timeout=seconds)
        return 1


def limit(request: HttpRequest, name: str, *, times: int, seconds: int) -> None:
    """Raise TooMany when this source knocked more than ``times`` within ``seconds``."""
    if count(name, source_of(request), seconds=seconds) > times:
        raise TooMany


def so_far(name: str, who: str) -> int:
    """How often ``who`` knocked at ``name`` lately, without counting this time."""
    return int(cache.get(f"knock:{name}:{who}", 0))


def forget(name: str, who: str) -> None:
    """Count from nothing again."""
    cache.delete(f"knock:{name}:{who}")
