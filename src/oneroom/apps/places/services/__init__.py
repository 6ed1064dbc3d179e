from oneroom.apps.places.services.gazetteer import NewPlace, add_places
from oneroom.apps.places.services.network import load_network

__all__ = ["NewPlace", "add_places", "load_network"]
