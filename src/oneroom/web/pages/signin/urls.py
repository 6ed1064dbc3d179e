"""The door for staff."""

from __future__ import annotations

from django.urls import path

from oneroom.web.pages.signin import by_word, duties, elsewhere, factors, own, relatives, rules, second, unlock, views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/second", second.second, name="mfa_authenticate"),  # allauth knows this step by that name
    path("sign-in/passkey", second.passkey, name="sign-in-passkey"),
    path("sign-in/again", unlock.unlock, name="unlock"),
    path("account/here", unlock.here, name="here"),
    path("sign-in/by-word", by_word.by_word, name="by-word"),
    path("sign-in/oidc/<slug:provider_id>", elsewhere.begin, name="openid_connect_login"),
    path("sign-in/oidc/<slug:provider_id>/back", elsewhere.back, name="openid_connect_callback"),
    path("account", own.own, name="own-account"),
    path("account/factors", factors.factors, name="own-factors"),
    path("account/passkey", factors.passkey_wanted, name="own-passkey"),
    path("account/duties", duties.duties, name="own-duties"),
    path("duties/<str:key>.ics", duties.calendar, name="calendar"),
    path("account/relatives", relatives.relatives, name="own-relatives"),
    path("account/rules", rules.rules, name="own-rules"),
    path("sign-out", views.sign_out, name="sign-out"),
]
