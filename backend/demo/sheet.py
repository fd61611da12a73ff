"""The demo's sheet: badges with what their people type, every band, every bed; synthetic, and saying so."""

import asyncio
import os
from pathlib import Path
from typing import Any

from backend.demo.hospital import HOSPITAL, Invention, details_of
from backend.demo.queries import ALLERGIES_AND_CODES
from backend.wards import beds_of_ward
from barcode import labels

STATES = {"none": "none_known", "unable": "unable_to_ask", "not_asked": "not_asked"}


async def write(
    path: Path,
    pool: Any,
    story: Invention,
    hospital: str,
    *,
    badges: dict[str, str],
    bands: dict[str, list[str]],
    people: Any,
) -> None:
    """Writes the sheet, readable by us alone: it holds passwords."""
    ids = {story.id("patient", patient["at"]): patient["at"] for patient in story.patients}
    async with pool.acquire(timeout=2) as connection:
        records = await connection.fetch(ALLERGIES_AND_CODES, list(ids))
        beds = {ward["ward_id"]: await beds_of_ward(connection, ward["ward_id"]) for ward in story.wards}
    codes = {ids[record["patient_id"]]: record["patient_code"] for record in records}
    staff = [_staff(hospital, story, person, badges) for person in people]
    wards = [
        labels.SheetWard(
            name=ward["name"],
            bands=[band for patient in story.patients if patient["at"].split()[0] == ward["ward_id"]
                   for band in _bands(story, hospital, patient, codes, bands)],
            beds=[labels.Bed(code=bed.code, labels=bed.labels, room=bed.room, ward=ward["name"], hospital=hospital)
                  for bed in beds[ward["ward_id"]]],
        )
        for ward in story.wards
    ]  # fmt: skip
    note = "Quét thẻ rồi gõ mật khẩu để đăng nhập; đổi người bằng PIN."
    pdf = await asyncio.to_thread(labels.demo_sheet, hospital, staff, wards, note)
    await asyncio.to_thread(_put, path, pdf)


def _put(path: Path, pdf: bytes) -> None:
    """Whole or not at all, mode 0600."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(pdf)
    os.replace(unfinished, path)


def _staff(hospital: str, story: Invention, person: Any, badges: dict[str, str]) -> labels.SheetStaff:
    family_name, middle_name, given_name = next(p["name"] for p in story.staff if p["login"] == person.login)
    badge = labels.Badge(
        code=badges[person.login],
        family_name=family_name,
        middle_name=middle_name,
        given_name=given_name,
        role=person.role,
        wards=person.wards,
        hospital=hospital,
    )
    typed = [("Tên", person.login), ("Mật khẩu", person.password), ("PIN", person.pin)]
    return labels.SheetStaff(badge=badge, secrets=typed)


def _bands(
    story: Invention, hospital: str, patient: dict[str, Any], codes: dict[str, str], bands: dict[str, list[str]]
) -> list[labels.SheetBand]:
    """A place's bands, the one that counts last, with what each is there to show."""
    place, printed = patient["at"], bands.get(patient["at"], [])
    notes = [""] * len(printed)
    if place == HOSPITAL["void_band_of"]:
        notes[0] = "vòng đã huỷ"
    if place == HOSPITAL["reprinted_band_of"]:
        notes[0] = "vòng cũ, đã thay"
    details, allergy = details_of(patient, story.admitted_at(patient)), patient["allergy"]
    known = isinstance(allergy, list)
    return [
        labels.SheetBand(
            band=labels.Wristband(
                code=code,
                family_name=details.family_name,
                middle_name=details.middle_name,
                given_name=details.given_name,
                birth_date=details.birth_date,
                birth_year=details.birth_year,
                estimated_years=None if details.age_months is None else details.age_months // 12,
                sex=details.sex,
                patient_code=codes[place],
                allergies=[substance for substance, *_ in allergy] if known else [],
                allergy_state="known" if known else STATES[allergy],
                hospital=hospital,
            ),
            place=f"Giường {place.split()[1]}",
            note=note,
        )
        for code, note in zip(printed, notes, strict=True)
    ]
