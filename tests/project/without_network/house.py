"""
Starts all parts of a house where there is no network but loopback, asks for its first page with all that it names,
prints what came (JSON), and ends them when its input does. Run by `test_without_network.py` under `unshare --net`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import re
import socket
import struct
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
PATIENCE_S = 90.0


def loopback_up() -> None:
    """A new network has a loopback that is down (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        name = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(asking, SIOCGIFFLAGS, name))[1]
        fcntl.ioctl(asking, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def is_cut_off() -> bool:
    """Whether nothing but this machine can be reached (192.0.2.1 is nobody's, RFC 5737)."""
    with socket.socket() as trying:
        trying.settimeout(2)
        try:
            trying.connect(("192.0.2.1", 80))
        except OSError as error:
            return isinstance(error, OSError) and error.errno == 101  # network is unreachable
    return False


def fetch(address: str) -> tuple[int, str]:
    with contextlib.closing(urlopen(address, timeout=20)) as answer:
        return answer.status, answer.read().decode(errors="replace")


def first_page(url: str) -> dict[str, int]:
    """By its address: what the sign-in page and each file that it names answered."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            status, page = fetch(f"{url}/sign-in")
            break
        except (URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    named = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    return {"/sign-in": status} | {path: fetch(url + path)[0] for path in sorted(named)}


def main() -> None:
    loopback_up()
    cut_off = is_cut_off()
    commands = (["runweb", "--port", "8000"], ["runclock"], ["runcourier"], ["audit"])
    parts = [
        subprocess.Popen([sys.executable, "-m", "oneroom", *command], stdin=subprocess.DEVNULL) for command in commands
    ]
    try:
        print(json.dumps({"cut_off": cut_off, "answered": first_page("http://127.0.0.1:8000")}), flush=True)
        sys.stdin.read()
        print(json.dumps({"still_run": [part.poll() is None for part in parts]}), flush=True)
    finally:
        for part in parts:
            part.kill()
            part.wait()


if __name__ == "__main__":
    main()
