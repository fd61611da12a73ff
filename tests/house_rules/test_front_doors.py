"""Features meet through front doors only, and every room stands on its rung."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.house_rules.sources import HERE, files, imports, shown

FEATURES = ("identity", "patients", "wards", "vitals", "orders", "medications", "records", "realtime")
CLOSED_ROOMS = ("queries", "handlers", "routes", "rows", "tables", "migrations")
"""Rooms that only their own feature enters, and `backend.app`, which wires them, and the tests."""


def behind_the_door(path: Path, source: str) -> list[str]:
    """The lines of this file that enter another feature by a closed room."""
    parts = path.relative_to(HERE).parts
    own = parts[1] if len(parts) > 2 else ""
    return [
        f"{shown(path)}:{line} imports {module}"
        for line, module in imports(ast.parse(source))
        for name in [module.split(".")]
        if len(name) == 3
        and name[0] == "backend"
        and name[1] in FEATURES
        and name[1] != own
        and name[2] in CLOSED_ROOMS
    ]


def test_features_meet_through_front_doors_only() -> None:
    """S1, rooms: what one feature asks of another goes through its front door."""
    house = [path for path in files(".py") if shown(path).startswith("backend/") and shown(path) != "backend/app.py"]
    assert len(house) > 50
    assert [found for path in house for found in behind_the_door(path, path.read_text(encoding="utf-8"))] == []


def test_a_way_around_the_front_door_is_found() -> None:
    path = HERE / "backend" / "vitals" / "handlers.py"
    assert behind_the_door(path, "from backend.wards import queries") == [
        "backend/vitals/handlers.py:1 imports backend.wards.queries"
    ]
    assert (
        behind_the_door(path, "from backend.vitals import queries\nfrom backend.wards import stay_for_charting") == []
    )


def test_import_contracts_hold() -> None:
    """The ladder and its sentences, in pyproject.toml."""
    ended = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert "0 broken" in ended.stdout
