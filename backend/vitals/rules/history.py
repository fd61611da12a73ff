"""V11, V12 and V15 of docs/rules/vitals.md: which entries stand, and where a stay stands after all of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from msgspec import Struct

from backend.vitals.facts import FACTS
from backend.vitals.rules.charts import Person
from backend.vitals.rules.due import escalation_reasons, next_due_ms
from backend.vitals.rules.entry import SCORED, Value, counts
from backend.vitals.rules.scoring import MINUTE_MS, Result, acting_band, assembled, early_warning_score, oxygen_starts


class Entry(Struct, frozen=True, kw_only=True):
    """One observation set as the rules see it."""

    id: str
    received_ms: int
    corrects: str | None
    disputed: bool
    scale: int
    """The SpO2 scale it was scored under."""
    values: list[Value]


class Circumstances(Struct, frozen=True, kw_only=True):
    """What is known of the stay beside its sets."""

    person: Person
    care_level: int
    monitor: bool
    ended: bool
    moved_ms: int | None


class Carried(Struct, frozen=True, kw_only=True):
    """What older sets than those at hand left behind."""

    last_complete: Result | None
    due_ms: int | None


class Standing(Struct, frozen=True, kw_only=True):
    """Where a stay stands; `VitalsStateRow` on the wire."""

    score: Result | None
    previous_total: int | None
    """Total of the last complete score before this one."""
    last_complete: Result | None
    due_ms: int | None
    latest_ms: int | None


def standing_entries(entries: Sequence[Entry]) -> list[Entry]:
    """V11: the entries that count, in the order received: not corrected, not disputed, not taken back.

    A correction that was itself taken back corrects nothing: what it corrected stands again.
    """
    replaced = {correction.corrects for correction in effective_corrections(entries)}
    kept = (e for e in entries if e.id not in replaced and not e.disputed and e.values)
    return sorted(kept, key=lambda e: (e.received_ms, e.id))


def effective_corrections(entries: Sequence[Entry]) -> list[Entry]:
    """V11: the corrections that hold: neither disputed nor taken back."""
    taken_back = {e.corrects for e in entries if e.corrects is not None and not e.disputed and not e.values}
    return [e for e in entries if e.corrects is not None and not e.disputed and e.id not in taken_back]


def as_of_ms(values: Sequence[Value]) -> int | None:
    """V5: the instant a set is scored as of: its newest scored value that counts; None where it has none."""
    return max((v.at_ms for v in values if v.parameter in SCORED and counts(v)), default=None)


def score_of(entry: Entry, entries: Sequence[Entry], circumstances: Circumstances) -> Result | None:
    """V5: the score of one entry as of its own newest value, from what stands; None where it is not counted."""
    standing = standing_entries(entries)
    at_ms = as_of_ms(entry.values)
    if at_ms is None or entry.id not in {e.id for e in standing}:
        return None
    values = [v for e in standing for v in e.values]
    found = assembled(values, at_ms, _boundaries(values, circumstances))
    return early_warning_score(found, entry.scale, circumstances.person)


def results_of(entries: Sequence[Entry], circumstances: Circumstances) -> list[Result]:
    """V12: the score at each instant a standing entry reaches, oldest first."""
    standing = standing_entries(entries)
    values = sorted((v for e in standing for v in e.values), key=lambda v: v.at_ms)
    times = [v.at_ms for v in values]
    boundaries = _boundaries(values, circumstances)
    scales = {at: e.scale for e in standing if (at := as_of_ms(e.values)) is not None}
    results = []
    for at_ms in sorted(scales):
        since = bisect_left(times, at_ms - FACTS["assembly"]["window_minutes"] * MINUTE_MS)
        found = assembled(values[since : bisect_right(times, at_ms)], at_ms, boundaries)
        results.append(early_warning_score(found, scales[at_ms], circumstances.person))
    return [result for result in results if result is not None]


def _boundaries(values: Sequence[Value], circumstances: Circumstances) -> list[int]:
    moved = [] if circumstances.moved_ms is None else [circumstances.moved_ms]
    return moved + oxygen_starts(values)


def standing_of(entries: Sequence[Entry], circumstances: Circumstances, carried: Carried) -> Standing:
    """V12: where the stay stands: always as of its newest value, whatever order the sets arrived in.

    A set is full when nothing is missing and none of its values stood in the full set before it.
    """
    last_complete, due_ms = carried.last_complete, carried.due_ms
    full_ms = 0 if last_complete is None else last_complete.newest_ms
    score, previous = None, None
    for score in results_of(entries, circumstances):
        previous = last_complete
        full = not score.missing and score.oldest_ms > full_ms
        band = acting_band(score, None if last_complete is None else last_complete.band)
        limits = (circumstances.care_level, circumstances.monitor)
        due_ms = next_due_ms(band, score.oldest_ms, full, due_ms, limits)
        full_ms = score.newest_ms if full else full_ms
        last_complete = score if is_complete(score) else last_complete
    return Standing(
        score=score,
        previous_total=None if previous is None else previous.total,
        last_complete=last_complete,
        due_ms=None if circumstances.ended else due_ms,
        latest_ms=None if score is None else score.newest_ms,
    )


def is_complete(score: Result) -> bool:
    """V5: a valid score of all seven values."""
    return score.chart is not None and not score.missing


def late_score(score: Result, results: Sequence[Result]) -> Result | None:
    """V12: the newer complete score that is lower, where a score that would have called someone arrives after it."""
    if not escalation_reasons(acting_band(score, None), score.total, None):
        return None
    newer = (r for r in results if r.newest_ms > score.newest_ms and is_complete(r))
    return next((r for r in newer if r.total is not None and score.total is not None and r.total < score.total), None)


def scale_at(scale: int, since_ms: int | None, at_ms: int) -> int:
    """V15: the SpO2 scale in force then. A decision always changes it, so before `since_ms` it was the other one."""
    return 3 - scale if since_ms is not None and at_ms < since_ms else scale
