from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "oneroom.apps.plans"
    label = "plans"
