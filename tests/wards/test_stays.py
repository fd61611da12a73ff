"""Admission, moves, transfers, discharge: happy paths, each refusal, races; replicas follow every one."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.core.access import Role
from tests.house.house import House
from tests.patients.ward import Ward, refused, rules_of

MAI = {"family_name": "Trần", "given_name": "Mai", "birth_year": 1948, "sex": "female"}


@pytest.fixture
async def ward(house: House) -> Ward:
    """Two wards, one patient."""
    return await Ward(house).open()


def admission(ward_id: str, place: UUID, **more: Any) -> dict[str, Any]:
    return {
        "ward_id": ward_id, "stay_id": uuid4(), "patient_id": uuid4(), "patient": MAI, "position_id": place,
        "reason": "Tăng huyết áp", "care_level": 2, "admitted_at": datetime.now(UTC), **more,
    }  # fmt: skip


async def test_an_admission_brings_stay_and_patient(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    asked = admission("noi", ward.places[1])
    await ward.follows(nurse.accepted("admit_patient", **asked), "noi", "ngoai", "facility")
    (stay,) = [row for row in await ward.rows("stay") if row["key"] == str(asked["stay_id"])]
    assert (stay["patient_id"], stay["position_id"]) == (str(asked["patient_id"]), str(ward.places[1]))
    assert (stay["care_level"], stay["reason"], stay["discharged_at"]) == (2, "Tăng huyết áp", None)
    assert await ward.rows("patient", "ngoai") == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"position_id": uuid4()}, "position_unknown"),
        ({"admitted_at": datetime(2190, 1, 1, tzinfo=UTC)}, "time_in_future"),
        ({"patient": None}, "patient_unknown"),
        ({"patient": {**MAI, "birth_year": None}}, "birth_missing"),
    ],
)
async def test_an_admission_is_refused(ward: Ward, change: dict[str, Any], rule: str) -> None:
    nurse = await ward.by(Role.NURSE)
    assert refused(await nurse.send("admit_patient", **admission("noi", ward.places[1], **change))) == rule
    assert len(await ward.rows("stay")) == 1


async def test_a_taken_place_a_used_id_and_an_open_stay_refuse(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE, ("noi", "ngoai"))
    patient_id = UUID((await ward.patient())["key"])
    for change, rule in (
        ({"position_id": ward.places[0]}, "position_taken"),
        ({"position_id": ward.elsewhere[0]}, "position_unknown"),
        ({"stay_id": ward.stay_id}, "stay_exists"),
        ({"patient_id": patient_id}, "patient_exists"),
        ({"patient_id": patient_id, "patient": None}, "already_admitted"),
    ):
        assert refused(await nurse.send("admit_patient", **admission("noi", ward.places[1], **change))) == rule
    assert len(await ward.rows("stay")) == 1


async def test_of_two_nurses_to_one_place_one_is_refused(ward: Ward) -> None:
    one, other = await ward.house.tablet(name="Lan"), await ward.house.tablet(name="Mai")
    answers = await asyncio.gather(
        *(nurse.send("admit_patient", **admission("noi", ward.places[1])) for nurse in (one, other, one, other))
    )
    assert sorted(answer["answer"] for answer in answers) == ["accepted", "refused", "refused", "refused"]
    assert {answer["rule"] for answer in answers if answer["answer"] == "refused"} == {"position_taken"}


async def test_one_patient_admitted_to_two_wards_at_once_lies_in_one(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE, ("noi", "ngoai"))
    await nurse.accepted("discharge_stay", stay_id=ward.stay_id, way="home", discharged_at=datetime.now(UTC))
    again = {"patient_id": UUID((await ward.patient())["key"]), "patient": None}
    answers = await asyncio.gather(
        nurse.send("admit_patient", **admission("noi", ward.places[1], **again)),
        nurse.send("admit_patient", **admission("ngoai", ward.elsewhere[0], **again)),
    )
    assert sorted(answer["answer"] for answer in answers) == ["accepted", "refused"]
    assert [answer["rule"] for answer in answers if answer["answer"] == "refused"] == ["already_admitted"]


async def test_a_move_in_the_ward_changes_the_place_alone(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    moved = {"stay_id": ward.stay_id, "ward_id": "noi", "position_id": ward.places[1]}
    replica = await ward.house.replica("noi")
    await ward.follows(nurse.accepted("move_stay", **moved))
    (line,) = await ward.house.lines("noi", replica.seq)
    assert [row["type"] for row in line["puts"]] == ["stay"]
    assert line["event"] == "StayMoved"
    assert (await ward.rows("stay"))[0]["position_id"] == str(ward.places[1])
    assert refused(await nurse.send("move_stay", **moved)) == "already_there"
    await nurse.accepted("admit_patient", **admission("noi", ward.places[0]))
    assert refused(await nurse.send("move_stay", **{**moved, "position_id": ward.places[0]})) == "position_taken"
    assert refused(await nurse.send("move_stay", **{**moved, "position_id": uuid4()})) == "position_unknown"


async def with_history(ward: Ward) -> None:
    nurse, clerk = await ward.by(Role.NURSE, ("noi", "ngoai")), await ward.by(Role.CLERK)
    await clerk.accepted("print_wristband", stay_id=ward.stay_id, reason="first")
    reading = {"parameter": "pulse", "value": 80, "taken_at": datetime.now(UTC)}
    question = {"method": "question"}
    await nurse.accepted("record_vitals", stay_id=ward.stay_id, readings=[reading], identification=question)


async def test_a_move_to_another_ward_takes_every_row_along_and_leaves_the_way(ward: Ward) -> None:
    await with_history(ward)
    nurse = await ward.by(Role.NURSE, ("noi", "ngoai"))
    before = {row["type"] for row in (await ward.house.snapshot("noi"))["rows"] if row["stay_id"]}
    assert before >= {"stay", "wristband", "observation_set", "vitals_state", "finding"}
    to_ngoai = {"stay_id": ward.stay_id, "ward_id": "ngoai", "position_id": ward.elsewhere[0]}
    await ward.follows(nurse.accepted("move_stay", **to_ngoai), "noi", "ngoai")
    old = [row for row in (await ward.house.snapshot("noi"))["rows"] if row["type"] != "position"]
    assert [(row["type"], row["key"], row["to_ward_id"]) for row in old] == [("moved_stay", str(ward.stay_id), "ngoai")]
    new = {row["type"] for row in (await ward.house.snapshot("ngoai"))["rows"] if row["type"] != "position"}
    assert new == before | {"patient"}
    (stay,) = await ward.rows("stay", "ngoai")
    assert stay["moved_at"] is not None
    await nurse.accepted("admit_patient", **admission("noi", ward.places[0])), "its old place is free"


async def test_back_again_the_stub_changes_sides(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE, ("noi", "ngoai"))
    there = {"stay_id": ward.stay_id, "ward_id": "ngoai", "position_id": ward.elsewhere[0]}
    back = {"stay_id": ward.stay_id, "ward_id": "noi", "position_id": ward.places[2]}
    await ward.follows(nurse.accepted("move_stay", **there), "noi", "ngoai")
    await ward.follows(nurse.accepted("move_stay", **back), "noi", "ngoai")
    assert await ward.rows("moved_stay") == []
    assert [row["to_ward_id"] for row in await ward.rows("moved_stay", "ngoai")] == ["noi"]
    assert len(await ward.rows("patient")) == 1
    assert await ward.rows("patient", "ngoai") == []


async def test_a_discharge_frees_the_place_and_keeps_the_chart_for_72_hours(ward: Ward) -> None:
    await with_history(ward)
    nurse = await ward.by(Role.NURSE)
    at = datetime.now(UTC) - timedelta(minutes=5)
    await ward.follows(nurse.accepted("discharge_stay", stay_id=ward.stay_id, way="at_own_request", discharged_at=at))
    (stay,) = await ward.rows("stay")
    assert (stay["position_id"], stay["discharge_way"]) == (None, "at_own_request")
    until = at + timedelta(hours=72)
    for kind in ("stay", "patient", "wristband", "vitals_state"):
        (row,) = await ward.rows(kind)
        assert abs(datetime.fromisoformat(row["keep_until"]) - until) < timedelta(seconds=1), kind
    for kind, payload in (
        ("discharge_stay", {"way": "home", "discharged_at": at}),
        ("move_stay", {"ward_id": "noi", "position_id": ward.places[1]}),
        ("change_reason", {"reason": "x"}),
    ):
        assert refused(await nurse.send(kind, stay_id=ward.stay_id, **payload)) == "stay_ended"
    charge = await ward.by(Role.CHARGE_NURSE)
    assert refused(await charge.send("set_care_level", stay_id=ward.stay_id, care_level=1)) == "stay_ended"
    await nurse.accepted("admit_patient", **admission("noi", ward.places[0]))


async def test_a_stay_that_ended_three_days_ago_is_on_no_tablet(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    await ward.house.pool.execute(
        "UPDATE stay_state SET admitted_at = now() - interval '9 days' WHERE stay_id = $1", ward.stay_id
    )
    at = datetime.now(UTC) - timedelta(hours=73)
    await nurse.accepted("discharge_stay", stay_id=ward.stay_id, way="home", discharged_at=at)
    assert {row["type"] for row in (await ward.house.snapshot("noi"))["rows"]} == {"position"}


async def test_a_discharge_lies_between_admission_and_now(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    asked = {"stay_id": ward.stay_id, "way": "home"}
    early, late = datetime.now(UTC) - timedelta(days=3), datetime.now(UTC) + timedelta(hours=1)
    assert refused(await nurse.send("discharge_stay", **asked, discharged_at=early)) == "before_admission"
    assert refused(await nurse.send("discharge_stay", **asked, discharged_at=late)) == "time_in_future"


async def test_a_death_is_recorded_by_a_physician(ward: Ward) -> None:
    nurse, physician = await ward.by(Role.NURSE), await ward.by(Role.PHYSICIAN)
    asked = {"stay_id": ward.stay_id, "way": "died", "discharged_at": datetime.now(UTC)}
    assert refused(await nurse.send("discharge_stay", **asked)) == "physician_only"
    await ward.follows(physician.accepted("discharge_stay", **asked))


async def test_care_level_and_reason_change_with_their_history(ward: Ward) -> None:
    physician, nurse = await ward.by(Role.PHYSICIAN), await ward.by(Role.NURSE)
    await ward.follows(physician.accepted("set_care_level", stay_id=ward.stay_id, care_level=1))
    await ward.follows(nurse.accepted("change_reason", stay_id=ward.stay_id, reason="Viêm phổi, suy tim"))
    (stay,) = await ward.rows("stay")
    assert (stay["care_level"], stay["reason"]) == (1, "Viêm phổi, suy tim")
    pool = ward.house.pool
    levels = await pool.fetch("SELECT care_level FROM care_level_decision ORDER BY at")
    reasons = await pool.fetch("SELECT reason FROM stay_reason ORDER BY at")
    assert [r["care_level"] for r in levels] == [3, 1]
    assert [r["reason"] for r in reasons] == ["Viêm phổi", "Viêm phổi, suy tim"]
    assert refused(await nurse.send("set_care_level", stay_id=ward.stay_id, care_level=2)) == "not_allowed"


async def test_a_readmission_keeps_the_patient_their_code_and_allergies(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    asked = {"stay_id": ward.stay_id, "allergy_id": uuid4(), "substance": "Penicilin", "code": "J01C"}
    await nurse.accepted("record_allergy", **asked)
    before = await ward.patient()
    await nurse.accepted("discharge_stay", stay_id=ward.stay_id, way="home", discharged_at=datetime.now(UTC))
    again = admission("noi", ward.places[1], patient_id=before["key"], patient=None)
    await ward.follows(nurse.accepted("admit_patient", **again))
    after = await ward.patient()
    assert after["keep_until"] is None
    assert {**after, "keep_until": None} == {**before, "keep_until": None}
    assert len(await ward.rows("stay")) == 2


async def test_opening_a_chart_is_audited_on_the_devices_own_chain(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    before = (await ward.house.snapshot("noi"))["seq"]
    assert rules_of(await nurse.send("open_chart", stay_id=ward.stay_id)) == []
    assert (await ward.house.snapshot("noi"))["seq"] == before, "no line in the ward's log"
    chain = f"device_{nurse.device.device_id.hex}"
    (line,) = await ward.house.pool.fetch("SELECT line FROM audit_line WHERE log_id = $1", chain)
    assert str(ward.stay_id) in line["line"]


async def test_an_allergy_charted_while_the_stay_moves_is_in_the_new_ward(ward: Ward) -> None:
    """Twenty rounds of a race: whatever comes first, the ward that holds the stay shows the allergy."""
    nurse = await ward.by(Role.NURSE, ("noi", "ngoai"))
    other = await ward.house.tablet(Role.NURSE, ("noi", "ngoai"), "Mai")
    homes = {"noi": ward.places[2], "ngoai": ward.elsewhere[1]}
    logs = {ward_id: await ward.house.replica(ward_id) for ward_id in homes}
    for turn in range(20):
        to = ("ngoai", "noi")[turn % 2]
        await asyncio.gather(
            nurse.accepted("move_stay", stay_id=ward.stay_id, ward_id=to, position_id=homes[to]),
            other.accepted("record_allergy", stay_id=ward.stay_id, allergy_id=uuid4(), substance=f"chất {turn}"),
        )
        for replica in logs.values():
            await ward.house.catch_up(replica)
        shown = [row for (kind, _), row in logs[to].rows.items() if kind == "patient"]
        assert [len(row["allergies"]) for row in shown] == [turn + 1]
