"""One example of every command, on stays with history. A command without an example fails the proofs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from backend.core.access import Role
from backend.identity.types import EnrolDevice
from tests.house.house import House, service_claims
from tests.house.tablet import Tablet

WARDS = ("noi", "ngoai")
LOGS = (*WARDS, "facility")
CREW = (Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN, Role.CLERK, Role.ADMINISTRATOR)
STAYS = 6
TRIES = 40
"""How often a sender tries what is answered `retry`, as an outbox does."""


class Hospital:
    """Two wards with patients, shared by many writers."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.stays: list[UUID] = []
        self.staff: dict[Role, UUID] = {}
        self.others: list[UUID] = []

    async def build(self) -> "Hospital":
        """Wards, six patients with a little history, one person of each role."""
        for ward_id in WARDS:
            places = await self.house.add_ward(ward_id, positions=STAYS // 2)
            self.stays += [
                await self.house.admit(ward_id, place, given_name=f"Hoa {len(self.stays)}") for place in places
            ]
        for role in CREW:
            self.staff[role] = await self.house.add_staff(role, WARDS, role.value)
        self.others = [await self.house.add_staff(Role.NURSE, WARDS, "Mai")]
        writer = await self.writer(Random(1))
        for stay_id in self.stays:
            await writer.does("record_vitals", stay_id=stay_id)
            await writer.does("record_allergy", stay_id=stay_id)
            await writer.does("print_wristband", stay_id=stay_id)
        return self

    async def writer(self, random: Random) -> "Writer":
        """A ward device on which one person of each role has a session."""
        device = await self.house.add_device(WARDS)
        tablets = {role: await self.house.sign_in(staff_id, device) for role, staff_id in self.staff.items()}
        return Writer(self, tablets, random)


class Writer:
    """Sends examples from one device, each by the role that may."""

    def __init__(self, hospital: Hospital, tablets: dict[Role, Tablet], random: Random) -> None:
        self.hospital, self.tablets, self.random = hospital, tablets, random
        self.answers: list[dict[str, Any]] = []

    async def does(self, kind: str, stay_id: UUID | None = None) -> dict[str, Any]:
        """One example of this kind, with whatever must come before it."""
        return await EXAMPLES[kind](self, stay_id or self.random.choice(self.hospital.stays))

    async def send(self, by: Role, kind: str, /, **payload: Any) -> dict[str, Any]:
        """The settled answer, after as many tries as it takes; also kept in `answers`."""
        tablet = self.tablets[by]
        raw, answer = tablet.command(kind, **payload), {"answer": "retry"}
        for _ in range(TRIES):
            answer = (await tablet.post([raw]))[0]
            if answer["answer"] != "retry":
                break
            await asyncio.sleep(self.random.random() / 20)
        self.answers.append({"kind": kind, **answer})
        return answer


Example = Callable[[Writer, UUID], Awaitable[dict[str, Any]]]
EXAMPLES: dict[str, Example] = {}


def example(function: Example) -> Example:
    """Registers the example under its command's name."""
    EXAMPLES[function.__name__] = function
    return function


def readings(random: Random, at: datetime) -> list[dict[str, Any]]:
    """A full NEWS2 set of an adult who is sometimes ill."""
    values = {
        "respiration_rate": random.choice((16, 22, 26)), "spo2": random.choice((97, 93, 90)),
        "systolic_bp": random.choice((120, 95)), "diastolic_bp": 70, "pulse": random.choice((80, 115)),
        "temperature": random.choice((370, 391)), "pain": random.choice((0, 4)),
    }  # fmt: skip
    measured = [{"parameter": name, "value": value, "taken_at": at} for name, value in values.items()]
    told = [
        {"parameter": "oxygen", "code": "air", "taken_at": at},
        {"parameter": "consciousness", "code": "A", "taken_at": at},
    ]
    return measured + told


def _now() -> datetime:
    return datetime.now(UTC)


@example
async def add_staff(w: Writer, _: UUID) -> dict[str, Any]:
    staff_id = uuid4()
    answer = await w.send(
        Role.ADMINISTRATOR, "add_staff", staff_id=staff_id, family_name="Lê", given_name="Bình", role="nurse",
        wards=list(WARDS), login=f"binh-{staff_id.hex[:10]}",
    )  # fmt: skip
    w.hospital.others.append(staff_id)
    return answer


@example
async def change_staff(w: Writer, _: UUID) -> dict[str, Any]:
    return await w.send(
        Role.ADMINISTRATOR, "change_staff", staff_id=w.random.choice(w.hospital.others), family_name="Lê",
        middle_name="Văn", given_name="Bình", role="midwife", wards=["noi"],
    )  # fmt: skip


@example
async def issue_badge(w: Writer, _: UUID) -> dict[str, Any]:
    return await w.send(
        Role.ADMINISTRATOR,
        "issue_badge",
        staff_id=w.hospital.staff[Role.CLERK],
        reason=w.random.choice(("first", "lost")),
    )


@example
async def disable_staff(w: Writer, stay_id: UUID) -> dict[str, Any]:
    await add_staff(w, stay_id)
    return await w.send(Role.ADMINISTRATOR, "disable_staff", staff_id=w.hospital.others[-1], reason="left")


@example
async def enable_staff(w: Writer, stay_id: UUID) -> dict[str, Any]:
    await add_staff(w, stay_id)
    staff_id = w.hospital.others[-1]
    await w.send(Role.ADMINISTRATOR, "disable_staff", staff_id=staff_id, reason="leave")
    return await w.send(Role.ADMINISTRATOR, "enable_staff", staff_id=staff_id, reason="back")


@example
async def enrol_device(w: Writer, _: UUID) -> dict[str, Any]:
    """Sent by the house itself."""
    device_id = uuid4()
    command = EnrolDevice(device_id=device_id, device_kind="ward", name="Máy", wards=["noi"], **service_claims())
    await w.hospital.house.execute(command)
    answer = {"kind": "enrol_device", "answer": "accepted", "device_id": device_id}
    w.answers.append(answer)
    return answer


@example
async def revoke_device(w: Writer, stay_id: UUID) -> dict[str, Any]:
    enrolled = await enrol_device(w, stay_id)
    return await w.send(Role.ADMINISTRATOR, "revoke_device", device_id=enrolled["device_id"], reason="lost")


@example
async def add_ward(w: Writer, _: UUID) -> dict[str, Any]:
    return await w.send(
        Role.ADMINISTRATOR, "add_ward", ward_id=f"w{uuid4().hex[:12]}", name=f"Khoa {uuid4().hex[:6]}", short_name="K"
    )


@example
async def change_ward(w: Writer, _: UUID) -> dict[str, Any]:
    return await w.send(
        Role.ADMINISTRATOR, "change_ward", ward_id=w.random.choice(WARDS), name=f"Khoa {w.random.random()}",
        short_name="Nội", on_call_phone="0900000000",
    )  # fmt: skip


@example
async def add_position(w: Writer, _: UUID) -> dict[str, Any]:
    return await _position(w, w.random.choice(WARDS), uuid4())


@example
async def close_position(w: Writer, _: UUID) -> dict[str, Any]:
    ward_id, position_id = w.random.choice(WARDS), uuid4()
    await _position(w, ward_id, position_id)
    return await w.send(Role.CHARGE_NURSE, "close_position", ward_id=ward_id, position_id=position_id)


@example
async def admit_patient(w: Writer, _: UUID) -> dict[str, Any]:
    return (await _admitted(w))[1]


@example
async def move_stay(w: Writer, stay_id: UUID) -> dict[str, Any]:
    """To the other ward as often as within this one."""
    ward_id, position_id = w.random.choice(WARDS), uuid4()
    await _position(w, ward_id, position_id)
    return await w.send(Role.NURSE, "move_stay", stay_id=stay_id, ward_id=ward_id, position_id=position_id)


@example
async def discharge_stay(w: Writer, _: UUID) -> dict[str, Any]:
    stay_id, _admission = await _admitted(w)
    await record_vitals(w, stay_id)
    return await w.send(Role.NURSE, "discharge_stay", stay_id=stay_id, way="home", discharged_at=_now())


@example
async def set_care_level(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(Role.PHYSICIAN, "set_care_level", stay_id=stay_id, care_level=w.random.choice((1, 2, 3)))


@example
async def change_reason(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(Role.NURSE, "change_reason", stay_id=stay_id, reason=f"Viêm phổi {w.random.random()}")


@example
async def open_chart(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(Role.NURSE, "open_chart", stay_id=stay_id)


@example
async def change_patient(w: Writer, stay_id: UUID) -> dict[str, Any]:
    patient = {
        "family_name": "Nguyễn",
        "given_name": f"Hoa {w.random.randrange(99)}",
        "birth_year": 1958,
        "sex": "female",
    }
    return await w.send(Role.CLERK, "change_patient", stay_id=stay_id, patient=patient, reason="misheard")


@example
async def record_allergy(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(
        Role.NURSE, "record_allergy", stay_id=stay_id, allergy_id=uuid4(), substance="penicillin", reaction="ban",
        severity="moderate",
    )  # fmt: skip


@example
async def record_allergy_state(w: Writer, stay_id: UUID) -> dict[str, Any]:
    state = w.random.choice(("none_known", "unable_to_ask"))
    return await w.send(Role.NURSE, "record_allergy_state", stay_id=stay_id, state=state, asked="con gái")


@example
async def withdraw_allergy(w: Writer, stay_id: UUID) -> dict[str, Any]:
    allergy_id = uuid4()
    await w.send(Role.NURSE, "record_allergy", stay_id=stay_id, allergy_id=allergy_id, substance="tôm")
    return await w.send(
        Role.PHYSICIAN, "withdraw_allergy", stay_id=stay_id, allergy_id=allergy_id, reason="test negative"
    )


@example
async def record_weight(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(
        Role.NURSE, "record_weight", stay_id=stay_id, weight_g=w.random.randrange(50_000, 60_000), source="scale",
        weighed_at=_now() - timedelta(minutes=w.random.randrange(60)),
    )  # fmt: skip


@example
async def record_pregnancy(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(Role.NURSE, "record_pregnancy", stay_id=stay_id, pregnancy="no")


@example
async def answer_age(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(Role.NURSE, "answer_age", stay_id=stay_id, age_months=w.random.randrange(804, 815))


@example
async def print_wristband(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(Role.CLERK, "print_wristband", stay_id=stay_id, reason="damaged")


@example
async def wear_wristband(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(Role.NURSE, "wear_wristband", stay_id=stay_id, code=await _band(w, stay_id))


@example
async def void_wristband(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(Role.CLERK, "void_wristband", stay_id=stay_id, code=await _band(w, stay_id), reason="misprint")


@example
async def record_vitals(w: Writer, stay_id: UUID) -> dict[str, Any]:
    at = _now() - timedelta(minutes=w.random.randrange(25), seconds=w.random.randrange(60))
    return await w.send(
        Role.NURSE,
        "record_vitals",
        stay_id=stay_id,
        readings=readings(w.random, at),
        identification={"method": "question"},
    )


@example
async def correct_vitals(w: Writer, stay_id: UUID) -> dict[str, Any]:
    first = await record_vitals(w, stay_id)
    corrected = [{"parameter": "pulse", "value": w.random.randrange(60, 130), "taken_at": _now()}]
    return await w.send(
        Role.NURSE, "correct_vitals", stay_id=stay_id, corrects=first["id"], reason="typing",
        readings=w.random.choice(([], corrected)),
    )  # fmt: skip


@example
async def set_spo2_scale(w: Writer, stay_id: UUID) -> dict[str, Any]:
    first = await w.send(Role.PHYSICIAN, "set_spo2_scale", stay_id=stay_id, scale=2, reason="COPD, known CO2")
    other = 1 if first["answer"] == "accepted" else 2
    answer = await w.send(Role.PHYSICIAN, "set_spo2_scale", stay_id=stay_id, scale=other, reason="new blood gas")
    return answer if answer["answer"] == "accepted" else first


@example
async def attach_monitor(w: Writer, stay_id: UUID) -> dict[str, Any]:
    return await w.send(Role.NURSE, "attach_monitor", stay_id=stay_id, attached=w.random.choice((True, False)))


async def _position(w: Writer, ward_id: str, position_id: UUID) -> dict[str, Any]:
    return await w.send(
        Role.CHARGE_NURSE, "add_position", ward_id=ward_id, position_id=position_id, room="102", bed="X",
        label=position_id.hex[:8].upper(),
    )  # fmt: skip


async def _admitted(w: Writer) -> tuple[UUID, dict[str, Any]]:
    ward_id, position_id, stay_id = w.random.choice(WARDS), uuid4(), uuid4()
    await _position(w, ward_id, position_id)
    patient = {"family_name": "Phạm", "given_name": "Sáu", "birth_year": 1970, "sex": "male"}
    answer = await w.send(
        Role.CLERK, "admit_patient", ward_id=ward_id, stay_id=stay_id, patient_id=uuid4(), patient=patient,
        position_id=position_id, reason="Sốt", admitted_at=_now() - timedelta(minutes=5),
    )  # fmt: skip
    return stay_id, answer


async def _band(w: Writer, stay_id: UUID) -> str:
    answer = await print_wristband(w, stay_id)
    code = answer.get("result", {}).get("code")
    assert isinstance(code, str), answer
    return code
