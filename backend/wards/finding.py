"""Finds patients: without accents, in any word order, by code, number, birth year, position, bed or band."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from backend.core.rows import Connection
from backend.patients import rules as patients_rules
from backend.patients.rules import Named, folded
from backend.wards import queries
from backend.wards.types import Found, FoundPatient
from barcode.codes import Kind, Ours, read

QUERY_LIMIT = 80
WORDS_LIMIT = 8
READ_LIMIT = 500
"""Read at most, before they are put in the order of given names."""


async def find(connection: Connection, wards: frozenset[str], query: str, past: bool, limit: int) -> Found:
    """Patients of these wards. `past` adds stays that ended more than 72 hours ago (for an admission)."""
    code = read(query)
    if isinstance(code, Ours):
        return await _by_code(connection, wards, code, limit)
    words = [f"% {word}%" for word in _words(query)]
    if not words:
        return Found(patients=[], more=False, band=None)
    records = await connection.fetch(queries.FIND, sorted(wards), words, past, READ_LIMIT)
    return _found(records, limit, None)


def _words(query: str) -> list[str]:
    """The query's words; a hyphen or point inside one is left out (HL-1, 26-004821-7)."""
    return folded(query).split()[:WORDS_LIMIT]


async def _by_code(connection: Connection, wards: frozenset[str], code: Ours, limit: int) -> Found:
    """A band opens its own stay unless it is void; a bed's code gives everyone who lies there."""
    state = None
    if code.kind is Kind.WRISTBAND:
        state = await connection.fetchval(queries.BAND_STATE, code.code, sorted(wards))
    records = await connection.fetch(queries.FIND_BY_CODE, sorted(wards), code.code, READ_LIMIT)
    return _found(records, limit, state)


def _found(records: list[Any], limit: int, band: Any) -> Found:
    people = [FoundPatient(**record, same_name=False) for record in records]
    people.sort(key=_order)
    kept = people[:limit]
    marked = patients_rules.mistakable([_named(p) for p in kept])
    return Found(
        patients=[replace(p, same_name=str(p.patient_id) in marked) for p in kept], more=len(people) > limit, band=band
    )


def _order(person: FoundPatient) -> tuple[bool, str, str, int, UUID]:
    """Those still here first, by given name as every list of names is, the older of two alike first."""
    before = folded(f"{person.family_name} {person.middle_name}")
    return person.discharged_at is not None, folded(person.given_name), before, person.birth_year or 0, person.stay_id


def _named(person: FoundPatient) -> Named:
    return Named(
        id=str(person.patient_id),
        family_name=person.family_name,
        middle_name=person.middle_name,
        given_name=person.given_name,
        birth_date=person.birth_date,
    )
