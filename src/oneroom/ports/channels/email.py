"""E-mail to duty addresses, through the server in ``ONEROOM_EMAIL_URL``."""

from __future__ import annotations

from django.conf import settings

from oneroom.ports.channels.gateway import Gateway


class Email(Gateway):
    """For rungs that inform rather than ring."""

    def __init__(self) -> None:
        super().__init__("email", settings.EMAIL_URL)
