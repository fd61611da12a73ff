"""The tablet's core under Node: each TypeScript test is one test here, named as there."""

import subprocess
from pathlib import Path

import pytest

from backend.command_line.programs import PWA, environment, node

SUITES = sorted((PWA / "tests" / "core").glob("*.test.ts"))


def run(suite: Path) -> subprocess.CompletedProcess[str]:
    """The suite's run; its report is what Node's own runner prints."""
    words = [str(node()), "--test", "--test-reporter=spec", "--unhandled-rejections=strict", str(suite)]
    return subprocess.run(words, cwd=PWA, env=environment(), capture_output=True, text=True, check=False, timeout=240)


def test_there_are_suites() -> None:
    assert len(SUITES) >= 4


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name.removesuffix(".test.ts"))
def test_suite(suite: Path) -> None:
    ended = run(suite)
    assert ended.returncode == 0, ended.stdout[-8000:] + ended.stderr[-2000:]
    assert "pass 0" not in ended.stdout


def test_a_failing_suite_is_seen(tmp_path: Path) -> None:
    """The control: a suite that must fail does."""
    suite = tmp_path / "failing.test.ts"
    suite.write_text('import { test } from "node:test";\ntest("no", () => { throw new Error("no"); });\n')
    assert run(suite).returncode != 0
