"""A month of sixty people, proved best: how long, and against what the founding papers allow (5 s on two cores)."""

from __future__ import annotations

import json
import random
import time
from datetime import date

from oneroom.engine.roster import Need, Person, Question, Shift, Wish, faults
from oneroom.engine.roster.solve import solve

LIMIT_S = 5.0
SHIFTS = (Shift("D", 360, 480), Shift("E", 840, 480), Shift("N", 1320, 480))


def month(people: int = 60, days: int = 28, *, seed: int = 7) -> Question:
    """
    A station's month: three shifts of eight hours, fewer at night and at weekends, three wishes a person.

    Two of five may lead, one of five is an auxiliary; one of ten is away for four days.
    """
    chance = random.Random(seed)
    crew = []
    for n in range(people):
        since = chance.randrange(days - 4)
        away = frozenset(range(since, since + 4)) if n % 10 == 9 else frozenset()
        skills = frozenset({"driver"} if n % 3 else ())
        crew.append(Person(n + 1, sworn=n % 5 != 4, lead=n % 5 < 2, skills=skills, away=away))
    first = date(2026, 11, 2)
    share = people / 60
    base = {"D": 13 * share, "E": 11 * share, "N": 8 * share}
    needs = {
        (d, s.code): Need(
            round(base[s.code] * (0.8 if d % 7 > 4 else 1)), round(3 * share), {"driver": round(2 * share)}
        )
        for d in range(days) for s in SHIFTS
    }  # fmt: skip
    wishes = tuple(
        Wish(p.id, chance.randrange(days), chance.choice(("", "", "D", "E", "N"))) for p in crew for _ in range(3)
    )
    return Question(first, days, SHIFTS, tuple(crew), needs, wishes=wishes)


def main() -> None:
    """One line of JSON; ``ratio`` is the limit over the time taken."""
    question = month()
    began, spent = time.perf_counter(), time.process_time()
    answer = solve(question)
    took, cpu = time.perf_counter() - began, time.process_time() - spent
    print(json.dumps({
        "name": "roster", "people": 60, "days": 28, "shifts": 3, "wishes": len(question.wishes),
        "proved": answer.proved,
        "costs": answer.costs, "faults": len(faults(question, answer.cells)), "seconds": round(took, 2),
        "cpu_s": round(cpu, 2),
        "limit_s": LIMIT_S, "ratio": round(LIMIT_S / took, 2),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
