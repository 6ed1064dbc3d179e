from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "oneroom.apps.people"
    label = "people"
