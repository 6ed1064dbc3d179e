"""The `oneroom` command: Django's management commands under the product's own name."""

import difflib
import gc
import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, get_commands, load_command_class
from django.db.utils import OperationalError

from oneroom.project import environment, kernels, messages
from oneroom.project.trouble import Trouble

OURS = "oneroom."

# Python looks for dead cycles after every 700 new objects, which is a fifth of the time that a start takes.
COLLECTED = (50_000, 10, 10)


def main(argv: list[str] | None = None) -> None:
    words = list(sys.argv if argv is None else argv)
    words[:1] = ["oneroom"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oneroom.project.settings")
    try:
        _run(words)
    except (Trouble, ImproperlyConfigured) as error:
        sys.exit(f"oneroom: {error}")
    except OperationalError:
        sys.exit(f"oneroom: {_no_database()}")
    except KeyboardInterrupt:
        sys.exit(130)


def _run(words: list[str]) -> None:
    gc.set_threshold(*COLLECTED)
    kernels.keep()
    if found := list(environment.unreadable(os.environ)):
        raise Trouble("\n".join(["the settings cannot be read:", *(f"  - {sentence}" for sentence in found)]))
    messages.compile_stale()
    command = words[1] if len(words) > 1 else "help"
    if command == "demo" or "--demo" in words[2:]:
        from oneroom.project import stage  # only here: it brings PostgreSQL's module, which no other command needs

        stage.enter(words[2:])
    django.setup()  # before the list is asked for: Django keeps the first answer
    commands = get_commands()
    if len(words) == 1 or words[1:] in (["help"], ["--help"], ["-h"]):
        print(_overview(commands))  # noqa: T201
    elif command.startswith("-") or command in {"help", "version", *commands}:
        ManagementUtility(words).execute()
    else:
        near = difflib.get_close_matches(command, commands, 1)
        hint = f" Did you mean `oneroom {near[0]}`?" if near else ""
        raise Trouble(f"there is no command {command!r}.{hint} `oneroom help` lists them.")


def _no_database() -> str:
    if os.environ.get("ONEROOM_DEMO") == "1":
        return "the demo does not run. Start it (make demo), then ask again from a second terminal."
    if not os.environ.get("ONEROOM_DATABASE_URL"):
        return "ONEROOM_DATABASE_URL is not set. It names the database: postgresql://user:password@host/name"
    return "the database of ONEROOM_DATABASE_URL does not answer. Does it run, is the address right?"


def _overview(commands: dict[str, str]) -> str:
    ours = sorted(name for name, app in commands.items() if isinstance(app, str) and app.startswith(OURS))
    lines = [f"  {name:14} {load_command_class(commands[name], name).help}" for name in ours]
    rest = "`oneroom help COMMAND` tells more. Django's commands work too: migrate, shell, createsuperuser …"
    return "\n".join(["oneroom COMMAND [options]", "", *lines, "", rest])
