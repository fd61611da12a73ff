"""The hazard log names tests that exist, says what is open, and reckons its risks by the matrix."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOG = ROOT / "docs" / "safety" / "hazard-log.md"
ROW = re.compile(r"^\| (?P<control>[^|]+) \| (?:`(?P<test>[^`]+)`|(?P<open>open)) \|$")
RISK = re.compile(r"severity (\d), likelihood (\d), risk (\d)")
# DCB0129: rows are likelihood 1 to 5, columns severity 1 to 5.
MATRIX = ((1, 1, 2, 2, 3), (1, 2, 2, 3, 4), (2, 2, 3, 3, 4), (2, 3, 3, 4, 5), (3, 4, 4, 5, 5))


def _controls(text: str) -> dict[str, list[re.Match[str]]]:
    """The rows of each hazard's table."""
    parts = re.split(r"^## (H\d\d) · .+$", text, flags=re.MULTILINE)[1:]
    found = {}
    for hazard, body in zip(parts[::2], parts[1::2], strict=True):
        lines = [line for line in body.splitlines() if line.startswith("| ") and "shown by" not in line]
        rows = [ROW.match(line) for line in lines]
        assert all(rows), f"{hazard}: a control without a test or the word open"
        found[hazard] = [row for row in rows if row is not None]
    return found


def _exists(named: str) -> bool:
    """`tests/x/test_y.py::test_z`, or `pwa/tests/x.test.ts › how its title begins`."""
    if " › " in named:
        path, title = named.split(" › ", 1)
        return (ROOT / path).is_file() and f'test("{title}' in (ROOT / path).read_text(encoding="utf-8")
    path, _, name = named.partition("::")
    file = ROOT / path
    return bool(name) and file.is_file() and f"def {name}(" in file.read_text(encoding="utf-8")


def test_every_test_named_in_the_hazard_log_exists() -> None:
    named = [row["test"] for rows in _controls(LOG.read_text(encoding="utf-8")).values() for row in rows if row["test"]]
    assert len(named) > 30
    assert not [test for test in named if not _exists(test)]


def test_every_hazard_has_controls_and_none_is_lost() -> None:
    controls = _controls(LOG.read_text(encoding="utf-8"))
    assert list(controls) == [f"H{number:02d}" for number in range(1, 26)]
    assert all(controls.values())


def test_risks_follow_from_the_matrix() -> None:
    risks = RISK.findall(LOG.read_text(encoding="utf-8"))
    assert len(risks) == 50
    assert not [risk for risk in risks if MATRIX[int(risk[1]) - 1][int(risk[0]) - 1] != int(risk[2])]


def test_a_test_that_does_not_exist_is_found() -> None:
    assert not _exists("tests/house_rules/test_hazard_log.py::test_that_nobody_wrote")
    assert not _exists("tests/nowhere.py::test_every_hazard_has_controls_and_none_is_lost")
    assert not _exists("pwa/tests/core/outbox.test.ts › a title nobody gave")


def test_the_intended_use_says_what_is_out_of_scope_and_who_must_sign() -> None:
    text = (ROOT / "docs" / "safety" / "intended-use.md").read_text(encoding="utf-8")
    for word in ("Blood", "Chemotherapy", "Anaesthesia", "Neonatal intensive care", "Dialysis", "sign-off"):
        assert word in text
