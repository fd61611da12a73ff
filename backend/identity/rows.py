"""Rows of `identity` in the facility's log: staff and devices."""

from backend.core.rows import RowKind
from backend.identity import queries
from backend.identity.types import DeviceRow, StaffRow

ROW_KINDS: tuple[RowKind, ...] = (
    RowKind(type="staff", struct=StaffRow, select=queries.STAFF_ROWS, key="p.staff_id", key_type="uuid"),
    RowKind(type="device", struct=DeviceRow, select=queries.DEVICE_ROWS, key="d.device_id", key_type="uuid"),
)
