"""Identity as it is stored: made, changed, locked, and found again."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core.commands import Refusal
from backend.core.desk import Desk, StartAgain
from backend.patients import queries, rules
from backend.patients.types import Identifier, PatientDetails


class Known(Struct, frozen=True, kw_only=True):
    """The patient of a stay, locked until the command commits."""

    patient_id: UUID
    """Whom the rows speak of: after two records were joined, the one that stands."""
    own_id: UUID
    """Whose stay it was when it began; every entry is kept under this one, so that joined records can be parted."""
    state: Any


async def locked_patient(desk: Desk, stay_id: UUID) -> Known:
    """The patient of this stay. Raises `StartAgain` where a log that shows them came up since the locks were taken."""
    state = await desk.connection.fetchrow(queries.LOCK_PATIENT_OF_STAY, stay_id)
    if state is None:
        raise StartAgain
    logs = await desk.connection.fetch(queries.LOGS_OF_PATIENT, state["patient_id"])
    if not {record["log_id"] for record in logs} <= desk.logs:
        raise StartAgain
    return Known(patient_id=state["patient_id"], own_id=state["own_id"], state=state)


async def lock_patient(desk: Desk, patient_id: UUID) -> None:
    """Before a log begins to show this patient: whoever changes their row meanwhile will see that it does."""
    await desk.connection.execute(queries.LOCK_PATIENT, patient_id)


async def current_id(desk: Desk, patient_id: UUID) -> UUID:
    """Whom this id means now."""
    found: UUID = await desk.connection.fetchval(queries.CURRENT_PATIENT, patient_id)
    return found


async def register(desk: Desk, patient_id: UUID, details: PatientDetails) -> Refusal | None:
    """A person new to the house, with a code of ours; refused where the details cannot stand or a number is taken."""
    refusal = await refused(desk, patient_id, details)
    if refusal is not None:
        return refusal
    number = await desk.connection.fetchval(queries.NEXT_NUMBER)
    code = rules.patient_code(rules.local_day(desk.now).year, number)
    await desk.connection.execute(
        queries.INSERT_PATIENT, patient_id, code, desk.command.id, desk.now, _text(details), desk.actor.staff_id,
        *_columns(details, code, desk.now), details.pregnancy,
    )  # fmt: skip
    await take_identifiers(desk, patient_id, details)
    return None


async def change(desk: Desk, known: Known, details: PatientDetails, reason: str) -> Refusal | None:
    """Another identity; the one before stays in the history."""
    refusal = await refused(desk, known.patient_id, details)
    if refusal is not None:
        return refusal
    await desk.connection.execute(
        queries.CHANGE_PATIENT, known.patient_id, desk.command.id, _text(details), reason, desk.actor.staff_id,
        desk.now, *_columns(details, known.state["patient_code"], desk.now), details.pregnancy, known.own_id,
    )  # fmt: skip
    await desk.connection.execute(queries.DROP_IDENTIFIERS, known.patient_id)
    await take_identifiers(desk, known.patient_id, details)
    return None


async def refused(desk: Desk, patient_id: UUID, details: PatientDetails) -> Refusal | None:
    """Why these details cannot stand (rules P12, P11); a taken number names the other's code, never a name."""
    today = rules.local_day(desk.now)
    rule = rules.details_refused(birth_of(details), details.given_name, details.unknown_person, today)
    if rule is not None:
        return Refusal(rule=rule)
    if any(not rules.identifier_folded(i.value) for i in details.identifiers):
        return Refusal(rule="identifier_empty")
    owner = await desk.connection.fetchrow(queries.IDENTIFIER_OWNERS, *_folded(details.identifiers), patient_id)
    if owner is not None:
        return Refusal(
            rule="identifier_taken", detail={"system": owner["system"], "patient_code": owner["patient_code"]}
        )
    return None


async def take_identifiers(desk: Desk, patient_id: UUID, details: PatientDetails) -> None:
    """Raises `StartAgain` where another admission took one of them a moment ago."""
    systems, folded = _folded(details.identifiers)
    taken = await desk.connection.fetch(queries.TAKE_IDENTIFIERS, systems, folded, patient_id)
    if len(taken) != len(set(zip(systems, folded, strict=True))):
        raise StartAgain


def birth_of(source: PatientDetails) -> rules.Birth:
    """What these details say of an age."""
    return rules.Birth(
        birth_date=source.birth_date,
        birth_year=source.birth_year,
        age_months=source.age_months,
        age_months_at=source.age_months_at,
    )


def _folded(identifiers: list[Identifier]) -> tuple[list[str], list[str]]:
    return [i.system for i in identifiers], [rules.identifier_folded(i.value) for i in identifiers]


def _text(details: PatientDetails) -> str:
    return msgspec.json.encode(details).decode()


def _columns(details: PatientDetails, code: str, now: datetime) -> tuple[Any, ...]:
    """From `family_name` to `found_by`, in the order of both statements."""
    said_on = None if details.age_months is None else details.age_months_at or rules.local_day(now)
    year = details.birth_year if details.birth_date is None else details.birth_date.year
    return (
        details.family_name,
        details.middle_name,
        details.given_name,
        details.birth_date,
        year,
        details.age_months,
        said_on,
        details.sex,
        details.unknown_person,
        msgspec.json.encode(details.identifiers).decode(),
        found_by(details, code),
    )


def found_by(details: PatientDetails, code: str) -> str:
    """The words a search meets, each after a space: names, birth year, code, numbers."""
    year = details.birth_year if details.birth_date is None else details.birth_date.year
    words = [details.family_name, details.middle_name, details.given_name, str(year or ""), code]
    return " " + rules.folded(" ".join(words + [rules.identifier_folded(i.value) for i in details.identifiers]))
