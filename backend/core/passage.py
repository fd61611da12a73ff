"""One command's passage through one transaction: claim, lock, judge, handle, read back, number, chain."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Raw, Struct

from backend.core import clock, queries
from backend.core.access import Actor, Author, allowed
from backend.core.audit import AuditLine, chained
from backend.core.commands import Accepted, Command, Refusal, Refused, Report, Request
from backend.core.desk import Desk, Handling, Scope, StartAgain
from backend.core.log import LineActor, LogLine, written
from backend.core.rows import LogRow, RowKey, RowKinds, Touched
from backend.core.signing import Unreadable


class Opened(Struct, frozen=True, kw_only=True):
    """A command that was read and whose author is known."""

    command: Command
    payload_hash: bytes
    signed: str
    actor: Actor
    author: Author | None
    corrected_at: datetime
    received_at: datetime


class Told(Struct, frozen=True):
    """One line as it was committed, for the hub."""

    log_id: str
    seq: int
    line: bytes


class Committed(Struct, frozen=True):
    """What a commit brought: the answer and the lines to tell."""

    answer: Raw
    lines: list[Told]


class StayMoved(StartAgain):
    """The stay's ward changed before its lock was held: start again."""


class Passage:
    """Runs inside one open database transaction, which the door commits."""

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
        if scope.stays and scope.logs:
            await self._hold_place(scope, locked)
        refusal = self._judge_author() or self._judge_access(handling, logs)
        if refusal is None:
            refusal = await handling.handler(self.command, self.desk)
        if refusal is not None and isinstance(self.command, Report):
            raise RuntimeError(f"a report was refused: {refusal.rule}")
        if refusal is None:
            await self._store_findings(scope, logs)
        else:
            self.desk.keys.clear()
            self.desk.stays.clear()
        touched = [] if handling.own_chain else await self._touched(scope, locked)
        return await self._finish(handling, heads, touched, refusal)

    async def _claim_and_lock(self, scope: Scope, own_chain: bool) -> list[Any]:
        """Takes the id, then locks the logs before anything is read: a ward is serial. Returns their heads."""
        opened, command = self.opened, self.command
        logs, stays = ([f"device_{command.device.hex}"], ()) if own_chain else (list(scope.logs), scope.stays)
        patients_of = [] if own_chain else list(scope.patients_of)
        heads: list[Any] = await self.connection.fetch(
            queries.CLAIM_AND_LOCK, command.id, opened.payload_hash, type(command).__struct_config__.tag,
            command.device, command.counter, command.session, opened.actor.staff_id, command.recorded_at,
            opened.corrected_at, opened.received_at, opened.signed, logs, list(stays), patients_of,
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

    async def _hold_place(self, scope: Scope, locked: frozenset[str]) -> None:
        """A move changes the place itself: what is asked after any other handler must be asked before this one."""
        records = await self.connection.fetch(queries.LOGS_OF_STAYS, list(scope.stays))
        if not {record["log_id"] for record in records} <= locked:
            raise StayMoved

    def _judge_author(self) -> Refusal | None:
        """Was the key's session open then? A report says so as a finding; a request also needs it open now."""
        author, then = self.opened.author, self.desk.now
        if author is None:
            return None
        ended = min((t for t in (author.ended_at, author.disabled_at) if t is not None), default=None)
        if isinstance(self.command, Request) and ended is not None and ended <= self.now:
            return Refusal(rule="session_ended")
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

    async def _store_findings(self, scope: Scope, logs: frozenset[str]) -> None:
        findings = self.desk.findings
        if not findings:
            return
        places = sorted(logs)[:1] if scope.stays else sorted(logs)
        ids = await self.connection.fetch(
            queries.INSERT_FINDINGS, self.command.id, scope.stays[0] if scope.stays else None,
            self.opened.actor.staff_id, self.desk.now, [f.rule for f in findings], [f.severity for f in findings],
            [msgspec.json.encode(f.detail).decode() for f in findings], places,
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
            [told.log_id for told in lines], [told.seq for told in lines], [told.line.decode() for told in lines],
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

    def _line(self, handling: Handling, head: Any, at: datetime, touched: list[LogRow]) -> Told:
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
        return Told(log_id, line.seq, written(line))

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
