"""Every shared vector of vital signs, in both languages; and planted errors that they must find."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from backend.vitals import rules
from backend.vitals.facts import FACTS
from tests.both_languages import Vectors, python, typescript, vectors

ALL = vectors("vitals")
MODULE = "vitals/rules"


def _asked(table: Vectors) -> str:
    return f"{table.rule}_{table.call}"


@pytest.mark.parametrize("table", ALL, ids=_asked)
def test_python_gives_what_the_vectors_say(table: Vectors) -> None:
    wrong = [
        f"{case.name}: {given} is not {case.gives}"
        for case in table.cases
        if (given := python(rules, table.call, case.args)) != case.gives
    ]
    assert not wrong, "\n".join(wrong)


def test_typescript_gives_what_the_vectors_say() -> None:
    asked = [(table, case) for table in ALL for case in table.cases]
    answers = typescript(MODULE, [(table.call, case.args) for table, case in asked])
    wrong = [
        f"{_asked(table)}, {case.name}: {given} is not {case.gives}"
        for (table, case), given in zip(asked, answers, strict=True)
        if given != case.gives
    ]
    assert not wrong, "\n".join(wrong)


def test_every_rule_has_vectors() -> None:
    assert {table.rule for table in ALL} == {f"V{number}" for number in range(1, 17)}
    assert all(table.module == MODULE and table.cases for table in ALL)


MUTANTS: list[tuple[str, tuple[str | int, ...], Any]] = [
    ("respiration 24 scores 3", ("news2", "bands", "respiration_rate", 3, 1), 23),
    ("pulse 130 scores 3", ("news2", "bands", "pulse", 4, 1), 129),
    ("systolic 90 scores 2", ("news2", "bands", "systolic_bp", 0, 1), 89),
    ("39.0 degrees scores 2", ("news2", "bands", "temperature", 3, 1), 389),
    ("scale 2: 93 on oxygen is right", ("news2", "bands", "spo2_scale_2_on_oxygen", 3, 1), 93),
    ("oxygen scores 1", ("news2", "oxygen"), 1),
    ("new confusion scores 0", ("news2", "consciousness", "C"), 0),
    ("the emergency band from 8", ("news2", "thresholds", "high"), 8),
    ("the urgent band from 6", ("news2", "thresholds", "medium"), 6),
    ("NEWS2 from 15 years", ("news2", "minimum_age_months"), 180),
    ("43 days after birth", ("pregnancy", "days_after_birth"), 43),
    ("values of 31 minutes are joined", ("assembly", "window_minutes"), 31),
    ("a span of 11 minutes is not said", ("assembly", "say_span_over_minutes"), 11),
    ("a monitor makes it every two hours", ("news2", "interval_minutes", "high_with_monitor"), 120),
    ("care level I every 8 hours", ("care_level_interval_minutes", "1"), 480),
    ("a rise of 2 anywhere", ("rise", "anywhere"), 2),
    ("a rise of 1 into a band", ("rise", "into_or_within_a_calling_band"), 1),
    ("late after 61 minutes", ("entry_times", "late_after_minutes"), 61),
    ("SpO2 101 can be shown", ("entry", "spo2", "impossible", 1), 101),
    ("45.1 degrees can be shown", ("entry", "temperature", "impossible", 1), 451),
    ("an infant's pulse of 79", ("red_limits", "infant", "low", "pulse"), 78),
    ("a child's 6 litres", ("red_limits", "child_1y", "high", "oxygen"), 61),
    ("SpO2 89 in pregnancy", ("red_limits", "maternity", "low", "spo2"), 88),
    ("the age of the second table", ("red_limits", "child_1y", "from_months"), 13),
]
"""(what goes wrong, where in the facts, the wrong value)."""


@pytest.fixture
def facts() -> Iterator[dict[str, Any]]:
    """The facts, whole again afterwards."""
    kept = copy.deepcopy(FACTS)
    yield FACTS
    FACTS.clear()
    FACTS.update(kept)


@pytest.mark.parametrize(("mutant", "path", "wrong"), MUTANTS, ids=[name for name, _, _ in MUTANTS])
def test_a_planted_error_is_found(mutant: str, path: tuple[str | int, ...], wrong: Any, facts: dict[str, Any]) -> None:
    place: Any = facts
    for step in path[:-1]:
        place = place[step]
    assert place[path[-1]] != wrong
    place[path[-1]] = wrong
    assert any(_differs(table, case.args, case.gives) for table in ALL for case in table.cases), f"survived: {mutant}"


WRONG_TURNS: list[tuple[str, str, str, Any]] = [
    ("what was not taken counts", "scoring", "judged", lambda value: True),
    ("SpO2 and oxygen are joined across times", "scoring", "_paired", lambda found, window: dict(found)),
    ("a lower bound shows its own band", "scoring", "shown_band", lambda band, lower_bound, last: band),
    ("red limits are forgotten", "scoring", "red_limits", lambda found, subject: []),
    ("too ill is a gap like another", "scoring", "is_too_ill", lambda value: False),
    ("the start of oxygen is no boundary", "history", "oxygen_starts", lambda values: []),
    ("a child needs a pressure for a full set", "scoring", "full_set", lambda subject: list(rules.SCORED)),
    ("every set is full", "history", "next_due_ms", lambda *told: rules.next_due_ms(told[0], told[1], True, *told[3:])),
    ("disputed corrections hold", "history", "effective_corrections", lambda found: [e for e in found if e.corrects]),
    ("the acting band is the score's own", "history", "acting_band", lambda score, last: score.band),
    ("the care level is forgotten", "due", "interval_minutes", lambda band, level, monitor: 720),
    ("today's age for yesterday's set", "scoring", "subject_at", lambda person, at_ms: rules.subject_at(person, 0)),
]  # fmt: skip
"""(what goes wrong, the room of rules, its function, the wrong one)."""


@pytest.mark.parametrize(("mutant", "room", "name", "wrong"), WRONG_TURNS, ids=[turn[0] for turn in WRONG_TURNS])
def test_a_wrong_turn_is_found(mutant: str, room: str, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"backend.vitals.rules.{room}.{name}", wrong)
    assert any(_differs(table, case.args, case.gives) for table in ALL for case in table.cases), f"survived: {mutant}"


def _differs(table: Vectors, args: list[Any], gives: Any) -> bool:
    try:
        return bool(python(rules, table.call, args) != gives)
    except (ValueError, TypeError, KeyError):
        return True
