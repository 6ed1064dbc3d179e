"""Where things are."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from oneroom.web.api.main import api

urlpatterns = [
    path("api/", api.urls),
    path("language", set_language, name="set_language"),
    path("room/intake/", include("oneroom.web.pages.intake.urls")),
    path("room/", include("oneroom.web.pages.room.urls")),
    path("t/", include("oneroom.web.pages.terminal.urls")),
    path("map/", include("oneroom.web.pages.map.urls")),
    path("office/", include("oneroom.web.pages.office.urls")),
    path("incidents/", include("oneroom.web.pages.dossier.urls")),
    path("transparency/", include("oneroom.web.pages.transparency.urls")),
    path("start/", include("oneroom.web.pages.start.urls")),
    path("", include("oneroom.web.pages.signin.urls")),
    path("", include("oneroom.web.pages.citizen.urls")),
]
handler400 = "oneroom.web.pages.errors.unreadable"
handler403 = "oneroom.web.pages.errors.forbidden"
handler404 = "oneroom.web.pages.errors.not_found"
handler500 = "oneroom.web.pages.errors.broken"
