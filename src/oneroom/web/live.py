"""The raw ASGI app of the live half; see ``oneroom.web.stream``."""

from oneroom.web.stream.app import Live

__all__ = ["Live"]
