"""How the wards' rows are read for a log: wards, positions, stays, and the stubs of stays that moved away."""

from backend.core.rows import RowKind
from backend.wards import queries
from backend.wards.types import MovedStayRow, PositionRow, StayRow, WardRow

ROW_KINDS = (
    RowKind(type="ward", struct=WardRow, select=queries.WARD_ROWS, key="w.ward_id", key_type="text"),
    RowKind(type="position", struct=PositionRow, select=queries.POSITION_ROWS, key="p.position_id", key_type="uuid"),
    RowKind(type="stay", struct=StayRow, select=queries.STAY_ROWS, key="s.stay_id", key_type="uuid", stay="m.stay_id"),
    RowKind(
        type="moved_stay",
        struct=MovedStayRow,
        select=queries.MOVED_STAY_ROWS,
        key="v.stay_id",
        key_type="uuid",
        stay="v.stay_id",
    ),
)
