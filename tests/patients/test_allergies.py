"""The four states of an allergy, weakening, and weights."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from backend.core.access import Role
from tests.patients.ward import Ward, refused, rules_of


def penicillin(stay_id: Any, allergy_id: Any, **more: Any) -> dict[str, Any]:
    return {
        "stay_id": stay_id, "allergy_id": allergy_id, "substance": "Penicilin", "code": "J01C",
        "reaction": "phản vệ", "severity": "anaphylaxis", "certainty": "confirmed", **more,
    }  # fmt: skip


async def test_the_four_states_of_an_allergy(ward: Ward) -> None:
    nurse, physician = await ward.by(Role.NURSE), await ward.by(Role.PHYSICIAN)
    assert (await ward.patient())["allergy_state"] == "not_asked"
    await ward.follows(nurse.accepted("record_allergy_state", stay_id=ward.stay_id, state="unable_to_ask"))
    assert (await ward.patient())["allergy_state"] == "unable_to_ask"
    await nurse.accepted("record_allergy_state", stay_id=ward.stay_id, state="none_known", asked="con gái")
    row = await ward.patient()
    assert (row["allergy_state"], row["allergy_asked"]) == ("none_known", "con gái")
    assert row["allergy_asked_at"] is not None
    allergy_id = uuid4()
    await ward.follows(nurse.accepted("record_allergy", **penicillin(ward.stay_id, allergy_id)))
    row = await ward.patient()
    assert row["allergy_state"] == "known"
    assert [(a["substance"], a["severity"], a["recorded_by"]) for a in row["allergies"]] == [
        ("Penicilin", "anaphylaxis", nurse_name(row))
    ]
    await ward.follows(
        physician.accepted("withdraw_allergy", stay_id=ward.stay_id, allergy_id=allergy_id, reason="test âm tính")
    )
    row = await ward.patient()
    assert (row["allergy_state"], row["allergies"]) == ("not_asked", []), "after a withdrawal it is asked anew"


def nurse_name(row: dict[str, Any]) -> str:
    name: str = row["allergies"][0]["recorded_by"]
    assert "Thị" in name
    return name


async def test_only_a_physician_withdraws_an_allergy_and_only_one_that_stands(ward: Ward) -> None:
    nurse, physician = await ward.by(Role.NURSE), await ward.by(Role.PHYSICIAN)
    allergy_id = uuid4()
    await nurse.accepted("record_allergy", **penicillin(ward.stay_id, allergy_id))
    asked = {"stay_id": ward.stay_id, "allergy_id": allergy_id, "reason": "nhầm người"}
    assert refused(await nurse.send("withdraw_allergy", **asked)) == "not_allowed"
    await physician.accepted("withdraw_allergy", **asked)
    assert refused(await physician.send("withdraw_allergy", **asked)) == "allergy_unknown"
    await nurse.accepted("record_allergy", **penicillin(ward.stay_id, allergy_id))
    assert len((await ward.patient())["allergies"]) == 1, "reported again, it stands again"


async def test_a_nurse_may_strengthen_an_allergy_but_not_weaken_it(ward: Ward) -> None:
    nurse, physician = await ward.by(Role.NURSE), await ward.by(Role.PHYSICIAN)
    allergy_id = uuid4()
    mild = penicillin(ward.stay_id, allergy_id, severity="mild", certainty="suspected")
    await nurse.accepted("record_allergy", **mild)
    assert rules_of(await nurse.send("record_allergy", **penicillin(ward.stay_id, allergy_id))) == []
    assert rules_of(await ward.follows(nurse.send("record_allergy", **mild))) == ["allergy_weakened"]
    (shown,) = (await ward.patient())["allergies"]
    assert (shown["severity"], shown["certainty"]) == ("anaphylaxis", "confirmed")
    assert rules_of(await physician.send("record_allergy", **mild)) == []
    (shown,) = (await ward.patient())["allergies"]
    assert shown["severity"] == "mild"
    assert await ward.house.pool.fetchval("SELECT count(*) FROM allergy_report") == 4, "every report is kept"


async def test_free_text_says_that_it_cannot_be_checked(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    answer = await nurse.send("record_allergy", stay_id=ward.stay_id, allergy_id=uuid4(), substance="thuốc gì đó đỏ")
    assert rules_of(answer) == ["allergy_not_coded"]


async def test_none_known_does_not_hide_an_allergy_that_stands(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    await nurse.accepted("record_allergy", **penicillin(ward.stay_id, uuid4()))
    answer = await nurse.send("record_allergy_state", stay_id=ward.stay_id, state="none_known")
    assert rules_of(answer) == ["allergy_contradicted"]
    assert (await ward.patient())["allergy_state"] == "known"


async def test_an_answer_that_comes_late_does_not_replace_a_newer_one(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    await nurse.accepted("record_allergy_state", stay_id=ward.stay_id, state="none_known")
    earlier = datetime.now(UTC) - timedelta(hours=2)
    await nurse.accepted("record_allergy_state", stay_id=ward.stay_id, state="unable_to_ask", recorded_at=earlier)
    assert (await ward.patient())["allergy_state"] == "none_known"


async def test_a_pharmacist_may_record_an_allergy_and_a_student_is_found(ward: Ward) -> None:
    pharmacist, student = await ward.by(Role.PHARMACIST), await ward.by(Role.STUDENT)
    assert rules_of(await pharmacist.send("record_allergy", **penicillin(ward.stay_id, uuid4()))) == []
    assert rules_of(await student.send("record_allergy", **penicillin(ward.stay_id, uuid4()))) == ["not_allowed"]
    assert len((await ward.patient())["allergies"]) == 2, "a report is never thrown away"


async def weigh(ward: Ward, weight_g: int, hours_ago: float, source: str = "scale") -> list[str]:
    nurse = await ward.by(Role.NURSE)
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    return rules_of(
        await ward.follows(
            nurse.send("record_weight", stay_id=ward.stay_id, weight_g=weight_g, source=source, weighed_at=at)
        )
    )


async def test_weights_are_kept_newest_first_whenever_they_come(ward: Ward) -> None:
    assert await weigh(ward, 50_000, 5) == []
    assert await weigh(ward, 50_500, 1) == []
    assert await weigh(ward, 50_200, 3, "estimate") == []
    assert [w["weight_g"] for w in (await ward.patient())["weights"]] == [50_500, 50_200, 50_000]


async def test_a_change_of_a_tenth_is_found_against_the_weight_before_it(ward: Ward) -> None:
    assert await weigh(ward, 50_000, 5) == []
    assert await weigh(ward, 55_000, 1) == ["weight_changed"]
    assert await weigh(ward, 50_100, 3) == []


async def test_only_ten_weights_travel(ward: Ward) -> None:
    for hour in range(12):
        await weigh(ward, 60_000 + hour, 12 - hour)
    assert [w["weight_g"] for w in (await ward.patient())["weights"]] == [60_011 - n for n in range(10)]


async def test_a_weight_from_the_future_is_kept_as_of_now_and_found(ward: Ward) -> None:
    assert await weigh(ward, 50_000, -2) == ["time_in_future"]
    (weight,) = (await ward.patient())["weights"]
    assert datetime.fromisoformat(weight["weighed_at"]) <= datetime.now(UTC)
