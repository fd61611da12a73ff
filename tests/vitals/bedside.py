"""One stay, the people around it, and a past that is written as a list of what they did."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.core.access import Role
from tests.house.house import House
from tests.house.tablet import Tablet

Json = dict[str, Any]
WELL: Json = {
    "respiration_rate": 16, "spo2": 97, "oxygen": "air", "systolic_bp": 122, "diastolic_bp": 74, "pulse": 76,
    "consciousness": "A", "temperature": 368,
}  # fmt: skip
ILL: Json = {**WELL, "respiration_rate": 28, "spo2": 90, "oxygen": ("nasal_cannula", 30), "pulse": 120}
"""A score of 10."""


class Bedside:
    """A patient's bed, with a nurse, another nurse, a charge nurse and a physician on one tablet."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=30)

    async def build(self, **details: Any) -> "Bedside":
        """The patient is admitted; `details` is their identity."""
        self.places = await self.house.add_ward("noi")
        self.elsewhere = await self.house.add_ward("ngoai")
        self.stay_id = await self.house.admit("noi", self.places[0], **details)
        device, wards = await self.house.add_device(("noi", "ngoai")), ("noi", "ngoai")
        self.nurse, self.other_nurse, self.charge_nurse, self.physician = [
            await self.house.sign_in(await self.house.add_staff(role, wards, name), device)
            for role, name in (
                (Role.NURSE, "Lan"), (Role.NURSE, "Mai"), (Role.CHARGE_NURSE, "Hà"), (Role.PHYSICIAN, "Dũng"),
            )
        ]  # fmt: skip
        return self

    def at(self, hours: float) -> datetime:
        """So many hours after the start, which lies 30 hours back."""
        return self.start + timedelta(minutes=round(hours * 60))

    async def did(self, by: Tablet, kind: str, hours: float, **payload: Any) -> Json:
        """An act at that hour; the answer."""
        return await by.send(kind, stay_id=self.stay_id, recorded_at=self.at(hours), **payload)

    async def charted(self, hours: float, values: Json, *, by: Tablet | None = None, **more: Any) -> Json:
        """A set taken and charted at that hour; `taken` says otherwise, `identification` how the patient was known."""
        taken = more.pop("taken", hours)
        given: Json = {"identification": {"method": "companion"}, **more}
        readings = readings_of(values, self.at(taken))
        return await self.did(by or self.nurse, "record_vitals", hours, readings=readings, **given)

    async def corrected(
        self, hours: float, which: Json, values: Json, *, taken: float, by: Tablet | None = None
    ) -> Json:
        """The set of that answer is corrected; no values take it back."""
        readings = readings_of(values, self.at(taken))
        return await self.did(
            by or self.nurse, "correct_vitals", hours, corrects=which["id"], readings=readings, reason="gõ nhầm"
        )

    async def rows(self) -> list[Json]:
        """Every row a tablet of both wards holds."""
        snapshots = [await self.house.snapshot(log_id) for log_id in ("noi", "ngoai", "facility")]
        return [row for snapshot in snapshots for row in snapshot["rows"]]

    async def state(self) -> Json:
        """Where the stay stands."""
        return next(row for row in await self.rows() if row["type"] == "vitals_state")

    async def set_of(self, answer: Json) -> Json:
        """The row of the set that was answered so."""
        return next(row for row in await self.rows() if row["key"] == answer["id"])

    async def band(self, stay_id: UUID | None = None, reason: str = "first") -> str:
        """A new print of the stay's band."""
        answer = await self.nurse.accepted("print_wristband", stay_id=stay_id or self.stay_id, reason=reason)
        code: str = answer["result"]["code"]
        return code


def readings_of(values: Json, taken_at: datetime) -> list[Json]:
    """Readings from a short hand: a number, a code, (code, number) or {"state": …, "reason": …}."""
    return [_reading(parameter, value, taken_at) for parameter, value in values.items()]


def _reading(parameter: str, value: Any, taken_at: datetime) -> Json:
    reading: Json = {"parameter": parameter, "taken_at": taken_at}
    if isinstance(value, dict):
        return {**reading, **value}
    if isinstance(value, tuple):
        return {**reading, "code": value[0], "value": value[1]}
    return {**reading, "code": value} if isinstance(value, str) else {**reading, "value": value}


def rules_of(answer: Json) -> dict[str, str]:
    """The findings of an answer: severity by rule."""
    assert answer["answer"] == "accepted", answer
    return {finding["rule"]: finding["severity"] for finding in answer["findings"]}


def too_ill() -> Json:
    """Tried, and not measurable because the patient is too ill."""
    return {"state": "not_measurable", "reason": "too_ill"}
