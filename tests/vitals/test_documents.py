"""The page for nurse educators says what the facts say, and every name in it exists."""

import re
from pathlib import Path

from backend.patients.facts import FACTS as PATIENTS
from backend.vitals.facts import FACTS, typescript

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "rules" / "vitals.md").read_text(encoding="utf-8")
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "backend" / "vitals").rglob("*.py"))


def test_every_rule_has_its_paragraph() -> None:
    assert {f"V{number}" for number in range(1, 17)} == set(re.findall(r"\*\*(V\d+) ·", PAGE))
    assert "signed it off" in PAGE.split("\n\n")[1]
    assert "Royal College of Physicians" in PAGE


def test_every_finding_named_is_one_the_code_makes() -> None:
    named = re.findall(r"`([a-z_]+)`", PAGE.split("## Findings by name")[1])
    assert len(named) > 10
    assert not [name for name in named if f'"{name}"' not in CODE]
    made = re.findall(r'(?:desk\.find\(\s*|rule=)"([a-z_]+)"', CODE)
    assert set(made) <= set(named)


def test_the_tables_say_what_the_facts_say() -> None:
    """The limits of V1, V7 and V9, read back out of the page."""
    for table, months in (("infant", "0–11 months"), ("child_1y", "1–4 years"), ("child_5y", "5–12 years")):
        limits, row = FACTS["red_limits"][table], _row(months)
        assert row[1] == f"≤ {limits['low']['respiration_rate']}, ≥ {limits['high']['respiration_rate']}"
        assert row[3] == f"≤ {limits['low']['systolic_bp']}, ≥ {limits['high']['systolic_bp']}"
        assert row[4] == f"≤ {limits['low']['pulse']}, ≥ {limits['high']['pulse']}"
    for name, parameter in (("SpO₂ %", "spo2"), ("systolic mmHg", "systolic_bp"), ("pulse /min", "pulse")):
        impossible = FACTS["entry"][parameter]["impossible"]
        assert _row(name)[1] == f"{impossible[0]} / {impossible[1]}"
    hours = [minutes / 60 for minutes in (FACTS["care_level_interval_minutes"][level] for level in "123")]
    assert "4 h / 8 h / 12 h" in PAGE
    assert hours == [4, 8, 12]


def _row(first: str) -> list[str]:
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_both_languages_of_the_page_say_the_same_numbers() -> None:
    """Paragraph by paragraph, table row by table row."""
    vietnamese = (ROOT / "docs" / "rules" / "vitals.vi.md").read_text(encoding="utf-8")
    assert re.findall(r"\*\*(V\d+) ·", vietnamese) == re.findall(r"\*\*(V\d+) ·", PAGE)
    english = PAGE.split("## Findings by name")[0]
    parts = [re.split(r"\*\*(?=V\d+ ·)", text)[1:] for text in (english, vietnamese)]
    for ours, theirs in zip(*parts, strict=True):
        assert _numbers(ours) == _numbers(theirs), ours[:4]


def _numbers(text: str) -> list[str]:
    """In any order: the languages build their sentences differently. 0.5 and 0,5 are one number."""
    return sorted(re.findall(r"\d+(?:[.]\d+)?", re.sub(r"(?<=\d),(?=\d)", ".", text)))


def test_every_fact_has_its_source() -> None:
    """A table of the facts without a source is a number nobody can check."""
    tables = [value for value in FACTS.values() if isinstance(value, dict)]
    tables += FACTS["red_limits"].values()
    sourced = [table for table in tables if "source" in table]
    unsourced = [
        table for table in tables if "source" not in table and table not in (FACTS["red_limits"], FACTS["codes"])
    ]
    assert sourced
    assert not unsourced


def test_the_tablet_has_the_same_facts() -> None:
    generated = (ROOT / "pwa" / "src" / "generated" / "vitals_facts.ts").read_text(encoding="utf-8")
    assert generated == typescript()


def test_ages_and_days_agree_with_the_rules_of_patients() -> None:
    starts = [table["from_months"] for table in FACTS["red_limits"].values() if table["from_months"]]
    assert sorted(starts) == PATIENTS["age"]["band_edges_months"]
    assert FACTS["pregnancy"]["days_after_birth"] == PATIENTS["postpartum"]["days"]
    assert FACTS["news2"]["minimum_age_months"] == PATIENTS["age"]["band_edges_months"][-1]
