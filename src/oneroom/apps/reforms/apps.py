from django.apps import AppConfig


class ReformsConfig(AppConfig):
    name = "oneroom.apps.reforms"
    label = "reforms"
