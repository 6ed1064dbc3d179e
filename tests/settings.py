"""The product's own settings, with what a production start would demand from the environment."""

import os
from pathlib import Path

os.environ.setdefault("ONEROOM_SECRET_KEY", "tests-only: forty characters and no secret at all")
os.environ.setdefault("ONEROOM_PLAIN_HTTP", "1")

from oneroom.project import messages
from oneroom.project.settings import *  # noqa: F403

messages.compile_stale()  # before Django is set up: it reads the translations once, and keeps that there were none

HEADS_FOLDER = None  # a test that wants signed heads names a folder of its own
# Signs of life of a test's processes lie where it says.
SIGNS_FOLDER = Path(os.environ["ONEROOM_SIGNS"]) if "ONEROOM_SIGNS" in os.environ else None
# The journal of a test that loses its database lies where it says.
JOURNAL_FOLDER = Path(os.environ["ONEROOM_JOURNAL"]) if "ONEROOM_JOURNAL" in os.environ else None
WATCHED = ()  # no part runs beside a test
DATA_FOLDER = None  # a test that wants a basemap names a folder of its own
NOTICE_WANTED = SESSION_LIMITS = SECOND_FACTOR = (
    False  # tests of the door switch it on; all others come in by a session that is simply there
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes 0.3 s for each account made
PROJECT_CLOCK = "tests.clock.HAND"
CHANNELS = {
    "app": "oneroom.ports.channels.app.App",
    "sms": "tests.pockets.SmsPocket",
    "voice": "oneroom.ports.channels.voice.Voice",  # as in a force without such a provider: skipped, and it shows
    "email": "tests.pockets.EmailPocket",
}
