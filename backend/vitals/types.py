"""Vital signs: readings and scores, the commands that chart them, the rows that carry them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.commands import Instant, Report, Request

Parameter = Literal[
    "respiration_rate",
    "spo2",
    "oxygen",
    "systolic_bp",
    "diastolic_bp",
    "pulse",
    "consciousness",
    "temperature",
    "pain",
]
Band = Literal["zero", "low", "red_single", "medium", "high"]


class Reading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value of one parameter at one time.

    `value`: per minute, %, mmHg, 0–10; temperature in tenths of a degree C; oxygen flow in tenths of l/min.
    `code`: the oxygen device (`air` for room air), A C V P U, or the site of a temperature.
    """

    parameter: Parameter
    state: Literal["measured", "not_taken", "not_measurable"] = "measured"
    value: Annotated[int, Meta(ge=0, le=1000)] | None = None
    code: Annotated[str, Meta(max_length=40)] | None = None
    reason: Annotated[str, Meta(max_length=40)] | None = None
    """Coded: why not taken, or why it could not be measured (`too_ill` scores 3)."""
    taken_at: Instant


class Score(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a set of values comes to. `chart` is null where no score is valid, and `invalid` says why."""

    chart: Literal["news2"] | None
    invalid: Literal["age", "age_unknown", "pregnancy"] | None
    scale: Literal[1, 2]
    total: int | None
    lower_bound: bool
    """True while a value is missing: the score is at least this."""
    missing: list[str]
    """What a full set would still need."""
    red: list[str]
    """Parameters that alone score 3, or stand beyond a red limit where no score is valid."""
    too_ill: list[str]
    """Tried, and not measurable because the patient is too ill: 3 points, and the emergency band."""
    band: Band | None
    """Of this score alone; what is shown for a lower bound is never below `last_complete` (V8)."""
    points: dict[str, int]
    """Sub-score by parameter."""
    oldest_at: datetime
    newest_at: datetime


class Identification(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it was made sure who this is."""

    method: Literal["wristband", "question", "companion", "none"]
    code: Annotated[str, Meta(pattern=r"^[0-9]{33}$")] | None = None
    """The scanned code, where one was scanned."""
    reason: Literal["damaged", "missing", "cannot_wear", "scanner", "emergency"] | None = None
    """Why no band was scanned; null where one was."""
    confirmed_by: Annotated[str, Meta(max_length=120)] = ""
    """The companion or colleague who said who this is."""


class RecordVitals(Report, frozen=True, kw_only=True):
    """What was measured at one bed at one time; may be partial."""

    stay_id: UUID
    readings: Annotated[list[Reading], Meta(min_length=1, max_length=20)]
    identification: Identification
    late_reason: Annotated[str, Meta(max_length=200)] = ""
    """Why it is charted more than 60 minutes after it was taken."""


class CorrectVitals(Report, frozen=True, kw_only=True):
    """A new entry that names the one it corrects; with no readings it takes that one back."""

    stay_id: UUID
    corrects: UUID
    readings: Annotated[list[Reading], Meta(max_length=20)]
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class SetSpo2Scale(Request, frozen=True, kw_only=True):
    """Which SpO2 scale scores this patient: a physician's decision, with the reason."""

    stay_id: UUID
    scale: Literal[1, 2]
    reason: Annotated[str, Meta(min_length=3, max_length=2000)]


class AttachMonitor(Report, frozen=True, kw_only=True):
    """A monitor was attached to the patient, or taken off."""

    stay_id: UUID
    attached: bool


class ObservationSetRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="observation_set"):
    """What one person charted at one moment, and the score it made. `key` is the command's id."""

    key: UUID
    stay_id: UUID
    command_id: UUID | None
    keep_until: datetime | None
    """72 hours after it was taken: the window a tablet holds."""
    author_id: UUID
    author_name: str
    author_role: str
    taken_at: datetime
    recorded_at: datetime
    received_at: datetime
    identification: str
    """The method, or `correction`."""
    identification_reason: str | None
    """Why no band was scanned."""
    confirmed_by: str
    """Who said who this is; empty where nobody had to."""
    readings: list[Reading]
    score: Score | None
    """As of this set's newest value, as it was when it was recorded; null where nothing in the set counts."""
    corrects: UUID | None
    corrected_by: UUID | None
    """The correction that holds; null while this set stands."""
    disputed: bool
    """It corrects another's entry without the right to: both stay, and only the other counts (V11)."""
    reason: str
    """Why it is late, or why it corrects."""


class VitalsStateRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="vitals_state"):
    """Where a stay stands: last score, what it was before, when the next set is due. `key` is the stay's id."""

    key: UUID
    stay_id: UUID
    command_id: UUID | None
    keep_until: datetime | None
    spo2_scale: Literal[1, 2]
    spo2_scale_since: datetime | None
    """When the scale was last changed; null while nobody has."""
    monitor_attached: bool
    score: Score | None
    previous_total: int | None
    """Total of the last complete score before `score`: what a rise is counted from (V10)."""
    last_complete: Score | None
    next_due_at: datetime | None
    """Null before the first set and after the stay's end."""
    latest_at: datetime | None
