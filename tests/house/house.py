"""The house in this process: every feature on one database, and hands that fill it with wards, people and patients."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec

from backend.core import clock, findings, queries
from backend.core import log as logs
from backend.core.access import Actor, Role
from backend.core.commands import Command
from backend.core.desk import by_command
from backend.core.door import Door, Sender
from backend.core.rows import RowKinds
from backend.core.settings import Settings
from backend.identity import handlers as identity_handlers
from backend.identity import queries as identity_queries
from backend.identity import rows as identity_rows
from backend.identity.authenticate import Sessions, digest
from backend.identity.devices import carry_out, claims
from backend.identity.installing import INSTALLER
from backend.identity.types import AddStaff, EnrolDevice
from backend.patients import handlers as patients_handlers
from backend.patients import rows as patients_rows
from backend.patients.types import PatientDetails
from backend.realtime.hub import Hub
from backend.vitals import handlers as vitals_handlers
from backend.vitals import rows as vitals_rows
from backend.wards import handlers as wards_handlers
from backend.wards import rows as wards_rows
from backend.wards.types import AddPosition, AddWard, AdmitPatient
from tests.house.cluster import Database
from tests.house.replica import Replica
from tests.house.tablet import Device, Key, Tablet

HANDLINGS = tuple(
    handling
    for feature in (identity_handlers, patients_handlers, wards_handlers, vitals_handlers)
    for handling in feature.HANDLERS.all
)
ROW_KINDS = tuple(
    kind for feature in (findings, identity_rows, patients_rows, wards_rows, vitals_rows) for kind in feature.ROW_KINDS
)


class House:
    """Door, rows and hub with every feature on one database."""

    def __init__(self, pool: Any, database: Database, handlings: Any = HANDLINGS, rows: RowKinds | None = None) -> None:
        self.pool, self.database = pool, database
        self.rows, self.sessions, self.hub = rows or RowKinds(ROW_KINDS), Sessions(pool), Hub(pool, clock.now)
        self.door = Door(
            pool=pool,
            handlings=by_command(handlings),
            rows=self.rows,
            authenticate=self.sessions,
            publish=self.hub.publish,
        )

    @asynccontextmanager
    async def hub_running(self) -> AsyncIterator[Hub]:
        """The hub at work, as in the server."""
        running = asyncio.create_task(self.hub.run())
        try:
            yield self.hub
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def execute(self, command: Command, actor: Actor = INSTALLER) -> dict[str, str | int | bool | None]:
        """A command of the house itself; what its answer's result says."""
        return (await carry_out(self.door, command, actor)).result

    async def add_ward(self, ward_id: str = "noi", positions: int = 4) -> list[UUID]:
        """A ward with this many positions, two to a bed; their ids."""
        await self.execute(
            AddWard(ward_id=ward_id, name=f"Khoa {ward_id}", short_name=ward_id[:12], **service_claims())
        )
        return [await self.add_position(ward_id, f"{n // 2 + 1}{'AB'[n % 2]}") for n in range(positions)]

    async def add_position(self, ward_id: str, label: str) -> UUID:
        """One more place for a patient."""
        position_id, bed = uuid4(), label.rstrip("ABC") or label
        await self.execute(
            AddPosition(ward_id=ward_id, position_id=position_id, room="101", bed=bed, label=label, **service_claims())
        )
        return position_id

    async def add_staff(self, role: Role = Role.NURSE, wards: tuple[str, ...] = ("noi",), name: str = "Lan") -> UUID:
        """A member of staff; without password or PIN."""
        staff_id = uuid4()
        await self.execute(
            AddStaff(
                staff_id=staff_id, family_name="Trần", middle_name="Thị", given_name=name, role=role,
                wards=list(wards), login=f"{name.lower()}-{staff_id.hex[:8]}", **service_claims(),
            )
        )  # fmt: skip
        return staff_id

    async def add_device(self, wards: tuple[str, ...] = ("noi",), credential: str = "") -> Device:
        """A ward device whose cookie carries `credential`."""
        device = Device(uuid4(), list(wards), cookie=credential or uuid4().hex)
        await self.execute(
            EnrolDevice(
                device_id=device.device_id, device_kind="ward", name="Máy 1", wards=list(wards), **service_claims()
            )
        )
        await self.pool.execute(
            identity_queries.INSERT_DEVICE_SECRET, device.device_id, digest(device.cookie), b"sealed elsewhere"
        )
        return device

    async def sign_in(self, staff_id: UUID, device: Device) -> Tablet:
        """A session of this person on this device, with a key of its own."""
        key, session_id, token, at = Key(), uuid4(), uuid4().hex, datetime.now(UTC)
        await self.pool.execute(
            identity_queries.INSERT_SESSION,
            session_id, staff_id, device.device_id, digest(token), key.public_der, at - timedelta(days=4),
            at + timedelta(hours=12),
        )  # fmt: skip
        self.sessions.forget()
        return Tablet(
            device, staff_id=staff_id, session_id=session_id, key=key, post=self.post_from(device), token=token
        )

    async def tablet(self, role: Role = Role.NURSE, wards: tuple[str, ...] = ("noi",), name: str = "Lan") -> Tablet:
        """A new person signed in on a new ward device."""
        return await self.sign_in(await self.add_staff(role, wards, name), await self.add_device(wards))

    def post_from(self, device: Device) -> Any:
        """Carries signed strings through the door as this device."""
        sender = Sender(device_id=device.device_id, wards=frozenset(device.wards))

        async def post(raws: list[str]) -> list[dict[str, Any]]:
            return [msgspec.json.decode(raw) for raw in await self.door.answers(raws, sender)]

        return post

    async def admit(self, ward_id: str, position_id: UUID, stay_id: UUID | None = None, **details: Any) -> UUID:
        """An adult patient with a stay here; the stay's id."""
        stay_id = stay_id or uuid4()
        known = {
            "family_name": "Nguyễn",
            "middle_name": "Thị",
            "given_name": "Hoa",
            "birth_year": 1958,
            "sex": "female",
        }
        await self.execute(
            AdmitPatient(
                ward_id=ward_id, stay_id=stay_id, patient_id=uuid4(), patient=PatientDetails(**{**known, **details}),
                position_id=position_id, reason="Viêm phổi", admitted_at=datetime.now(UTC) - timedelta(hours=1),
                **service_claims(),
            ),
            msgspec.structs.replace(INSTALLER, role=Role.CLERK, wards=frozenset({ward_id})),
        )  # fmt: skip
        return stay_id

    async def snapshot(self, log_id: str) -> dict[str, Any]:
        """The log as a tablet would fetch it now."""
        found = await logs.snapshot(self.pool, self.rows, log_id, clock.now())
        assert found is not None, f"there is no log {log_id}"
        told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))
        return told

    async def lines(self, log_id: str, after: int) -> list[dict[str, Any]]:
        """Every line of the log after this one."""
        records = await self.pool.fetch(queries.CHANGES, log_id, after, 100_000)
        return [msgspec.json.decode(record["line"]) for record in records]

    async def replica(self, log_id: str) -> Replica:
        """A tablet's copy of the log as it stands."""
        return Replica(await self.snapshot(log_id))

    async def catch_up(self, replica: Replica) -> None:
        """Applies every line it has not seen; a line that asks for a snapshot gets one."""
        for line in await self.lines(replica.log, replica.seq):
            if line["reset"]:
                replica.take(await self.snapshot(replica.log))
                return
            replica.apply(line)


def service_claims() -> dict[str, Any]:
    """The claims of a command that no browser sent."""
    return claims(uuid4(), datetime.now(UTC))


def settings_of(database: Database, data_dir: Path, port: int = 0) -> Settings:
    """Settings of a server on this database: invented people, cheap hashes."""
    return Settings(
        database_url=database.app_url,
        owner_url=database.owner_url,
        data_dir=data_dir,
        public_url=f"http://127.0.0.1:{port}",
        port=port,
        demo=True,
        facility="Bệnh viện thử",
        password_memory_kib=64,
        pin_iterations=1_000,
    )
