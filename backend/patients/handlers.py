"""One function per command on identity, allergies, weight, pregnancy and bands."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from backend.core.access import BEDSIDE, NURSING, Allow, Role
from backend.core.clock import corrected
from backend.core.commands import Refusal
from backend.core.desk import Desk, Handlers, of_patient, of_stay
from backend.patients import bands, identity, queries, rules
from backend.patients.identity import Known, locked_patient
from backend.patients.types import (
    AnswerAge,
    ChangePatient,
    PrintWristband,
    RecordAllergy,
    RecordAllergyState,
    RecordPregnancy,
    RecordWeight,
    VoidWristband,
    WearWristband,
    WithdrawAllergy,
)
from barcode.codes import Kind, make

HANDLERS = Handlers()
DESK_ROLES = NURSING | {Role.CLERK, Role.PHYSICIAN}
FUTURE_TOLERANCE = timedelta(minutes=5)


@HANDLERS.handles(ChangePatient, allow=Allow(roles=DESK_ROLES), scope=of_patient, event="PatientChanged")
async def change_patient(command: ChangePatient, desk: Desk) -> Refusal | None:
    known = await locked_patient(desk, command.stay_id)
    refusal = await identity.change(desk, known, command.patient, command.reason)
    if refusal is None:
        desk.touch("patient", known.patient_id)
    return refusal


@HANDLERS.handles(
    RecordAllergy, allow=Allow(roles=BEDSIDE | {Role.PHARMACIST}), scope=of_patient, event="AllergyRecorded"
)
async def record_allergy(command: RecordAllergy, desk: Desk) -> None:
    known = await locked_patient(desk, command.stay_id)
    before = await desk.connection.fetchrow(queries.STANDING_ALLERGY, known.own_id, command.allergy_id)
    await desk.connection.execute(
        queries.INSERT_ALLERGY, command.id, known.own_id, command.stay_id, command.allergy_id, command.substance,
        command.code, command.reaction, command.severity, command.certainty, command.source, desk.actor.staff_id,
        desk.actor.name, desk.now,
    )  # fmt: skip
    if command.code is None:
        desk.find("allergy_not_coded", "note", substance=command.substance)
    after = (command.severity, command.certainty)
    weakened = (
        before is not None
        and not before["withdrawn"]
        and rules.allergy_weakened((before["severity"], before["certainty"]), after)
    )
    if weakened and desk.actor.role is not Role.PHYSICIAN:
        desk.find("allergy_weakened", "warn", substance=command.substance)
    else:
        await desk.connection.execute(queries.STAND_ALLERGY, known.own_id, command.allergy_id, command.id)
    await _settle_allergies(desk, known)


@HANDLERS.handles(
    RecordAllergyState, allow=Allow(roles=BEDSIDE | {Role.PHARMACIST}), scope=of_patient, event="AllergyAnswered"
)
async def record_allergy_state(command: RecordAllergyState, desk: Desk) -> None:
    known = await locked_patient(desk, command.stay_id)
    await desk.connection.execute(
        queries.INSERT_ALLERGY_ANSWER, command.id, known.own_id, command.stay_id, command.state, command.asked,
        desk.actor.staff_id, desk.now,
    )  # fmt: skip
    if await desk.connection.fetchval(queries.STANDING_ALLERGIES, known.patient_id):
        desk.find("allergy_contradicted", "warn", state=command.state)
    await _settle_allergies(desk, known)


@HANDLERS.handles(
    WithdrawAllergy, allow=Allow(roles=frozenset({Role.PHYSICIAN})), scope=of_patient, event="AllergyWithdrawn"
)
async def withdraw_allergy(command: WithdrawAllergy, desk: Desk) -> Refusal | None:
    known = await locked_patient(desk, command.stay_id)
    owner = await desk.connection.fetchval(queries.FIND_ALLERGY, known.patient_id, command.allergy_id)
    if owner is None:
        return Refusal(rule="allergy_unknown")
    await desk.connection.execute(
        queries.WITHDRAW_ALLERGY, command.id, owner, command.stay_id, command.allergy_id, command.reason,
        desk.actor.staff_id, desk.now,
    )  # fmt: skip
    await _settle_allergies(desk, known)
    return None


async def _settle_allergies(desk: Desk, known: Known) -> None:
    """Rule P9: the state that the reports, answers and withdrawals come to."""
    standing = await desk.connection.fetchval(queries.STANDING_ALLERGIES, known.patient_id)
    answer = await desk.connection.fetchrow(queries.LAST_ALLERGY_ANSWER, known.patient_id)
    state = rules.allergy_state(standing, answer["state"] if answer else None)
    asked, at = (answer["asked"], answer["at"]) if answer and not standing else ("", None)
    await desk.connection.execute(queries.SET_ALLERGY_STATE, known.patient_id, desk.command.id, state, asked, at)
    desk.touch("patient", known.patient_id)


@HANDLERS.handles(RecordWeight, allow=Allow(roles=BEDSIDE), scope=of_patient, event="WeightRecorded")
async def record_weight(command: RecordWeight, desk: Desk) -> None:
    known = await locked_patient(desk, command.stay_id)
    weighed_at = past_instant(desk, command.weighed_at)
    before = await desk.connection.fetchval(queries.WEIGHT_BEFORE, known.patient_id, weighed_at)
    if before is not None and rules.weight_changed(before, command.weight_g):
        desk.find("weight_changed", "warn", before_g=before, now_g=command.weight_g)
    await desk.connection.execute(
        queries.INSERT_WEIGHT, command.id, known.own_id, command.stay_id, command.weight_g, command.source, weighed_at,
        desk.actor.staff_id, desk.now, known.patient_id,
    )  # fmt: skip
    desk.touch("patient", known.patient_id)


def past_instant(desk: Desk, at: datetime) -> datetime:
    """An instant off the device's clock, corrected and never after the receipt; a finding where it was far ahead."""
    offset_ms = desk.command.clock.offset_ms if desk.command.clock else 0
    if at + timedelta(milliseconds=offset_ms) > desk.received_at + FUTURE_TOLERANCE:
        desk.find("time_in_future", "warn", at=at.isoformat())
    return corrected(at, offset_ms, desk.received_at)


@HANDLERS.handles(RecordPregnancy, allow=Allow(roles=BEDSIDE), scope=of_patient, event="PregnancyRecorded")
async def record_pregnancy(command: RecordPregnancy, desk: Desk) -> None:
    known = await locked_patient(desk, command.stay_id)
    if command.pregnancy != "no" and known.state["sex"] == "male":
        desk.find("pregnancy_of_a_man", "warn")
    if command.pregnancy == "postpartum" and command.delivered_on is None:
        desk.find("delivery_date_missing", "note")
    await desk.connection.execute(
        queries.INSERT_PREGNANCY, command.id, known.own_id, command.stay_id, command.pregnancy, command.delivered_on,
        desk.actor.staff_id, desk.now, known.patient_id,
    )  # fmt: skip
    desk.touch("patient", known.patient_id)


@HANDLERS.handles(AnswerAge, allow=Allow(roles=BEDSIDE), scope=of_patient, event="AgeAnswered")
async def answer_age(command: AnswerAge, desk: Desk) -> None:
    known = await locked_patient(desk, command.stay_id)
    today = rules.local_day(desk.now)
    year = known.state["birth_year"]
    limits = rules.age_range_months(rules.Birth(birth_date=known.state["birth_date"], birth_year=year), today)
    if limits is not None and not limits[0] <= command.age_months <= limits[1]:
        desk.find("age_disagrees", "warn", age_months=command.age_months, birth_year=year)
    await desk.connection.execute(
        queries.INSERT_AGE, command.id, known.own_id, command.stay_id, command.age_months, today, desk.actor.staff_id,
        desk.now, known.patient_id,
    )  # fmt: skip
    desk.touch("patient", known.patient_id)


@HANDLERS.handles(PrintWristband, allow=Allow(roles=DESK_ROLES), scope=of_stay, event="WristbandPrinted")
async def print_wristband(command: PrintWristband, desk: Desk) -> Refusal | None:
    owner = await desk.connection.fetchrow(queries.STAY_OWNER, command.stay_id)
    before = await desk.connection.fetch(queries.BANDS_OF_STAY, command.stay_id)
    if owner["ended"]:
        return Refusal(rule="stay_ended")
    if command.reason == "first" and before:
        return Refusal(rule="not_first_band", detail={"print_number": before[-1]["print_number"]})
    code, number = make(Kind.WRISTBAND, _random_digits), len(before) + 1
    state = rules.band_printed(number)
    await desk.connection.execute(
        queries.INSERT_BAND, code, command.id, owner["patient_id"], command.stay_id, number, command.reason,
        desk.actor.staff_id, desk.now, state, command.reason == "child_limb",
    )  # fmt: skip
    desk.touch("wristband", code)
    desk.result_is(code=code, print_number=number, state=state)
    return None


def _random_digits(count: int) -> str:
    """Digits nobody can guess."""
    return "".join(secrets.choice("0123456789") for _ in range(count))


@HANDLERS.handles(WearWristband, allow=Allow(roles=BEDSIDE), scope=of_stay, event="WristbandWorn")
async def wear_wristband(command: WearWristband, desk: Desk) -> None:
    band = await bands.check_band(desk, command.stay_id, command.code, putting_on=True)
    await _band_event(desk, command.stay_id, command.code, "worn", "")
    if band is None or band.stay_id != command.stay_id:
        return
    bands_of_stay = await desk.connection.fetch(queries.BANDS_OF_STAY, command.stay_id)
    newer_live = any(
        b["state"] == "live" and not b["limb_pair"] and b["print_number"] > band.print_number for b in bands_of_stay
    )
    state = rules.band_worn(band.state, newer_live)
    if state == band.state:
        return
    await desk.connection.execute(queries.SET_BAND_STATE, command.code, command.id, state)
    desk.touch("wristband", command.code)
    if state == "live" and not band.limb_pair:
        for older in await desk.connection.fetch(
            queries.SUPERSEDE_OLDER, command.stay_id, band.print_number, command.id
        ):
            desk.touch("wristband", older["code"])


@HANDLERS.handles(VoidWristband, allow=Allow(roles=DESK_ROLES), scope=of_stay, event="WristbandVoided")
async def void_wristband(command: VoidWristband, desk: Desk) -> Refusal | None:
    band = await bands.band(desk, command.code)
    if band is None or band.stay_id != command.stay_id:
        return Refusal(rule="band_unknown")
    if band.state == "void":
        return Refusal(rule="band_void")
    await _band_event(desk, command.stay_id, command.code, "void", command.reason)
    await desk.connection.execute(queries.SET_BAND_STATE, command.code, command.id, "void")
    desk.touch("wristband", command.code)
    return None


async def _band_event(desk: Desk, stay_id: UUID, code: str, event: str, reason: str) -> None:
    await desk.connection.execute(
        queries.INSERT_BAND_EVENT, desk.command.id, code, stay_id, event, reason, desk.actor.staff_id, desk.now
    )
