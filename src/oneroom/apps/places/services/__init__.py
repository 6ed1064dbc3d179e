from oneroom.apps.places.services.gazetteer import Fate, NewPlace, add_places, judge_places
from oneroom.apps.places.services.network import load_network
from oneroom.apps.places.services.warnings import end_warning, raise_warning, renew_warning

__all__ = [
    "Fate",
    "NewPlace",
    "add_places",
    "end_warning",
    "judge_places",
    "load_network",
    "raise_warning",
    "renew_warning",
]
