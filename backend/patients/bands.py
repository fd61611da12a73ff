"""Bands as other rooms meet them: whose is this code, and may it be used here."""

from uuid import UUID

from msgspec import Struct

from backend.core.desk import Desk
from backend.patients import queries, rules
from backend.patients.types import BandState


class Band(Struct, frozen=True, kw_only=True):
    """One print, as it stands."""

    code: str
    stay_id: UUID
    patient_id: UUID
    state: BandState
    print_number: int
    limb_pair: bool
    """Printed for a second limb: it stands beside the other, and neither replaces the other."""


async def band(desk: Desk, code: str) -> Band | None:
    """The print with this code; None where we never printed it."""
    record = await desk.connection.fetchrow(queries.BAND, code)
    return None if record is None else Band(**record)


async def check_band(desk: Desk, stay_id: UUID, code: str, *, putting_on: bool = False) -> Band | None:
    """The scanned print, with a finding (rule P10) where it is not the live band of this stay.

    `putting_on`: the scan is what makes a print live, so that it was not yet is no finding.
    """
    found = await band(desk, code)
    patient_id = await desk.connection.fetchval(queries.CURRENT_PATIENT_OF_STAY, stay_id)
    finding = rules.band_finding(
        found.state if found else None,
        of_stay=found is not None and found.stay_id == stay_id,
        of_patient=found is not None and found.patient_id == patient_id,
    )
    if finding is not None and not (putting_on and finding[0] == "band_not_worn"):
        desk.find(finding[0], finding[1], print_number=found.print_number if found else None)
    return found
