from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "oneroom.apps.places"
    label = "places"
