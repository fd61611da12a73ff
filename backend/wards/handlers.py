"""One function per command on wards, positions and stays."""

import secrets
from datetime import datetime, timedelta

from backend import patients
from backend.core import queries as core_queries
from backend.core.access import EVERYONE, NURSING, Allow, Role
from backend.core.clock import corrected
from backend.core.commands import Refusal
from backend.core.desk import Desk, Handlers, Scope, StartAgain, of_facility, of_stay
from backend.wards import queries, rules
from backend.wards.stays import Stay, open_stay
from backend.wards.types import (
    AddPosition,
    AddWard,
    AdmitPatient,
    ChangeReason,
    ChangeWard,
    ClosePosition,
    DischargeStay,
    MoveStay,
    OpenChart,
    SetCareLevel,
)
from barcode.codes import Kind, make

HANDLERS = Handlers()
ADMINISTRATORS = Allow(roles=frozenset({Role.ADMINISTRATOR}), relation="facility")
POSITION_MAKERS = Allow(roles=frozenset({Role.ADMINISTRATOR, Role.CHARGE_NURSE}))
DESK_ROLES = NURSING | {Role.CLERK, Role.PHYSICIAN}


def of_ward(command: AddPosition | ClosePosition) -> Scope:
    """The log of the ward it names."""
    return Scope(logs=(command.ward_id,))


@HANDLERS.handles(AddWard, allow=ADMINISTRATORS, scope=of_facility, event="WardAdded")
async def add_ward(command: AddWard, desk: Desk) -> Refusal | None:
    if rules.ward_id_reserved(command.ward_id):
        return Refusal(rule="ward_id_reserved")
    if await desk.connection.fetchrow(queries.WARD, command.ward_id) is not None:
        return Refusal(rule="ward_exists")
    await desk.connection.execute(core_queries.OPEN_LOG, command.ward_id)
    await _describe(desk, command, queries.INSERT_WARD)
    return None


@HANDLERS.handles(ChangeWard, allow=ADMINISTRATORS, scope=of_facility, event="WardChanged")
async def change_ward(command: ChangeWard, desk: Desk) -> Refusal | None:
    if await desk.connection.fetchrow(queries.WARD, command.ward_id) is None:
        return Refusal(rule="ward_unknown")
    await _describe(desk, command, queries.CHANGE_WARD)
    return None


async def _describe(desk: Desk, command: AddWard | ChangeWard, statement: str) -> None:
    await desk.connection.execute(
        statement, command.ward_id, command.id, command.name, command.short_name, command.on_call_phone,
        desk.actor.staff_id, desk.now,
    )  # fmt: skip
    desk.touch("ward", command.ward_id)


@HANDLERS.handles(AddPosition, allow=POSITION_MAKERS, scope=of_ward, event="PositionAdded")
async def add_position(command: AddPosition, desk: Desk) -> Refusal | None:
    folded = rules.label_folded(command.label)
    if not folded:
        return Refusal(rule="label_empty")
    if await desk.connection.fetchrow(queries.WARD, command.ward_id) is None:
        return Refusal(rule="ward_unknown")
    taken = await desk.connection.fetchrow(queries.POSITION_TAKEN, command.position_id, command.ward_id, folded)
    if taken["id"] or taken["label"]:
        return Refusal(rule="label_taken" if taken["label"] else "position_exists")
    await desk.connection.execute(queries.KEEP_BED_CODE, command.ward_id, command.bed, make(Kind.BED, _random_digits))
    code = await desk.connection.fetchval(queries.BED_CODE, command.ward_id, command.bed)
    await desk.connection.execute(
        queries.INSERT_POSITION, command.position_id, command.ward_id, command.room, command.bed, command.label,
        command.extra, command.id, desk.actor.staff_id, desk.now, folded, code,
    )  # fmt: skip
    desk.touch("position", command.position_id)
    return None


def _random_digits(count: int) -> str:
    """Digits nobody can guess."""
    return "".join(secrets.choice("0123456789") for _ in range(count))


@HANDLERS.handles(ClosePosition, allow=POSITION_MAKERS, scope=of_ward, event="PositionClosed")
async def close_position(command: ClosePosition, desk: Desk) -> Refusal | None:
    place = await desk.connection.fetchrow(queries.POSITION, command.position_id, command.ward_id)
    if place is None:
        return Refusal(rule="position_unknown")
    if place["stay_id"] is not None:
        return Refusal(rule="position_taken")
    await desk.connection.execute(
        queries.CLOSE_POSITION, command.position_id, command.id, desk.actor.staff_id, desk.now
    )
    desk.touch("position", command.position_id)
    return None


@HANDLERS.handles(
    AdmitPatient,
    allow=Allow(roles=DESK_ROLES),
    scope=lambda command: Scope(logs=(command.ward_id,)),
    event="PatientAdmitted",
)
async def admit_patient(command: AdmitPatient, desk: Desk) -> Refusal | None:
    place = await desk.connection.fetchrow(queries.POSITION, command.position_id, command.ward_id)
    if place is None:
        return Refusal(rule="position_unknown")
    if place["stay_id"] is not None:
        return Refusal(rule="position_taken")
    rule = rules.time_refused(_on_our_clock(desk, command.admitted_at), desk.received_at, None)
    if rule is not None:
        return Refusal(rule=rule)
    refusal = await _admission_refused(command, desk)
    if refusal is not None:
        return refusal
    if command.patient is not None:
        refusal = await patients.register(desk, command.patient_id, command.patient)
        if refusal is not None:
            return refusal
    await _begin_stay(command, desk)
    return None


async def _admission_refused(command: AdmitPatient, desk: Desk) -> Refusal | None:
    """A known patient keeps their record and has one open stay; a new one has neither."""
    before = await desk.connection.fetchrow(queries.ADMISSION, command.stay_id, command.patient_id)
    if before["stay"]:
        return Refusal(rule="stay_exists")
    if before["patient"] and command.patient is not None:
        return Refusal(rule="patient_exists")
    if not before["patient"] and command.patient is None:
        return Refusal(rule="patient_unknown")
    if before["admitted_to"] is not None:
        return Refusal(rule="already_admitted", detail={"ward_id": before["admitted_to"]})
    return None


async def _begin_stay(command: AdmitPatient, desk: Desk) -> None:
    """Takes the place and opens the stay; `StartAgain` where another admission was quicker."""
    connection = desk.connection
    await patients.lock_patient(desk, command.patient_id)
    if await connection.fetchval(queries.OCCUPY, command.position_id, command.stay_id) is None:
        raise StartAgain
    if await connection.fetchval(queries.OPEN_STAY, command.patient_id, command.stay_id) is None:
        raise StartAgain
    admitted_at = corrected(command.admitted_at, _offset_ms(desk), desk.received_at)
    await connection.execute(
        queries.INSERT_STAY, command.stay_id, command.patient_id, command.ward_id, command.position_id, admitted_at,
        command.id, desk.actor.staff_id, desk.now, command.reason, command.care_level,
    )  # fmt: skip
    await connection.execute(core_queries.ENTER_LOG, command.ward_id, command.stay_id, command.patient_id)
    desk.touch_stay(command.stay_id)
    desk.touch("patient", await patients.current_id(desk, command.patient_id))


@HANDLERS.handles(
    MoveStay,
    allow=Allow(roles=NURSING | {Role.CLERK}),
    scope=lambda command: Scope(stays=(command.stay_id,), logs=(command.ward_id,)),
    event="StayMoved",
)
async def move_stay(command: MoveStay, desk: Desk) -> Refusal | None:
    stay = await open_stay(desk, command.stay_id)
    if stay is None:
        return Refusal(rule="stay_ended")
    place = await desk.connection.fetchrow(queries.POSITION, command.position_id, command.ward_id)
    if place is None:
        return Refusal(rule="position_unknown")
    if stay.position_id == command.position_id:
        return Refusal(rule="already_there")
    if place["stay_id"] is not None:
        return Refusal(rule="position_taken")
    if await desk.connection.fetchval(queries.OCCUPY, command.position_id, command.stay_id) is None:
        raise StartAgain
    await desk.connection.execute(queries.FREE_OTHERS, command.stay_id, command.position_id)
    await desk.connection.execute(
        queries.INSERT_MOVE, command.id, command.stay_id, stay.ward_id, stay.position_id, command.ward_id,
        command.position_id, desk.actor.staff_id, desk.now,
    )  # fmt: skip
    await desk.connection.execute(queries.PLACE_STAY, command.stay_id, command.id, command.ward_id, command.position_id)
    if stay.ward_id == command.ward_id:
        desk.touch("stay", command.stay_id)
    else:
        await _change_ward_of(stay, command, desk)
    return None


async def _change_ward_of(stay: Stay, command: MoveStay, desk: Desk) -> None:
    """Every row of the stay goes into the new ward's line; the old log keeps a stub with the way to it."""
    connection = desk.connection
    await patients.lock_patient(desk, stay.patient_id)
    await connection.execute(core_queries.ENTER_LOG, command.ward_id, command.stay_id, stay.own_patient_id)
    await connection.execute(core_queries.LEAVE_LOG, stay.ward_id, command.stay_id)
    await connection.execute(queries.LEAVE_STUB, stay.ward_id, command.stay_id, command.id, command.ward_id, desk.now)
    await connection.execute(queries.DROP_STUB, command.ward_id, command.stay_id)
    desk.event = "StayTransferred"
    desk.touch_stay(command.stay_id)
    desk.touch("moved_stay", command.stay_id)
    desk.touch("patient", stay.patient_id)


@HANDLERS.handles(
    DischargeStay,
    allow=Allow(roles=DESK_ROLES),
    scope=of_stay,
    event="StayDischarged",
)
async def discharge_stay(command: DischargeStay, desk: Desk) -> Refusal | None:
    stay = await open_stay(desk, command.stay_id)
    if stay is None:
        return Refusal(rule="stay_ended")
    rule = rules.discharge_refused(command.way, desk.actor.role.value) or rules.time_refused(
        _on_our_clock(desk, command.discharged_at), desk.received_at, stay.admitted_at
    )
    if rule is not None:
        return Refusal(rule=rule)
    discharged_at = corrected(command.discharged_at, _offset_ms(desk), desk.received_at)
    await desk.connection.execute(
        queries.DISCHARGE, command.stay_id, command.id, command.way, discharged_at, desk.actor.staff_id, desk.now
    )
    await desk.connection.execute(core_queries.KEEP_STAY, command.stay_id, rules.kept_until(discharged_at))
    desk.touch_stay(command.stay_id)
    desk.touch("patient", stay.patient_id)
    return None


@HANDLERS.handles(
    SetCareLevel,
    allow=Allow(roles=frozenset({Role.PHYSICIAN, Role.CHARGE_NURSE})),
    scope=of_stay,
    event="CareLevelSet",
)
async def set_care_level(command: SetCareLevel, desk: Desk) -> Refusal | None:
    if await open_stay(desk, command.stay_id) is None:
        return Refusal(rule="stay_ended")
    await desk.connection.execute(
        queries.SET_CARE_LEVEL, command.stay_id, command.id, command.care_level, desk.actor.staff_id, desk.now
    )
    desk.touch("stay", command.stay_id)
    return None


@HANDLERS.handles(ChangeReason, allow=Allow(roles=DESK_ROLES), scope=of_stay, event="ReasonChanged")
async def change_reason(command: ChangeReason, desk: Desk) -> Refusal | None:
    if await open_stay(desk, command.stay_id) is None:
        return Refusal(rule="stay_ended")
    await desk.connection.execute(
        queries.CHANGE_REASON, command.stay_id, command.id, command.reason, desk.actor.staff_id, desk.now
    )
    desk.touch("stay", command.stay_id)
    return None


@HANDLERS.handles(OpenChart, allow=Allow(roles=EVERYONE), scope=of_stay, event="ChartOpened", own_chain=True)
async def open_chart(_: OpenChart, __: Desk) -> None:
    """Nothing to store: the audit line on the device's own chain is the act."""


def _offset_ms(desk: Desk) -> int:
    return desk.command.clock.offset_ms if desk.command.clock else 0


def _on_our_clock(desk: Desk, at: datetime) -> datetime:
    return at + timedelta(milliseconds=_offset_ms(desk))
