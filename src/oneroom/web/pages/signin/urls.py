"""The door for staff."""

from __future__ import annotations

from django.urls import path

from oneroom.web.pages.signin import own, views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("account", own.own, name="own-account"),
    path("sign-out", views.sign_out, name="sign-out"),
]
