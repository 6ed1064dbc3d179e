"""
Fits the rhythm of calls on a real dispatch log: `python -m oneroom.project.demo.calibrate LOG.csv.gz`.

The log is San Francisco's "Fire Department Calls for Service" (DataSF, ODC PDDL): every call of 14 whole days in 2020
with the times of each unit. It is not the police's, and it knows no police grades; what is taken from it is when calls
come, how many crews a call needs, how long a crew stays, and how seldom an order comes to nothing. Prints the table
and writes `rhythm.json`, which the demo reads; the log itself is not shipped.
"""

import argparse
import csv
import gzip
import json
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
SOURCE = 'City of San Francisco, DataSF, "Fire Department Calls for Service", 2020-04-07 to 2020-04-20, ODC PDDL'
LONGEST_S = 2 * 3600  # a longer stay is a fire watch, or a forgotten button
STEPS = np.linspace(0.05, 0.95, 19)

Rows = list[dict[str, str]]


def read(log: Path) -> dict[str, Rows]:
    """Rows of the log by call."""
    calls: dict[str, Rows] = defaultdict(list)
    with gzip.open(log, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            calls[row["Call Number"]].append(row)
    return calls


def fit(calls: dict[str, Rows]) -> dict[str, Any]:
    """The table: shares sum to 1, factors have the mean 1, times are seconds."""
    received = [_time(rows[0]["Received DtTm"]) for rows in calls.values()]
    hours = np.array([Counter(at.hour for at in received)[hour] for hour in range(24)], dtype=float)
    smooth = (np.roll(hours, 1) + 2 * hours + np.roll(hours, -1)) / 4  # 14 days leave noise between neighbours
    days = np.array([Counter(at.weekday() for at in received)[day] for day in range(7)], dtype=float)
    dates = {at.date() for at in received}
    stay_s: list[float] = []
    taking_s: list[float] = []
    for rows in calls.values():
        taking_s.append((_time(rows[0]["Entry DtTm"]) - _time(rows[0]["Received DtTm"])).total_seconds())
        stay_s += [
            (_time(row["Available DtTm"]) - _time(row["On Scene DtTm"])).total_seconds()
            for row in rows
            if row["On Scene DtTm"] and row["Available DtTm"] and not row["Transport DtTm"]
        ]
    return {
        "source": SOURCE,
        "calls": len(calls),
        "days": len(dates),
        "hour_share": _rounded(smooth / smooth.sum(), 5),
        "weekday_factor": _rounded(days / days.mean(), 3),
        "crews_share": _crews(calls),
        "stay_s": _quantiles([s for s in stay_s if 0 < s < LONGEST_S]),
        "taking_s": _quantiles([s for s in taking_s if 0 < s < 1800]),
        "nobody_arrived_share": round(np.mean([not _arrived(rows) for rows in calls.values()]), 4),
    }


def _crews(calls: dict[str, Rows]) -> dict[str, list[float]]:
    """
    Share of calls with 1, 2, 3 and more stations on the spot, for grave calls and others.

    An engine and an ambulance of one call are one answer here: stations are counted, not vehicles.
    """
    shares = {}
    for name, priorities in {"grave": ("3",), "other": ("1", "2")}.items():
        counts = Counter(
            min(3, len({row["Unit ID"].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for row in rows if row["On Scene DtTm"]}))
            for rows in calls.values()
            if rows[0]["Final Priority"] in priorities and _arrived(rows)
        )
        shares[name] = _rounded([counts[n] / counts.total() for n in (1, 2, 3)], 3)
    return shares


def _arrived(rows: Rows) -> bool:
    return any(row["On Scene DtTm"] for row in rows)


def _quantiles(seconds: list[float]) -> list[int]:
    """At 5 %, 10 % … 95 %."""
    return [round(float(value)) for value in np.quantile(seconds, STEPS)]


def _rounded(values: Any, digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p")  # noqa: DTZ007  (only differences and hours are used)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("log", type=Path)
    table = fit(read(parser.parse_args().log))
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in table.items())
    (HERE / "rhythm.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print(lines)  # noqa: T201
