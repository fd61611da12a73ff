"""What the server logs: JSON lines, and no value of the record in them."""

import subprocess
import sys

import msgspec

from backend.command_line.programs import HERE

FAILING = """
import logging, sys
import asyncpg
from backend.command_line.journal import open_journal
open_journal(plain=sys.argv[1] == "plain")
log = logging.getLogger("bedside.door")

def handler():
    raise ValueError("invalid value: 'Nguyễn Thị Bí Mật'")

try:
    handler()
except ValueError:
    log.exception("handler of %s failed", "RecordVitals")
error = asyncpg.UniqueViolationError("duplicate key")
error.detail = "Key (name)=(Bí Mật) already exists."
error.constraint_name, error.sqlstate = "patient_name_key", "23505"
log.warning("unavailable", exc_info=error)
log.warning("could not read: %r", error)
"""


def said(how: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", FAILING, how],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONUTF8": "1"},
    )
    assert ended.stdout == ""
    return ended.stderr


def test_an_error_is_told_by_type_and_place_never_by_its_words() -> None:
    first, second, third = (msgspec.json.decode(line, type=dict[str, object]) for line in said("json").splitlines())
    assert first["event"] == "handler of RecordVitals failed"
    assert first["error"] == "ValueError"
    assert str(first["through"]).endswith("handler']")
    assert (first["level"], first["logger"]) == ("error", "bedside.door")
    assert second["error"] == "UniqueViolationError 23505 patient_name_key"
    assert third["event"] == "could not read: 'UniqueViolationError 23505 patient_name_key'"
    assert "Mật" not in said("json")


def test_the_demo_is_told_in_plain_lines() -> None:
    first, second, third = said("plain").splitlines()
    assert first.startswith("error: handler of RecordVitals failed (ValueError at ")
    assert second == "warning: unavailable (UniqueViolationError 23505 patient_name_key at ?)"
    assert third == "warning: could not read: 'UniqueViolationError 23505 patient_name_key'"
    assert "Mật" not in said("plain")
