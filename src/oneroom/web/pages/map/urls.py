"""What a map is drawn from."""

from __future__ import annotations

from django.urls import path

from oneroom.web.pages.map import apart, views

urlpatterns = [
    path("", apart.apart, name="map-apart"),
    path("roads.json", views.roads, name="map-roads"),
    path("basemap.json", views.basemap_json, name="map-basemap"),
    path("tiles/<str:key>.pmtiles", views.tiles, name="map-tiles"),
    path("areas.json", views.areas, name="map-areas"),
]
