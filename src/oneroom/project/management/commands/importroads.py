import hashlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from oneroom.apps.ledger.time import now
from oneroom.apps.places.queries import basemap
from oneroom.apps.places.services import load_network
from oneroom.engine.roads.build import Built, NoRoads, build
from oneroom.engine.roads.gazetteer import crossings
from oneroom.engine.roads.hierarchy import contraction_order
from oneroom.engine.roads.store import to_npz_bytes
from oneroom.engine.values import SYSTEM
from oneroom.ports.formats import osm, pmtiles
from oneroom.project.trouble import Trouble


class Command(BaseCommand):
    help = "Load a city's roads from an OpenStreetMap extract (.osm.pbf) and make them the active network."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="an OpenStreetMap extract: .osm.pbf, .osm, .osm.gz or .osm.bz2")
        parser.add_argument("--name", help="what the city is called; else the file's name")
        parser.add_argument("--save", type=Path, metavar="FILE.npz", help="write the network to a file, load nothing")

    def handle(self, *args: Any, file: Path, name: str | None, save: Path | None, **options: Any) -> None:
        began = time.monotonic()
        try:
            source = osm.read(file)
            built = build(source.ways, source.restrictions)
            ground = osm.read_ground(file) if save is None else []
        except osm.BadMap as error:
            raise Trouble(str(error)) from error
        except NoRoads as error:
            raise Trouble(f"{file.name} holds {source.streets} streets, but no connected roads for cars.") from error
        fingerprint = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        origin = f"{file.name} (sha256 {fingerprint}…)"
        ordered = replace(built.graph, order=contraction_order(built.graph))
        content = to_npz_bytes(ordered, attribution=osm.ATTRIBUTION, source=origin)
        self._tell(built, source.streets, len(content))
        if save is not None:
            save.write_bytes(content)
            self.stdout.write(f"Written to {save}. Nothing was loaded.")
            return
        title = name or file.name.split(".")[0].replace("_", " ").title()
        network = load_network(content, name=title, ground=ground, by=SYSTEM, at=now())
        self.stdout.write(f"“{title}” is now the active network (number {network}), {time.monotonic() - began:.1f} s.")
        self._make_map()

    def _make_map(self) -> None:
        """The basemap of what was just loaded; without it the map draws plain streets, so nothing is lost."""
        if settings.DATA_FOLDER is None:
            return
        began = time.monotonic()
        try:
            made = pmtiles.make_tiles(settings.DATA_FOLDER, basemap())
        except pmtiles.NoTiles as error:
            self.stdout.write(f"The basemap was not made ({error}); the map draws plain streets.")
            return
        size = made.stat().st_size / 1000
        self.stdout.write(f"Basemap {made} ({size:,.0f} kB), {time.monotonic() - began:.1f} s.")

    def _tell(self, built: Built, streets: int, size: int) -> None:
        graph, counts = built.graph, built.counts
        named = counts.named_km / counts.kept_km if counts.kept_km else 0
        oneway = float(graph.edge_length_m[graph.edge_oneway].sum()) / 1000
        lines = [
            f"streets in the file     {streets:>9,}   of them open to cars {counts.car_ways:,}",
            f"junctions               {graph.junctions:>9,}",
            f"stretches / directions  {graph.edges:>9,}   / {graph.directions:,}",
            f"length                  {counts.kept_km:>9,.0f} km, one-way {oneway:,.0f} km",
            f"left out                {counts.dropped_share:>9.1%}   of the length, not joined both ways with the rest",
            f"with a street name      {named:>9.1%}   of the length",
            f"turn restrictions       {counts.kept_restrictions:>9,}   kept, of {counts.restrictions:,} in the file",
            f"crossings as places     {sum(1 for _ in crossings(graph)):>9,}",
            f"size                    {size / 1000:>9,.0f} kB",
        ]
        for language, count in sorted(counts.names.items(), key=lambda item: -item[1]):
            label = "local" if language == "default" else language
            lines.append(f"street names, {label:<9} {count:>9,}")
        self.stdout.write("\n".join(lines))
        self.stdout.write(f"Data {osm.ATTRIBUTION}")
