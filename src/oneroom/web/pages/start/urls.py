"""The demo's first page. Outside the demo none of it exists."""

from __future__ import annotations

from django.urls import path

from oneroom.web.pages.start import gateway, views

urlpatterns = [
    path("", views.start, name="start"),
    path("held", views.held, name="start-held"),
    path("surge", views.surge, name="start-surge"),
    path("gateway", gateway.page, name="start-gateway"),
    path("gateway/<str:channel>/<str:address>", gateway.take, name="start-gateway-take"),
]
