"""V1 of docs/rules/vitals.md: what may be typed, what is asked about once, what counts."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from backend.vitals.facts import FACTS

SCORED = ("respiration_rate", "spo2", "oxygen", "systolic_bp", "pulse", "consciousness", "temperature")
TOO_ILL = ("respiration_rate", "spo2", "systolic_bp", "pulse", "consciousness", "temperature")
"""What can be tried and not measured because the patient is too ill; oxygen is given, not measured."""


class Value(Struct, frozen=True, kw_only=True):
    """One reading as the rules see it; `at_ms` is whole milliseconds since 1970 UTC."""

    parameter: str
    state: str
    value: int | None
    code: str | None
    reason: str | None
    at_ms: int


def entry_check(parameter: str, value: int) -> str:
    """V1: `impossible` is refused, `rare` is asked about once for the whole set, all else is `ok`."""
    limits: Any = FACTS["entry"].get("oxygen_flow_tenths" if parameter == "oxygen" else parameter)
    if limits is None:
        return "ok"
    if not limits["impossible"][0] <= value <= limits["impossible"][1]:
        return "impossible"
    return "ok" if limits["rare"][0] <= value <= limits["rare"][1] else "rare"


def rare_values(values: Sequence[Value]) -> list[str]:
    """V1: the parameters to ask about in one question before the set is saved; an upside-down pressure is one."""
    measured = [v for v in values if v.state == "measured" and v.value is not None]
    rare = [v.parameter for v in measured if v.value is not None and entry_check(v.parameter, v.value) == "rare"]
    pressure = {v.parameter: v.value for v in measured if v.value is not None}
    systolic, diastolic = pressure.get("systolic_bp"), pressure.get("diastolic_bp")
    if systolic is not None and diastolic is not None and systolic <= diastolic and "diastolic_bp" not in rare:
        rare.append("diastolic_bp")
    return rare


def reading_fault(value: Value) -> str | None:
    """V1: why a measured reading cannot be counted: `impossible_value`, `no_value`, `unknown_code`; else None."""
    if value.state != "measured":
        return None
    if value.value is not None and entry_check(value.parameter, value.value) == "impossible":
        return "impossible_value"
    if value.parameter == "oxygen":
        if value.code not in FACTS["codes"]["oxygen"]:
            return "unknown_code"
        return "impossible_value" if value.code == "air" and value.value not in (None, 0) else None
    if value.parameter == "consciousness":
        return None if value.code in FACTS["codes"]["consciousness"] else "unknown_code"
    return "no_value" if value.value is None else None


def counts(value: Value) -> bool:
    """V1: measured and possible, or tried and the patient too ill. All else leaves a gap and hides nothing."""
    if value.state == "measured":
        return reading_fault(value) is None
    return is_too_ill(value)


def is_too_ill(value: Value) -> bool:
    """V1: tried, and not measurable because the patient is too ill."""
    return value.state == "not_measurable" and value.reason == "too_ill" and value.parameter in TOO_ILL


def judged(value: Value) -> bool:
    """V1: counts, and a score or a red limit looks at it (pain is charted, never judged)."""
    return counts(value) and value.parameter in (*SCORED, "diastolic_bp")
