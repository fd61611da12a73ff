"""Labels as PDF: bands, bed labels, staff badges, and the demo's sheet. Slow work (10 ms): call it in a thread."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import typst
from msgspec import Struct

from barcode.images import qr_modules

HERE = Path(__file__).parent
QUIET = 4
LONGEST_WORD = 20
SEXES = {"male": "Nam", "female": "Nữ", "unknown": "Chưa rõ giới"}
ROLES = {
    "nurse": "Điều dưỡng",
    "midwife": "Hộ sinh",
    "charge_nurse": "Điều dưỡng trưởng",
    "physician": "Bác sĩ",
    "pharmacist": "Dược sĩ",
    "student": "Học viên",
    "clerk": "Hành chính",
    "administrator": "Quản trị",
}
SYNTHETIC = "Dữ liệu tổng hợp · Synthetic"


class Wristband(Struct, frozen=True, kw_only=True):
    """What a band says in letters; its code carries only the number."""

    code: str
    family_name: str
    middle_name: str
    given_name: str
    birth_date: date | None
    birth_year: int | None
    estimated_years: int | None
    """Of an unknown person, who has no birth year."""
    sex: str
    patient_code: str
    allergies: list[str]
    allergy_state: str
    hospital: str


class Badge(Struct, frozen=True, kw_only=True):
    """A member of staff's badge."""

    code: str
    family_name: str
    middle_name: str
    given_name: str
    role: str
    wards: list[str]
    hospital: str


class Bed(Struct, frozen=True, kw_only=True):
    """A bed's label; `labels` names every position that shares the bed (12A · 12B)."""

    code: str
    labels: str
    room: str
    ward: str
    hospital: str


class SheetBand(Struct, frozen=True, kw_only=True):
    """One band on the demo's sheet: where the patient lies, and what the band is there to show."""

    band: Wristband
    place: str
    note: str = ""


class SheetStaff(Struct, frozen=True, kw_only=True):
    """One badge on the demo's sheet, with what its person types: (what, the letters)."""

    badge: Badge
    secrets: list[tuple[str, str]]


class SheetWard(Struct, frozen=True, kw_only=True):
    """One ward's bands and beds."""

    name: str
    bands: list[SheetBand]
    beds: list[Bed]


def wristbands(bands: Sequence[Wristband], demo: bool = False) -> bytes:
    """One page of 200 × 25 mm for each band."""
    foot = SYNTHETIC if demo else bands[0].hospital
    return _made("wristbands", hospital=bands[0].hospital, foot=foot, people=[_band(b) for b in bands])


def badges(people: Sequence[Badge], demo: bool = False) -> bytes:
    """Cards of 86 × 54 mm, ten to an A4 page."""
    cards = [
        {"svg": qr_path_svg(p.code), "name": _name(p), "role": ROLES.get(p.role, p.role), "wards": ", ".join(p.wards)}
        for p in people
    ]
    foot = SYNTHETIC if demo else "Thẻ mất: báo ngay quản trị để khoá."
    return _made("cards", kind="badge", title="Thẻ nhân viên", hospital=people[0].hospital, foot=foot, cards=cards)


def bed_labels(beds: Sequence[Bed], demo: bool = False) -> bytes:
    """Cards of 86 × 54 mm, ten to an A4 page."""
    cards = [{"svg": qr_path_svg(b.code), "labels": b.labels, "room": _room(b), "ward": b.ward} for b in beds]
    foot = SYNTHETIC if demo else "Mã giường không thay vòng đeo tay."
    return _made("cards", kind="bed", title="Nhãn giường", hospital=beds[0].hospital, foot=foot, cards=cards)


def demo_sheet(hospital: str, staff: Sequence[SheetStaff], wards: Sequence[SheetWard], staff_note: str) -> bytes:
    """What a demo is scanned with, on A4: badges with what their people type, then bands ward by ward."""
    return _made(
        "demo_sheet",
        hospital=hospital,
        staff_note=staff_note,
        staff=[
            {
                "svg": qr_path_svg(s.badge.code),
                "name": _name(s.badge),
                "role": ROLES.get(s.badge.role, s.badge.role),
                "wards": ", ".join(s.badge.wards),
                "secrets": s.secrets,
            }
            for s in staff
        ],
        wards=[
            {
                "name": w.name,
                "note": f"{len(w.bands)} vòng đeo tay",
                "beds": [{"svg": qr_path_svg(bed.code), "labels": bed.labels, "room": _room(bed)} for bed in w.beds],
                "people": [_band(b.band) | {"place": b.place, "note": b.note} for b in w.bands],
            }
            for w in wards
        ],
    )


def qr_path_svg(text: str) -> str:
    """The QR as one path of one SVG, with its quiet zone: no seams between modules at any size."""
    modules = qr_modules(text)
    side = len(modules) + 2 * QUIET
    runs = "".join(
        f"M{QUIET + x} {QUIET + y}h{length}v1h-{length}z" for y, row in enumerate(modules) for x, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{runs}" fill="#000"/></svg>'
    )


def _runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    """(start, length) of each dark run."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs


def _band(band: Wristband) -> dict[str, Any]:
    return {
        "svg": qr_path_svg(band.code),
        "name": _name(band),
        "facts": " · ".join([_birth(band), SEXES[band.sex], band.patient_code]),
        "allergy_state": band.allergy_state,
        "allergies": _listed(band.allergies),
    }


def _room(bed: Bed) -> str:
    """A numbered room is called one; a corridor has its own name."""
    return f"Buồng {bed.room}" if bed.room[:1].isdigit() else bed.room


def _birth(band: Wristband) -> str:
    if band.birth_year is not None:
        return str(band.birth_year)
    if band.birth_date is not None:
        return str(band.birth_date.year)
    return "Tuổi chưa rõ" if band.estimated_years is None else f"khoảng {band.estimated_years} tuổi"


def _listed(allergies: Sequence[str]) -> str:
    """Two in full, the rest counted: the chart has them all."""
    shown = ", ".join(allergies[:2])
    return f"{shown} +{len(allergies) - 2}" if len(allergies) > 2 else shown


def _name(person: Wristband | Badge) -> str:
    """The whole name in capitals; a word longer than any name's may be broken, so that it never leaves its place."""
    words = f"{person.family_name} {person.middle_name} {person.given_name}".upper().split()
    return " ".join(word if len(word) <= LONGEST_WORD else _breakable(word) for word in words)


def _breakable(word: str) -> str:
    return "\u200b".join(word[at : at + LONGEST_WORD // 2] for at in range(0, len(word), LONGEST_WORD // 2))


def _made(template: str, **data: Any) -> bytes:
    pdf = typst.compile(
        HERE / "templates" / f"{template}.typ",
        format="pdf",
        font_paths=[HERE / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"data": msgspec.json.encode(data).decode()},
    )
    if not isinstance(pdf, bytes):
        raise RuntimeError(f"typst made no PDF of {template}")
    return pdf
