"""Telephone calls that read a sentence out, by the provider behind ``ONEROOM_VOICE_URL``."""

from __future__ import annotations

from django.conf import settings

from oneroom.ports.channels.gateway import Gateway


class Voice(Gateway):
    """For who hears a telephone ring and not a message: the provider calls the duty phone and speaks the text."""

    def __init__(self) -> None:
        super().__init__("voice", settings.VOICE_URL)
