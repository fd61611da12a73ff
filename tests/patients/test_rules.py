"""Every shared vector of patients and wards, in both languages; random people; planted errors."""

import copy
import random
import unicodedata
from typing import Any

import pytest

from backend.patients import rules as patients_rules
from backend.patients.facts import FACTS
from backend.vitals.facts import FACTS as VITALS_FACTS
from backend.wards import rules as wards_rules
from tests.both_languages import Vectors, python, typescript, vectors

PATIENTS, WARDS = vectors("patients"), vectors("wards")
ALL = [(patients_rules, table) for table in PATIENTS] + [(wards_rules, table) for table in WARDS]
MODULE = "patients/rules"
SERVER = "server"
"""Judged on the server alone."""
SEEDS = [20261124]
CASES = 400
WORDS = [
    "Nguyễn",
    "Thị",
    "Hoa",
    "Hoà",
    "Đặng",
    "Ẩn",
    "Sa Rên",
    "H'Mông",
    "Út",
    "",
    "HL-1",
    "Lan　Anh",
    "ÑANDÚ",
    "Nguyễn",
]


def _name(table: Vectors) -> str:
    return f"{table.rule}_{table.call}"


def _sorted(answer: Any) -> Any:
    return sorted(answer) if isinstance(answer, list) and all(isinstance(one, str) for one in answer) else answer


@pytest.mark.parametrize(("module", "table"), ALL, ids=lambda one: _name(one) if isinstance(one, Vectors) else "")
def test_python_gives_what_the_vectors_say(module: Any, table: Vectors) -> None:
    wrong = [
        f"{case.name}: {given} is not {case.gives}"
        for case in table.cases
        if _sorted(given := python(module, table.call, case.args)) != _sorted(case.gives)
    ]
    assert not wrong, "\n".join(wrong)


def test_typescript_gives_what_the_vectors_say() -> None:
    asked = [(table, case) for table in PATIENTS if table.module != SERVER for case in table.cases]
    answers = typescript(MODULE, [(table.call, case.args) for table, case in asked])
    wrong = [
        f"{_name(table)}, {case.name}: {given} is not {case.gives}"
        for (table, case), given in zip(asked, answers, strict=True)
        if given != case.gives
    ]
    assert not wrong, "\n".join(wrong)


def test_every_rule_has_vectors() -> None:
    assert {table.rule for table in PATIENTS} == {f"P{number}" for number in range(1, 13)}
    assert {table.rule for table in WARDS} == {f"W{number}" for number in range(1, 6)}
    assert {table.module for table in (*PATIENTS, *WARDS)} == {MODULE, SERVER}


def test_age_bands_are_those_of_the_charts() -> None:
    """P3: the edges are where another chart or another table of red limits begins."""
    limits = VITALS_FACTS["red_limits"]
    starts = {table["from_months"] for table in limits.values() if isinstance(table, dict) and "from_months" in table}
    starts |= {VITALS_FACTS["news2"]["minimum_age_months"]}
    assert set(FACTS["age"]["band_edges_months"]) == starts - {0, None}
    assert FACTS["postpartum"]["days"] == VITALS_FACTS["pregnancy"]["days_after_birth"]


@pytest.mark.parametrize("seed", SEEDS)
def test_both_languages_judge_random_people_alike(seed: int) -> None:
    chance = random.Random(seed)
    questions: list[tuple[str, list[Any]]] = []
    for _ in range(CASES):
        born, today = _birth(chance), _day(chance)
        person = {
            "family_name": _words(chance), "middle_name": _words(chance), "given_name": _words(chance),
            "birth_date": born["birth_date"],
        }  # fmt: skip
        grams = chance.randrange(200, 200_000)
        questions += [
            ("folded", [_words(chance)]),
            ("likeness_keys", [person]),
            ("age_range_months", [born, today]),
            ("age_must_be_asked", [born, today]),
            ("weight_mark", [*_weighed(chance)]),
            ("weight_changed", [grams, round(grams * chance.choice((0.9, 0.95, 1, 1.1, 1.11)))]),
            ("allergy_weakened", [_reported(chance), _reported(chance)]),
            ("band_worn", [chance.choice(("printed", "live", "superseded", "void")), chance.random() < 0.5]),
        ]
    theirs = typescript(MODULE, questions)
    for (call, args), answer in zip(questions, theirs, strict=True):
        assert python(patients_rules, call, args) == answer, f"{call}{args}"


def _words(chance: random.Random) -> str:
    text = " ".join(chance.choices(WORDS, k=chance.randrange(0, 4)))
    return unicodedata.normalize(chance.choice(("NFC", "NFD")), text)


def _day(chance: random.Random) -> str:
    return f"{chance.randrange(1990, 2030)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"


def _birth(chance: random.Random) -> dict[str, Any]:
    return {
        "birth_date": _day(chance) if chance.random() < 0.4 else None,
        "birth_year": chance.randrange(1920, 2030) if chance.random() < 0.6 else None,
        "age_months": chance.randrange(0, 1000) if chance.random() < 0.3 else None,
        "age_months_at": _day(chance) if chance.random() < 0.5 else None,
    }


def _weighed(chance: random.Random) -> list[Any]:
    hour = chance.randrange(0, 24)
    weighed_at = f"2026-11-{chance.randrange(1, 25):02d}T{hour:02d}:00:00Z"
    age = chance.choice((None, 0, 1, 5, 11, 12, 100, 191, 192, 600))
    return [age, chance.choice(("scale", "estimate", "stated")), weighed_at, "2026-11-24T23:30:00Z"]


def _reported(chance: random.Random) -> list[str]:
    severities = ("unknown", "mild", "moderate", "severe", "anaphylaxis")
    return [chance.choice(severities), chance.choice(("suspected", "confirmed"))]


def test_a_code_with_one_wrong_digit_is_found() -> None:
    """P7: every single error is found. The first line is the standard's own example: 0794, check digit 5."""
    assert patients_rules._check_digit("0794") == "5"
    code = patients_rules.patient_code(2026, 4821).replace("-", "")
    for at, digit in enumerate(code):
        for other in "0123456789":
            assert patients_rules.patient_code_reads(code[:at] + other + code[at + 1 :]) == (other == digit)


MUTANTS: list[tuple[str, tuple[str | int, ...], Any]] = [
    ("an adult from 15 years", ("age", "band_edges_months", 3), 180),
    ("a newborn's weight holds two days", ("weight", "stale_after_hours", 0, 1), 48),
    ("an adult's weight holds 31 days", ("weight", "stale_after_hours", 3, 1), 744),
    ("an infant until 11 months", ("weight", "stale_after_hours", 1, 0), 11),
    ("a change of 11 %", ("weight", "change_percent"), 11),
    ("43 days after birth", ("postpartum", "days"), 43),
    ("đ stays", ("names", "letters"), {}),
]


@pytest.mark.parametrize(("path", "wrong"), [mutant[1:] for mutant in MUTANTS], ids=[mutant[0] for mutant in MUTANTS])
def test_a_planted_error_is_found(path: tuple[str | int, ...], wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    planted: Any = copy.deepcopy(FACTS)
    place = planted
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = wrong
    monkeypatch.setattr(patients_rules, "FACTS", planted)
    assert any(
        _sorted(python(patients_rules, table.call, case.args)) != _sorted(case.gives)
        for table in PATIENTS
        for case in table.cases
    )
