"""The terminal: the phone of a crew."""

from django.urls import path

from oneroom.web.pages.terminal import offline, views

urlpatterns = [
    path("", views.terminal, name="terminal"),
    path("list", views.the_list, name="terminal-list"),
    path("orders/<int:pk>", views.order, name="terminal-order"),
    path("sos", views.help_called, name="terminal-sos"),
    path("crew", views.crew, name="terminal-crew"),
    path("clock", views.clock_now, name="terminal-clock"),
    path("manifest.webmanifest", views.manifest, name="terminal-manifest"),
    path("offline", offline.page, name="terminal-offline"),
    path("worker.js", offline.worker, name="terminal-worker"),
]
