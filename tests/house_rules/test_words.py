"""Where SQL may stand, and words that may not."""

import ast
import re
from pathlib import Path

import pytest

from tests.house_rules.sources import HERE, files, shown

SQL = re.compile(
    r"^\s*(SELECT\s|INSERT INTO\s|UPDATE\s+\w+\s+SET\s|DELETE FROM\s|WITH\s+\w+\s+AS\s*\(|CREATE TABLE\s|ALTER TABLE\s)"
)
SQL_MAY_STAND_IN = re.compile(r"(^|/)(queries(\.py|/.*)|migrations/.*|rows\.py)$|^backend/core/migrating\.py$|^tests/")
NAMES_OF_NOTHING = ("utils", "util", "helpers", "helper", "manager", "misc", "common")
FOREIGN_PATHS = ("/home/", "/Users/")
TEXT = (".py", ".ts", ".svelte", ".md", ".json", ".css", ".html", ".toml", ".yml")


def sql_outside_its_room(source: str) -> list[int]:
    """The lines of strings that are statements."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    ]


def test_sql_stands_in_queries() -> None:
    """D1."""
    kept = [path for path in files(".py") if not SQL_MAY_STAND_IN.search(shown(path))]
    assert len(kept) > 40
    assert [
        f"{shown(path)}:{line}" for path in kept for line in sql_outside_its_room(path.read_text(encoding="utf-8"))
    ] == []


def test_a_statement_elsewhere_is_found() -> None:
    assert sql_outside_its_room('x = "SELECT 1"\ny = """\nUPDATE stay SET a = 1"""') == [1, 2]
    assert sql_outside_its_room('"""Select the ward that …"""\nx = "Update the app"') == []


def test_every_module_says_which_room_it_is() -> None:
    """W5."""
    kept = [path for path in files(".py") if path.stat().st_size > 0 and "/migrations/" not in shown(path)]
    assert [shown(path) for path in kept if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))] == []


def test_no_room_is_named_after_nothing() -> None:
    """W2."""
    kept = files(".py", ".ts", ".svelte")
    assert [shown(path) for path in kept if path.stem.lower() in NAMES_OF_NOTHING] == []


@pytest.mark.parametrize("word", ["bệnh nhân", "Bệnh nhân", "BỆNH NHÂN"])
def test_the_person_is_never_called_the_sick_one(word: str) -> None:
    """Words of the field: "người bệnh" in everything a person reads."""
    own = Path(__file__)
    kept = [path for path in files(*TEXT) if path != own and not shown(path).endswith("package-lock.json")]
    assert [shown(path) for path in kept if word in path.read_text(encoding="utf-8")] == []


def test_no_path_of_another_machine() -> None:
    own = Path(__file__)
    kept = [*(path for path in files(*TEXT) if path != own), HERE / "bedside", HERE / ".ci" / "run"]
    assert [
        f"{shown(path)}: {foreign}"
        for path in kept
        for foreign in FOREIGN_PATHS
        if foreign in path.read_text(encoding="utf-8")
    ] == []
