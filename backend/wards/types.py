"""Wards, positions and stays."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.commands import Instant, LogId, Report, Request, Text, Word
from backend.patients.types import PatientDetails

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
    """When last moved to another position or ward: vital signs of before and after are never joined (V3)."""
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
