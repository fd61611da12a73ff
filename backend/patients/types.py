"""Who the patient is: identity, allergies, weight, pregnancy and the band on the wrist."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.commands import Instant, Report, Request, Text, Word

Name = Annotated[str, Meta(max_length=80)]
Sex = Literal["male", "female", "unknown"]
Pregnancy = Literal["yes", "no", "not_asked", "postpartum"]
AllergyState = Literal["not_asked", "none_known", "known", "unable_to_ask"]
BandState = Literal["printed", "live", "superseded", "void"]


class Identifier(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number someone knows the patient by."""

    system: Literal["patient_code", "national_id", "insurance_card", "passport", "other"]
    value: Word


class PatientDetails(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Identity as given. One-word names are allowed; birth date or birth year; unknown patients have neither."""

    family_name: Name = ""
    middle_name: Name = ""
    given_name: Word
    birth_date: date | None = None
    birth_year: Annotated[int, Meta(ge=1890, le=2200)] | None = None
    age_months: Annotated[int, Meta(ge=0, le=1600)] | None = None
    """Asked once where a birth year alone crosses an age band; or the estimated age of an unknown patient."""
    age_months_at: date | None = None
    sex: Sex
    identifiers: Annotated[list[Identifier], Meta(max_length=10)] = []
    pregnancy: Pregnancy = "not_asked"
    unknown_person: bool = False


class ChangePatient(Request, frozen=True, kw_only=True):
    """A correction of identity; what stood before stays in the history."""

    stay_id: UUID
    patient: PatientDetails
    reason: Text


class RecordAllergy(Report, frozen=True, kw_only=True):
    """An allergy, coded where it can be; free text says of itself that it cannot be checked."""

    stay_id: UUID
    allergy_id: UUID
    substance: Word
    """As read by people."""
    code: Annotated[str, Meta(max_length=60)] | None = None
    """Substance or class code of the catalogue; None is free text."""
    reaction: Text = ""
    severity: Literal["mild", "moderate", "severe", "anaphylaxis", "unknown"] = "unknown"
    certainty: Literal["confirmed", "suspected"] = "suspected"
    source: Literal["patient", "family", "record", "observed"] = "patient"


class RecordAllergyState(Report, frozen=True, kw_only=True):
    """Asked, and none is known; or nobody could be asked."""

    stay_id: UUID
    state: Literal["none_known", "unable_to_ask"]
    asked: Text = ""
    """Whom: the patient, the daughter, …"""


class WithdrawAllergy(Request, frozen=True, kw_only=True):
    """Weakens or removes an allergy: a physician, with a reason."""

    stay_id: UUID
    allergy_id: UUID
    reason: Annotated[str, Meta(min_length=3, max_length=2000)]


class RecordWeight(Report, frozen=True, kw_only=True):
    """A weight with its date and source."""

    stay_id: UUID
    weight_g: Annotated[int, Meta(ge=200, le=500_000)]
    source: Literal["scale", "estimate", "stated"]
    weighed_at: Instant


class RecordPregnancy(Report, frozen=True, kw_only=True):
    """Yes, no, or within 42 days after birth."""

    stay_id: UUID
    pregnancy: Literal["yes", "no", "postpartum"]
    delivered_on: date | None = None


class AnswerAge(Report, frozen=True, kw_only=True):
    """The age in months, asked once where the birth year leaves the age band open."""

    stay_id: UUID
    age_months: Annotated[int, Meta(ge=0, le=1600)]


class PrintWristband(Request, frozen=True, kw_only=True):
    """A new print with a new number. The result carries the code; it is live once scanned at the patient."""

    stay_id: UUID
    reason: Literal["first", "lost", "damaged", "unreadable", "changed", "child_limb"]


class WearWristband(Report, frozen=True, kw_only=True):
    """A printed band was scanned at the patient: it is live and the one before is superseded."""

    stay_id: UUID
    code: Annotated[str, Meta(pattern=r"^[0-9]{33}$")]


class VoidWristband(Request, frozen=True, kw_only=True):
    """A band that must not be used (misprint, taken off)."""

    stay_id: UUID
    code: Annotated[str, Meta(pattern=r"^[0-9]{33}$")]
    reason: Literal["misprint", "taken_off", "wrong_patient", "other"]


class Allergy(Struct, frozen=True, kw_only=True):
    allergy_id: UUID
    substance: str
    code: str | None
    reaction: str
    severity: str
    certainty: str
    source: str
    recorded_at: datetime
    recorded_by: str


class Weight(Struct, frozen=True, kw_only=True):
    weight_g: int
    source: Literal["scale", "estimate", "stated"]
    weighed_at: datetime


class PatientRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="patient"):
    """A patient as the wards that hold a stay of theirs know them. `key` is the patient's id."""

    key: UUID
    stay_id: UUID | None
    """Null: a patient may have several stays; stays point here by `patient_id`."""
    command_id: UUID | None
    keep_until: datetime | None
    patient_code: str
    family_name: str
    middle_name: str
    given_name: str
    birth_date: date | None
    birth_year: int | None
    age_months: int | None
    age_months_at: date | None
    sex: Sex
    unknown_person: bool
    identifiers: list[Identifier]
    pregnancy: Pregnancy
    delivered_on: date | None
    allergy_state: AllergyState
    allergy_asked: str
    allergy_asked_at: datetime | None
    allergies: list[Allergy]
    weights: list[Weight]
    """Newest first, at most ten."""


class WristbandRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="wristband"):
    """One print of a band. `key` is its 33 digits."""

    key: str
    stay_id: UUID
    command_id: UUID | None
    keep_until: datetime | None
    patient_id: UUID
    state: BandState
    print_number: int
    printed_at: datetime
