"""The published transparency reports."""

from __future__ import annotations

from django.urls import path

from oneroom.web.pages.transparency import views

urlpatterns = [
    path("", views.months, name="transparency"),
    path("<str:month>.json", views.raw, name="transparency-raw"),
    path("<str:month>/", views.one, name="transparency-month"),
]
