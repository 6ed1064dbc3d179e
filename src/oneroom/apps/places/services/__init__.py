from oneroom.apps.places.services.gazetteer import NewPlace, add_places
from oneroom.apps.places.services.network import load_network
from oneroom.apps.places.services.warnings import end_warning, raise_warning, renew_warning

__all__ = ["NewPlace", "add_places", "end_warning", "load_network", "raise_warning", "renew_warning"]
