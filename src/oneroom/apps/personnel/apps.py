from django.apps import AppConfig


class PersonnelConfig(AppConfig):
    name = "oneroom.apps.personnel"
    label = "personnel"
