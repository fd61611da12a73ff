"""Which device holds which line: kept in memory, written at most every five seconds."""

import asyncio
import logging
from typing import Any
from uuid import UUID

from backend.realtime import queries

log = logging.getLogger("bedside.realtime")

WRITE_EVERY_S = 5.0


class Receipts:
    """The newest cursor of each device and log."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._cursors: dict[tuple[UUID, str], int] = {}
        self._unwritten: set[tuple[UUID, str]] = set()

    def note(self, device_id: UUID, log_id: str, seq: int) -> None:
        """This device's own transaction holds the log up to this line."""
        self._cursors[device_id, log_id] = seq
        self._unwritten.add((device_id, log_id))

    def holders(self, log_id: str, seq: int) -> list[UUID]:
        """The devices that hold this line."""
        return [device for (device, of), cursor in self._cursors.items() if of == log_id and cursor >= seq]

    async def run(self) -> None:
        """Writes what is new. Ends by cancellation."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.write()

    async def write(self) -> None:
        batch, self._unwritten = sorted(self._unwritten), set()
        if not batch:
            return
        try:
            async with self._pool.acquire(timeout=2) as connection:
                await connection.execute(
                    queries.UPSERT_RECEIPTS,
                    [device for device, _ in batch],
                    [log_id for _, log_id in batch],
                    [self._cursors[key] for key in batch],
                )
        except Exception as error:
            self._unwritten.update(batch)
            log.warning("receipts are written later: %r", error)
