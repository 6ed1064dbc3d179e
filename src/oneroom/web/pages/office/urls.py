"""The office."""

from __future__ import annotations

from django.urls import path

from oneroom.web.pages.office import accounts, board, find, incidents, purpose, record

urlpatterns = [
    path("", find.first, name="office"),
    path("board", board.board, name="office-board"),
    path("find", find.find, name="office-find"),
    path("purpose", purpose.name_it, name="office-purpose"),
    path("record", record.search, name="office-record"),
    path("record/<int:number>", record.answers, name="office-answers"),
    path("accounts", accounts.accounts, name="office-accounts"),
    path("accounts/new", accounts.new, name="office-account-new"),
    path("accounts/<int:pk>", accounts.account, name="office-account"),
    path("incidents", incidents.matters, name="office-incidents"),
    path("incidents/<int:pk>", incidents.matter, name="office-incident"),
]
