"""Reads over HTTP: a printed band as a label to print."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, Parameter

from backend.core.access import NURSING, Allow, Role
from backend.core.clock import now
from backend.core.errors import Problem
from backend.core.settings import Settings
from backend.patients import queries, rules
from barcode import labels

PRINTERS = Allow(roles=NURSING | {Role.CLERK, Role.PHYSICIAN})


@get("/api/stays/{stay_id:uuid}/wristband.pdf", opt={"allow": PRINTERS}, media_type="application/pdf")
async def get_wristband_pdf(
    stay_id: FromPath[UUID],
    code: Annotated[str, Parameter(pattern=r"^[0-9]{33}$")],
    pool: NamedDependency[Any],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """The band with this code, as it goes round the wrist. A void or another stay's band is not printed."""
    async with pool.acquire(timeout=2) as connection:
        band = await connection.fetchrow(queries.BAND, code)
        identity = await connection.fetchrow(queries.IDENTITY_OF_STAY, stay_id)
    if band is None or identity is None or band["stay_id"] != stay_id:
        raise Problem(404, "band_unknown", "This stay has no such band; print a new one.")
    if band["state"] == "void":
        raise Problem(409, "band_void", "This band is void; print a new one.")
    label = wristband_label(identity, code, settings.facility)
    pdf = await asyncio.to_thread(labels.wristbands, [label], settings.demo)
    return Response(pdf, media_type="application/pdf", headers={"cache-control": "no-store"})


def wristband_label(identity: Any, code: str, hospital: str) -> labels.Wristband:
    """What is printed in letters: name, birth year (or estimated age), sex, patient code, allergy mark."""
    today = rules.local_day(now())
    ages = rules.age_range_months(
        rules.Birth(age_months=identity["age_months"], age_months_at=identity["age_months_at"]), today
    )
    return labels.Wristband(
        code=code,
        family_name=identity["family_name"],
        middle_name=identity["middle_name"],
        given_name=identity["given_name"],
        birth_year=identity["birth_year"],
        birth_date=identity["birth_date"],
        estimated_years=ages[0] // 12 if identity["birth_year"] is None and ages else None,
        sex=identity["sex"],
        patient_code=identity["patient_code"],
        allergies=list(identity["substances"]),
        allergy_state=identity["allergy_state"],
        hospital=hospital,
    )


ROUTES = [get_wristband_pdf]
