"""
30,000 people taken over from a spreadsheet (CSV): read, looked through line by line, sealed, posted, and in the record.

3,000 units have ten posts each. The list names a post and three private fields for each person; each gets a Person, a
sealed row, a posting, a line of the transfer ledger and two entries. The limit is 60 s.
Then the office's pages over all of them are looked at (`pages_ms`). Peer, in the same run: the same
people and postings written by COPY, without check, seal or entry.
"""

from __future__ import annotations

import csv
import io
import time
from datetime import date

from house import house, sit_down_as
from line import report

CLAIM = "30,000 people taken over from a spreadsheet"
PEOPLE, UNITS, BRANCHES, LIMIT_S = 30_000, 3_000, 20, 60.0
DAY = date(2026, 1, 1)


def the_list() -> bytes:
    """The file, as a personnel office would send it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["警号", "姓名", "类别", "入职日期", "岗位代码", "电话", "证件号", "籍贯"])
    for n in range(PEOPLE):
        unit, seat = divmod(n, PEOPLE // UNITS)
        writer.writerow(
            [f"S{n:06d}", f"模拟{n}", "民警", "2010-07-01", f"p{unit}.{seat}", f"1000001{n:04d}", f"{n:018d}", "无"]
        )
    return out.getvalue().encode("gb18030")


def look_around() -> dict[str, int]:
    """Milliseconds of the office's pages over all of them: the middle of five looks at each, after one."""
    from django.test import Client

    from oneroom.apps.ledger.time import now
    from oneroom.apps.people.services import create_account, give_role
    from oneroom.apps.personnel.models import Person
    from oneroom.engine.roles import Role
    from oneroom.engine.values import SYSTEM

    account = create_account(username="hr", name="HR", by=SYSTEM, at=now())
    for role in (Role.HR, Role.ORG_PLANNER):
        give_role(account.pk, role, by=SYSTEM, at=now())
    account.refresh_from_db()
    client = Client(headers={"host": "localhost"})
    sit_down_as(client, account)
    one = Person.objects.get(number="S012345").pk
    found = {}
    for name, page in {
        "people": "/office/people", "last page": "/office/people?page=600", "by name": "/office/people?who=模拟1234",
        "by unit": "/office/people?unit=u77", "a person": f"/office/people/{one}", "posts": "/office/posts",
        "vacancies": "/office/posts?state=short", "each post": "/office/posts/each", "moves": "/office/moves",
        "due": "/office/rotation", "organisation": "/office/organisation?unit=u7",
        "organisation, two days": f"/office/organisation?unit=u7&than={DAY}", "a plan": f"/office/reforms/{_a_plan()}",
    }.items():  # fmt: skip
        answer = client.get(page)
        assert answer.status_code == 200, (page, answer.status_code)
        looks = []
        for _ in range(5):
            began = time.perf_counter()
            client.get(page)
            looks.append(time.perf_counter() - began)
        found[name] = round(sorted(looks)[2] * 1000)
    return found


def _a_plan() -> int:
    """A draft of a hundred mergers over them."""
    from oneroom.apps.ledger.time import now
    from oneroom.apps.people.models import Account
    from oneroom.apps.people.queries import actor_of
    from oneroom.apps.reforms.services import draft_plan
    from oneroom.engine.organisation.changes import Merge

    merges = [Merge((f"u{100 + 2 * n}",), f"u{101 + 2 * n}") for n in range(100)]
    by = actor_of(Account.objects.get(username="hr"))
    return draft_plan("Plan", now().date(), merges, by=by, at=now())


def _kind(n: int) -> str:
    return "city_bureau" if n == 0 else "branch_bureau" if n <= BRANCHES else "station"


def main() -> None:
    """Measures, and prints the line."""
    with house("people"):
        from django.core.management import call_command
        from django.db import connection

        from oneroom.apps.ledger.time import now
        from oneroom.apps.orgs.models import OrgUnit, UnitSpell
        from oneroom.apps.personnel.importing import import_people, plan_import
        from oneroom.apps.personnel.models import Person, Posting
        from oneroom.apps.personnel.services import NewPost, approved, begin_posts, book_quota
        from oneroom.engine.values import SYSTEM
        from oneroom.ports.formats.people import COLUMNS, KIND_WORDS
        from oneroom.ports.formats.sheets import read_sheet

        call_command("migrate", verbosity=0)
        at, day = now(), DAY
        UnitSpell.objects.bulk_create(
            UnitSpell(code=f"u{n}", kind=_kind(n), name_zh=f"所{n}", since=day, system="operations",
                      parent=f"u{(n - 1) // BRANCHES}" if n else None)
            for n in range(UNITS)
        )  # fmt: skip
        OrgUnit.objects.bulk_create(
            OrgUnit(code=f"u{n}", kind=_kind(n), name_zh=f"所{n}", name_en=f"U{n}", valid_from=day)
            for n in range(UNITS)
        )
        each = PEOPLE // UNITS
        book_quota(
            [line for n in range(UNITS) for line in approved(f"u{n}", "sworn", each, day)],
            basis="entered",
            by=SYSTEM,
            at=at,
        )
        begin_posts(
            [NewPost(f"p{u}.{s}", f"u{u}", "sworn", "岗") for u in range(UNITS) for s in range(each)],
            day=day,
            by=SYSTEM,
            at=at,
        )
        content = the_list()

        began = time.perf_counter()
        sheet = read_sheet(content, COLUMNS)
        read_s = time.perf_counter() - began
        plan = plan_import([(x.number, x.cells) for x in sheet.lines], day=at.date(), words=KIND_WORDS)
        planned_s = time.perf_counter() - began - read_s
        assert not plan.wrong, next(iter(plan.wrong.items()))
        taken = import_people(plan, simulated=True, by=SYSTEM, at=at)
        whole_s = time.perf_counter() - began
        assert taken == PEOPLE == Posting.objects.count()

        with connection.cursor() as cursor:  # some 5,000 are due or soon will be: as many as a large round moves
            cursor.execute("UPDATE personnel_posting SET since = DATE '2016-01-01' + (id %% 3900)::int", [])
        pages_ms = look_around()
        people = list(Person.objects.values_list("number", "kind", "name", "joined"))
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE plain_person (number text UNIQUE, kind text, name text, joined date)")
            cursor.execute("CREATE TABLE plain_posting (number text, post text, since date)")
            with cursor.copy("COPY plain_person FROM STDIN") as copy:
                for row in people:
                    copy.write_row(row)
            with cursor.copy("COPY plain_posting FROM STDIN") as copy:
                for n, row in enumerate(people):
                    copy.write_row((row[0], f"p{n}", day))
        peer_s = time.perf_counter() - began
        report(
            CLAIM, value=round(whole_s, 2), unit="s", peer=f"the same rows by COPY: {peer_s:.3f} s",
            ratio=round(whole_s / peer_s, 1), bar=f"<= {LIMIT_S:.0f} s, pages <= 1 s",
            ok=whole_s <= LIMIT_S and max(pages_ms.values()) <= 1000, read_s=round(read_s, 2),
            looked_through_s=round(planned_s, 2), written_s=round(whole_s - read_s - planned_s, 2), pages_ms=pages_ms,
        )  # fmt: skip


if __name__ == "__main__":
    main()
