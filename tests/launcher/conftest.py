"""A data folder that any account may pass through, and a process that runs our command line."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.command_line.programs import HERE


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that is not there yet, in one that the database's account can enter (pytest's own is closed to it)."""
    around = Path(tempfile.mkdtemp(prefix="bedside-launcher-"))
    os.chmod(around, 0o755)
    yield around / "records"
    shutil.rmtree(around)


def bedside(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a process of its own, as the launcher does once the environment stands."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "backend.main", *words],
        cwd="/",
        env=kept | {"PYTHONPATH": str(HERE)} | (environment or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
