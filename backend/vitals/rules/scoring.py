"""V3 to V6 and V8 of docs/rules/vitals.md: values put together, their points, the score and its band."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from msgspec import Struct

from backend.vitals.facts import FACTS
from backend.vitals.rules.charts import Person, Subject, chart_for, full_set, red_limits, red_span, subject_at
from backend.vitals.rules.entry import SCORED, Value, counts, is_too_ill, judged

MINUTE_MS = 60_000
BAND_ORDER = ("zero", "low", "red_single", "medium", "high")
CALLING_BANDS = ("red_single", "medium", "high")


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


def oxygen_starts(values: Sequence[Value]) -> list[int]:
    """V3: the instants at which oxygen was started: first seen on oxygen when last seen on air."""
    supply = sorted((v for v in values if v.parameter == "oxygen" and counts(v)), key=lambda v: v.at_ms)
    return [after.at_ms for before, after in pairwise(supply) if before.code == "air" and after.code != "air"]


def assembled(values: Sequence[Value], as_of_ms: int, boundaries_ms: Sequence[int]) -> dict[str, Value]:
    """V3: the newest value of each parameter, at most 30 minutes back from the newest of all.

    Nothing is joined over a boundary (an arrest, a move, the start of oxygen). SpO2 and air/oxygen are one
    pair: both of one instant, or the newer of them alone. Of two values of one instant the later given stands.
    """
    past = sorted((v for v in values if v.at_ms <= as_of_ms and judged(v)), key=lambda v: v.at_ms)
    newest_ms = max((v.at_ms for v in past if v.parameter in SCORED), default=None)
    if newest_ms is None:
        return {}
    earliest_ms = newest_ms - FACTS["assembly"]["window_minutes"] * MINUTE_MS
    since_ms = max([earliest_ms, *(b for b in boundaries_ms if b <= newest_ms)])
    window = [v for v in past if since_ms <= v.at_ms <= newest_ms]
    return _paired({v.parameter: v for v in window}, window)


def _paired(found: dict[str, Value], window: list[Value]) -> dict[str, Value]:
    """SpO2 and oxygen of the newest instant of either; where only one stands there, that one alone."""
    if "spo2" not in found or "oxygen" not in found:
        return found
    newest_ms = max(found["spo2"].at_ms, found["oxygen"].at_ms)
    rest = {name: v for name, v in found.items() if name not in ("spo2", "oxygen")}
    return rest | {v.parameter: v for v in window if v.parameter in ("spo2", "oxygen") and v.at_ms == newest_ms}


def sub_score(value: Value, scale: int, on_oxygen: bool | None) -> int | None:
    """V4: points of one value; None where it scores nothing (pain, diastolic) or is no value."""
    if is_too_ill(value):
        return 3
    if not counts(value):
        return None
    news2: Any = FACTS["news2"]
    if value.parameter == "oxygen":
        return 0 if value.code == "air" else int(news2["oxygen"])
    if value.parameter == "consciousness":
        return int(news2["consciousness"][value.code])
    bands = bands_of(value.parameter, scale, on_oxygen)
    return None if bands is None or value.value is None else _banded(bands, value.value)


def bands_of(parameter: str, scale: int, on_oxygen: bool | None) -> list[list[int | None]] | None:
    """V4: the bands (from, to, points) that score a parameter; None where none do.

    Scale 2 needs to know air or oxygen only from 93 up; unknown there, it is the least it can be: air.
    """
    bands: Any = FACTS["news2"]["bands"]
    if parameter != "spo2":
        name = parameter
    elif scale == 1:
        name = "spo2_scale_1"
    else:
        name = "spo2_scale_2_on_oxygen" if on_oxygen else "spo2_scale_2_on_air"
    found: list[list[int | None]] | None = bands.get(name)
    return found


def _banded(bands: Any, value: int) -> int:
    for low, high, points in bands:
        if (low is None or value >= low) and (high is None or value <= high):
            return int(points)
    raise ValueError(f"no band for {value}")


def early_warning_score(found: Mapping[str, Value], scale: int, person: Person) -> Result | None:
    """V5: the score of assembled values; None where none of them is one that is scored.

    A missing value makes it a lower bound; too ill to be measured scores 3 and is the emergency band. Age and
    pregnancy are judged at the newest value.
    """
    times = [v.at_ms for p, v in found.items() if p in SCORED]
    if not times:
        return None
    subject = subject_at(person, max(times))
    chart, invalid = chart_for(subject)
    points = _points(found, scale) if chart else {}
    missing = [p for p in full_set(subject) if p not in found]
    red = [p for p in SCORED if points.get(p) == 3] if chart else red_limits(found, subject)
    too_ill = [p for p in SCORED if p in found and is_too_ill(found[p])]
    total = sum(points.values()) if chart else None
    return Result(
        chart=chart,
        invalid=invalid,
        scale=scale,
        total=total,
        lower_bound=chart is not None and bool(missing),
        missing=missing,
        red=red,
        too_ill=too_ill,
        band=band_of(total, red, too_ill),
        points=points,
        oldest_ms=min(times),
        newest_ms=max(times),
    )


def _points(found: Mapping[str, Value], scale: int) -> dict[str, int]:
    oxygen = found.get("oxygen")
    on_oxygen = None if oxygen is None else oxygen.code != "air"
    scored = {p: sub_score(found[p], scale, on_oxygen) for p in SCORED if p in found}
    return {p: points for p, points in scored.items() if points is not None}


def band_of(total: int | None, red: Sequence[str], too_ill: Sequence[str]) -> str | None:
    """V6: the response band; too ill to be measured is the emergency band whatever the sum."""
    thresholds: Any = FACTS["news2"]["thresholds"]
    if too_ill:
        return "high"
    if total is None:
        return None
    if total >= thresholds["high"]:
        return "high"
    if total >= thresholds["medium"]:
        return "medium"
    if red:
        return "red_single"
    return "low" if total > 0 else "zero"


def shown_band(band: str | None, lower_bound: bool, last_complete_band: str | None) -> str | None:
    """V8: a lower bound never shows a lower band than the last complete score did."""
    if band is None or not lower_bound or last_complete_band is None:
        return band
    return max(band, last_complete_band, key=BAND_ORDER.index)


def acting_band(result: Result, last_complete_band: str | None) -> str | None:
    """V8: the band by which the next set is due, calls are made and lists are sorted.

    Where no score is valid a red limit acts as '3 in one'; None where nothing is known to be wrong.
    """
    shown = shown_band(result.band, result.lower_bound, last_complete_band)
    return "red_single" if shown is None and result.red else shown


def span_said(result: Result) -> bool:
    """V3: whether the score says that it was put together over more than 10 minutes."""
    return result.newest_ms - result.oldest_ms > int(FACTS["assembly"]["say_span_over_minutes"]) * MINUTE_MS


def ruler(parameter: str, scale: int, on_oxygen: bool | None, subject: Subject) -> list[list[int | None]]:
    """V4, V7: the bands (from, to, points) a screen draws under a number; red limits where no score is valid."""
    if chart_for(subject)[0] is None:
        return red_span(parameter, subject)
    return bands_of(parameter, scale, on_oxygen) or []
