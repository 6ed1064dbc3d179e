from oneroom.apps.orgs.services.units import begin_unit

__all__ = ["begin_unit"]
