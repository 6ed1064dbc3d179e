from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oneroom.apps.oversight"
    label = "oversight"
