"""What the demo's people did: one command for each act, in the order of the story."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from backend.core.access import Actor, Role
from backend.core.commands import Command
from backend.demo import stories
from backend.demo.hospital import HOSPITAL, OPENED, Invention, details_of, labels_of
from backend.demo.stories import Measured
from backend.identity.installing import INSTALLER
from backend.identity.types import AddStaff, IssueBadge
from backend.patients.types import (
    PrintWristband,
    RecordAllergy,
    RecordAllergyState,
    RecordPregnancy,
    RecordWeight,
    VoidWristband,
    WearWristband,
)
from backend.vitals.types import AttachMonitor, Identification, Parameter, Reading, RecordVitals, SetSpo2Scale
from backend.wards.types import AddPosition, AddWard, AdmitPatient, ChangeReason

LATE, PARTIAL = 0.05, 0.07
LATE_REASONS = ("Cấp cứu giường bên", "Hết pin máy tính bảng, ghi sau", "Đang tiếp người bệnh mới")
NOT_TAKEN: tuple[tuple[Parameter, str], ...] = (
    ("systolic_bp", "asleep"),
    ("temperature", "refused"),
    ("systolic_bp", "no_device"),
)
NAMES: dict[str, Parameter] = {
    "rr": "respiration_rate",
    "spo2": "spo2",
    "sbp": "systolic_bp",
    "dbp": "diastolic_bp",
    "pulse": "pulse",
    "temp": "temperature",
    "pain": "pain",
}
HOT = ("medium", "high", "red_single")


class Act(Struct, frozen=True):
    """One command and who does it."""

    command: Command
    actor: Actor


def opening(story: Invention) -> Iterator[Act]:
    """The wards, their positions and their people."""
    at = story.now - OPENED
    for ward in story.wards:
        described = {key: ward[key] for key in ("ward_id", "name", "short_name", "on_call_phone")}
        yield Act(AddWard(**described, **story.claims(at, "ward", ward["ward_id"])), INSTALLER)
    for person in story.staff:
        yield from _joining(story, person, at)


def _joining(story: Invention, person: dict[str, Any], at: datetime) -> Iterator[Act]:
    family_name, middle_name, given_name = person["name"]
    login, staff_id = person["login"], story.id("staff", person["login"])
    yield Act(
        AddStaff(
            staff_id=staff_id, family_name=family_name, middle_name=middle_name, given_name=given_name,
            role=Role(person["role"]), wards=person["wards"], login=login, **story.claims(at, "staff", login),
        ),
        INSTALLER,
    )  # fmt: skip
    yield Act(IssueBadge(staff_id=staff_id, reason="first", **story.claims(at, "badge", login)), INSTALLER)


def positions(story: Invention, ward: dict[str, Any]) -> Iterator[Act]:
    """Thirty beds, some positions more."""
    at, ward_id = story.now - OPENED, ward["ward_id"]
    for room, bed, label, extra in labels_of(ward):
        place = f"{ward_id} {label}"
        yield Act(
            AddPosition(
                ward_id=ward_id, position_id=story.id("position", place), room=room, bed=bed, label=label, extra=extra,
                **story.claims(at, "position", place),
            ),
            INSTALLER,
        )  # fmt: skip


def admissions(story: Invention, ward_id: str) -> list[Act]:
    """Everyone admitted at the desk, with a band printed, oldest first."""
    acts: list[Act] = []
    for patient in _of_ward(story, ward_id):
        at, place, clerk = story.admitted_at(patient), patient["at"], story.actor("hanh")
        acts.append(
            Act(
                AdmitPatient(
                    ward_id=ward_id, stay_id=story.stay_id(place), patient_id=story.id("patient", place),
                    patient=details_of(patient, at), position_id=story.id("position", place),
                    reason=patient["reason"], care_level=patient["care"], admitted_at=at,
                    **story.claims(at, "admit", place),
                ),
                clerk,
            )
        )  # fmt: skip
        acts += [Act(command, clerk) for command in _prints(story, place, at)]
    return sorted(acts, key=lambda act: act.command.recorded_at)


def _prints(story: Invention, place: str, at: datetime) -> Iterator[PrintWristband]:
    if place == HOSPITAL["no_band_of"]["at"]:
        return
    first = at + timedelta(minutes=3)
    yield _print(story, place, 1, "first", first)
    if place == HOSPITAL["void_band_of"]:
        yield _print(story, place, 2, "changed", first + timedelta(minutes=9))
    if place == HOSPITAL["reprinted_band_of"]:
        yield _print(story, place, 2, "damaged", story.now - timedelta(hours=26))


def _print(story: Invention, place: str, number: int, reason: Any, at: datetime) -> PrintWristband:
    return PrintWristband(stay_id=story.stay_id(place), reason=reason, **story.claims(at, "band", place, number))


def _of_ward(story: Invention, ward_id: str) -> list[dict[str, Any]]:
    return [patient for patient in story.patients if patient["at"].split()[0] == ward_id]


def at_the_bedside(story: Invention, ward_id: str, bands: dict[str, list[str]]) -> list[Act]:
    """Bands worn and made void, allergies asked, weights, and three days of vital signs; in the order of time."""
    acts = [act for patient in _of_ward(story, ward_id) for act in _told_of(story, ward_id, patient, bands)]
    return sorted(acts, key=lambda act: act.command.recorded_at)


def _told_of(story: Invention, ward_id: str, patient: dict[str, Any], bands: dict[str, list[str]]) -> Iterator[Act]:
    at = story.admitted_at(patient) + timedelta(minutes=20)
    nurse = story.on_duty(ward_id, at)
    for command in (*_asked(story, patient, at), *_bands(story, patient["at"], at, bands.get(patient["at"], []))):
        yield Act(command, nurse)
    yield from _decided(story, ward_id, patient, at)
    profile, place = HOSPITAL["profiles"][patient["profile"]], patient["at"]
    for number, measured in enumerate(stories.told(profile, story.random("story", place), story.now)):
        if measured.taken_at > at:
            yield charted(story, patient, measured, number, bands)


def _asked(story: Invention, patient: dict[str, Any], at: datetime) -> Iterator[Command]:
    """Allergies in one of their four states, weight, pregnancy."""
    place, stay_id, allergy = patient["at"], story.stay_id(patient["at"]), patient["allergy"]
    if isinstance(allergy, list):
        for number, (substance, code, reaction, severity, certainty) in enumerate(allergy):
            yield RecordAllergy(
                stay_id=stay_id, allergy_id=story.id("allergy", place, number), substance=substance, code=code,
                reaction=reaction, severity=severity, certainty=certainty, source="patient",
                **story.claims(at + timedelta(seconds=45 * number), "allergy", place, number),
            )  # fmt: skip
    elif allergy != "not_asked":
        none = allergy == "none"
        yield RecordAllergyState(
            stay_id=stay_id, state="none_known" if none else "unable_to_ask",
            asked="người bệnh" if none else "không có người nhà", **story.claims(at, "allergies", place),
        )  # fmt: skip
    kilograms, source = patient["weight"]
    yield RecordWeight(
        stay_id=stay_id, weight_g=round(kilograms * 1000), source=source, weighed_at=at,
        **story.claims(at, "weight", place),
    )  # fmt: skip
    if patient.get("pregnancy", "not_asked") != "not_asked":
        yield RecordPregnancy(stay_id=stay_id, pregnancy=patient["pregnancy"], **story.claims(at, "pregnancy", place))


def _bands(story: Invention, place: str, at: datetime, codes: list[str]) -> Iterator[Command]:
    """A misprint made void and replaced; a damaged band replaced a day ago; why one wears none."""
    stay_id = story.stay_id(place)
    if place == HOSPITAL["void_band_of"]:
        yield VoidWristband(stay_id=stay_id, code=codes[0], reason="misprint", **story.claims(at, "void", place))
        yield WearWristband(stay_id=stay_id, code=codes[1], **story.claims(at, "wear", place))
    if place == HOSPITAL["reprinted_band_of"]:
        worn_at = story.now - timedelta(hours=25, minutes=50)
        yield WearWristband(stay_id=stay_id, code=codes[1], **story.claims(worn_at, "wear", place))


def _decided(story: Invention, ward_id: str, patient: dict[str, Any], at: datetime) -> Iterator[Act]:
    """The SpO2 scale a physician sets; a monitor on the septic; the reason that says why no band is worn."""
    place, stay_id, later = patient["at"], story.stay_id(patient["at"]), at + timedelta(minutes=40)
    if HOSPITAL["profiles"][patient["profile"]].get("scale") == 2:
        reason = "COPD, khí máu PaCO2 cao đã biết"
        command = SetSpo2Scale(stay_id=stay_id, scale=2, reason=reason, **story.claims(later, "scale", place))
        yield Act(command, story.actor("bao"))
    if patient["profile"] == "sepsis":
        monitored = AttachMonitor(stay_id=stay_id, attached=True, **story.claims(later, "monitor", place))
        yield Act(monitored, story.on_duty(ward_id, later))
    if place == HOSPITAL["no_band_of"]["at"]:
        reason = f"{patient['reason']}. {HOSPITAL['no_band_of']['why']}"
        yield Act(
            ChangeReason(stay_id=stay_id, reason=reason, **story.claims(later, "reason", place)),
            story.on_duty(ward_id, later),
        )


def charted(
    story: Invention, patient: dict[str, Any], measured: Measured, number: int, bands: dict[str, list[str]]
) -> Act:
    """One set as a nurse charts it: soon or late, whole or in part, by the band of that day."""
    place, taken_at = patient["at"], measured.taken_at
    source = story.random("charting", place, number)
    delay, reason = timedelta(seconds=source.randrange(40, 240)), ""
    if source.random() < LATE and taken_at < story.now - timedelta(hours=4):
        delay, reason = timedelta(minutes=source.randrange(70, 160)), source.choice(LATE_REASONS)
    recorded_at = min(taken_at + delay, story.now)
    return Act(
        RecordVitals(
            stay_id=story.stay_id(place),
            readings=_readings(story, place, measured, source),
            identification=_identified(story, place, taken_at, bands.get(place, [])),
            late_reason=reason,
            **story.claims(recorded_at, "vitals", place, number),
        ),
        story.on_duty(place.split()[0], recorded_at),
    )


def _identified(story: Invention, place: str, at: datetime, codes: list[str]) -> Identification:
    if not codes:
        return Identification(method="question", reason="cannot_wear")
    worn = at > story.now - timedelta(hours=25, minutes=50) or place == HOSPITAL["void_band_of"]
    return Identification(method="wristband", code=codes[-1] if worn else codes[0])


def _readings(story: Invention, place: str, measured: Measured, source: Any) -> list[Reading]:
    """The values under the chart's own names; a few left out with the reason, one not measurable."""
    at, values = measured.taken_at, measured.values
    readings = {
        known: Reading(parameter=known, value=values[name], taken_at=at)
        for name, known in NAMES.items()
        if name in values
    }
    readings["temperature"] = Reading(parameter="temperature", value=values["temp"], code="axillary", taken_at=at)
    readings["oxygen"] = _oxygen(values["o2"], at)
    readings["consciousness"] = Reading(parameter="consciousness", code="A", taken_at=at)
    if source.random() < PARTIAL:
        name, why = source.choice(NOT_TAKEN)
        readings[name] = Reading(parameter=name, state="not_taken", reason=why, taken_at=at)
    ill = HOSPITAL["not_measurable"]
    if place == ill["at"] and timedelta(0) <= story.now - timedelta(hours=ill["hours_ago"]) - at < timedelta(hours=2):
        name = ill["parameter"]
        readings[name] = Reading(parameter=name, state="not_measurable", reason=ill["reason"], taken_at=at)
    return list(readings.values())


def _oxygen(tenths: int, at: datetime) -> Reading:
    if tenths == 0:
        return Reading(parameter="oxygen", code="air", taken_at=at)
    device = "nasal_cannula" if tenths <= 40 else "simple_mask"
    return Reading(parameter="oxygen", value=tenths, code=device, taken_at=at)


def checks_again(
    story: Invention, ward_id: str, bands: dict[str, list[str]], latest: dict[str, tuple[str | None, datetime]]
) -> list[Act]:
    """Most of those whose last score calls for an hourly set had one; the rest are overdue, as on any ward.

    `latest` has (band, when taken) of each place's last set.
    """
    acts = []
    for patient in _of_ward(story, ward_id):
        band, taken_at = latest.get(patient["at"], (None, story.now))
        source = story.random("again", patient["at"])
        at = story.now - timedelta(minutes=source.randrange(4, 50))
        if band in HOT and at - taken_at > timedelta(minutes=15) and source.random() < 0.8:
            profile = HOSPITAL["profiles"][patient["profile"]]
            acts.append(charted(story, patient, stories.measured_at(profile, source, at, story.now), 1000, bands))
    return sorted(acts, key=lambda act: act.command.recorded_at)
