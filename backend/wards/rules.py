"""The rules of wards and stays, W1 to W5 of docs/rules/wards.md."""

from datetime import datetime, timedelta

from backend.patients.rules import folded

KEPT_HOURS = 72
FUTURE_TOLERANCE = timedelta(minutes=5)
RESERVED_WARDS = ("facility",)


def label_folded(label: str) -> str:
    """W1: how two position labels are told equal: 12a is 12A, HL 1 is HL-1."""
    return folded(label).replace(" ", "")


def ward_id_reserved(ward_id: str) -> bool:
    """W2: names of logs that are no ward."""
    return ward_id in RESERVED_WARDS or ward_id.startswith("device_")


def time_refused(at: datetime, received_at: datetime, not_before: datetime | None) -> str | None:
    """W3: an instant given by a person lies neither in the future (5 minutes pass) nor before the stay began."""
    if at > received_at + FUTURE_TOLERANCE:
        return "time_in_future"
    return "before_admission" if not_before is not None and at < not_before else None


def kept_until(ended_at: datetime) -> datetime:
    """W4: how long a ward's tablets hold a stay that ended, or the stub of one that moved away."""
    return ended_at + timedelta(hours=KEPT_HOURS)


def discharge_refused(way: str, role: str) -> str | None:
    """W5: a death is recorded by a physician."""
    return "physician_only" if way == "died" and role != "physician" else None
