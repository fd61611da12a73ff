"""A log as it is read: snapshot, changes, and how a line is written. Every ward is one log; so is the facility."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Raw, Struct

from backend.core import queries
from backend.core.clock import rfc3339
from backend.core.rows import Connection, RowKey, RowKinds

SCHEMA = 2
"""Raised by a migration that changes a row's shape: an older cursor is answered `reset`."""
LINE_LIMIT_BYTES = 1_000_000
"""Above this a line says `reset` and the tablet takes a snapshot."""


class LineActor(Struct, frozen=True):
    """Who did it, for people to read."""

    staff_id: UUID
    name: str
    role: str


class LogLine(Struct, frozen=True, kw_only=True):
    """One line: whole rows for stores, `event` for people."""

    log: str
    seq: int
    at: str
    event: str
    command_id: UUID
    actor: LineActor | None
    puts: list[Raw]
    removes: list[RowKey]
    reset: bool = False


class Snapshot(Struct, frozen=True, kw_only=True):
    """Every row of a log at one instant, and the line it stands at."""

    log: str
    epoch: str
    schema: int
    seq: int
    at: str
    rows: list[Raw]


class Changes(Struct, frozen=True, kw_only=True):
    """Lines after a cursor, in order and without gaps; `reset` asks for a snapshot instead."""

    log: str
    epoch: str
    schema: int
    seq: int
    """The log's last line when this was read: more to come while the last line here is smaller."""
    at: str
    reset: bool
    lines: list[Raw]


def written(line: LogLine) -> bytes:
    """The line as stored and sent; one too long asks for a snapshot instead of carrying its rows."""
    text = msgspec.json.encode(line)
    if len(text) > LINE_LIMIT_BYTES:
        return msgspec.json.encode(msgspec.structs.replace(line, puts=[], removes=[], reset=True))
    return text


async def snapshot(pool: Any, rows: RowKinds, log_id: str, now: datetime) -> Snapshot | None:
    """The log as it stands, read at one instant; None where there is no such log."""
    async with (
        pool.acquire(timeout=2) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        head = await connection.fetchrow(queries.HEAD, log_id)
        if head is None:
            return None
        epoch = await connection.fetchval(queries.EPOCH)
        found = await rows.snapshot(connection, log_id)
    return Snapshot(
        log=log_id, epoch=epoch, schema=SCHEMA, seq=head["seq"], at=rfc3339(now), rows=[row.row for row in found]
    )


async def changes(
    connection: Connection, log_id: str, after: int, epoch: str | None, *, limit: int, now: datetime
) -> Changes | None:
    """Lines after `after`, at most `limit`; `reset` where the cursor is of another epoch or ahead of the log."""
    head = await connection.fetchrow(queries.HEAD, log_id)
    if head is None:
        return None
    current = await connection.fetchval(queries.EPOCH)
    reset = after > head["seq"] or (epoch is not None and epoch != current)
    records = [] if reset else await connection.fetch(queries.CHANGES, log_id, after, limit)
    return Changes(
        log=log_id,
        epoch=current,
        schema=SCHEMA,
        seq=head["seq"],
        at=rfc3339(now),
        reset=reset,
        lines=[Raw(record["line"].encode()) for record in records],
    )
