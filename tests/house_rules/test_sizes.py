"""Functions fit on a screen, files can be read in one go."""

import ast
import subprocess
from pathlib import Path

from backend.command_line.programs import PWA, environment, node
from tests.house_rules.sources import HERE, files, functions, shown

FUNCTION_LINES = 50
FILE_LINES = 400
PARAMETERS = 5
TABLES = ("words.ts",)
"""A table of words is looked up, not read through."""
TYPESCRIPT = Path(__file__).parent / "long_functions.ts"


def too_long(source: str, name: str) -> list[str]:
    """Functions over 50 lines or 5 positional parameters."""
    found = []
    for function in functions(ast.parse(source)):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        named = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
        if lines > FUNCTION_LINES:
            found.append(f"{name}:{function.lineno} {function.name} has {lines} lines")
        if len(named) > PARAMETERS:
            found.append(f"{name}:{function.lineno} {function.name} takes {len(named)} parameters by position")
    return found


def test_functions_fit_on_a_screen() -> None:
    """S2."""
    kept = [path for path in files(".py") if "/migrations/" not in shown(path)] + [HERE / "bedside"]
    assert len(kept) > 80
    assert [found for path in kept for found in too_long(path.read_text(encoding="utf-8"), shown(path))] == []


def test_a_long_function_is_found() -> None:
    body = "\n".join("    x = 1" for _ in range(50))
    assert too_long(f"def f():\n{body}", "f.py") == ["f.py:1 f has 51 lines"]
    assert too_long("def f(a, b, c, d, e, g): ...", "f.py") == ["f.py:1 f takes 6 parameters by position"]
    assert too_long("class C:\n def f(self, a, b, c, d, e, *, g): ...", "f.py") == []


def test_files_can_be_read_in_one_go() -> None:
    """S1."""
    kept = [*(path for path in files(".py", ".ts", ".svelte") if path.name not in TABLES), HERE / "bedside"]
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in kept}
    assert len(lengths) > 150
    assert {name: count for name, count in lengths.items() if count > FILE_LINES} == {}


def test_tablet_functions_fit_on_a_screen() -> None:
    """S2, in TypeScript and in the components' scripts; the measure is shown to find a long one."""
    sources = [str(path) for path in files(".ts", ".svelte") if shown(path).startswith("pwa/src/")]
    assert len(sources) > 50
    ended = subprocess.run(
        [str(node()), str(TYPESCRIPT), str(FUNCTION_LINES), str(PWA), *sources],
        cwd=PWA,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.splitlines() == ["control: f has 52 lines"]
