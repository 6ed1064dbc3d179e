from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "oneroom.apps.duty"
    label = "duty"
