"""Puts committed lines in order and offers them to sockets; a slow socket delays nobody."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core import queries
from backend.core.clock import Clock, rfc3339
from backend.core.log import SCHEMA

log = logging.getLogger("bedside.realtime")

QUEUE_LIMIT = 256
"""Frames that may wait for one socket; beyond, it is told `behind` and pulls."""
CATCH_UP_LIMIT = 200
"""Lines sent after a cursor at the start; beyond, `behind`."""
TICK_S = 1.0
GAP_S = 0.05
"""How long a line waits for the one before it, before the log is read."""


class Subscriber:
    """One socket's bounded queue."""

    def __init__(self, device_id: UUID, cursors: dict[str, int]) -> None:
        self.device_id, self.cursors, self.logs = device_id, cursors, frozenset(cursors)
        self.closed_reason: str | None = None
        self._frames: deque[str] = deque()
        self._behind: dict[str, int] = {}
        self._tick: str | None = None
        self._ready = asyncio.Event()

    def offer(self, log_id: str, seq: int, frame: str) -> None:
        """A line; where the queue is full or already behind, only its number is kept."""
        if seq <= self.cursors[log_id]:
            return
        if log_id in self._behind or len(self._frames) >= QUEUE_LIMIT:
            self.fall_behind(log_id, seq)
        else:
            self._frames.append(frame)
        self._ready.set()

    def missed(self, frames: list[str]) -> None:
        """Lines from before it followed: they go first."""
        self._frames.extendleft(reversed(frames))
        self._ready.set()

    def fall_behind(self, log_id: str, seq: int) -> None:
        self._behind[log_id] = max(seq, self._behind.get(log_id, 0))
        self._ready.set()

    def tick(self, frame: str) -> None:
        """Only the newest tick matters."""
        self._tick = frame
        self._ready.set()

    def close(self, reason: str) -> None:
        self.closed_reason = reason
        self._ready.set()

    async def next_frames(self) -> list[str]:
        """What to send now: lines first, then what it must pull, then the tick that covers them."""
        await self._ready.wait()
        self._ready.clear()
        frames = list(self._frames)
        frames += [_behind(log_id, seq) for log_id, seq in self._behind.items()]
        frames += [self._tick] if self._tick else []
        self._frames.clear()
        self._behind.clear()
        self._tick = None
        return frames


class Hub:
    """One per process."""

    def __init__(self, pool: Any, now: Clock) -> None:
        self._pool, self._now = pool, now
        self._sent: dict[str, int] = {}
        self._waiting: dict[str, dict[int, bytes]] = {}
        self._subscribers: set[Subscriber] = set()
        self._repair: asyncio.Event = asyncio.Event()
        self._started = asyncio.Event()
        self._on_line: list[Callable[[str, bytes], None]] = []
        self.epoch = ""
        self.heads: dict[str, int] = {}

    def on_line(self, listener: Callable[[str, bytes], None]) -> None:
        """`listener(log_id, line)` is called for every line in order (a revocation, a notification)."""
        self._on_line.append(listener)

    def publish(self, log_id: str, seq: int, line: bytes) -> None:
        """Called after the commit, in any order between tasks."""
        if not self._started.is_set() or seq <= self._sent.setdefault(log_id, 0):
            return  # The first reading of the heads finds it, and nobody follows before.
        waiting = self._waiting.setdefault(log_id, {})
        waiting[seq] = line
        self._flush(log_id)
        if waiting:
            asyncio.get_running_loop().call_later(GAP_S, self._mend, log_id)

    def _mend(self, log_id: str) -> None:
        """A line still waits for the one before it: another process committed that one, or its task was slow."""
        if self._waiting.get(log_id):
            self._repair.set()

    def _flush(self, log_id: str) -> None:
        sent = self._sent[log_id]
        waiting = self._waiting.get(log_id, {})
        while (line := waiting.pop(sent + 1, None)) is not None:
            sent += 1
            self._sent[log_id] = sent
            self._tell(log_id, sent, line)

    def _tell(self, log_id: str, seq: int, line: bytes) -> None:
        frame = _frame(line.decode())
        for subscriber in self._subscribers:
            if log_id in subscriber.logs:
                subscriber.offer(log_id, seq, frame)
        for listener in self._on_line:
            try:
                listener(log_id, line)
            except Exception:
                log.exception("a listener failed at line %s of %s", seq, log_id)

    async def subscribe(self, subscriber: Subscriber) -> None:
        """Follows its logs from its cursors: first what it missed, then what comes.

        Raises TimeoutError where the log cannot be read within two seconds; nothing is followed then.
        """
        await asyncio.wait_for(self._started.wait(), 2)
        self._subscribers.add(subscriber)
        try:
            await self._send_missed(subscriber)
        except BaseException:
            self._subscribers.discard(subscriber)
            raise

    async def _send_missed(self, subscriber: Subscriber) -> None:
        known = {log_id: self._sent.get(log_id, 0) for log_id in subscriber.logs}
        async with self._pool.acquire(timeout=2) as connection:
            for log_id, cursor in subscriber.cursors.items():
                upto = known[log_id]
                if cursor >= upto:
                    continue
                if upto - cursor > CATCH_UP_LIMIT:
                    subscriber.fall_behind(log_id, upto)
                    continue
                records = await connection.fetch(queries.CHANGES, log_id, cursor, upto - cursor)
                subscriber.missed([_frame(record["line"]) for record in records])

    def unsubscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.discard(subscriber)

    def following(self) -> list[tuple[UUID, frozenset[str]]]:
        """Who follows which logs at this moment: one pair for each open socket."""
        return [(subscriber.device_id, subscriber.logs) for subscriber in self._subscribers]

    def close_device(self, device_id: UUID, reason: str) -> None:
        """Ends every socket of a device at once (revocation)."""
        for subscriber in self._subscribers:
            if subscriber.device_id == device_id:
                subscriber.close(reason)

    async def run(self) -> None:
        """Reads the heads each second (and after a gap), catches up, ticks. Ends by cancellation."""
        while True:
            self._repair.clear()
            try:
                await self._catch_up()
            except Exception as error:
                log.warning("the log could not be read: %r", error)
            try:
                await asyncio.wait_for(self._repair.wait(), TICK_S)
            except TimeoutError:
                continue

    async def _catch_up(self) -> None:
        at = self._now()
        async with self._pool.acquire(timeout=2) as connection:
            records = await connection.fetch(queries.ALL_HEADS)
            heads = {record["log_id"]: record["seq"] for record in records}
            self._begin(records[0]["epoch"], heads)
            for log_id, seq in heads.items():
                await self._read_missed(connection, log_id, seq)
        self.heads = heads
        self._tick(at, heads)

    def _begin(self, epoch: str, heads: dict[str, int]) -> None:
        """At the start, and after a restore under our feet: follows every log from where it stands now."""
        if epoch != self.epoch:
            self.epoch, self._sent, self._waiting = epoch, dict(heads), {}
            self._started.set()

    async def _read_missed(self, connection: Any, log_id: str, head: int) -> None:
        self._sent.setdefault(log_id, 0)
        self._flush(log_id)
        while (sent := self._sent[log_id]) < head:
            records = await connection.fetch(queries.CHANGES, log_id, sent, 500)
            if not records:
                return
            for record in records:
                if record["seq"] == self._sent[log_id] + 1:
                    self._waiting.get(log_id, {}).pop(record["seq"], None)
                    self._sent[log_id] = record["seq"]
                    self._tell(log_id, record["seq"], record["line"].encode())
        self._flush(log_id)

    def _tick(self, at: datetime, heads: dict[str, int]) -> None:
        frames: dict[frozenset[str], str] = {}
        for subscriber in self._subscribers:
            frame = frames.get(subscriber.logs)
            if frame is None:
                own = {log_id: heads[log_id] for log_id in sorted(subscriber.logs) if log_id in heads}
                message = {"type": "tick", "at": rfc3339(at), "epoch": self.epoch, "schema": SCHEMA, "heads": own}
                frame = frames[subscriber.logs] = msgspec.json.encode(message).decode()
            subscriber.tick(frame)


def _frame(line: str) -> str:
    return '{"type":"line","line":' + line + "}"


def _behind(log_id: str, seq: int) -> str:
    return msgspec.json.encode({"type": "behind", "log": log_id, "seq": seq}).decode()


Send = Callable[[str], Awaitable[None]]


async def pump(subscriber: Subscriber, send: Send, deadline_s: float = 10.0) -> str:
    """Sends until the socket is closed or too slow; returns why it ended."""
    while subscriber.closed_reason is None:
        for frame in await subscriber.next_frames():
            try:
                async with asyncio.timeout(deadline_s):
                    await send(frame)
            except TimeoutError:
                return "too_slow"
    return subscriber.closed_reason
