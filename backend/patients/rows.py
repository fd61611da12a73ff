"""How the patients' rows are read for a log: one per patient, one per printed band."""

from backend.core.rows import RowKind
from backend.patients import queries
from backend.patients.types import PatientRow, WristbandRow

ROW_KINDS = (
    RowKind(type="patient", struct=PatientRow, select=queries.PATIENT_ROWS, key="l.patient_id", key_type="uuid"),
    RowKind(
        type="wristband",
        struct=WristbandRow,
        select=queries.WRISTBAND_ROWS,
        key="b.code",
        key_type="text",
        stay="m.stay_id",
    ),
)
