"""People, places and police districts of an example, and what the tables say of them afterwards (T12, T17, B15)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from oneroom.apps.orgs.facts import tree_on
from oneroom.apps.orgs.ground import outlines_of
from oneroom.apps.personnel.queries import posts_moved_down, stations_share
from oneroom.apps.personnel.services import Joining, NewPost, approved, begin_posts, book_quota, join
from oneroom.apps.personnel.strength import heads_on
from oneroom.engine.establishment import transfer
from oneroom.engine.organisation.districts import DISTRICT, STATION, districts
from oneroom.engine.values import Actor
from oneroom.project.examples import City, Down, Staff


def serve(staff: Sequence[Staff], *, spare: Sequence[Staff] = (), day: date, by: Actor, at: datetime) -> None:
    """Places, posts and simulated people, by the services that any house is set up with; ``spare`` are places alone."""
    if not staff:
        return
    lines = [line for s in (*staff, *spare) for line in approved(s.unit, s.kind, s.count, day)]
    book_quota(lines, basis="entered", by=by, at=at)
    seats = [(f"{s.unit}-{s.kind[0]}{n:03d}", s) for s in staff for n in range(s.count)]
    begin_posts(
        [NewPost(code, s.unit, s.kind, "示例岗位", "Example post", leads=s.leads) for code, s in seats],
        day=day, by=by, at=at,
    )  # fmt: skip
    letter = "L" if any(s.leads for s in staff) else "X"
    people = [Joining(f"E{letter}{n:05d}", s.kind, f"示例{n}", day, post=code) for n, (code, s) in enumerate(seats)]
    join(people, day=day, simulated=True, by=by, at=at)


def move_down(down: Sequence[Down], *, day: date, by: Actor, at: datetime) -> None:
    """Places that nobody has go to the units below (减上补下); the total stays."""
    if down:
        lines = [line for d in down for line in transfer(d.giver, d.taker, "sworn", d.count, day)]
        book_quota(lines, basis="entered", by=by, at=at)


def told(city: City, day: date) -> Iterator[tuple[str, str, str]]:
    """Row, what, and the figure, of who serves where and of whose ground is whose on that day."""
    if city.branches:
        sworn, helpers = ([stations_share(day, under=b, kind=kind) for b in city.branches] for kind in _KINDS)
        part, whole = sum(s.part for s in sworn), sum(s.whole for s in sworn)
        said = f"{part}/{whole} = {100 * part / whole:.1f} %, auxiliaries apart {sum(s.whole for s in helpers)}"
        yield "T12", f"officers in stations of {len(city.branches)} branches", said
    tree = tree_on(day)
    shown = [unit for unit in tree.units.values() if unit.kind in (DISTRICT, STATION)]
    if any(unit.kind == DISTRICT for unit in shown):
        found = districts(tree, outlines_of(shown), heads_on(day))
        lone = sum(not d.stations for d in found.districts)
        bare = sum(d.chiefs != 1 for d in found.districts)
        yield (
            "T17",
            "brigades into police districts",
            (
                f"{found.brigades} → {len(found.districts)} = {found.each or 0:.1f} each, without a station {lone},"
                f" without one chief {bare}, stations with ground of no district {len(found.uncovered)}"
            ),
        )
    if city.down:
        pair = posts_moved_down(day, day + timedelta(days=1))
        yield (
            "B15",
            "places moved down",
            (
                f"{pair.moved}/{pair.all} = {pair.of_all or 0:.1f} %, of the giving units {pair.moved}/{pair.giving}"
                f" = {pair.of_giving or 0:.1f} %, which had {100 * pair.giving / pair.all:.1f} %"
            ),
        )


_KINDS = ("sworn", "auxiliary")
