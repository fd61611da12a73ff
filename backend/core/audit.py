"""Audit lines: what happened, chained by hash from the log's head row."""

import hashlib
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct


class AuditLine(Struct, frozen=True, kw_only=True):
    """One link. Its hash covers the previous hash; stored as text and hashed as stored."""

    log: str
    n: int
    prev: str
    at: str
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
