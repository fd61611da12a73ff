"""A feature small enough to see through: notes on a ward or a stay. The door is proved on it without any medicine."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from msgspec import Struct

from backend.core import findings, queries
from backend.core.access import BEDSIDE, EVERYONE, Actor, Allow, Author, Role
from backend.core.commands import LogId, Refusal, Report, Request, Text
from backend.core.desk import Desk, Handlers, Scope, by_command, of_stay
from backend.core.door import Door, Sender
from backend.core.rows import RowKind, RowKinds
from tests.house.cluster import Database
from tests.house.tablet import Device, Key, Tablet

TABLES = """
CREATE TABLE note (id uuid PRIMARY KEY, log_id text, stay_id uuid, body text NOT NULL, number bigint NOT NULL);
GRANT SELECT, INSERT ON note TO bedside_app;
"""
NOTE_ROWS = """
SELECT l.log_id, n.id::text AS key, json_build_object(
    'type', 'note', 'key', n.id, 'stay_id', n.stay_id, 'command_id', n.id, 'keep_until', NULL,
    'body', n.body, 'number', n.number)::text AS row
FROM unnest($1::text[]) AS l (log_id)
JOIN note n ON n.log_id = l.log_id OR n.stay_id IN (SELECT m.stay_id FROM log_stay m WHERE m.log_id = l.log_id)
WHERE {where}
"""
INSERT_NOTE = """
INSERT INTO note (id, log_id, stay_id, body, number) SELECT $1, $2, $3, $4, count(*) + 1 FROM note
WHERE log_id = $2 OR stay_id = $3
"""


class WriteNote(Report, frozen=True, kw_only=True):
    """A note on a ward's own page."""

    ward_id: LogId
    body: Text


class WriteStayNote(Report, frozen=True, kw_only=True):
    """A note on a stay, which goes where the stay goes."""

    stay_id: UUID
    body: Text


class AskNote(Request, frozen=True, kw_only=True):
    """A note that may be refused: the body says with what word."""

    ward_id: LogId
    body: Text


class AskStayNote(Request, frozen=True, kw_only=True):
    """The same on a stay."""

    stay_id: UUID
    body: Text


class CarryStay(Request, frozen=True, kw_only=True):
    """Takes a stay to another ward."""

    stay_id: UUID
    ward_id: LogId


class ReadNotes(Report, frozen=True, kw_only=True):
    """A read, audited on the device's own chain."""

    stay_id: UUID


class NoteRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="note"):
    """One note. `number` counts the notes of its page: right only where the page's log was locked first."""

    key: UUID
    stay_id: UUID | None
    command_id: UUID | None
    keep_until: datetime | None
    body: str
    number: int


HANDLERS = Handlers()
ROW_KINDS = (
    *findings.ROW_KINDS,
    RowKind(type="note", struct=NoteRow, select=NOTE_ROWS, key="n.id", key_type="uuid", stay="n.stay_id"),
)


def of_ward(command: Any) -> Scope:
    """The ward's own log."""
    return Scope(logs=(command.ward_id,))


def of_stay_and_ward(command: Any) -> Scope:
    """Where the stay is, and where it goes."""
    return Scope(stays=(command.stay_id,), logs=(command.ward_id,))


@HANDLERS.handles(WriteNote, allow=Allow(roles=BEDSIDE), scope=of_ward, event="NoteWritten")
async def write_note(command: WriteNote, desk: Desk) -> None:
    await desk.connection.execute(INSERT_NOTE, command.id, command.ward_id, None, command.body)
    if command.body == "worth a look":
        desk.find("worth_a_look", "note", words=3)
    desk.touch("note", command.id)


@HANDLERS.handles(WriteStayNote, allow=Allow(roles=BEDSIDE), scope=of_stay, event="NoteWritten")
async def write_stay_note(command: WriteStayNote, desk: Desk) -> None:
    await desk.connection.execute(INSERT_NOTE, command.id, None, command.stay_id, command.body)
    if command.body == "worth a look":
        desk.find("worth_a_look", "note", words=3)
    desk.touch("note", command.id)


@HANDLERS.handles(AskNote, allow=Allow(roles=BEDSIDE), scope=of_ward, event="NoteAsked")
async def ask_note(command: AskNote, desk: Desk) -> Refusal | None:
    if command.body.startswith("no"):
        return Refusal(rule="no_such_note", detail={"body": command.body})
    await desk.connection.execute(INSERT_NOTE, command.id, command.ward_id, None, command.body)
    desk.touch("note", command.id)
    desk.result_is(note_id=str(command.id))
    return None


@HANDLERS.handles(AskStayNote, allow=Allow(roles=BEDSIDE), scope=of_stay, event="NoteAsked")
async def ask_stay_note(command: AskStayNote, desk: Desk) -> None:
    await desk.connection.execute(INSERT_NOTE, command.id, None, command.stay_id, command.body)
    desk.touch("note", command.id)


@HANDLERS.handles(CarryStay, allow=Allow(roles=BEDSIDE), scope=of_stay_and_ward, event="StayCarried")
async def carry_stay(command: CarryStay, desk: Desk) -> None:
    for record in await desk.connection.fetch(queries.LOGS_OF_STAY, command.stay_id):
        await desk.connection.execute(queries.LEAVE_LOG, record["log_id"], command.stay_id)
    await desk.connection.execute(queries.ENTER_LOG, command.ward_id, command.stay_id, command.stay_id)
    desk.touch_stay(command.stay_id)


@HANDLERS.handles(ReadNotes, allow=Allow(roles=EVERYONE), scope=of_stay, event="NotesRead", own_chain=True)
async def read_notes(command: ReadNotes, desk: Desk) -> None:
    """Nothing changes."""


class Sessions:
    """Whose key is whose."""

    def __init__(self) -> None:
        self.authors: dict[UUID, Author] = {}

    async def author_of(self, session_id: UUID) -> Author | None:
        return self.authors.get(session_id)


class NoteHouse:
    """The door over notes, two wards and a stay, on a database of its own."""

    def __init__(self, pool: Any, database: Database) -> None:
        self.pool, self.database = pool, database
        self.rows, self.sessions = RowKinds(ROW_KINDS), Sessions()
        self.lines: list[tuple[str, int, bytes]] = []
        self.before: dict[type[Any], Callable[[Any, Desk], Awaitable[None]]] = {}
        """What happens before a handler runs: a failure, a pause."""
        self.door = self.new_door()

    def new_door(self, pool: Any = None, rows: RowKinds | None = None) -> Door:
        """Another door onto the same tables."""
        return Door(
            pool=pool or self.pool,
            handlings=by_command(self._watched(handling) for handling in HANDLERS.all),
            rows=rows or self.rows,
            authenticate=self.sessions,
            publish=lambda *line: self.lines.append(line),
        )

    def _watched(self, handling: Any) -> Any:
        async def handler(command: Any, desk: Desk) -> Refusal | None:
            if type(command) in self.before:
                await self.before[type(command)](command, desk)
            refusal: Refusal | None = await handling.handler(command, desk)
            return refusal

        return msgspec.structs.replace(handling, handler=handler)

    async def build(self) -> None:
        """The notes' table, wards `a` and `b`, one stay in `a`."""
        owner = await asyncpg.connect(self.database.owner_url)
        await owner.execute(TABLES)
        await owner.close()
        self.stay_id = await self.new_stay("a")

    async def new_stay(self, ward_id: str) -> UUID:
        """A stay that this ward's log carries."""
        stay_id = uuid4()
        for log_id in ("a", "b"):
            await self.pool.execute(queries.OPEN_LOG, log_id)
        await self.pool.execute(queries.ENTER_LOG, ward_id, stay_id, stay_id)
        return stay_id

    async def tablet(self, *, role: Role = Role.NURSE, wards: tuple[str, ...] = ("a", "b"), **author: Any) -> Tablet:
        """A person with a session on a device of her own."""
        device, key = Device(uuid4(), list(wards)), Key()
        told = {
            "staff_id": uuid4(), "name": "Lan", "role": role, "wards": frozenset(wards), "disabled_at": None,
            "session_id": uuid4(), "device_id": device.device_id, "public_key": key.public_der,
            "opened_at": datetime(2020, 1, 1, tzinfo=UTC), "ended_at": None, "provisional": False,
        }  # fmt: skip
        known = Author(**{**told, **author})
        self.sessions.authors[known.session_id] = known
        await self.pool.execute(queries.OPEN_LOG, f"device_{device.device_id.hex}")
        return Tablet(
            device, staff_id=known.staff_id, session_id=known.session_id, key=key, post=self.post_from(device)
        )

    def post_from(self, device: Device, door: Door | None = None) -> Any:
        """Carries strings through the door as this device."""
        sender = Sender(device_id=device.device_id, wards=frozenset(device.wards))

        async def post(raws: list[str]) -> list[dict[str, Any]]:
            return [msgspec.json.decode(raw) for raw in await (door or self.door).answers(raws, sender)]

        return post

    async def head(self, log_id: str) -> int:
        """The log's last line."""
        seq: int = await self.pool.fetchval("SELECT seq FROM log_head WHERE log_id = $1", log_id)
        return seq

    async def count(self, table: str) -> int:
        """How many rows a table holds."""
        found: int = await self.pool.fetchval(f"SELECT count(*) FROM {table}")
        return found

    def service(self) -> Actor:
        """The house itself."""
        return Actor(staff_id=uuid4(), name="house", role=Role.ADMINISTRATOR, wards=frozenset(), service="test")


async def hold_heads(pool: Any, logs: list[str], held: asyncio.Event, let_go: asyncio.Event) -> None:
    """Keeps these logs locked from another connection until told."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.fetch(queries.LOCK_HEADS, logs, [])
        held.set()
        await let_go.wait()
