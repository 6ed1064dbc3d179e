from django.urls import path

from oneroom.web.pages.room import coverage, handover, moves, views

urlpatterns = [
    path("", views.page, name="room"),
    path("head", views.head, name="room-head"),
    path("queue", views.queue, name="room-queue"),
    path("handover", handover.page, name="room-handover"),
    path("handover/<int:pk>", handover.one, name="room-handover-one"),
    path("late", views.late, name="room-late"),
    path("crews", views.crews, name="room-crews"),
    path("crews/<int:pk>", views.crew, name="room-crew"),
    path("coverage", coverage.line, name="room-coverage"),
    path("coverage/moves", moves.moves, name="room-moves"),
    path("incidents/<int:pk>", views.incident, name="room-incident"),
    path("incidents/<int:pk>/reads", views.reads, name="room-reads"),
    path("incidents/<int:pk>/proposals", views.proposed, name="room-proposals"),
    path("time", views.time, name="room-time"),
]
