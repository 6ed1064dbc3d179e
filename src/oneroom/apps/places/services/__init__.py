from oneroom.apps.places.services.closures import close_roads, prolong_closure, reopen_roads
from oneroom.apps.places.services.gazetteer import Fate, NewPlace, add_places, judge_places
from oneroom.apps.places.services.network import load_network
from oneroom.apps.places.services.warnings import end_warning, raise_warning, renew_warning

__all__ = [
    "Fate",
    "NewPlace",
    "add_places",
    "close_roads",
    "end_warning",
    "judge_places",
    "load_network",
    "prolong_closure",
    "raise_warning",
    "renew_warning",
    "reopen_roads",
]
