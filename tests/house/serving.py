"""The server as a process, for tests that cross a real socket: python -m tests.house.serving <settings> [mutant]."""

import sys
from pathlib import Path

import msgspec

from backend.app import create_app
from backend.command_line.listening import Served, run, take
from backend.core.settings import Settings
from tests.house.mutants import MUTANTS


def main() -> None:
    """Serves these settings, says `ready` when it takes connections, ends on SIGTERM."""
    settings = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Settings, dec_hook=_path)
    if len(sys.argv) > 2:
        MUTANTS[sys.argv[2]]()
    listener = take(settings.host, settings.port)
    run([Served(app=create_app(settings), listener=listener)], lambda: print("ready", flush=True))  # noqa: T201


def _path(kind: type, told: str) -> Path:
    if kind is not Path:
        raise NotImplementedError
    return Path(told)


if __name__ == "__main__":
    main()
