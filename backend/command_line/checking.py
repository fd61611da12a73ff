"""`check`, `test`, `bench`, `lock`: what is done to the house itself, one line for each thing looked at."""

import json
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from backend.command_line.programs import (
    HERE,
    PWA,
    chromium,
    complaint_of,
    environment,
    environment_program,
    node,
    npm_script,
    tablet_script,
)
from backend.trouble import Trouble

PYTHON_SOURCES = ("backend", "barcode", "tests", "bedside")
SVELTE_CHECK = ("--tsconfig", "./tsconfig.json", "--fail-on-warnings", "--output", "human")
WORKER_CHECK = ("-p", "tsconfig.worker.json")
GENERATED = "src/generated"
WORKERS = "2"
HASHED_FOR_ALL = (
    *("--quiet", "--generate-hashes", "--universal", "--python-version", "3.11"),
    *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
)


class Step(Struct, frozen=True):
    """One thing to look at: its name, and what tells whether it is well (empty) or why not."""

    name: str
    look: Callable[[], str]


def check(_: Namespace) -> int:
    """Looks at everything that needs no running; 1 where anything is found wanting."""
    steps = [
        Step("python format", lambda: _python("ruff", "format", "--check", *PYTHON_SOURCES)),
        Step("python lint", lambda: _python("ruff", "check", *PYTHON_SOURCES)),
        Step("python types", lambda: _python("mypy")),
        Step("import contracts", lambda: complaint_of([environment_program("lint-imports"), "--no-cache"])),
        Step("tablet format and lint", lambda: _tablet("@biomejs/biome/bin/biome", "check", ".")),
        Step("tablet types", lambda: _tablet("svelte-check/bin/svelte-check", *SVELTE_CHECK)),
        Step("service worker types", lambda: _tablet("typescript/bin/tsc", *WORKER_CHECK)),
        Step("generated files fresh", _generated_fresh),
        Step("locks without addresses", lambda: "\n".join(addresses_in_locks())),
    ]
    began = time.monotonic()
    with ThreadPoolExecutor(2) as hands:
        found = [_told(step, said) for step, said in zip(steps, hands.map(_timed, steps), strict=True)]
    wanting = found.count(False)
    print(f"check: {len(found) - wanting} of {len(found)} well, {time.monotonic() - began:.0f} s", flush=True)
    return 1 if wanting else 0


def test(told: Namespace) -> int:
    """Check, then every test; with arguments, pytest alone with them."""
    chromium()
    if told.handed_on:
        return _pytest(*told.handed_on)
    wanting = check(told)
    return _pytest("-n", WORKERS, "--dist", "loadfile") or wanting


def bench(told: Namespace) -> int:
    """The figures beside their floors."""
    chromium()
    return subprocess.run([sys.executable, "-m", "tests.bench", *told.handed_on], cwd=HERE, check=False).returncode


def generate(_: Namespace) -> int:
    """Writes the tablet's generated files."""
    complaint = _python("backend.command_line.generating", str(PWA / GENERATED))
    print(complaint or f"pwa/{GENERATED} written")
    return 1 if complaint else 0


def lock(told: Namespace) -> int:
    """Hashed locks without addresses, for every platform and every Python from 3.11 on."""
    for name in ("requirements", "requirements-dev"):
        compile_lock = [environment_program("uv"), "pip", "compile", f"{name}.in", "--output-file", f"{name}.lock"]
        _must([*compile_lock, *HASHED_FOR_ALL, *(["--upgrade"] if told.upgrade else [])])
    npm = [str(node()), str(npm_script()), "update" if told.upgrade else "install", "--package-lock-only"]
    _must([*npm, "--no-audit", "--no-fund"], PWA)
    with_address = addresses_in_locks()
    for line in with_address:
        print(line)
    return 1 if with_address else 0


def addresses_in_locks(root: Path = HERE) -> list[str]:
    """Everything in a lock file that names an address: a lock says what, by hash, and never from where."""
    hashed, tablet = sorted(root.glob("requirements*.lock")), root / "pwa" / "package-lock.json"
    if not hashed or not tablet.exists():
        return [f"{root}: a lock file is missing"]
    packages: dict[str, dict[str, str]] = json.loads(tablet.read_text(encoding="utf-8"))["packages"]
    return [
        f"{path.name}:{number}: {line.strip()[:120]}"
        for path in hashed
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "://" in line
    ] + [
        f"{tablet.name}: {name}: {package[field]}"
        for name, package in packages.items()
        for field in ("resolved", "version")
        if "://" in package.get(field, "")
    ]


def _pytest(*arguments: str) -> int:
    ended = subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=HERE, env=environment(), check=False)
    return ended.returncode


def _timed(step: Step) -> tuple[str, float]:
    began = time.monotonic()
    return step.look(), time.monotonic() - began


def _told(step: Step, looked: tuple[str, float]) -> bool:
    said, took_s = looked
    print(f"{'✗' if said else '✓'} {step.name} ({took_s:.0f} s)", flush=True)
    if said:
        print("\n".join(f"    {line}" for line in said.splitlines()[-60:]), flush=True)
    return not said


def _generated_fresh() -> str:
    with tempfile.TemporaryDirectory(prefix="bedside-generated-") as name:
        complaint = _python("backend.command_line.generating", name)
        stale = [path.name for path in sorted(Path(name).iterdir()) if not _same(path, PWA / GENERATED / path.name)]
    return complaint or (f"Run ./bedside generate: {', '.join(stale)} would change." if stale else "")


def _same(made: Path, kept: Path) -> bool:
    return kept.exists() and kept.read_bytes() == made.read_bytes()


def _python(module: str, *arguments: str) -> str:
    return complaint_of([sys.executable, "-m", module, *arguments])


def _tablet(script: str, *arguments: str) -> str:
    return complaint_of([str(node()), str(tablet_script(script)), *arguments], PWA)


def _must(command: list[str], folder: Path = HERE) -> None:
    said = complaint_of(command, folder)
    if said:
        raise Trouble(f"{Path(command[0]).name} failed: {said.splitlines()[-1]}")
