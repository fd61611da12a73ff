"""V4, V6: every value a device can show, in both languages, beside the chart of the RCP written out once more here."""

from collections.abc import Iterator
from typing import Any

from backend.vitals import rules
from tests.both_languages import python, typescript

MODULE = "vitals/rules"

# NEWS2, RCP 2017, Chart 1, as steps: the points from this value up. Copied from the chart by hand, not from our data.
CHART: dict[str, list[tuple[int, int]]] = {
    "respiration_rate": [(0, 3), (9, 1), (12, 0), (21, 2), (25, 3)],
    "systolic_bp": [(0, 3), (91, 2), (101, 1), (111, 0), (220, 3)],
    "pulse": [(0, 3), (41, 1), (51, 0), (91, 1), (111, 2), (131, 3)],
    "temperature": [(0, 3), (351, 1), (361, 0), (381, 1), (391, 2)],
}
SPO2: dict[tuple[int, bool | None], list[tuple[int, int]]] = {
    (1, False): [(0, 3), (92, 2), (94, 1), (96, 0)],
    (1, True): [(0, 3), (92, 2), (94, 1), (96, 0)],
    (1, None): [(0, 3), (92, 2), (94, 1), (96, 0)],
    (2, False): [(0, 3), (84, 2), (86, 1), (88, 0)],
    (2, True): [(0, 3), (84, 2), (86, 1), (88, 0), (93, 1), (95, 2), (97, 3)],
    (2, None): [(0, 3), (84, 2), (86, 1), (88, 0)],
}
POSSIBLE = {
    "respiration_rate": range(100), "systolic_bp": range(20, 301), "pulse": range(10, 301),
    "temperature": range(200, 451), "spo2": range(1, 101),
}  # fmt: skip
OXYGEN = ("nasal_cannula", "simple_mask", "venturi", "non_rebreather", "high_flow", "cpap_bipap", "ventilator")

Asked = tuple[list[Any], int]


def _points(steps: list[tuple[int, int]], value: int) -> int:
    return [points for start, points in steps if value >= start][-1]


def _value(parameter: str, value: int | None, code: str | None = None) -> dict[str, Any]:
    return {"parameter": parameter, "state": "measured", "value": value, "code": code, "reason": None, "at_ms": 1}


def _sweep() -> Iterator[Asked]:
    for parameter, steps in CHART.items():
        for value in POSSIBLE[parameter]:
            yield [_value(parameter, value), 1, None], _points(steps, value)
    for (scale, on_oxygen), steps in SPO2.items():
        for value in POSSIBLE["spo2"]:
            yield [_value("spo2", value), scale, on_oxygen], _points(steps, value)
    for letter in "ACVPU":
        yield [_value("consciousness", None, letter), 1, None], 0 if letter == "A" else 3
    yield [_value("oxygen", None, "air"), 1, None], 0
    for device in OXYGEN:
        for flow in range(0, 801, 5):
            yield [_value("oxygen", flow, device), 1, None], 2


def test_V4_every_value_scores_as_the_chart_says_in_both_languages() -> None:
    asked = list(_sweep())
    ours = [python(rules, "sub_score", args) for args, _ in asked]
    theirs = typescript(MODULE, [("sub_score", args) for args, _ in asked])
    wrong = [
        f"{args[0]['parameter']} {args[0]['value']} {args[0]['code']}, scale {args[1]}: {a} {b}, chart {points}"
        for (args, points), a, b in zip(asked, ours, theirs, strict=True)
        if not a == b == points
    ]
    assert len(asked) > 2_500
    assert not wrong, "\n".join(wrong[:20])


def test_V4_scale_2_on_air_from_93_up_scores_nothing() -> None:
    for value in range(93, 101):
        assert python(rules, "sub_score", [_value("spo2", value), 2, False]) == 0


def test_V1_the_sweep_covers_all_that_can_be_charted() -> None:
    for parameter, values in POSSIBLE.items():
        assert rules.entry_check(parameter, values[0] - 1) == "impossible" or values[0] == 0
        assert rules.entry_check(parameter, values[-1] + 1) == "impossible"
        assert all(rules.entry_check(parameter, value) != "impossible" for value in values)


def test_V6_the_band_of_every_total() -> None:
    """Chart 2 of the RCP: 0, 1 to 4, 3 in one, 5 to 6, 7 and more."""
    for total in range(21):
        for red in (False, True):
            low = "red_single" if red else "low" if total else "zero"
            expected = "high" if total >= 7 else "medium" if total >= 5 else low
            assert rules.band_of(total, ["pulse"] if red else [], []) == expected
