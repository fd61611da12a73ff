"""How the rows of vital signs are read for a log: one per set of 72 hours, one per stay."""

from backend.core.rows import RowKind
from backend.vitals import queries
from backend.vitals.types import ObservationSetRow, VitalsStateRow

ROW_KINDS = (
    RowKind(
        type="observation_set",
        struct=ObservationSetRow,
        select=queries.OBSERVATION_SET_ROWS,
        key="o.id",
        key_type="uuid",
        stay="m.stay_id",
    ),
    RowKind(
        type="vitals_state",
        struct=VitalsStateRow,
        select=queries.VITALS_STATE_ROWS,
        key="s.stay_id",
        key_type="uuid",
        stay="m.stay_id",
    ),
)
