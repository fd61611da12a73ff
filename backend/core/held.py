"""The held desk: what the door could not read, verify or place is kept as it came, and replayed after the mend."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Raw, Struct

from backend.core import clock, queries
from backend.core.access import Author
from backend.core.audit import AuditLine, chained
from backend.core.commands import Held
from backend.core.desk import FACILITY
from backend.core.errors import Problem
from backend.core.log import LineActor, LogLine, written
from backend.core.passage import Told
from backend.core.rows import RowKey, RowKinds, Touched

SHOWN = 200
"""Items the desk shows at once, oldest first."""


class HeldItem(Struct, frozen=True, kw_only=True):
    """One string on the held desk, as an administrator reads it."""

    held_id: str
    command_id: UUID | None
    device_id: UUID
    reason: str
    error: str
    """What the handler said when it failed."""
    raw: str
    received_at: datetime


class HeldItems(Struct, frozen=True):
    """The held desk, oldest first; at most 200 at once."""

    items: list[HeldItem]


class HeldDesk:
    """Keeps, shows and closes; each change is a line in the facility log and a link in its audit chain."""

    def __init__(self, pool: Any, rows: RowKinds, publish: Callable[[str, int, bytes], None], now: clock.Clock) -> None:
        self._pool, self._rows, self._publish, self._now = pool, rows, publish, now

    async def keep(self, raw: str, device_id: UUID, command_id: UUID | None, reason: str, error: str = "") -> Held:
        """Keeps the string. The same string again gets the same answer."""
        held_id = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
        async with self._pool.acquire(timeout=2) as connection, connection.transaction():
            head = (await connection.fetch(queries.LOCK_HEADS, [FACILITY], []))[0]
            stored = await connection.fetchval(
                queries.HOLD, held_id, command_id, device_id, reason, storable(error), storable(raw), self._now()
            )
            if stored is None:
                reason = await connection.fetchval(queries.HELD_REASON, held_id)
                told = None
            else:
                puts = await self._row(connection, held_id)
                audit = _audit(
                    "held", "held", device_id, command_id, by=None, detail={"held_id": held_id, "reason": reason}
                )
                told = await self._tell(connection, head, held_id, "CommandHeld", puts=puts, audit=audit)
        if told is not None:
            self._publish(told.log_id, told.seq, told.line)
        return Held(id=command_id, reason=reason, held_id=held_id)

    async def items(self) -> HeldItems:
        """What still waits for a person."""
        async with self._pool.acquire(timeout=2) as connection:
            records = await connection.fetch(queries.HELD_ITEMS, SHOWN)
        return HeldItems([HeldItem(**dict(record)) for record in records])

    async def replay(
        self, held_id: str, by: Author, answer: Callable[[str, UUID], Awaitable[Raw]], note: str = ""
    ) -> Raw:
        """Sends the string through the door again; an answer other than held or retry closes the item."""
        item = await self._open_item(held_id)
        raw = await answer(item.raw, item.device_id)
        said: str = msgspec.json.decode(raw)["answer"]
        if said in ("accepted", "refused"):
            await self._close(item, by, "replayed", note, said)
        return raw

    async def dismiss(self, held_id: str, by: Author, note: str) -> None:
        """Closes an item that can never be replayed, with the reason in words; the string stays stored."""
        await self._close(await self._open_item(held_id), by, "dismissed", note, "")

    async def _open_item(self, held_id: str) -> HeldItem:
        async with self._pool.acquire(timeout=2) as connection:
            record = await connection.fetchrow(queries.HELD_ITEM, held_id)
        if record is None:
            raise Problem(404, "not_held", "Nothing with this number waits on the held desk.")
        return HeldItem(**dict(record))

    async def _close(self, item: HeldItem, by: Author, resolution: str, note: str, said: str) -> None:
        async with self._pool.acquire(timeout=2) as connection, connection.transaction():
            head = (await connection.fetch(queries.LOCK_HEADS, [FACILITY], []))[0]
            at = self._now()
            closed = await connection.fetchval(
                queries.RESOLVE_HELD, item.held_id, resolution, storable(note), by.staff_id, at, said
            )
            if closed is None:
                return
            event = "HeldCommandReplayed" if resolution == "replayed" else "HeldCommandDismissed"
            detail = {"held_id": item.held_id, "note": storable(note)}
            audit = _audit(resolution, said or resolution, item.device_id, item.command_id, by=by, detail=detail)
            told = await self._tell(connection, head, item.held_id, event, puts=[], audit=audit, by=by)
        self._publish(told.log_id, told.seq, told.line)

    async def _row(self, connection: Any, held_id: str) -> list[Raw]:
        item = Touched(keys=frozenset({RowKey("held_command", held_id)}))
        return [row.row for row in (await self._rows.touched(connection, [FACILITY], item)).rows]

    async def _tell(
        self, connection: Any, head: Any, held_id: str, event: str, *, puts: list[Raw], audit: AuditLine,
        by: Author | None = None,
    ) -> Told:  # fmt: skip
        """Writes line and audit link into the facility log; a line without rows takes the item off the desk."""
        at = max(self._now(), head["at"])
        told_id = audit.command_id or UUID(bytes=bytes.fromhex(held_id[:32]))
        line = LogLine(
            log=FACILITY,
            seq=head["seq"] + 1,
            at=clock.rfc3339(at),
            event=event,
            command_id=told_id,
            actor=LineActor(by.staff_id, by.name, by.role.value) if by else None,
            puts=puts,
            removes=[] if puts else [RowKey("held_command", held_id)],
        )
        link = msgspec.structs.replace(audit, n=head["audit_seq"] + 1, prev=head["audit_hash"], at=clock.rfc3339(at))
        text, digest = chained(link)
        body = written(line)
        await connection.execute(
            queries.FINISH, told_id, at, event, [FACILITY], [line.seq], [body.decode()],
            [FACILITY], [link.n], [text], [digest], [line.seq], None, None,
        )  # fmt: skip
        return Told(FACILITY, line.seq, body)


def storable(text: str) -> str:
    """The text with what PostgreSQL cannot hold (NUL, lone surrogates) written out."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()


def _audit(
    what: str, answer: str, device_id: UUID, command_id: UUID | None, *, by: Author | None, detail: dict[str, Any]
) -> AuditLine:
    return AuditLine(
        log=FACILITY,
        n=0,
        prev="",
        at="",
        what=what,
        answer=answer,
        actor=by.staff_id if by else None,
        device=device_id,
        session=by.session_id if by else None,
        command_id=command_id,
        detail=detail,
    )
