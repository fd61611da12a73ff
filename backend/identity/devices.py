"""How a browser becomes a device: a ward device by a one-time code, a visitor by its person's password."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec
from msgspec import Raw, Struct

from backend.core.access import Actor, Author, Role
from backend.core.audit import AuditLine, append
from backend.core.clock import now
from backend.core.commands import Accepted, Answer, Command, Refused
from backend.core.desk import FACILITY
from backend.core.door import Door
from backend.core.errors import Problem
from backend.core.settings import Settings
from backend.identity import queries, rules
from backend.identity.authenticate import Device, digest
from backend.identity.secrets import Secrets, base64url, wrapped_for
from backend.identity.types import (
    DeviceSelf,
    EnrolDevice,
    Enrolment,
    Keyring,
    OpenEnrolment,
    PinStretch,
    WrappedKey,
)
from barcode.images import qr_modules

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter that is read or heard as another."""
CODE_LENGTH = 12
NOBODY = UUID(int=0)
"""Device and session of a command that no browser sent."""
SERVICE_TRIES = 3


class Carrier(Struct, frozen=True):
    """A device that came into being, and the credential its cookie carries from now on."""

    device_id: UUID
    credential: str


class Gatehouse(Struct, frozen=True):
    """Where people and devices are let in: what this feature works with, handed from the routes or the launcher."""

    pool: Any
    door: Door
    secrets: Secrets
    settings: Settings


async def open_enrolment(gatehouse: Gatehouse, asked: OpenEnrolment, by: Author | Actor) -> Enrolment:
    """A one-time code for one ward device, valid 15 minutes (ID13)."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    at = now()
    expires_at = at + timedelta(minutes=rules.ENROLMENT_MINUTES)
    wards = sorted(set(asked.wards))
    async with gatehouse.pool.acquire(timeout=2) as connection, connection.transaction():
        unknown = await connection.fetchval(queries.UNKNOWN_WARDS, wards)
        if unknown is not None:
            raise Problem(422, "unknown_ward", f"There is no ward {unknown}.")
        await connection.execute(
            queries.OPEN_ENROLMENT, uuid4(), digest(code), uuid4(), asked.name, wards, by.staff_id, at, expires_at
        )
        line = AuditLine(log=FACILITY, what="enrolment_opened", answer="accepted", actor=by.staff_id)
        await append(connection, at, msgspec.structs.replace(line, detail={"name": asked.name, "wards": wards}))
    shown = "-".join(code[i : i + 4] for i in range(0, CODE_LENGTH, 4))
    url = f"{gatehouse.settings.public_url}/enrol#{shown}"
    modules = ["".join("1" if dark else "0" for dark in row) for row in qr_modules(url)]
    return Enrolment(code=shown, url=url, expires_at=expires_at, modules=modules)


async def enrol(gatehouse: Gatehouse, code: str) -> Carrier:
    """The browser that shows this code becomes its ward device. Raises 403 `bad_code` for any other code.

    The device enters the record first, under an id the code already has, so that a try that broke off half-way
    can be made again; the code itself is used up together with storing the credential.
    """
    hashed = digest("".join(c for c in code.upper() if c.isalnum()))
    async with gatehouse.pool.acquire(timeout=2) as connection:
        found = await connection.fetchrow(queries.ENROLMENT_OF_CODE, hashed, now())
    if found is None:
        raise Problem(403, "bad_code", "This code was used, has expired, or never was: ask for a new one.")
    device_id: UUID = found["device_id"]
    command = EnrolDevice(
        device_id=device_id, device_kind="ward", name=found["name"], wards=list(found["wards"]),
        **claims(uuid5(device_id, "enrol"), found["opened_at"]),
    )  # fmt: skip
    await carry_out(gatehouse.door, command, _service("enrolment", found["opened_by"]))
    credential = secrets.token_urlsafe(32)
    sealed = gatehouse.secrets.seal(secrets.token_bytes(32), data_key_purpose(device_id))
    async with gatehouse.pool.acquire(timeout=2) as connection, connection.transaction():
        if await connection.fetchval(queries.USE_ENROLMENT, found["enrolment_id"], now()) is None:
            raise Problem(403, "bad_code", "This code was used a moment ago: ask for a new one.")
        await connection.execute(queries.INSERT_DEVICE_SECRET, device_id, digest(credential), sealed)
        line = AuditLine(log=FACILITY, what="device_credential", answer="accepted", device=device_id)
        await append(connection, now(), line)
    return Carrier(device_id, credential)


async def become_visitor(gatehouse: Gatehouse, person: Any, name: str) -> Carrier:
    """A browser on which this person gave the right password becomes a visitor of theirs."""
    device_id, credential = uuid4(), secrets.token_urlsafe(32)
    command = EnrolDevice(
        device_id=device_id, device_kind="visitor", name=name[:120], wards=[], owner_id=person["staff_id"],
        **claims(uuid5(device_id, "enrol"), now()),
    )  # fmt: skip
    actor = Actor(
        staff_id=person["staff_id"],
        name=name,
        role=Role(person["role"]),
        wards=frozenset(person["wards"]),
        service="sign_in",
    )
    await carry_out(gatehouse.door, command, actor)
    async with gatehouse.pool.acquire(timeout=2) as connection:
        await connection.execute(queries.INSERT_DEVICE_SECRET, device_id, digest(credential), None)
    return Carrier(device_id, credential)


async def carry_out(door: Door, command: Command, actor: Actor) -> Accepted:
    """A command of the house itself: its answer, or a problem where it was not accepted."""
    for _ in range(SERVICE_TRIES):
        raw: Raw = await door.execute(command, actor)
        answer: Answer = msgspec.json.decode(raw, type=Answer)
        if isinstance(answer, Accepted):
            return answer
        if isinstance(answer, Refused):
            raise Problem(409, answer.rule, "The record did not take it.")
    raise Problem(503, "busy", "The record could not be written; try again.", retry_after_s=2)


async def self_of(pool: Any, device: Device) -> DeviceSelf:
    """What a device knows of itself."""
    async with pool.acquire(timeout=2) as connection:
        counter = await connection.fetchval(queries.LAST_COUNTER, device.device_id)
    return DeviceSelf(
        device_id=device.device_id,
        kind=device.kind,
        name=device.name,
        wards=sorted(device.wards),
        counter=counter,
    )


async def keyring(gatehouse: Gatehouse, device_id: UUID) -> Keyring:
    """The data key under the PIN of everyone who works in the device's wards, and under the recovery key."""
    data_key = await data_key_of(gatehouse, device_id)
    async with gatehouse.pool.acquire(timeout=2) as connection:
        people = await connection.fetch(queries.ROSTERED, device_id)
    expires_at = now() + timedelta(days=rules.KEYRING_DAYS)
    return Keyring(
        device_id=device_id,
        keys=[_wrap(gatehouse.secrets, person, device_id, data_key, expires_at) for person in people],
        recovery=gatehouse.secrets.for_recovery(data_key, device_id),
    )


async def data_key_of(gatehouse: Gatehouse, device_id: UUID) -> bytes:
    """The 32 bytes that encrypt a ward device's replica and outbox. Raises 403 for a visitor."""
    async with gatehouse.pool.acquire(timeout=2) as connection:
        sealed = await connection.fetchval(queries.DATA_KEY, device_id)
    if sealed is None:
        raise Problem(403, "not_a_ward_device", "Only a ward device keeps keys.")
    return gatehouse.secrets.unseal(sealed, data_key_purpose(device_id))


def stretch_of(person: Any) -> PinStretch:
    """How this person's PIN is stretched."""
    return PinStretch(salt=base64url(person["pin_salt"]), iterations=person["pin_iterations"])


def data_key_purpose(device_id: UUID) -> str:
    """What a device's data key is sealed for."""
    return f"bedside-device-key:{device_id}"


def pin_purpose(staff_id: UUID) -> str:
    """What a stretched PIN is sealed for."""
    return f"bedside-pin:{staff_id}"


def _wrap(kept: Secrets, person: Any, device_id: UUID, data_key: bytes, expires_at: datetime) -> WrappedKey:
    stretched = kept.unseal(person["pin_sealed"], pin_purpose(person["staff_id"]))
    nonce, wrapped = wrapped_for(person["staff_id"], device_id, stretched, data_key)
    return WrappedKey(
        staff_id=person["staff_id"], stretch=stretch_of(person), nonce=nonce, wrapped=wrapped, expires_at=expires_at
    )


def claims(command_id: UUID, at: datetime) -> dict[str, Any]:
    """The claims of a command that no browser sent."""
    return {
        "id": command_id,
        "device": NOBODY,
        "session": NOBODY,
        "counter": None,
        "recorded_at": at,
        "app": "server",
        "rules": "server",
    }


def _service(name: str, staff_id: UUID) -> Actor:
    return Actor(staff_id=staff_id, name=name, role=Role.ADMINISTRATOR, wards=frozenset(), service=name)
