"""Wards, positions and stays."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Raw, Struct

from backend.core.commands import Instant, LogId, Report, Request, Text, Word
from backend.patients.types import BandState, PatientDetails, Sex

CareLevel = Literal[1, 2, 3]
"""Chăm sóc cấp I, II, III."""
DischargeWay = Literal["home", "transferred_out", "at_own_request", "absconded", "died"]


class AddWard(Request, frozen=True, kw_only=True):
    """A new ward, and its log."""

    ward_id: LogId
    name: Word
    short_name: Word
    on_call_phone: Annotated[str, Meta(max_length=30)] = ""


class ChangeWard(Request, frozen=True, kw_only=True):
    """Another name or telephone number."""

    ward_id: LogId
    name: Word
    short_name: Word
    on_call_phone: Annotated[str, Meta(max_length=30)] = ""


class AddPosition(Request, frozen=True, kw_only=True):
    """A place for one patient: two may share a bed (12A, 12B), extra beds stand in corridors (HL-3)."""

    ward_id: LogId
    position_id: UUID
    room: Word
    bed: Word
    label: Annotated[str, Meta(min_length=1, max_length=8)]
    """Unique in the ward: what is said aloud and printed."""
    extra: bool = False


class ClosePosition(Request, frozen=True, kw_only=True):
    """An empty place is taken away."""

    ward_id: LogId
    position_id: UUID


class AdmitPatient(Request, frozen=True, kw_only=True):
    """A stay begins. `patient` is None where the patient is known (readmission)."""

    ward_id: LogId
    stay_id: UUID
    patient_id: UUID
    patient: PatientDetails | None
    position_id: UUID
    reason: Text
    """Why they are here, in a few words."""
    care_level: CareLevel = 3
    admitted_at: Instant


class MoveStay(Request, frozen=True, kw_only=True):
    """To another position, in this ward or another."""

    stay_id: UUID
    ward_id: LogId
    position_id: UUID


class DischargeStay(Request, frozen=True, kw_only=True):
    """The stay ends; the chart stays readable on the ward for 72 hours."""

    stay_id: UUID
    way: DischargeWay
    discharged_at: Instant


class SetCareLevel(Request, frozen=True, kw_only=True):
    """Level I, II or III; a physician's or charge nurse's decision."""

    stay_id: UUID
    care_level: CareLevel


class ChangeReason(Request, frozen=True, kw_only=True):
    """Another word for why they are here."""

    stay_id: UUID
    reason: Text


class OpenChart(Report, frozen=True, kw_only=True):
    """Someone read this chart on a ward device: audited, online or not; no counter, no log line."""

    stay_id: UUID


class WardRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="ward"):
    """A ward, in the facility log. `key` is the ward's id, which is its log's id."""

    key: str
    stay_id: UUID | None
    command_id: UUID | None
    keep_until: datetime | None
    name: str
    short_name: str
    on_call_phone: str


class PositionRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="position"):
    """A place for one patient, in its ward's log."""

    key: UUID
    stay_id: UUID | None
    command_id: UUID | None
    keep_until: datetime | None
    ward_id: str
    room: str
    bed: str
    label: str
    extra: bool
    code: str
    """The bed's printed code (33 digits); position and its bed share it. Opens a chooser, never a patient."""


class StayRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="stay"):
    """A stay, in its ward's log (two logs during a transfer)."""

    key: UUID
    stay_id: UUID
    command_id: UUID | None
    keep_until: datetime | None
    patient_id: UUID
    ward_id: str
    position_id: UUID | None
    reason: str
    care_level: CareLevel
    admitted_at: datetime
    moved_at: datetime | None = None
    """When last moved to another ward: vital signs of before and after are never joined (V3)."""
    discharged_at: datetime | None
    discharge_way: DischargeWay | None


class MovedStayRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="moved_stay"):
    """Left in the old ward's log: where the stay went."""

    key: UUID
    stay_id: UUID
    command_id: UUID | None
    keep_until: datetime | None
    to_ward_id: str
    moved_at: datetime


class FoundPatient(Struct, frozen=True, kw_only=True):
    """A patient as a search shows them: their newest stay in the wards the person may see."""

    patient_id: UUID
    stay_id: UUID
    ward_id: str
    ward_name: str
    label: str | None
    """The position; None after discharge."""
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
    reason: str
    admitted_at: datetime
    discharged_at: datetime | None
    same_name: bool
    """Another of these has the same name, also without accents, or the same birth date and family name."""


class Found(Struct, frozen=True, kw_only=True):
    """What a search brought, those still here first, by given name."""

    patients: list[FoundPatient]
    more: bool
    """There are more than these: ask more narrowly."""
    band: BandState | None
    """Where a band was scanned: its state. A void band opens nothing."""


class Chart(Struct, frozen=True, kw_only=True):
    """Every row of one stay, and its patient's, at one instant; as a log would carry them."""

    stay_id: UUID
    at: datetime
    rows: list[Raw]


class Charted(Struct, frozen=True, kw_only=True):
    """One command of the person who asks, and its answer."""

    id: UUID
    kind: str
    stay_id: UUID | None
    recorded_at: datetime
    corrected_at: datetime
    received_at: datetime
    payload: Raw
    answer: Raw


class ChartedByMe(Struct, frozen=True, kw_only=True):
    """Newest first."""

    commands: list[Charted]
    more: bool
