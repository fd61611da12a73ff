"""Audit lines: what happened, chained by hash from the log's head row."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core import queries
from backend.core.clock import rfc3339
from backend.core.rows import Connection


class AuditLine(Struct, frozen=True, kw_only=True):
    """One link. Its hash covers the previous hash; stored as text and hashed as stored."""

    log: str
    n: int = 0
    prev: str = ""
    at: str = ""
    what: str
    """The command's kind, or what was done beside the door (sign-in, a read, a reset)."""
    answer: str
    actor: UUID | None = None
    device: UUID | None = None
    session: UUID | None = None
    command_id: UUID | None = None
    payload_hash: str | None = None
    stay_id: UUID | None = None
    findings: list[str] = []
    detail: dict[str, Any] = {}


def chained(line: AuditLine) -> tuple[str, str]:
    """(the line as stored, its SHA-256 in hex)."""
    text = msgspec.json.encode(line).decode()
    return text, hashlib.sha256(text.encode()).hexdigest()


async def append(connection: Connection, at: datetime, line: AuditLine) -> None:
    """Adds a link for what was done beside the door, inside the caller's transaction.

    Locks the head of `line.log`, which must exist; number, previous hash and time are filled in here.
    """
    head = await connection.fetchrow(queries.DOOR_AUDIT_HEAD, line.log)
    link = msgspec.structs.replace(
        line, n=head["audit_seq"] + 1, prev=head["audit_hash"], at=rfc3339(max(at, head["at"]))
    )
    text, digest = chained(link)
    await connection.execute(queries.APPEND_AUDIT, line.log, link.n, text, digest)
