"""
The surroundings of the demo: its folder, and the environment that tells every process it is the demo.

All is set before Django reads its settings, so that the demo's processes are told in the same way as production's.
Each checkout has a folder of its own: a demo of another version never finds a database it does not know. In it each
city has its own database and clock.
"""

import argparse
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from oneroom.project.clock import CLOCK_FILE
from oneroom.project.demo.shifts import CREWS
from oneroom.project.embedded import Embedded
from oneroom.project.home import home
from oneroom.project.trouble import Trouble

DEFAULT_CITY = "shanghai"
WORLD = 3  # raised when the demo makes another city than before: the old one stays where it is, and a new one is made


@dataclass(frozen=True, slots=True)
class Stage:
    city: str
    server: Embedded
    crews: int = CREWS

    @property
    def name(self) -> str:
        """A city with fewer crews is another city: it has other people."""
        return f"{self.city}_{WORLD}" + (f"_{self.crews}" if self.crews != CREWS else "")

    @property
    def database(self) -> str:
        return f"oneroom_{self.name}"

    @property
    def clock_file(self) -> Path:
        return self.server.folder / f"clock-{self.name.replace('_', '-')}.json"

    def secret_key(self) -> str:
        """Kept, so that who signed in stays signed in over a second start."""
        path = self.server.folder / "secret.key"
        if not path.exists():
            self.server.make_folder()
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text()

    def environment(self) -> dict[str, str]:
        return {
            "ONEROOM_DEMO": "1",
            "ONEROOM_DATABASE_URL": self.server.url(self.database),
            "ONEROOM_AUDITOR_URL": self.server.url(self.database, user="oneroom_auditor"),
            "ONEROOM_SIGNS": str(self.server.folder / "signs"),
            "ONEROOM_SECRET_KEY": self.secret_key(),
            "ONEROOM_HEADS": str(self.server.folder / f"heads-{self.city}-{WORLD}"),
            CLOCK_FILE: str(self.clock_file),
            "ONEROOM_CALLS_TOKEN": hmac.new(self.secret_key().encode(), b"the exchange", "sha256").hexdigest(),
        }


def set_stage(city: str, crews: int = CREWS) -> Stage:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", city):
        raise Trouble("A city's name is small Latin letters, such as shanghai or jinan.")
    checkout = hashlib.sha256(os.fsencode(Path(__file__).resolve().parent)).hexdigest()[:10]
    return Stage(city, Embedded(home() / f"demo-{checkout}"), crews)


def enter(arguments: list[str]) -> None:
    """Called with the demo's arguments before Django starts."""
    if "ONEROOM_DATABASE_URL" in os.environ:
        raise Trouble(
            "ONEROOM_DATABASE_URL is set, and the demo never touches a real database: it brings its own. "
            "Unset it for the demo, or run `oneroom serve`."
        )
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--city", default=DEFAULT_CITY)
    parser.add_argument("--crews", type=int, default=CREWS)
    asked = parser.parse_known_args(arguments)[0]
    os.environ.update(set_stage(asked.city, asked.crews).environment())
