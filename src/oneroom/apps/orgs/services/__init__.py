from oneroom.apps.orgs.services.enact import enact, objections, propose
from oneroom.apps.orgs.services.units import begin_unit

__all__ = ["begin_unit", "enact", "objections", "propose"]
