"""The one way in for every change: claim, lock, handle, number, chain, commit, answer."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Raw, Struct

from backend.core import clock, queries
from backend.core.access import Actor, Authenticate, Author, allowed
from backend.core.audit import AuditLine, chained
from backend.core.commands import Accepted, Command, Held, Refusal, Refused, Report, Request, Retry
from backend.core.desk import FACILITY, Desk, Handling, Scope, StartAgain
from backend.core.log import LineActor, LogLine, written
from backend.core.rows import LogRow, RowKey, RowKinds, Touched
from backend.core.signing import Signed, Unreadable, refuse_duplicate_keys, take_apart, verify

log = logging.getLogger("bedside.door")

TRANSIENT = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.CannotConnectNowError,
    OSError,
    TimeoutError,
)
"""Nothing was stored and the same bytes may succeed later."""


class Sender(Struct, frozen=True, kw_only=True):
    """The device that carried the command in; it authorises transport, never authorship."""

    device_id: UUID
    wards: frozenset[str]


class Opened(Struct, frozen=True, kw_only=True):
    """A command that was read and whose author is known."""

    command: Command
    payload_hash: bytes
    signed: str
    actor: Actor
    author: Author | None
    corrected_at: datetime
    received_at: datetime


class Committed(Struct, frozen=True):
    """What a commit brought: the answer and the lines to tell."""

    answer: Raw
    lines: list[tuple[str, int, bytes]]


class StayMoved(StartAgain):
    """The stay's ward changed before its lock was held: start again."""


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
        self._decoder = msgspec.json.Decoder(_union(handlings))

    async def answer(self, raw: str, sender: Sender) -> Raw:
        """The answer to one signed command, as the JSON of an `Answer`; equal for equal bytes."""
        try:
            opened = await self._open(raw, sender)
        except Unreadable as unreadable:
            return await self._hold(raw, sender, None, unreadable.reason)
        except TRANSIENT as error:
            return _retry(None, error)
        return await self._settle(opened, raw, sender)

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

    async def _settle(self, opened: Opened, raw: str, sender: Sender) -> Raw:
        """Runs the transaction, again after a move, once more after a failure; then holds."""
        command_id, failed = opened.command.id, False
        for _ in range(4):
            try:
                async with self._pool.acquire(timeout=2) as connection, connection.transaction():
                    committed = await _Transaction(connection, opened, self._rows, self._now()).run(
                        self._handlings[type(opened.command)]
                    )
            except StartAgain:
                continue
            except Unreadable as unreadable:
                return await self._hold(raw, sender, command_id, unreadable.reason)
            except TRANSIENT as error:
                return _retry(command_id, error)
            except Exception as error:
                log.exception("handler of %s failed", type(opened.command).__name__)
                if failed:
                    return await self._hold(raw, sender, command_id, "handler_failed", repr(error)[:2000])
                failed = True
                continue
            for line in committed.lines:
                self._publish(*line)
            return committed.answer
        return _retry(command_id, TimeoutError("moved"))

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
        return Opened(
            command=command,
            payload_hash=signed.payload_hash,
            signed=raw,
            actor=Actor(staff_id=author.staff_id, name=author.name, role=author.role, wards=author.wards),
            author=author,
            corrected_at=clock.corrected(command.recorded_at, offset_ms, received_at),
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
        except msgspec.DecodeError as error:
            raise Unreadable("not_json") from error
        return command

    async def _hold(self, raw: str, sender: Sender, command_id: UUID | None, reason: str, error: str = "") -> Raw:
        """Keeps the string as it came and tells the held desk (a line in the facility log)."""
        held_id = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
        try:
            async with self._pool.acquire(timeout=2) as connection, connection.transaction():
                heads = await connection.fetch(queries.LOCK_HEADS, [FACILITY], [])
                stored = await connection.fetchval(
                    queries.HOLD, held_id, command_id, sender.device_id, reason, error, raw.replace("\0", "\\0"), self._now()
                )
                if stored is None:
                    reason = await connection.fetchval(queries.HELD_REASON, held_id)
                    lines = []
                else:
                    lines = await self._tell_held(connection, heads[0], held_id, command_id, sender, reason)
        except TRANSIENT as failure:
            return _retry(command_id, failure)
        for line in lines:
            self._publish(*line)
        return Raw(msgspec.json.encode(Held(id=command_id, reason=reason, held_id=held_id)))

    async def _tell_held(
        self, connection: Any, head: Any, held_id: str, command_id: UUID | None, sender: Sender, reason: str
    ) -> list[tuple[str, int, bytes]]:
        at = max(self._now(), head["at"])
        item = Touched(keys=frozenset({RowKey("held_command", held_id)}))
        rows = (await self._rows.touched(connection, [FACILITY], item)).rows
        told = command_id or UUID(bytes=bytes.fromhex(held_id[:32]))
        line = written(
            LogLine(
                log=FACILITY,
                seq=head["seq"] + 1,
                at=clock.rfc3339(at),
                event="CommandHeld",
                command_id=told,
                actor=None,
                puts=[row.row for row in rows],
                removes=[],
            )
        )
        audit = AuditLine(
            log=FACILITY,
            n=head["audit_seq"] + 1,
            prev=head["audit_hash"],
            at=clock.rfc3339(at),
            what="held",
            answer="held",
            device=sender.device_id,
            command_id=command_id,
            detail={"held_id": held_id, "reason": reason},
        )
        text, digest = chained(audit)
        await connection.execute(
            queries.FINISH, told, at, "CommandHeld", [FACILITY], [head["seq"] + 1], [line.decode()],
            [FACILITY], [audit.n], [text], [digest], [head["seq"] + 1], None, None,
        )  # fmt: skip
        return [(FACILITY, head["seq"] + 1, line)]


class _Transaction:
    """One command's passage, inside one open database transaction."""

    def __init__(self, connection: Any, opened: Opened, rows: RowKinds, now: datetime) -> None:
        self.connection, self.opened, self.rows, self.now = connection, opened, rows, now
        self.command = opened.command
        self.desk = Desk(connection, opened.command, opened.actor, opened.corrected_at, opened.received_at)

    async def run(self, handling: Handling) -> Committed:
        scope = handling.scope(self.command)
        heads = await self._claim_and_lock(scope, handling.own_chain)
        if not heads:
            return Committed(await self._first_answer(), [])
        logs = await self._logs(scope, heads, handling.own_chain)
        self.desk.logs = locked = logs | {head["log_id"] for head in heads}
        refusal = self._judge_author() or self._judge_access(handling, logs)
        if refusal is None:
            refusal = await handling.handler(self.command, self.desk)
        if refusal is not None and isinstance(self.command, Report):
            raise RuntimeError(f"a report was refused: {refusal.rule}")
        await self._store_findings(scope, logs, refusal)
        touched = await self._touched(scope, locked) if refusal is None and not handling.own_chain else []
        return await self._finish(handling, heads, touched, refusal)

    async def _claim_and_lock(self, scope: Scope, own_chain: bool) -> list[Any]:
        """Takes the id, then locks the logs before anything is read: a ward is serial. Returns their heads."""
        opened, command = self.opened, self.command
        logs, stays = ([f"device_{command.device.hex}"], ()) if own_chain else (list(scope.logs), scope.stays)
        patients_of = [] if own_chain else list(scope.patients_of)
        heads: list[Any] = await self.connection.fetch(
            queries.CLAIM_AND_LOCK, command.id, opened.payload_hash, type(command).__struct_config__.tag, command.device,
            command.counter, command.session, opened.actor.staff_id, command.recorded_at, opened.corrected_at,
            opened.received_at, opened.signed, logs, list(stays), patients_of,
        )  # fmt: skip
        return heads

    async def _first_answer(self) -> Raw:
        """The answer this id already has; held where it came with another payload or names no known place."""
        stored = await self.connection.fetchrow(queries.STORED_OUTCOME, self.command.id)
        if stored is None:
            raise Unreadable("unknown_place")
        if stored["payload_hash"] != self.opened.payload_hash:
            raise Unreadable("id_reused")
        return Raw(stored["body"].encode())

    async def _logs(self, scope: Scope, heads: list[Any], own_chain: bool) -> frozenset[str]:
        """The logs the command names, by which access is judged; each must exist."""
        records = (
            await self.connection.fetch(queries.LOGS_OF_STAYS, list(scope.stays))
            if own_chain
            else [head for head in heads if head["named"]]
        )
        logs = frozenset(record["log_id"] for record in records)
        if not logs or not set(scope.logs) <= logs:
            raise Unreadable("unknown_place")
        return logs

    def _judge_author(self) -> Refusal | None:
        """Was the key's session open then? A report says so as a finding; a request also needs it open now."""
        author, then = self.opened.author, self.desk.now
        if author is None:
            return None
        ended = min((t for t in (author.ended_at, author.disabled_at) if t is not None), default=None)
        if isinstance(self.command, Request):
            return Refusal(rule="session_ended") if ended is not None else None
        if author.provisional:
            self.desk.find("author_unverified", "warn")
        if then < author.opened_at or (ended is not None and then > ended):
            self.desk.find("session_not_open", "stop")
        return None

    def _judge_access(self, handling: Handling, logs: frozenset[str]) -> Refusal | None:
        if allowed(handling.allow, self.opened.actor, logs):
            return None
        if isinstance(self.command, Request):
            return Refusal(rule="not_allowed")
        self.desk.find("not_allowed", "stop", role=self.opened.actor.role.value)
        return None

    async def _store_findings(self, scope: Scope, logs: frozenset[str], refusal: Refusal | None) -> None:
        findings = self.desk.findings
        if refusal is not None or not findings:
            return
        ids = await self.connection.fetch(
            queries.INSERT_FINDINGS, self.command.id, scope.stays[0] if scope.stays else None,
            self.opened.actor.staff_id, self.desk.now, [f.rule for f in findings], [f.severity for f in findings],
            [msgspec.json.encode(f.detail).decode() for f in findings], sorted(logs),
        )  # fmt: skip
        for record in ids:
            self.desk.touch("finding", record["id"])

    async def _touched(self, scope: Scope, logs: frozenset[str]) -> list[LogRow]:
        """The touched rows as they are now; starts again where the stay left the locked logs meanwhile."""
        touched = Touched(keys=frozenset(self.desk.keys), stays=frozenset(self.desk.stays), placed=scope.stays)
        found = await self.rows.touched(self.connection, sorted(logs), touched)
        if not found.places <= logs:
            raise StayMoved
        return found.rows

    async def _finish(
        self, handling: Handling, heads: list[Any], touched: list[LogRow], refusal: Refusal | None
    ) -> Committed:
        at = max(self.now, *(head["at"] for head in heads)) if heads else self.now
        answer = self._answer(refusal)
        silent = refusal is not None or handling.own_chain
        lines = [] if silent else [self._line(handling, head, at, touched) for head in heads]
        audits = [chained(self._audit(head, at, answer)) for head in heads]
        body = msgspec.json.encode(answer)
        await self.connection.execute(
            queries.FINISH, self.command.id, at, handling.event,
            [line[0] for line in lines], [line[1] for line in lines], [line[2].decode() for line in lines],
            [head["log_id"] for head in heads], [head["audit_seq"] + 1 for head in heads],
            [text for text, _ in audits], [digest for _, digest in audits],
            [head["seq"] + (0 if silent else 1) for head in heads],
            "refused" if refusal else "accepted", body.decode(),
        )  # fmt: skip
        return Committed(Raw(body), lines)

    def _answer(self, refusal: Refusal | None) -> Accepted | Refused:
        if refusal is not None:
            return Refused(id=self.command.id, rule=refusal.rule, detail=refusal.detail)
        return Accepted(id=self.command.id, findings=self.desk.findings, result=self.desk.result)

    def _line(self, handling: Handling, head: Any, at: datetime, touched: list[LogRow]) -> tuple[str, int, bytes]:
        log_id, actor = head["log_id"], self.opened.actor
        here = {RowKey(row.type, row.key): row.row for row in touched if row.log_id == log_id}
        elsewhere = {RowKey(row.type, row.key) for row in touched} | self.desk.keys
        line = LogLine(
            log=log_id,
            seq=head["seq"] + 1,
            at=clock.rfc3339(at),
            event=self.desk.event or handling.event,
            command_id=self.command.id,
            actor=LineActor(actor.staff_id, actor.name, actor.role.value),
            puts=list(here.values()),
            removes=sorted(elsewhere - set(here), key=lambda key: (key.type, key.key)),
        )
        return log_id, line.seq, written(line)

    def _audit(self, head: Any, at: datetime, answer: Accepted | Refused) -> AuditLine:
        command = self.command
        return AuditLine(
            log=head["log_id"],
            n=head["audit_seq"] + 1,
            prev=head["audit_hash"],
            at=clock.rfc3339(at),
            what=str(type(command).__struct_config__.tag),
            answer="accepted" if isinstance(answer, Accepted) else "refused",
            actor=self.opened.actor.staff_id,
            device=command.device,
            session=command.session,
            command_id=command.id,
            payload_hash=self.opened.payload_hash.hex(),
            stay_id=getattr(command, "stay_id", None),
            findings=[finding.rule for finding in self.desk.findings],
        )


def _union(handlings: Mapping[type[Command], Handling]) -> Any:
    kinds = tuple(handlings)
    union: Any = kinds[0]
    for kind in kinds[1:]:
        union = union | kind
    return union


def _why_invalid(message: str) -> str:
    """One word for the held desk, from msgspec's sentence."""
    if "unknown field" in message:
        return "unknown_field"
    if "missing required field" in message:
        return "missing_field"
    return "unknown_kind" if "Invalid value" in message and "$.kind" in message else "wrong_type"


def _retry(command_id: UUID | None, error: BaseException) -> Raw:
    log.warning("retry: %r", error)
    return Raw(msgspec.json.encode(Retry(id=command_id, reason=type(error).__name__)))
