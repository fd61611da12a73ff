"""A stay as handlers and other rooms meet it."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from backend.core.desk import Desk, StartAgain
from backend.core.rows import Connection
from backend.wards import queries
from backend.wards.types import CareLevel


class Stay(Struct, frozen=True, kw_only=True):
    """An open stay and where it is."""

    stay_id: UUID
    patient_id: UUID
    own_patient_id: UUID
    """Whose stay it was when it began; the other is whom that id means now."""
    ward_id: str
    position_id: UUID | None
    admitted_at: datetime


class StayForCharting(Struct, frozen=True, kw_only=True):
    """What charting needs to know of a stay; identity as stored, to be judged at the time of the act."""

    stay_id: UUID
    patient_id: UUID
    ward_id: str
    care_level: CareLevel
    admitted_at: datetime
    discharged_at: datetime | None
    birth_date: date | None
    birth_year: int | None
    age_months: int | None
    """As said on `age_months_at`."""
    age_months_at: date | None
    pregnancy: str
    delivered_on: date | None
    moved_at: list[datetime]
    """Moves from ward to ward, oldest first: values on both sides of one are not joined."""


class Bed(Struct, frozen=True, kw_only=True):
    """A bed as it is printed; `labels` names every position that shares it."""

    bed: str
    room: str
    code: str
    labels: str
    extra: bool


async def beds_of_ward(connection: Connection, ward_id: str) -> list[Bed]:
    """Every bed that has an open position, by room."""
    return [Bed(**record) for record in await connection.fetch(queries.BEDS_OF_WARD, ward_id)]


async def open_stay(desk: Desk, stay_id: UUID) -> Stay | None:
    """The stay; None where it ended."""
    record = await desk.connection.fetchrow(queries.STAY, stay_id)
    if record is None:
        raise StartAgain
    if record["discharged_at"] is not None:
        return None
    return Stay(
        stay_id=stay_id,
        patient_id=record["current_id"],
        own_patient_id=record["patient_id"],
        ward_id=record["ward_id"],
        position_id=record["position_id"],
        admitted_at=record["admitted_at"],
    )


async def stay_for_charting(desk: Desk, stay_id: UUID) -> StayForCharting:
    """One stay with its ward, care level and what decides the score chart, in one query."""
    record = await desk.connection.fetchrow(queries.STAY_FOR_CHARTING, stay_id)
    if record is None:
        raise StartAgain
    return StayForCharting(**record)
