"""Every rule the server can name, in a finding or a refusal, has words on the tablet in both languages."""

import ast
import re
from collections.abc import Iterator

from tests.house_rules.sources import HERE

DECIDERS = ("_refused", "_finding", "_fault")
"""The ends of the names of rule functions whose answer is a rule's own name."""
READ_FROM = {"rule", "finding[0]", "found.rule", "refusal.rule", "fault"}
"""What else may stand where a rule's name is wanted: the answer of such a function."""


def test_every_finding_has_words() -> None:
    made = {name for _, kind, name in _named() if kind == "finding"}
    assert len(made) > 25
    _has_words(made, _asked("findings"))


def test_every_refusal_has_words() -> None:
    made = {name for _, kind, name in _named() if kind == "refusal"}
    assert len(made) > 35
    _has_words(made, _asked("refusals"))


def _has_words(made: set[str], words: dict[str, dict[str, str]]) -> None:
    for language in ("vi", "en"):
        missing = sorted(name for name in made if not words[language].get(name, "").strip())
        assert not missing, f"no words in {language}: {missing}"


def _asked(which: str) -> dict[str, dict[str, str]]:
    """The two dictionaries of one file, each `const vi` or `const en` up to its closing brace."""
    source = (HERE / "pwa" / "src" / "app" / f"{which}.ts").read_text(encoding="utf-8")
    tables = re.findall(r"^const (vi|en)\b[^{]*\{\n(.*?)^\};", source, re.MULTILINE | re.DOTALL)
    assert [language for language, _ in tables] == ["vi", "en"]
    return {language: dict(re.findall(r'^  (\w+):\s*"([^"]+)"', table, re.MULTILINE)) for language, table in tables}


def _named() -> Iterator[tuple[str, str, str]]:
    """(file, finding or refusal, the rule) of every name in the server's code."""
    for path in sorted((HERE / "backend").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from ((path.name, kind, name) for kind, name in _of_call(node))
            elif isinstance(node, ast.FunctionDef) and path.parent.name != "core" and node.name.endswith(DECIDERS):
                kind = "refusal" if node.name.endswith("_refused") else "finding"
                yield from ((path.name, kind, name) for name in _answers(node))


def _of_call(call: ast.Call) -> Iterator[tuple[str, str]]:
    called = ast.unparse(call.func)
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if called in ("desk.find", "self.desk.find"):
        yield from (("finding", name) for name in _constant(call.args[0]))
    elif called == "Found" and "rule" in named:
        yield from (("finding", name) for name in _constant(named["rule"]))
    elif called == "Refusal":
        yield from (("refusal", name) for name in _constant(named["rule"]))


def _constant(value: ast.expr) -> list[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return [value.value]
    if isinstance(value, ast.IfExp):
        return [*_constant(value.body), *_constant(value.orelse)]
    assert ast.unparse(value) in READ_FROM, f"where does the rule {ast.unparse(value)} come from?"
    return []


def _answers(function: ast.FunctionDef) -> Iterator[str]:
    """The first text of each `return`, also behind an `if`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from _texts(node.value)


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.Tuple):
        yield from _texts(value.elts[0])
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body)
        yield from _texts(value.orelse)
