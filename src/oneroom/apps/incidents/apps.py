from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "oneroom.apps.incidents"
    label = "incidents"
