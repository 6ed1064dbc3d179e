"""
The one line of JSON that every benchmark prints, and the way all of them time things.

A figure without a peer or a limit from the same run says nothing about another machine, so a line carries
both: `value` is ours, `ratio` compares it with `peer`, `bar` is what the ratio (or the value) must meet.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable


def median_s(job: Callable[[], object], *, times: int) -> float:
    """Median seconds of a job over several runs; the caller has run it once already."""
    spans = []
    for _ in range(times):
        begin = time.perf_counter()
        job()
        spans.append(time.perf_counter() - begin)
    return statistics.median(spans)


def report(
    claim: str,
    *,
    value: float,
    unit: str,
    peer: float | str | None,
    ratio: float | None,
    bar: str,
    ok: bool,
    **more: object,
) -> None:
    """Print the line; the exit code of the script is 1 when the bar is missed."""
    line = {"claim": claim, "value": value, "unit": unit, "peer": peer, "ratio": ratio, "bar": bar, "ok": ok} | more
    print(json.dumps(line, ensure_ascii=False))
    if not ok:
        sys.exit(1)


def skip(claim: str, reason: str) -> None:
    """Print that this benchmark could not be run here, and end it without failure."""
    print(json.dumps({"claim": claim, "skipped": reason}, ensure_ascii=False))
    sys.exit(0)
