from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "oneroom.apps.orgs"
    label = "orgs"
