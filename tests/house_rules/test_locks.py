"""Locks name what is installed, by hash, and never from where."""

import json
from pathlib import Path

from backend.command_line.checking import addresses_in_locks
from tests.house_rules.sources import HERE


def test_locks_hold_no_addresses() -> None:
    assert addresses_in_locks() == []


def test_an_address_in_a_lock_is_found(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text(
        "--index-url https://example.invalid/simple\nmsgspec==1 --hash=sha256:0\n"
    )
    (tmp_path / "pwa").mkdir()
    packages = {"node_modules/x": {"version": "1.0.0", "resolved": "https://example.invalid/x.tgz"}}
    (tmp_path / "pwa" / "package-lock.json").write_text(json.dumps({"packages": packages}))
    assert addresses_in_locks(tmp_path) == [
        "requirements.lock:1: --index-url https://example.invalid/simple",
        "package-lock.json: node_modules/x: https://example.invalid/x.tgz",
    ]


def test_no_lock_at_all_is_found(tmp_path: Path) -> None:
    assert addresses_in_locks(tmp_path) == [f"{tmp_path}: a lock file is missing"]


def test_every_locked_package_has_its_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        entries = (HERE / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        pinned = [entry for entry in entries if entry and not entry.startswith("#")]
        assert len(pinned) > 40
        assert [entry for entry in pinned if "==" not in entry or "--hash=sha256:" not in entry] == []
