"""Reads over HTTP: a search, a chart, what I charted, the labels of a ward's beds."""

import asyncio
import base64
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, Parameter

from backend.core.access import EVERYONE, NURSING, Allow, Author, Role
from backend.core.audit import AuditLine, append
from backend.core.clock import now
from backend.core.errors import Problem
from backend.core.rows import RowKey, RowKinds, Touched
from backend.core.settings import Settings
from backend.wards import finding, queries
from backend.wards.stays import beds_of_ward
from backend.wards.types import Chart, Charted, ChartedByMe, Found
from barcode import labels

FIND_LIMIT = 50
CHARTED_LIMIT = 500
CHARTED_FOR = timedelta(days=3)
SEEKERS = Allow(roles=EVERYONE, relation="facility")
ADMITTERS = NURSING | {Role.CLERK, Role.PHYSICIAN}
READERS = Allow(roles=EVERYONE)
LABELLERS = Allow(roles=NURSING | {Role.CLERK, Role.ADMINISTRATOR})


@get("/api/patients", opt={"allow": SEEKERS})
async def get_patients(
    request: Request[Any, Any, Any],
    pool: NamedDependency[Any],
    q: Annotated[str, Parameter(min_length=1, max_length=finding.QUERY_LIMIT)],
    limit: Annotated[int, Parameter(ge=1, le=FIND_LIMIT)] = 20,
    past: FromQuery[bool] = False,
) -> Found:
    """Patients of the person's own wards: without accents, any word order, by code, year, position, bed or band.

    `past` also finds those who left more than 72 hours ago, for who admits.
    """
    person: Author = request.state.person
    if past and person.role not in ADMITTERS:
        raise Problem(403, "not_allowed", "Only who admits may look for people who left.")
    async with pool.acquire(timeout=2) as connection:
        return await finding.find(connection, person.wards, q, past, limit)


@get("/api/stays/{stay_id:uuid}/chart", opt={"allow": READERS})
async def get_chart(
    request: Request[Any, Any, Any],
    stay_id: FromPath[UUID],
    pool: NamedDependency[Any],
    rows: NamedDependency[RowKinds],
) -> Chart:
    """Every row of one stay and its patient's. Leaves an audit line on the device's own chain."""
    at = now()
    async with pool.acquire(timeout=2) as connection:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            stay = await connection.fetchrow(queries.STAY_AND_PATIENT, stay_id)
            if stay is None or stay["closed"]:
                raise Problem(404, "no_such_stay", "There is no such stay here, or it ended more than 72 hours ago.")
            patient = frozenset({RowKey("patient", str(stay["patient_id"]))})
            touched = Touched(keys=patient, stays=frozenset({stay_id}))
            found = (await rows.touched(connection, stay["logs"], touched)).rows
        await _note_read(connection, request, stay_id, at)
    once = {RowKey(row.type, row.key): row.row for row in found}
    return Chart(stay_id=stay_id, at=at, rows=list(once.values()))


async def _note_read(connection: Any, request: Request[Any, Any, Any], stay_id: UUID, at: datetime) -> None:
    person: Author = request.state.person
    device_id: UUID = request.state.device.device_id
    line = AuditLine(
        log=f"device_{device_id.hex}",
        what="chart_read",
        answer="accepted",
        actor=person.staff_id,
        device=device_id,
        session=person.session_id,
        stay_id=stay_id,
    )
    async with connection.transaction():
        await append(connection, at, line)


@get("/api/commands/mine", opt={"allow": SEEKERS})
async def get_commands_mine(
    request: Request[Any, Any, Any],
    pool: NamedDependency[Any],
    since: FromQuery[datetime],
    limit: Annotated[int, Parameter(ge=1, le=CHARTED_LIMIT)] = 200,
) -> ChartedByMe:
    """What the person charted since then (at most three days back), newest first, each with its answer."""
    person: Author = request.state.person
    if since.tzinfo is None:
        raise Problem(400, "invalid", "Say the time with its offset: 2026-11-24T07:00:00Z")
    since = max(since, now() - CHARTED_FOR)
    async with pool.acquire(timeout=2) as connection:
        records = await connection.fetch(queries.CHARTED_BY, person.staff_id, since, limit + 1)
    return ChartedByMe(commands=[_charted(record) for record in records[:limit]], more=len(records) > limit)


class _StayOf(msgspec.Struct, frozen=True):
    stay_id: UUID | None = None


def _charted(record: Any) -> Charted:
    payload = _payload(record["signed"])
    return Charted(
        id=record["id"],
        kind=record["kind"],
        stay_id=msgspec.json.decode(payload, type=_StayOf).stay_id,
        recorded_at=record["recorded_at"],
        corrected_at=record["corrected_at"],
        received_at=record["received_at"],
        payload=msgspec.Raw(payload),
        answer=msgspec.Raw(record["body"].encode()),
    )


def _payload(signed: str) -> bytes:
    """The command's JSON: the middle of a JWS, or the whole string where a service sent it."""
    if signed.startswith("{"):
        return signed.encode()
    middle = signed.split(".")[1]
    return base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4))


@get("/api/wards/{ward_id:str}/beds.pdf", opt={"allow": LABELLERS}, media_type="application/pdf")
async def get_beds_pdf(
    ward_id: FromPath[str], pool: NamedDependency[Any], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """One label for each bed of the ward; its code opens a chooser, never a patient."""
    async with pool.acquire(timeout=2) as connection:
        ward = await connection.fetchrow(queries.WARD, ward_id)
        beds = await beds_of_ward(connection, ward_id)
    if ward is None or not beds:
        raise Problem(404, "no_beds", "This ward has no beds yet.")
    made = [
        labels.Bed(code=bed.code, labels=bed.labels, room=bed.room, ward=ward["name"], hospital=settings.facility)
        for bed in beds
    ]
    pdf = await asyncio.to_thread(labels.bed_labels, made, settings.demo)
    return Response(pdf, media_type="application/pdf", headers={"cache-control": "no-store"})


ROUTES = [get_patients, get_chart, get_commands_mine, get_beds_pdf]
