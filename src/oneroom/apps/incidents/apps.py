from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "oneroom.apps.incidents"
    label = "incidents"

    def ready(self) -> None:
        """A house whose protocols are wrong does not start: it says which line is."""
        from oneroom.apps.incidents.protocol import protocols

        protocols()
