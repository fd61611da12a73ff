"""The one way in for every change: read, verify, pass through one transaction, tell, answer."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Raw, Struct

from backend.core import clock
from backend.core.access import Actor, Authenticate, Author
from backend.core.commands import Command, Retry
from backend.core.database import TRANSIENT, transient
from backend.core.desk import Handling, StartAgain
from backend.core.held import HeldDesk
from backend.core.passage import Committed, Opened, Passage
from backend.core.rows import RowKinds
from backend.core.signing import Signed, Unreadable, refuse_duplicate_keys, take_apart, verify

log = logging.getLogger("bedside.door")

ANSWER_WITHIN_S = 2.8
"""A batch is answered within this; what it had no time for is answered `retry`."""
STARTS = 4
"""How often a passage starts again after a stay moved."""


class Sender(Struct, frozen=True, kw_only=True):
    """The device that carried the command in; it authorises transport, never authorship."""

    device_id: UUID
    wards: frozenset[str]


class Door:
    """Answers commands. Safe to share between tasks; one per process."""

    def __init__(
        self,
        *,
        pool: Any,
        handlings: Mapping[type[Command], Handling],
        rows: RowKinds,
        authenticate: Authenticate,
        publish: Callable[[str, int, bytes], None],
        now: clock.Clock = clock.now,
    ) -> None:
        self._pool, self._handlings, self._rows = pool, handlings, rows
        self._authenticate, self._publish, self._now = authenticate, publish, now
        self._decoder = msgspec.json.Decoder(reduce(or_, handlings))
        self._turns = asyncio.Semaphore(max(1, pool.get_max_size() // 2))
        """At most half the pool waits on claims and locks: reads always find a connection."""
        self.held = HeldDesk(pool, rows, publish, now)

    async def answers(self, raws: Sequence[str], sender: Sender) -> list[Raw]:
        """The answers to a batch, in its order, each the JSON of an `Answer`; equal for equal bytes.

        After a `retry` the later commands of the same stay wait too: the acts on one patient keep their order.
        """
        deadline = asyncio.get_running_loop().time() + ANSWER_WITHIN_S
        waiting = _Waiting()
        return [await self._answer(raw, sender, deadline, waiting) for raw in raws]

    async def answer(self, raw: str, sender: Sender) -> Raw:
        """The answer to one signed command."""
        return (await self.answers([raw], sender))[0]

    async def execute(self, command: Command, actor: Actor) -> Raw:
        """The answer to a command of a service (timer, import, installer), which carries no signature."""
        payload = msgspec.json.encode(command)
        received_at = self._now()
        opened = Opened(
            command=command,
            payload_hash=hashlib.sha256(payload).digest(),
            signed=payload.decode(),
            actor=actor,
            author=None,
            corrected_at=min(command.recorded_at, received_at),
            received_at=received_at,
        )
        return await self._settle(opened, opened.signed, Sender(device_id=command.device, wards=actor.wards))

    async def replay(self, held_id: str, by: Author) -> Raw:
        """Sends what is held through the door again, for an administrator; raises `Problem` where nothing is."""

        async def again(raw: str, device_id: UUID) -> Raw:
            return await self.answer(raw, Sender(device_id=device_id, wards=frozenset()))

        return await self.held.replay(held_id, by, again)

    async def _answer(self, raw: str, sender: Sender, deadline: float, waiting: "_Waiting") -> Raw:
        opened: Opened | None = None
        try:
            async with asyncio.timeout_at(deadline):
                try:
                    opened = await self._open(raw, sender)
                except Unreadable as unreadable:
                    return await self._hold(raw, sender, None, unreadable.reason)
                if waiting.has(opened):
                    return _retry(opened.command.id, "earlier_waits")
                answer = await self._settle(opened, raw, sender)
        except TRANSIENT as error:
            answer = _retry(opened.command.id if opened else None, _named(error))
        if bytes(answer).startswith(RETRY):
            waiting.add(opened)
        return answer

    async def _settle(self, opened: Opened, raw: str, sender: Sender) -> Raw:
        """Runs the transaction, again after a move, once more after a failure; then holds."""
        command_id, failed = opened.command.id, False
        for _ in range(STARTS):
            try:
                committed = await self._pass(opened)
            except StartAgain:
                continue
            except Unreadable as unreadable:
                return await self._hold(raw, sender, command_id, unreadable.reason)
            except Exception as error:
                if transient(error):
                    return _retry(command_id, _named(error))
                log.exception("handler of %s failed", type(opened.command).__name__)
                if failed:
                    return await self._hold(raw, sender, command_id, "handler_failed", repr(error)[:2000])
                failed = True
                continue
            for told in committed.lines:
                self._publish(told.log_id, told.seq, told.line)
            return committed.answer
        return _retry(command_id, "moved")

    async def _pass(self, opened: Opened) -> Committed:
        async with self._turns, self._pool.acquire(timeout=2) as connection, connection.transaction():
            passage = Passage(connection, opened, self._rows, self._now())
            return await passage.run(self._handlings[type(opened.command)])

    async def _open(self, raw: str, sender: Sender) -> Opened:
        received_at = self._now()
        signed = take_apart(raw)
        author = await self._author(signed)
        verify(signed, author.public_key)
        command = self._decode(signed)
        if command.session != author.session_id:
            raise Unreadable("another_session")
        if command.device != author.device_id:
            raise Unreadable("another_device")
        offset_ms = command.clock.offset_ms if command.clock else 0
        try:
            corrected_at = clock.corrected(command.recorded_at, offset_ms, received_at)
        except OverflowError as error:
            raise Unreadable("impossible_time") from error
        return Opened(
            command=command,
            payload_hash=signed.payload_hash,
            signed=raw,
            actor=Actor(staff_id=author.staff_id, name=author.name, role=author.role, wards=author.wards),
            author=author,
            corrected_at=corrected_at,
            received_at=received_at,
        )

    async def _author(self, signed: Signed) -> Author:
        try:
            session_id = UUID(signed.kid)
        except ValueError as error:
            raise Unreadable("unknown_session") from error
        author = await self._authenticate.author_of(session_id)
        if author is None:
            raise Unreadable("unknown_session")
        return author

    def _decode(self, signed: Signed) -> Command:
        refuse_duplicate_keys(signed.payload)
        try:
            command: Command = self._decoder.decode(signed.payload)
        except msgspec.ValidationError as error:
            raise Unreadable(_why_invalid(str(error))) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unreadable("not_json") from error
        return command

    async def _hold(self, raw: str, sender: Sender, command_id: UUID | None, reason: str, error: str = "") -> Raw:
        try:
            held = await self.held.keep(raw, sender.device_id, command_id, reason, error)
        except TRANSIENT as failure:
            return _retry(command_id, _named(failure))
        return Raw(msgspec.json.encode(held))


class _Waiting:
    """The stays whose earlier command in this batch was answered `retry`."""

    def __init__(self) -> None:
        self._stays: set[UUID] = set()
        self._everything = False

    def has(self, opened: Opened) -> bool:
        return self._everything or getattr(opened.command, "stay_id", None) in self._stays

    def add(self, opened: Opened | None) -> None:
        """What could not even be opened may concern any stay."""
        stay_id = getattr(opened.command, "stay_id", None) if opened else None
        if stay_id is None:
            self._everything = True
        else:
            self._stays.add(stay_id)


def _why_invalid(message: str) -> str:
    """One word for the held desk, from msgspec's sentence."""
    if "unknown field" in message:
        return "unknown_field"
    if "missing required field" in message:
        return "missing_field"
    return "unknown_kind" if "Invalid value" in message and "$.kind" in message else "wrong_type"


def _named(error: BaseException) -> str:
    """A word for what stood in the way, never what the server looks like."""
    log.warning("retry: %r", error)
    if isinstance(error, asyncpg.LockNotAvailableError):
        return "ward_busy"
    return "busy" if isinstance(error, TimeoutError) else "unavailable"


RETRY = b'{"answer":"retry"'


def _retry(command_id: UUID | None, reason: str) -> Raw:
    return Raw(msgspec.json.encode(Retry(id=command_id, reason=reason)))
