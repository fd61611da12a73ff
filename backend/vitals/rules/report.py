"""V13, V14 and V16 of docs/rules/vitals.md: what is found about a report of vital signs. Nothing is refused."""

from collections.abc import Sequence

from msgspec import Struct

from backend.core.commands import Severity
from backend.vitals.facts import FACTS
from backend.vitals.rules.entry import Value, reading_fault
from backend.vitals.rules.scoring import MINUTE_MS


class Found(Struct, frozen=True, kw_only=True):
    """One finding to be: rule, severity, and the words a screen fills in."""

    rule: str
    severity: Severity
    detail: dict[str, str | int | bool | None]


def clamped(at_ms: int, now_ms: int) -> int:
    """V13: nothing is charted from the future."""
    return min(at_ms, now_ms)


def found_in_values(values: Sequence[Value]) -> list[Found]:
    """V1: each reading that no device can show or that says nothing: recorded, and not counted."""
    faults = ((v, reading_fault(v)) for v in values)
    return [
        Found(rule=fault, severity="stop", detail={"parameter": v.parameter, "value": v.value, "code": v.code})
        for v, fault in faults
        if fault is not None
    ]


def found_in_times(stated_ms: Sequence[int], now_ms: int, late_reason: str) -> list[Found]:
    """V13: a time in the future, or a late entry without a reason. `now_ms` is when it was charted."""
    found = []
    times = FACTS["entry_times"]
    ahead_ms = max(stated_ms) - now_ms
    if ahead_ms > times["future_tolerance_seconds"] * 1000:
        found.append(Found(rule="taken_in_future", severity="warn", detail={"minutes": -(-ahead_ms // MINUTE_MS)}))
    if needs_late_reason(stated_ms, now_ms) and not late_reason.strip():
        minutes = (now_ms - min(stated_ms)) // MINUTE_MS
        found.append(Found(rule="late_entry", severity="warn", detail={"minutes": minutes}))
    return found


def needs_late_reason(stated_ms: Sequence[int], now_ms: int) -> bool:
    """V13: whether the oldest of these times is so long ago that a reason is asked for."""
    return now_ms - min(stated_ms) > int(FACTS["entry_times"]["late_after_minutes"]) * MINUTE_MS


def found_in_identification(method: str, code: str | None) -> list[Found]:
    """V14: how it was made sure who this is. What a scanned band is, `patients` says."""
    if method in ("question", "companion"):
        return [Found(rule="identified_by_question", severity="note", detail={"method": method})]
    if method == "none":
        return [Found(rule="not_identified", severity="warn", detail={})]
    return [] if code is not None else [Found(rule="band_not_scanned", severity="warn", detail={})]


def found_after_stay(newest_ms: int, ended_ms: int | None) -> list[Found]:
    """V16: charted after the stay ended; of a time before its end it is a note."""
    if ended_ms is None:
        return []
    return [Found(rule="stay_ended", severity="note" if newest_ms <= ended_ms else "warn", detail={})]
