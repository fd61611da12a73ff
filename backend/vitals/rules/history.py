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
    return _Reached(standing_entries(entries), circumstances).score_of(entry)


def score_and_standing(
    entry: Entry, entries: Sequence[Entry], circumstances: Circumstances, carried: Carried
) -> tuple[Result | None, Standing]:
    """V5 and V12 in one look back: (`score_of` the entry, `standing_of` the stay)."""
    reached = _Reached(standing_entries(entries), circumstances)
    return reached.score_of(entry), _standing_of(reached, circumstances, carried)


def results_of(entries: Sequence[Entry], circumstances: Circumstances) -> list[Result]:
    """V12: the score at each instant a standing entry reaches, oldest first."""
    reached = _Reached(standing_entries(entries), circumstances)
    return [result for at_ms in reached.times if (result := reached.result(at_ms)) is not None]


class _Reached:
    """What stands, ordered so that the score at one instant looks only at the values near it."""

    def __init__(self, standing: Sequence[Entry], circumstances: Circumstances) -> None:
        self._person = circumstances.person
        self._ids = {e.id for e in standing}
        self._values = sorted((v for e in standing for v in e.values), key=lambda v: v.at_ms)
        self._at = [v.at_ms for v in self._values]
        self._boundaries = _boundaries(self._values, circumstances)
        self._scales = {at: e.scale for e in standing if (at := as_of_ms(e.values)) is not None}
        self.times = sorted(self._scales)
        """The instants that standing entries reach, oldest first."""

    def score_of(self, entry: Entry) -> Result | None:
        at_ms = as_of_ms(entry.values)
        return None if at_ms is None or entry.id not in self._ids else self.result(at_ms, entry.scale)

    def result(self, at_ms: int, scale: int | None = None) -> Result | None:
        since = bisect_left(self._at, at_ms - FACTS["assembly"]["window_minutes"] * MINUTE_MS)
        near = self._values[since : bisect_right(self._at, at_ms)]
        found = assembled(near, at_ms, self._boundaries)
        return early_warning_score(found, self._scales[at_ms] if scale is None else scale, self._person)

    def recent(self, floor_ms: int) -> list[Result]:
        """The last results, back to a complete one that shares no value with any before it.

        What came before that one changes nothing after it; the newest result alone also needs one before it.
        """
        results: list[Result] = []
        for number in range(len(self.times) - 1, -1, -1):
            result = self.result(self.times[number])
            if result is None:
                continue
            results.append(result)
            before_ms = max(floor_ms, self.times[number - 1] if number else 0)
            if len(results) > 1 and is_complete(result) and result.oldest_ms > before_ms:
                break
        return results[::-1]


def _boundaries(values: Sequence[Value], circumstances: Circumstances) -> list[int]:
    moved = [] if circumstances.moved_ms is None else [circumstances.moved_ms]
    return moved + oxygen_starts(values)


def standing_of(entries: Sequence[Entry], circumstances: Circumstances, carried: Carried) -> Standing:
    """V12: where the stay stands: always as of its newest value, whatever order the sets arrived in.

    A set is full when nothing is missing and none of its values stood in the full set before it.
    """
    return _standing_of(_Reached(standing_entries(entries), circumstances), circumstances, carried)


def _standing_of(reached: _Reached, circumstances: Circumstances, carried: Carried) -> Standing:
    last_complete, due_ms = carried.last_complete, carried.due_ms
    full_ms = 0 if last_complete is None else last_complete.newest_ms
    score, previous = None, None
    for score in reached.recent(full_ms):
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
