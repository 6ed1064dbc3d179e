"""The one search of places at the API, and coordinates in their datum."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents.models import Incident
from oneroom.engine.geo import from_wgs84
from tests.town import corner
from tests.web.api_client import Caller

pytestmark = pytest.mark.django_db


def test_names_initials_and_house_numbers_are_found(town):
    carl = Caller("carl")
    assert carl.get("places?q=jsj")["places"][0]["zh"] == "集市街"
    assert carl.get("places?q=elm market")["places"][0]["kind"] == "crossing"
    found = carl.get("places?q=12 Elm Rd")["places"][0]
    assert (found["kind"], found["en"], found["number"]) == ("road", "Elm Road", "12")
    assert carl.get("places?q=Elm Road&near_lon=400", status=422)["field"] == "near_lon"


@pytest.mark.parametrize("datum", ["GCJ02", "BD09"])
def test_typed_coordinates_ask_for_their_datum_and_both_are_kept(town, datum):
    carl, (lon, lat) = Caller("carl"), corner("market")
    x, y = (round(float(axis), 6) for axis in from_wgs84(lon, lat, datum))

    asked = carl.get(f"places?q={y},{x}")  # latitude first, as most people say it
    assert asked == {"places": [], "point": {"lon": x, "lat": y, "datum": None}}
    point = carl.get(f"places?q={y},{x}&datum={datum}")["point"]
    assert (point["lon"], point["lat"]) == (pytest.approx(lon, abs=1e-5), pytest.approx(lat, abs=1e-5))
    assert point["en"] == "Oak Road / Market Street"

    made = carl.post("incidents", {
        "words": "A fight", "category": "public_order", "grade": 2, "location": point["given"],
    })  # fmt: skip
    row = Incident.objects.get(pk=made["id"])
    assert (row.lon, row.lat) == (pytest.approx(lon, abs=1e-5), pytest.approx(lat, abs=1e-5))
    assert row.given == f"{datum} {x:.9g},{y:.9g}"


def test_coordinates_elsewhere_are_refused_with_a_sentence(town):
    refused = Caller("carl").get("places?q=39.9,116.4&datum=WGS84", status=422)
    assert refused["field"] == "location"
    assert Caller("carl").get("places?q=31.22,121.46&datum=mars", status=422)["field"] == "datum"
