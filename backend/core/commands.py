"""What a command is: the claims every signed act carries, and the answers the door gives."""

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Text = Annotated[str, Meta(max_length=2000)]
Word = Annotated[str, Meta(min_length=1, max_length=120)]
Instant = Annotated[datetime, Meta(tz=True)]
"""A moment with its offset from UTC; without one it could be any of 24 hours."""
LogId = Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,40}$")]
Severity = Literal["stop", "warn", "note"]

COUNT_LIMIT = 2**53 - 1
"""The largest whole number every JSON reader keeps exact."""
CLOCK_LIMIT_MS = 200 * 366 * 86_400_000
"""A clock that fell back to 1970 is still a clock; beyond two centuries it is noise."""


def kind_of(name: str) -> str:
    """`RecordVitals` is `record_vitals` on the wire."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class ClockReading(Struct, frozen=True, forbid_unknown_fields=True):
    """How far the device's clock stood from the server's when last they met."""

    offset_ms: Annotated[int, Meta(ge=-CLOCK_LIMIT_MS, le=CLOCK_LIMIT_MS)]
    """Server minus device, in milliseconds."""
    measured_at: Instant


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """How far into one log the author could have read."""

    log: LogId
    epoch: Word
    seq: Annotated[int, Meta(ge=0, le=COUNT_LIMIT)]


class Told(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule the tablet showed the author, and why she went on."""

    rule: Word
    override_reason: Text | None = None


class Command(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag=kind_of, omit_defaults=False
):
    """The claims of every command, complete from the first day because signed bytes never change.

    `counter` counts 1, 2, 3 … per device; only acts that change nothing (open_chart) go without.
    """

    v: Literal[1] = 1
    id: UUID
    """UUIDv7, the idempotency key."""
    device: UUID
    session: UUID
    counter: Annotated[int, Meta(ge=1, le=COUNT_LIMIT)] | None
    recorded_at: Instant
    clock: ClockReading | None = None
    seen: Annotated[list[Seen], Meta(max_length=50)] = []
    told: Annotated[list[Told], Meta(max_length=50)] = []
    app: Word
    rules: Word


class Report(Command, frozen=True, kw_only=True):
    """Says what happened at the bed: always recorded, findings beside it."""


class Request(Command, frozen=True, kw_only=True):
    """Asks for a change: may be refused with a reason."""


class Finding(Struct, frozen=True, kw_only=True):
    """A rule broken or worth a look, stored beside the act it concerns."""

    rule: str
    severity: Severity
    detail: dict[str, str | int | bool | None] = {}


class Refusal(Struct, frozen=True, kw_only=True):
    """A request's expected no. `rule` is the word a screen translates."""

    rule: str
    detail: dict[str, str | int | bool | None] = {}


Findings = list[Finding]


class Accepted(Struct, frozen=True, kw_only=True, tag_field="answer", tag="accepted"):
    """Stored for ever, with what was found."""

    id: UUID
    findings: list[Finding] = []
    result: dict[str, str | int | bool | None] = {}
    """What the act brought into being, where the sender needs to know (a new band's code)."""


class Refused(Struct, frozen=True, kw_only=True, tag_field="answer", tag="refused"):
    """Stored for ever; only requests are refused."""

    id: UUID
    rule: str
    detail: dict[str, str | int | bool | None] = {}


class Held(Struct, frozen=True, kw_only=True, tag_field="answer", tag="held"):
    """Kept as it came, for a person to look at: nothing reported is thrown away."""

    id: UUID | None
    reason: str
    held_id: str


class Retry(Struct, frozen=True, kw_only=True, tag_field="answer", tag="retry"):
    """Rolled back, nothing stored: send the same bytes again."""

    id: UUID | None
    reason: str
    after_ms: int = 1000


Answer = Accepted | Refused | Held | Retry
