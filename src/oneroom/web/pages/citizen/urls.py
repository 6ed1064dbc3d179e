"""The public's pages. A follow-up code is only ever posted: never in an address, so never in a log."""

from __future__ import annotations

from django.urls import path

from oneroom.web.pages.citizen import views

urlpatterns = [
    path("", views.citizen, name="citizen"),
    path("report", views.report, name="citizen-report"),
    path("quiet", views.quiet, name="citizen-quiet"),
    path("follow/safe", views.safe, name="citizen-safe"),
    path("follow", views.follow, name="citizen-follow"),
    path("follow/words", views.words, name="citizen-words"),
    path("follow/withdraw", views.withdraw, name="citizen-withdraw"),
    path("follow/rate", views.rate, name="citizen-rate"),
    path("places", views.places, name="citizen-places"),
]
