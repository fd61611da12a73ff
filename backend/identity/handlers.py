"""What happens when staff, badges and devices change: one function per command."""

import hashlib
import secrets
from typing import Any
from uuid import UUID

from backend.core import queries as core_queries
from backend.core.access import EVERYONE, Allow, Role
from backend.core.commands import Refusal
from backend.core.desk import Desk, Handlers, of_facility
from backend.identity import queries
from backend.identity.types import (
    AddStaff,
    ChangeStaff,
    DisableStaff,
    EnableStaff,
    EnrolDevice,
    IssueBadge,
    RevokeDevice,
)
from barcode import codes

HANDLERS = Handlers()
ADMINISTRATORS = Allow(roles=frozenset({Role.ADMINISTRATOR}), relation="facility")


@HANDLERS.handles(AddStaff, allow=ADMINISTRATORS, scope=of_facility, event="StaffAdded")
async def add_staff(command: AddStaff, desk: Desk) -> Refusal | None:
    if await desk.connection.fetchrow(queries.STAFF, command.staff_id) is not None:
        return Refusal(rule="staff_exists")
    if await desk.connection.fetchval(queries.STAFF_WITH_LOGIN, command.login) is not None:
        return Refusal(rule="login_taken")
    if refusal := await _unknown_ward(desk, command.wards):
        return refusal
    await _put(desk, command, login=command.login, what="added")
    return None


@HANDLERS.handles(ChangeStaff, allow=ADMINISTRATORS, scope=of_facility, event="StaffChanged")
async def change_staff(command: ChangeStaff, desk: Desk) -> Refusal | None:
    person = await desk.connection.fetchrow(queries.STAFF, command.staff_id)
    if person is None:
        return Refusal(rule="unknown_staff")
    if command.role is not Role.ADMINISTRATOR and await _last_administrator(desk, person):
        return Refusal(rule="last_administrator")
    if refusal := await _unknown_ward(desk, command.wards):
        return refusal
    await _put(desk, command, login=person["login"], what="changed")
    return None


@HANDLERS.handles(IssueBadge, allow=ADMINISTRATORS, scope=of_facility, event="BadgeIssued")
async def issue_badge(command: IssueBadge, desk: Desk) -> Refusal | None:
    person = await desk.connection.fetchrow(queries.STAFF, command.staff_id)
    if person is None:
        return Refusal(rule="unknown_staff")
    if person["disabled_at"] is not None:
        return Refusal(rule="staff_disabled")
    code = codes.make(codes.Kind.STAFF_BADGE, random_digits)
    hashed = badge_hash(code)
    await desk.connection.execute(
        queries.INSERT_BADGE, command.id, command.staff_id, hashed, command.reason, desk.actor.staff_id, desk.now
    )
    await desk.connection.execute(queries.SET_BADGE, command.staff_id, hashed, command.id)
    desk.result_is(code=code)
    desk.touch("staff", command.staff_id)
    return None


@HANDLERS.handles(DisableStaff, allow=ADMINISTRATORS, scope=of_facility, event="StaffDisabled")
async def disable_staff(command: DisableStaff, desk: Desk) -> Refusal | None:
    person = await desk.connection.fetchrow(queries.STAFF, command.staff_id)
    if person is None:
        return Refusal(rule="unknown_staff")
    if person["disabled_at"] is not None:
        return Refusal(rule="already_disabled")
    if await _last_administrator(desk, person):
        return Refusal(rule="last_administrator")
    at = desk.received_at
    await desk.connection.execute(queries.SET_DISABLED, command.staff_id, at, command.id)
    await desk.connection.execute(queries.END_SESSIONS_OF_STAFF, command.staff_id, at, "disabled")
    await _keep_version(desk, person, what="disabled", reason=command.reason)
    return None


@HANDLERS.handles(EnableStaff, allow=ADMINISTRATORS, scope=of_facility, event="StaffEnabled")
async def enable_staff(command: EnableStaff, desk: Desk) -> Refusal | None:
    person = await desk.connection.fetchrow(queries.STAFF, command.staff_id)
    if person is None:
        return Refusal(rule="unknown_staff")
    if person["disabled_at"] is None:
        return Refusal(rule="not_disabled")
    await desk.connection.execute(queries.SET_DISABLED, command.staff_id, None, command.id)
    await _keep_version(desk, person, what="enabled", reason=command.reason)
    return None


@HANDLERS.handles(
    EnrolDevice, allow=Allow(roles=EVERYONE, relation="facility"), scope=of_facility, event="DeviceEnrolled"
)
async def enrol_device(command: EnrolDevice, desk: Desk) -> Refusal | None:
    if desk.actor.service is None:
        return Refusal(rule="service_only")
    if refusal := await _unknown_ward(desk, command.wards):
        return refusal
    await desk.connection.execute(core_queries.OPEN_LOG, f"device_{command.device_id.hex}")
    await desk.connection.execute(
        queries.INSERT_DEVICE, command.device_id, command.id, command.device_kind, command.name, command.wards,
        command.owner_id, desk.received_at,
    )  # fmt: skip
    desk.touch("device", command.device_id)
    return None


@HANDLERS.handles(RevokeDevice, allow=ADMINISTRATORS, scope=of_facility, event="DeviceRevoked")
async def revoke_device(command: RevokeDevice, desk: Desk) -> Refusal | None:
    device = await desk.connection.fetchrow(queries.DEVICE, command.device_id)
    if device is None:
        return Refusal(rule="unknown_device")
    if device["revoked_at"] is not None:
        return Refusal(rule="already_revoked")
    at = desk.received_at
    await desk.connection.execute(
        queries.REVOKE_DEVICE, command.device_id, command.id, command.reason, desk.actor.staff_id, at
    )
    await desk.connection.execute(queries.END_SESSIONS_OF_DEVICE, command.device_id, at, "device_revoked")
    desk.touch("device", command.device_id)
    return None


def badge_hash(code: str) -> str:
    """SHA-256 (hex) of a badge's 33 digits: 96 random bits need no slow hash."""
    return hashlib.sha256(code.encode()).hexdigest()


def random_digits(count: int) -> str:
    """So many digits nobody can guess."""
    return f"{secrets.randbelow(10**count):0{count}d}"


async def _unknown_ward(desk: Desk, wards: list[str]) -> Refusal | None:
    unknown = await desk.connection.fetchval(queries.UNKNOWN_WARDS, wards)
    return None if unknown is None else Refusal(rule="unknown_ward", detail={"ward": unknown})


async def _last_administrator(desk: Desk, person: Any) -> bool:
    if person["role"] != Role.ADMINISTRATOR or person["disabled_at"] is not None:
        return False
    return bool(await desk.connection.fetchval(queries.OTHER_ADMINISTRATORS, person["staff_id"]) == 0)


async def _put(desk: Desk, command: AddStaff | ChangeStaff, *, login: str, what: str) -> None:
    """Version and state of a person, as the command gives them."""
    person = {
        "staff_id": command.staff_id,
        "family_name": command.family_name,
        "middle_name": command.middle_name,
        "given_name": command.given_name,
        "role": command.role.value,
        "wards": sorted(set(command.wards)),
        "login": login,
    }
    await desk.connection.execute(queries.PUT_STAFF_STATE, command.id, *person.values())
    await _keep_version(desk, person, what=what, reason="")


async def _keep_version(desk: Desk, person: Any, *, what: str, reason: str) -> None:
    staff_id: UUID = person["staff_id"]
    await desk.connection.execute(
        queries.INSERT_STAFF_VERSION, desk.command.id, what, staff_id, person["family_name"], person["middle_name"],
        person["given_name"], person["role"], person["wards"], person["login"], reason, desk.actor.staff_id, desk.now,
    )  # fmt: skip
    desk.touch("staff", staff_id)
