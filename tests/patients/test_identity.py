"""Identity with its history: corrections, numbers, ages; one row in every log that shows the patient."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from backend.core.access import Role
from tests.patients.ward import Ward, refused, rules_of

HOA = {"family_name": "Nguyễn", "middle_name": "Thị", "given_name": "Hoa", "birth_year": 1958, "sex": "female"}


def changed(**details: Any) -> dict[str, Any]:
    return {"patient": {**HOA, **details}, "reason": "nghe nhầm"}


async def test_a_correction_is_shown_and_what_stood_before_is_kept(ward: Ward) -> None:
    clerk = await ward.by(Role.CLERK)
    answer = await ward.follows(
        clerk.send(
            "change_patient",
            stay_id=ward.stay_id,
            **changed(given_name="Hoà", birth_year=None, birth_date="1959-03-02"),
        )
    )
    assert answer["answer"] == "accepted"
    row = await ward.patient()
    assert (row["given_name"], row["birth_date"], row["birth_year"]) == ("Hoà", "1959-03-02", 1959)
    kept = await ward.house.pool.fetch("SELECT details, reason FROM patient_identity ORDER BY at, reason")
    assert [msgspec.json.decode(record["details"])["given_name"] for record in kept] == ["Hoa", "Hoà"]
    assert [record["reason"] for record in kept] == ["", "nghe nhầm"]


async def test_history_cannot_be_rewritten_by_the_server_itself(ward: Ward) -> None:
    for statement in ("UPDATE patient_identity SET reason = 'x'", "DELETE FROM weight", "DELETE FROM wristband_event"):
        with pytest.raises(Exception, match="permission denied"):
            await ward.house.pool.execute(statement)


async def test_a_number_belongs_to_one_person_and_is_free_again_when_given_up(ward: Ward) -> None:
    clerk = await ward.by(Role.CLERK)
    number = [{"system": "national_id", "value": "0790 5800 1234"}]
    await clerk.accepted("change_patient", stay_id=ward.stay_id, **changed(identifiers=number))
    other = await ward.house.admit("noi", ward.places[1], given_name="Mai")
    same = [{"system": "national_id", "value": "079058001234"}]
    answer = await clerk.send("change_patient", stay_id=other, **changed(given_name="Mai", identifiers=same))
    assert refused(answer) == "identifier_taken"
    code = next(row["patient_code"] for row in await ward.rows("patient") if row["given_name"] == "Hoa")
    assert answer["detail"] == {"system": "national_id", "patient_code": code}
    await clerk.accepted("change_patient", stay_id=ward.stay_id, **changed())
    await clerk.accepted("change_patient", stay_id=other, **changed(given_name="Mai", identifiers=same))


async def test_of_two_admissions_with_one_number_one_is_refused(ward: Ward) -> None:
    clerk = await ward.by(Role.CLERK, ("noi", "ngoai"))
    patient = {**HOA, "identifiers": [{"system": "insurance_card", "value": "DN4790000001"}]}

    async def admit(ward_id: str, place: Any) -> dict[str, Any]:
        return await clerk.send(
            "admit_patient", ward_id=ward_id, stay_id=uuid4(), patient_id=uuid4(), patient=patient, position_id=place,
            reason="sốt", admitted_at=datetime.now(UTC),
        )  # fmt: skip

    answers = await asyncio.gather(admit("noi", ward.places[1]), admit("ngoai", ward.elsewhere[0]))
    assert sorted(answer["answer"] for answer in answers) == ["accepted", "refused"]
    assert [a["rule"] for a in answers if a["answer"] == "refused"] == ["identifier_taken"]


@pytest.mark.parametrize(
    ("details", "rule"),
    [
        ({"given_name": " "}, "name_missing"),
        ({"birth_year": 2190}, "birth_in_future"),
        ({"birth_date": "2190-01-01", "birth_year": None}, "birth_in_future"),
        ({"birth_date": "1957-01-01"}, "birth_disagrees"),
        ({"birth_year": None}, "birth_missing"),
        ({"birth_year": None, "unknown_person": True}, "age_needed"),
        ({"identifiers": [{"system": "other", "value": "--"}]}, "identifier_empty"),
    ],
)
async def test_an_identity_that_cannot_stand_is_refused(ward: Ward, details: dict[str, Any], rule: str) -> None:
    clerk = await ward.by(Role.CLERK)
    assert refused(await clerk.send("change_patient", stay_id=ward.stay_id, **changed(**details))) == rule


async def test_an_unknown_person_has_an_estimated_age_and_one_word_is_a_name(ward: Ward) -> None:
    clerk = await ward.by(Role.CLERK)
    unknown = {
        "given_name": "301-2211", "family_name": "", "birth_year": None, "unknown_person": True, "age_months": 540,
    }  # fmt: skip
    await clerk.accepted("change_patient", stay_id=ward.stay_id, **changed(**unknown))
    row = await ward.patient()
    assert (row["unknown_person"], row["birth_year"], row["age_months"]) == (True, None, 540)
    assert row["age_months_at"] is not None


async def test_a_correction_does_not_unsay_a_pregnancy(ward: Ward) -> None:
    nurse, clerk = await ward.by(Role.NURSE), await ward.by(Role.CLERK)
    await nurse.accepted("record_pregnancy", stay_id=ward.stay_id, pregnancy="yes")
    await clerk.accepted("change_patient", stay_id=ward.stay_id, **changed(given_name="Hồng"))
    assert (await ward.patient())["pregnancy"] == "yes"


async def test_the_newest_word_on_pregnancy_stands_whenever_it_comes(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    today = datetime.now(UTC).date().isoformat()
    await ward.follows(
        nurse.accepted("record_pregnancy", stay_id=ward.stay_id, pregnancy="postpartum", delivered_on=today)
    )
    earlier = datetime.now(UTC) - timedelta(hours=3)
    await nurse.accepted("record_pregnancy", stay_id=ward.stay_id, pregnancy="no", recorded_at=earlier)
    row = await ward.patient()
    assert (row["pregnancy"], row["delivered_on"]) == ("postpartum", today)


async def test_what_is_odd_about_a_pregnancy_is_found_and_kept(house: Any) -> None:
    ward = await Ward(house).open(sex="male")
    nurse = await ward.by(Role.NURSE)
    answer = await nurse.send("record_pregnancy", stay_id=ward.stay_id, pregnancy="postpartum")
    assert rules_of(answer) == ["pregnancy_of_a_man", "delivery_date_missing"]
    assert (await ward.patient())["pregnancy"] == "postpartum"


async def test_the_age_in_months_is_kept_with_its_day(house: Any) -> None:
    year = datetime.now(UTC).year - 16
    ward = await Ward(house).open(birth_year=year)
    nurse = await ward.by(Role.NURSE)
    assert rules_of(await ward.follows(nurse.send("answer_age", stay_id=ward.stay_id, age_months=194))) == []
    assert (await ward.patient())["age_months"] == 194
    answer = await nurse.send("answer_age", stay_id=ward.stay_id, age_months=30)
    assert rules_of(answer) == ["age_disagrees"]


async def test_a_patient_shown_in_two_wards_changes_in_both(ward: Ward) -> None:
    """The stay before, in the other ward, is kept for 72 hours: its tablets must learn of a new allergy too."""
    nurse = await ward.by(Role.NURSE, ("noi", "ngoai"))
    await nurse.accepted("discharge_stay", stay_id=ward.stay_id, way="home", discharged_at=datetime.now(UTC))
    patient_id = (await ward.patient())["key"]
    stay_id = uuid4()
    await ward.follows(
        nurse.accepted(
            "admit_patient", ward_id="ngoai", stay_id=stay_id, patient_id=patient_id, patient=None,
            position_id=ward.elsewhere[0], reason="trở lại", admitted_at=datetime.now(UTC),
        ),
        "noi", "ngoai",
    )  # fmt: skip
    await ward.follows(
        nurse.accepted("record_allergy", stay_id=stay_id, allergy_id=uuid4(), substance="Penicilin", code="J01C"),
        "noi",
        "ngoai",
    )
    for log in ("noi", "ngoai"):
        assert [a["substance"] for a in (await ward.patient(log))["allergies"]] == ["Penicilin"]


async def test_who_works_only_where_the_patient_was_may_not_change_them(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE, ("noi", "ngoai"))
    await nurse.accepted("discharge_stay", stay_id=ward.stay_id, way="home", discharged_at=datetime.now(UTC))
    patient_id, stay_id = (await ward.patient())["key"], uuid4()
    await nurse.accepted(
        "admit_patient", ward_id="ngoai", stay_id=stay_id, patient_id=patient_id, patient=None,
        position_id=ward.elsewhere[0], reason="trở lại", admitted_at=datetime.now(UTC),
    )  # fmt: skip
    clerk = await ward.by(Role.CLERK, ("noi",))
    assert refused(await clerk.send("change_patient", stay_id=stay_id, **changed())) == "not_allowed"


async def test_patient_codes_are_the_servers_and_each_is_its_own(ward: Ward) -> None:
    await ward.house.admit("noi", ward.places[1], given_name="Mai")
    codes = [row["patient_code"] for row in await ward.rows("patient")]
    assert len(set(codes)) == 2
    assert all(code.startswith(f"{datetime.now(UTC).year % 100}-0000") for code in codes)
