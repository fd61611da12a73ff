"""A badge as a label to print: once, soon after it was issued."""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec

from backend.core.audit import AuditLine, append
from backend.core.clock import now
from backend.core.commands import Accepted
from backend.core.desk import FACILITY
from backend.core.errors import Problem
from backend.identity import queries, rules
from backend.identity.devices import Gatehouse
from barcode import labels


async def badge_pdf(gatehouse: Gatehouse, staff_id: UUID, by: UUID) -> bytes:
    """The live badge of this person, audited. Raises 404 without one, 409 `badge_too_old` a day after its issue."""
    at = now()
    async with gatehouse.pool.acquire(timeout=2) as connection, connection.transaction():
        badge = await connection.fetchrow(queries.BADGE_TO_PRINT, staff_id)
        if badge is None:
            raise Problem(404, "no_badge", "This person has no badge yet.")
        if badge["issued_at"] + timedelta(hours=rules.BADGE_PRINT_HOURS) <= at:
            raise Problem(409, "badge_too_old", "This badge was issued more than a day ago: issue a new one.")
        line = AuditLine(log=FACILITY, what="badge_printed", answer="accepted", actor=by, detail={"of": str(staff_id)})
        await append(connection, at, line)
    label = labels.Badge(
        code=str(msgspec.json.decode(badge["body"], type=Accepted).result["code"]),
        family_name=badge["family_name"],
        middle_name=badge["middle_name"],
        given_name=badge["given_name"],
        role=badge["role"],
        wards=[],
        hospital=gatehouse.settings.facility,
    )
    return await asyncio.to_thread(labels.badges, [label], gatehouse.settings.demo)
