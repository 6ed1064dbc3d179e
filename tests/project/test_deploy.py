"""What the proxy of the example lets through to the door (docs/deploy/nginx.conf), read as nginx reads it."""

from __future__ import annotations

import re
from pathlib import Path

CONF = (Path(__file__).resolve().parents[2] / "docs" / "deploy" / "nginx.conf").read_text()
SHIFT, WITHIN_S, FORMS = 2000, 600, 2  # so many sign in behind one address within ten minutes: password, then code
UNITS = {"s": 1, "m": 60}


def test_a_change_of_shifts_behind_one_address_is_let_in_and_a_flood_is_not():
    key, rate, unit = re.search(r"limit_req_zone (\S+) zone=oneroom_door:\S+ rate=(\d+)r/([sm]);", CONF).groups()
    where, burst = re.search(r"location (.*?) \{\s+limit_req zone=oneroom_door burst=(\d+) nodelay;", CONF).groups()
    a_second = int(rate) / UNITS[unit]
    keys = re.search(r"map \$request_method " + re.escape(key) + r" \{(.*?)\}", CONF, re.DOTALL)[1]

    assert dict(re.findall(r"(\w+)\s+(\S+);", keys)) == {"default": '""', "POST": "$binary_remote_addr"}
    assert a_second * WITHIN_S + int(burst) >= SHIFT * FORMS, "all of them"
    assert int(burst) >= 100 * FORMS, "a hundred at the same second"
    assert a_second <= 20, "and no more than the house can hash"
    assert where == "/sign-in", "and every page under it"
