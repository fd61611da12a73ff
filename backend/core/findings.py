"""Rows of the core: what was found about an act, and what waits on the held desk."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.core import queries
from backend.core.commands import Severity
from backend.core.rows import RowKind


class FindingRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="finding"):
    """One finding on one act, in the log of each ward it concerns."""

    key: UUID
    stay_id: UUID | None
    command_id: UUID | None
    keep_until: datetime | None
    rule: str
    severity: Severity
    detail: dict[str, str | int | bool | None]
    author_id: UUID | None
    at: datetime


class HeldCommandRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="held_command"):
    """A string the door keeps for a person to look at (facility log). `key` is the SHA-256 of it."""

    key: str
    stay_id: UUID | None
    command_id: UUID | None
    keep_until: datetime | None
    device_id: UUID
    reason: str
    received_at: datetime


ROW_KINDS = (
    RowKind(
        type="finding", struct=FindingRow, select=queries.FINDING_ROWS, key="f.id", key_type="uuid", stay="f.stay_id"
    ),
    RowKind(type="held_command", struct=HeldCommandRow, select=queries.HELD_ROWS, key="h.id", key_type="text"),
)
