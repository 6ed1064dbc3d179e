"""The desk where calls come in."""

from __future__ import annotations

from django.urls import path

from oneroom.web.pages.intake import views

urlpatterns = [
    path("", views.intake, name="intake"),
    path("grade", views.grade, name="intake-grade"),
]
