"""The product's own settings, with what a production start would demand from the environment."""

import os

os.environ.setdefault("ONEROOM_SECRET_KEY", "tests-only: forty characters and no secret at all")
os.environ.setdefault("ONEROOM_PLAIN_HTTP", "1")

from oneroom.project import messages
from oneroom.project.settings import *  # noqa: F403

messages.compile_stale()  # before Django is set up: it reads the translations once, and keeps that there were none

HEADS_FOLDER = None  # a test that wants signed heads names a folder of its own
DATA_FOLDER = None  # a test that wants a basemap names a folder of its own
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes 0.3 s for each account made
PROJECT_CLOCK = "tests.clock.HAND"
CHANNELS = {
    "app": "oneroom.ports.channels.app.App",
    "sms": "tests.pockets.SmsPocket",
    "voice": "oneroom.ports.channels.voice.Voice",  # as in a force without such a provider: skipped, and it shows
    "email": "tests.pockets.EmailPocket",
}
