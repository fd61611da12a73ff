"""V9 and V10 of docs/rules/vitals.md: when the next set is due, and what calls someone."""

from typing import Any

from backend.vitals.facts import FACTS
from backend.vitals.rules.scoring import CALLING_BANDS, MINUTE_MS


def interval_minutes(band: str | None, care_level: int, monitor: bool) -> int:
    """V9: minutes between sets: the sooner of the acting band's and the care level's."""
    intervals: Any = FACTS["news2"]["interval_minutes"]
    if band is None:
        minutes = FACTS["unscored_interval_minutes"]["none"]
    elif band == "high":
        minutes = intervals["high_with_monitor" if monitor else "high"]
    else:
        minutes = intervals[band]
    return min(int(minutes), int(FACTS["care_level_interval_minutes"][str(care_level)]))


def next_due_ms(band: str | None, oldest_ms: int, full: bool, before_ms: int | None, limits: tuple[int, bool]) -> int:
    """V9: when the next set is due, counted from the oldest value in the score.

    `limits` is (care level, monitor attached). Only a full set moves it later than `before_ms`; a re-check of
    some values only earlier.
    """
    care_level, monitor = limits
    due = oldest_ms + interval_minutes(band, care_level, monitor) * MINUTE_MS
    return due if full or before_ms is None else min(due, before_ms)


def escalation_reasons(band: str | None, total: int | None, previous_total: int | None) -> list[str]:
    """V10: why this score calls someone: its acting band, or its rise since the last complete score."""
    reasons = [band] if band is not None and band in CALLING_BANDS else []
    rise = total - previous_total if total is not None and previous_total is not None else 0
    needed: Any = FACTS["rise"]
    if rise >= needed["anywhere"] or (rise >= needed["into_or_within_a_calling_band"] and reasons):
        reasons.append("rise")
    return reasons
