"""Whom PostgreSQL runs as: it refuses root, so root lends it an account of its own."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

from msgspec import Struct

from backend.postgres.binaries import Binaries
from backend.trouble import Trouble

PREFERRED = ("postgres", "bedside", "nobody")


class Account(Struct, frozen=True):
    """The account the database runs as; `None` inside means: as ourselves."""

    name: str
    uid: int | None = None
    gid: int | None = None

    @property
    def started_as(self) -> dict[str, Any]:
        """For subprocess: how to become this account."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Gives a file or folder to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path, how: str = "-x") -> bool:
        """Whether the account can read (`-r`) or enter and run (`-x`) this path."""
        asked = subprocess.run(["test", how, str(path)], check=False, **self.started_as)
        return asked.returncode == 0


def account_for(folder: Path) -> Account:
    """Ourselves, or for root the folder's owner, else the first of the usual unprivileged accounts."""
    if os.geteuid() != 0:
        return Account(pwd.getpwuid(os.geteuid()).pw_name if _known(os.geteuid()) else str(os.geteuid()))
    if folder.exists() and folder.stat().st_uid != 0:
        owner = folder.stat()
        return Account(pwd.getpwuid(owner.st_uid).pw_name if _known(owner.st_uid) else "?", owner.st_uid, owner.st_gid)
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Trouble(
        "PostgreSQL does not run as root, and there is no account 'postgres' here: make one, or start as another user."
    )


def readable(binaries: Binaries, account: Account, data_dir: Path) -> Binaries:
    """The programs where the account can run them; where it cannot (a checkout under /root), a copy of them."""
    if not account.reaches(data_dir):
        raise Trouble(
            f"The account '{account.name}' that runs PostgreSQL cannot enter {data_dir}: "
            "choose another folder with --data, for example /var/lib/bedside."
        )
    if account.reaches(binaries.folder / "postgres"):
        return binaries
    copy = data_dir / f"programs{binaries.major}"
    installed = binaries.folder.parent
    package = installed.parent
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(installed, copy / package.name / installed.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():  # a wheel's own libraries lie beside its package, found by a relative path
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        (copy / "complete").touch()
    return Binaries(copy / package.name / installed.name / binaries.folder.name, binaries.major)


def _known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
