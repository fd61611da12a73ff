"""The rules of vital signs, V1 to V10 of docs/rules/vitals.md. Instants are whole milliseconds since 1970 UTC."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from backend.vitals.facts import FACTS

MINUTE_MS = 60_000
SCORED = ("respiration_rate", "spo2", "oxygen", "systolic_bp", "pulse", "consciousness", "temperature")
BAND_ORDER = ("zero", "low", "red_single", "medium", "high")
RED_LIMIT_PARAMETERS = ("respiration_rate", "spo2", "systolic_bp", "pulse", "temperature")


class Value(Struct, frozen=True, kw_only=True):
    """One reading as the rules see it."""

    parameter: str
    state: str
    value: int | None
    code: str | None
    reason: str | None
    at_ms: int


class Result(Struct, frozen=True, kw_only=True):
    """A score as the rules give it; `Score` on the wire, with instants as times."""

    chart: str | None
    invalid: str | None
    scale: int
    total: int | None
    lower_bound: bool
    missing: list[str]
    red: list[str]
    too_ill: list[str]
    band: str | None
    points: dict[str, int]
    oldest_ms: int
    newest_ms: int


def entry_check(parameter: str, value: int) -> str:
    """V1: `impossible` is refused, `rare` is asked about once for the whole set, all else is `ok`."""
    limits: Any = FACTS["entry"].get("oxygen_flow_tenths" if parameter == "oxygen" else parameter)
    if limits is None:
        return "ok"
    if not limits["impossible"][0] <= value <= limits["impossible"][1]:
        return "impossible"
    return "ok" if limits["rare"][0] <= value <= limits["rare"][1] else "rare"


def chart_for(age_months: int | None, pregnancy: str) -> tuple[str | None, str | None]:
    """V2: (chart, why none). NEWS2 from 16 years, not in pregnancy nor within 42 days after birth."""
    if pregnancy in ("yes", "postpartum"):
        return None, "pregnancy"
    if age_months is None:
        return None, "age_unknown"
    if age_months < FACTS["news2"]["minimum_age_months"]:
        return None, "age"
    return "news2", None


def assembled(values: Sequence[Value], as_of_ms: int, boundaries_ms: Sequence[int]) -> dict[str, Value]:
    """V3: the newest value of each parameter, at most 30 minutes back from the newest of all.

    Nothing is joined over a boundary (an arrest, a move, the start of oxygen). SpO2 and air/oxygen are one
    pair: both of one instant, or the newer of them alone.
    """
    past = sorted((v for v in values if v.at_ms <= as_of_ms and v.state != "not_taken"), key=lambda v: v.at_ms)
    if not past:
        return {}
    newest_ms = past[-1].at_ms
    since_ms = max(
        newest_ms - FACTS["assembly"]["window_minutes"] * MINUTE_MS,
        max((b for b in boundaries_ms if b <= newest_ms), default=0),
    )
    found = {v.parameter: v for v in past if v.at_ms >= since_ms}
    return _paired(found, [v for v in past if v.at_ms >= since_ms])


def _paired(found: dict[str, Value], window: list[Value]) -> dict[str, Value]:
    """The newest instant at which both SpO2 and oxygen stand; without one, the newer of the two alone."""
    if "spo2" not in found or "oxygen" not in found:
        return found
    at = {name: {v.at_ms: v for v in window if v.parameter == name} for name in ("spo2", "oxygen")}
    both = max(set(at["spo2"]) & set(at["oxygen"]), default=None)
    newest_ms = max(found["spo2"].at_ms, found["oxygen"].at_ms)
    if both is not None and both == newest_ms:
        return found | {"spo2": at["spo2"][both], "oxygen": at["oxygen"][both]}
    alone = "spo2" if found["spo2"].at_ms == newest_ms else "oxygen"
    return {name: v for name, v in found.items() if name not in ("spo2", "oxygen") or name == alone}


def sub_score(value: Value, scale: int, on_oxygen: bool | None) -> int | None:
    """V4: points of one value; None where it scores nothing (pain, diastolic) or needs its pair."""
    if value.state == "not_measurable":
        return 3 if value.reason == "too_ill" and value.parameter in SCORED else None
    news2: Any = FACTS["news2"]
    if value.parameter == "oxygen":
        return 0 if value.code == "air" else int(news2["oxygen"])
    if value.parameter == "consciousness":
        return int(news2["consciousness"][value.code])
    if value.parameter == "spo2":
        return _spo2_score(value, scale, on_oxygen)
    bands = news2["bands"].get(value.parameter)
    return None if bands is None or value.value is None else _banded(bands, value.value)


def _spo2_score(value: Value, scale: int, on_oxygen: bool | None) -> int | None:
    """Scale 2 needs to know air or oxygen only from 93 up; unknown there, the least it can be."""
    if value.value is None:
        return None
    bands: Any = FACTS["news2"]["bands"]
    if scale == 1:
        return _banded(bands["spo2_scale_1"], value.value)
    return _banded(bands["spo2_scale_2_on_oxygen" if on_oxygen else "spo2_scale_2_on_air"], value.value)


def _banded(bands: Any, value: int) -> int:
    for low, high, points in bands:
        if (low is None or value >= low) and (high is None or value <= high):
            return int(points)
    raise ValueError(f"no band for {value}")


def early_warning_score(found: dict[str, Value], scale: int, age_months: int | None, pregnancy: str) -> Result:
    """V5: the score of assembled values. A missing value makes it a lower bound; too ill to measure is 3 and high."""
    chart, invalid = chart_for(age_months, pregnancy)
    times = [v.at_ms for v in found.values()]
    too_ill = sorted(p for p, v in found.items() if v.state == "not_measurable" and v.reason == "too_ill")
    oxygen = found.get("oxygen")
    on_oxygen = None if oxygen is None else oxygen.code != "air"
    points = {}
    for parameter in SCORED:
        got = sub_score(found[parameter], scale, on_oxygen) if chart and parameter in found else None
        if got is not None:
            points[parameter] = got
    missing = [p for p in SCORED if chart and p not in points]
    red = [p for p in SCORED if points.get(p) == 3] if chart else red_limits(found, age_months, pregnancy)
    total = sum(points.values()) if chart else None
    return Result(
        chart=chart,
        invalid=invalid,
        scale=scale,
        total=total,
        lower_bound=bool(missing),
        missing=missing,
        red=red,
        too_ill=too_ill,
        band=_band(total, red, too_ill),
        points=points,
        oldest_ms=min(times, default=0),
        newest_ms=max(times, default=0),
    )


def _band(total: int | None, red: Sequence[str], too_ill: Sequence[str]) -> str | None:
    """V6: the response band; too ill to be measured is the emergency band whatever the sum."""
    if too_ill:
        return "high"
    if total is None:
        return None
    if total >= 7:
        return "high"
    if total >= 5:
        return "medium"
    if red:
        return "red_single"
    return "low" if total > 0 else "zero"


def red_limits(found: dict[str, Value], age_months: int | None, pregnancy: str) -> list[str]:
    """V7: single values beyond their red limit, where no score is valid. Consciousness below A is red always."""
    table: Any = FACTS["red_limits"][_red_table(age_months, pregnancy)]
    red = []
    for parameter in RED_LIMIT_PARAMETERS:
        value = found.get(parameter)
        if value is None or value.value is None or value.state != "measured":
            continue
        low, high = table["low"].get(parameter), table["high"].get(parameter)
        if (low is not None and value.value <= low) or (high is not None and value.value >= high):
            red.append(parameter)
    consciousness = found.get("consciousness")
    if consciousness is not None and consciousness.code in ("C", "V", "P", "U"):
        red.append("consciousness")
    return red + [p for p in SCORED if p in found and found[p].reason == "too_ill" and p not in red]


def _red_table(age_months: int | None, pregnancy: str) -> str:
    if pregnancy in ("yes", "postpartum"):
        return "maternity"
    if age_months is None or age_months >= FACTS["red_limits"]["adult"]["from_months"]:
        return "adult"
    for name in ("child_13y", "child_5y", "child_1y"):
        if age_months >= FACTS["red_limits"][name]["from_months"]:
            return name
    return "infant"


def shown_band(band: str | None, lower_bound: bool, last_complete_band: str | None) -> str | None:
    """V8: a lower bound never shows a lower band than the last complete score did."""
    if band is None or not lower_bound or last_complete_band is None:
        return band
    return max(band, last_complete_band, key=BAND_ORDER.index)


def next_due_ms(
    band: str | None, measured_ms: tuple[int, int], full: bool, before_ms: int | None, limits: tuple[int, bool]
) -> int:
    """V9: when the next set is due.

    `measured_ms` is (oldest, newest) of the values in the score; it counts from the oldest. `limits` is
    (care level, monitor attached): the sooner of band and care level. Only a full set moves it later than
    `before_ms`; a partial one only earlier.
    """
    care_level, monitor = limits
    intervals: Any = FACTS["news2"]["interval_minutes"]
    if band is None:
        minutes = FACTS["unscored_interval_minutes"]
    elif band == "high":
        minutes = intervals["high_with_monitor" if monitor else "high"]
    else:
        minutes = intervals[band]
    minutes = min(int(minutes), int(FACTS["care_level_interval_minutes"][str(care_level)]))
    due = measured_ms[0] + minutes * MINUTE_MS
    return due if full or before_ms is None else min(due, before_ms)


def escalation_reasons(band: str | None, total: int | None, previous_total: int | None) -> list[str]:
    """V10: why this score calls someone: its band, or its rise. (The chain itself is not built yet.)"""
    reasons = [band] if band in ("red_single", "medium", "high") else []
    rise = total - previous_total if total is not None and previous_total is not None else 0
    if rise >= 3 or (rise >= 2 and reasons):
        reasons.append("rise")
    return [reason for reason in reasons if reason is not None]
