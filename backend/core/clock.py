"""The one place that reads the time; everything else is handed an instant."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present instant, timezone-aware, in UTC."""
    return datetime.now(UTC)


def corrected(recorded_at: datetime, offset_ms: int, received_at: datetime) -> datetime:
    """When a device's clock said `recorded_at`, the server's clock said this.

    `offset_ms` is server minus device in milliseconds, as the device measured it. Never later than
    `received_at`: nothing is charted from the future. Raises OverflowError beyond the years 1 to 9999.
    """
    return min((recorded_at + timedelta(milliseconds=offset_ms)).astimezone(UTC), received_at)


def rfc3339(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, the form every line and row uses."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
