"""What the commands of vital signs leave behind, on a real PostgreSQL; the past is a list of what was done."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from backend.core.access import Role
from tests.house.house import House
from tests.vitals.bedside import ILL, WELL, Bedside, rules_of, too_ill

Json = dict[str, Any]
QUESTION = {"method": "question"}


def when(row: Json, name: str) -> datetime:
    return datetime.fromisoformat(row[name])


async def test_V5_a_full_set_makes_a_row_and_a_state(bed: Bedside) -> None:
    answer = await bed.charted(6, WELL)
    row, state = await bed.set_of(answer), await bed.state()
    assert row["score"]["total"] == 0
    assert row["score"] == state["score"] == state["last_complete"]
    assert (row["author_name"], row["author_role"]) == ("Trần Thị Lan", "nurse")
    assert len(row["readings"]) == len(WELL)
    assert when(row, "keep_until") == bed.at(6 + 72)
    assert when(state, "next_due_at") == bed.at(18)
    assert when(state, "latest_at") == bed.at(6)
    assert answer["result"] == {"total": 0, "lower_bound": False, "band": "zero"}


async def test_V5_an_unrecordable_pressure_is_the_emergency_band_at_once(bed: Bedside) -> None:
    """H01: respiration 28, SpO2 89 on air, pulse 128, new confusion, pressure unrecordable."""
    night = {"respiration_rate": 28, "spo2": 89, "oxygen": "air", "pulse": 128, "consciousness": "C"}
    await bed.charted(3, {**night, "systolic_bp": too_ill(), "diastolic_bp": too_ill()})
    state = await bed.state()
    assert state["score"]["total"] == 14
    assert state["score"]["band"] == "high"
    assert state["score"]["too_ill"] == ["systolic_bp"]
    assert state["score"]["missing"] == ["temperature"]
    assert when(state, "next_due_at") == bed.at(3.5)


async def test_V8_a_lower_bound_keeps_the_last_complete_score_beside_it(bed: Bedside) -> None:
    await bed.charted(2, ILL)
    await bed.charted(4, {"pulse": 80})
    state = await bed.state()
    assert (state["score"]["total"], state["score"]["lower_bound"]) == (0, True)
    assert (state["last_complete"]["total"], state["previous_total"]) == (10, 10)
    assert when(state, "next_due_at") == bed.at(2.5)


async def test_V3_values_of_before_a_move_are_not_joined(bed: Bedside) -> None:
    await bed.charted(2, WELL)
    moved = await bed.did(bed.nurse, "move_stay", 2.1, ward_id="ngoai", position_id=bed.elsewhere[0])
    assert moved["answer"] == "accepted"
    answer = await bed.charted(2.2, {"pulse": 135})
    row = await bed.set_of(answer)
    assert row["score"]["total"] == 3
    assert len(row["score"]["missing"]) == 6


async def test_V3_values_of_before_oxygen_are_not_joined(bed: Bedside) -> None:
    await bed.charted(2, {**WELL, "spo2": 88})
    answer = await bed.charted(2.2, {"spo2": 94, "oxygen": ("simple_mask", 60)})
    row = await bed.set_of(answer)
    assert row["score"]["points"] == {"spo2": 1, "oxygen": 2}


async def test_V12_a_late_set_does_not_replace_a_newer_one(bed: Bedside) -> None:
    """H03, H20: it keeps its own score, the state stays, and someone is told."""
    await bed.charted(6, WELL)
    late = await bed.charted(7, ILL, taken=3, late_reason="mất mạng")
    assert rules_of(late)["late_score"] == "warn"
    assert (await bed.set_of(late))["score"]["total"] == 10
    state = await bed.state()
    assert state["score"]["total"] == 0
    assert state["previous_total"] == 10
    assert when(state, "next_due_at") == bed.at(18)


async def test_V12_a_late_high_score_with_nothing_newer_complete_stands(bed: Bedside) -> None:
    await bed.charted(6, {"pulse": 80})
    late = await bed.charted(7, ILL, taken=3, late_reason="mất mạng")
    assert "late_score" not in rules_of(late)
    state = await bed.state()
    assert state["last_complete"]["total"] == 10
    assert when(state, "next_due_at") == bed.at(3.5)


async def test_V11_ones_own_entry_is_corrected_at_any_time(bed: Bedside) -> None:
    wrong = await bed.charted(2, ILL)
    right = await bed.corrected(9, wrong, WELL, taken=2)
    assert rules_of(right) == {"score_corrected": "warn"}
    first, second, state = await bed.set_of(wrong), await bed.set_of(right), await bed.state()
    assert (first["corrected_by"], first["score"]["total"]) == (right["id"], 10)
    assert (second["corrects"], second["score"]["total"]) == (wrong["id"], 0)
    assert (state["score"]["total"], state["previous_total"]) == (0, None)
    assert when(state, "next_due_at") == bed.at(14)


async def test_V11_scores_of_later_sets_stay_as_they_were_recorded(bed: Bedside) -> None:
    wrong = await bed.charted(2, {**WELL, "respiration_rate": 61})
    later = await bed.charted(2.2, {"pulse": 80})
    await bed.corrected(3, wrong, WELL, taken=2)
    assert (await bed.set_of(later))["score"]["total"] == 3
    assert (await bed.state())["score"]["total"] == 0


async def test_V11_taken_back_it_is_as_if_nothing_had_been_charted(bed: Bedside) -> None:
    wrong = await bed.charted(2, ILL)
    taken_back = await bed.corrected(3, wrong, {}, taken=3)
    assert (await bed.set_of(wrong))["corrected_by"] == taken_back["id"]
    row, state = await bed.set_of(taken_back), await bed.state()
    assert (row["readings"], row["score"]) == ([], None)
    assert (state["score"], state["last_complete"], state["next_due_at"]) == (None, None, None)


async def test_V11_a_correction_taken_back_lets_the_first_stand_again(bed: Bedside) -> None:
    first = await bed.charted(2, ILL)
    second = await bed.corrected(3, first, WELL, taken=2)
    await bed.corrected(4, second, {}, taken=2)
    assert (await bed.set_of(first))["corrected_by"] is None
    assert (await bed.state())["score"]["total"] == 10


async def test_V11_anothers_entry_is_disputed_and_both_stay(bed: Bedside) -> None:
    first = await bed.charted(2, WELL)
    second = await bed.corrected(3, first, ILL, taken=2, by=bed.other_nurse)
    assert rules_of(second)["correction_disputed"] == "stop"
    row = await bed.set_of(second)
    assert (row["disputed"], row["score"], len(row["readings"])) == (True, None, len(ILL))
    assert (await bed.set_of(first))["corrected_by"] is None
    assert (await bed.state())["score"]["total"] == 0


@pytest.mark.parametrize("who", ["charge_nurse", "physician"])
async def test_V11_charge_nurse_and_physician_correct_anothers_entry(bed: Bedside, who: str) -> None:
    first = await bed.charted(2, WELL)
    second = await bed.corrected(3, first, ILL, taken=2, by=getattr(bed, who))
    assert "correction_disputed" not in rules_of(second)
    assert (await bed.state())["score"]["total"] == 10


async def test_V11_a_correction_of_what_is_not_there_is_a_set_of_its_own(bed: Bedside) -> None:
    answer = await bed.corrected(2, {"id": str(uuid4())}, WELL, taken=2)
    assert rules_of(answer)["corrects_unknown"] == "stop"
    assert (await bed.set_of(answer))["corrects"] is None
    assert (await bed.state())["score"]["total"] == 0


async def test_V11_a_correction_never_reaches_another_stay(bed: Bedside, house: House) -> None:
    mine = await bed.charted(2, WELL)
    bed.stay_id = await house.admit("noi", bed.places[1], given_name="Sáu")
    answer = await bed.corrected(3, mine, ILL, taken=2)
    assert rules_of(answer)["corrects_unknown"] == "stop"
    assert (await bed.set_of(mine))["corrected_by"] is None


async def test_V1_the_impossible_is_recorded_with_a_stop_and_not_counted(bed: Bedside) -> None:
    """I16: no report is refused."""
    await bed.charted(2, WELL)
    answer = await bed.charted(2.1, {"spo2": 101, "oxygen": "air", "pulse": 80})
    assert rules_of(answer)["impossible_value"] == "stop"
    row = await bed.set_of(answer)
    assert {reading["value"] for reading in row["readings"]} == {101, 80, None}
    assert row["score"]["missing"] == ["spo2"]


async def test_V13_nothing_is_charted_from_the_future(bed: Bedside) -> None:
    answer = await bed.charted(2, WELL, taken=5)
    assert rules_of(answer)["taken_in_future"] == "warn"
    assert when(await bed.set_of(answer), "taken_at") == bed.at(2)


async def test_V13_a_late_entry_asks_for_a_reason(bed: Bedside) -> None:
    assert rules_of(await bed.charted(4, WELL, taken=2))["late_entry"] == "warn"
    with_reason = await bed.charted(4, WELL, taken=2.1, late_reason="cấp cứu giường bên")
    assert "late_entry" not in rules_of(with_reason)
    assert (await bed.set_of(with_reason))["reason"] == "cấp cứu giường bên"


async def test_V14_the_band_of_another_patient_is_a_stop_finding(bed: Bedside, house: House) -> None:
    """H05: it is recorded where the nurse said, and the nurse in charge is told."""
    other = await house.admit("noi", bed.places[1], given_name="Sáu")
    scanned = {"method": "wristband", "code": await bed.band(other)}
    assert rules_of(await bed.charted(2, WELL, identification=scanned)) == {"band_of_another_patient": "stop"}


async def test_V14_a_live_band_finds_nothing_and_an_older_one_says_so(bed: Bedside) -> None:
    first = await bed.band()
    assert rules_of(await bed.charted(2, WELL, identification={"method": "wristband", "code": first})) == {}
    second = await bed.band(reason="damaged")
    await bed.nurse.accepted("wear_wristband", stay_id=bed.stay_id, code=second)
    assert rules_of(await bed.charted(3, WELL, identification={"method": "wristband", "code": first})) == {
        "band_superseded": "warn"
    }
    await bed.nurse.accepted("void_wristband", stay_id=bed.stay_id, code=second, reason="misprint")
    void = await bed.charted(4, WELL, identification={"method": "wristband", "code": second})
    assert rules_of(void) == {"band_void": "stop"}


async def test_V14_without_a_band_it_is_counted(bed: Bedside) -> None:
    assert rules_of(await bed.charted(2, WELL, identification=QUESTION)) == {"identified_by_question": "note"}
    assert rules_of(await bed.charted(3, WELL, identification={"method": "none"})) == {"not_identified": "warn"}
    assert rules_of(await bed.charted(4, WELL, identification={"method": "wristband"})) == {"band_not_scanned": "warn"}


async def test_V14_why_no_band_and_who_confirmed_stand_on_the_set(bed: Bedside) -> None:
    known = {"method": "companion", "reason": "cannot_wear", "confirmed_by": " con gái Lan "}
    charted = await bed.set_of(await bed.charted(2, WELL, identification=known))
    said = (charted["identification"], charted["identification_reason"], charted["confirmed_by"])
    assert said == ("companion", "cannot_wear", "con gái Lan")
    by_band = await bed.set_of(await bed.charted(3, WELL, identification={"method": "wristband"}))
    assert (by_band["identification_reason"], by_band["confirmed_by"]) == (None, "")


async def test_V15_a_scale_holds_from_the_decision_on(bed: Bedside) -> None:
    """H04: a set keeps the scale it was scored under, also one that arrives after the decision."""
    before = await bed.charted(2, {**WELL, "spo2": 90})
    decided = await bed.did(bed.physician, "set_spo2_scale", 3, scale=2, reason="COPD, CO2 cao")
    assert decided["answer"] == "accepted"
    after = await bed.charted(4, {**WELL, "spo2": 90})
    late = await bed.charted(5, {**WELL, "spo2": 90}, taken=2.5, late_reason="mất mạng")
    scores = [(await bed.set_of(answer))["score"] for answer in (before, after, late)]
    assert [(score["scale"], score["total"]) for score in scores] == [(1, 3), (2, 0), (1, 3)]


async def test_V15_only_a_physician_decides(bed: Bedside) -> None:
    refused = await bed.did(bed.nurse, "set_spo2_scale", 2, scale=2, reason="COPD, CO2 cao")
    assert (refused["answer"], refused["rule"]) == ("refused", "not_allowed")
    again = await bed.did(bed.physician, "set_spo2_scale", 2, scale=1, reason="như trước")
    assert (again["answer"], again["rule"]) == ("refused", "already_so")
    await bed.did(bed.physician, "set_spo2_scale", 4, scale=2, reason="COPD, CO2 cao")
    older = await bed.did(bed.physician, "set_spo2_scale", 3, scale=1, reason="nhầm người")
    assert (older["answer"], older["rule"]) == ("refused", "decided_since")


async def test_V9_a_monitor_makes_the_emergency_band_hourly(bed: Bedside) -> None:
    await bed.charted(2, ILL)
    await bed.did(bed.nurse, "attach_monitor", 2.1, attached=True)
    assert when(await bed.state(), "next_due_at") == bed.at(3)
    await bed.did(bed.nurse, "attach_monitor", 2.05, attached=False)
    assert (await bed.state())["monitor_attached"] is True, "the newest report stands, whatever came first"


async def test_V9_a_care_level_moves_the_next_set(bed: Bedside) -> None:
    await bed.charted(2, WELL)
    await bed.did(bed.physician, "set_care_level", 3, care_level=1)
    assert when(await bed.state(), "next_due_at") == bed.at(6)


async def test_V2_pregnancy_unmakes_the_score_and_the_end_of_42_days_brings_it_back(bed: Bedside) -> None:
    await bed.charted(2, {**WELL, "systolic_bp": 165})
    assert (await bed.state())["score"]["total"] == 0
    await bed.did(bed.nurse, "record_pregnancy", 3, pregnancy="yes")
    score = (await bed.state())["score"]
    assert (score["total"], score["invalid"], score["red"]) == (None, "pregnancy", ["systolic_bp"])
    born = bed.at(4).date().replace(year=bed.at(4).year - 1).isoformat()
    await bed.did(bed.nurse, "record_pregnancy", 4, pregnancy="postpartum", delivered_on=born)
    assert (await bed.state())["score"]["total"] == 0


async def test_V2_a_child_has_red_limits_instead_of_a_score(house: House) -> None:
    bed = await Bedside(house).build(birth_year=None, birth_date=datetime.now(UTC).date() - timedelta(days=40))
    row = await bed.set_of(await bed.charted(2, {**WELL, "respiration_rate": 71}))
    assert (row["score"]["total"], row["score"]["invalid"]) == (None, "age")
    assert (
        row["score"]["red"] == ["respiration_rate", "pulse", "systolic_bp"] or "respiration_rate" in row["score"]["red"]
    )
    assert when(await bed.state(), "next_due_at") == bed.at(3)


async def test_V2_an_age_that_is_not_known_is_said_and_then_answered(house: House) -> None:
    year = datetime.now(UTC).year - 16
    bed = await Bedside(house).build(birth_year=year)
    await bed.charted(2, {**WELL, "spo2": 90})
    score = (await bed.state())["score"]
    assert (score["total"], score["invalid"], score["red"]) == (None, "age_unknown", ["spo2"])
    await bed.did(bed.nurse, "answer_age", 3, age_months=193)
    assert (await bed.state())["score"]["total"] == 3


async def test_V16_after_the_stay_it_is_recorded_and_nothing_is_due(bed: Bedside) -> None:
    """I15: no set of a closed stay is due."""
    await bed.charted(2, WELL)
    left = await bed.did(bed.physician, "discharge_stay", 29.5, way="home", discharged_at=bed.at(29.5))
    assert left["answer"] == "accepted"
    assert (await bed.state())["next_due_at"] is None
    before = await bed.charted(29.7, ILL, taken=29.4)
    assert rules_of(before)["stay_ended"] == "note"
    after = await bed.charted(29.9, WELL)
    assert rules_of(after)["stay_ended"] == "warn"
    state = await bed.state()
    assert (state["score"]["total"], state["next_due_at"]) == (0, None)
    assert when(await bed.set_of(after), "keep_until") == when(state, "keep_until")


async def test_V13_a_set_of_four_days_ago_is_kept_and_no_tablet_holds_it(bed: Bedside, house: House) -> None:
    await bed.charted(2, WELL)
    old = await bed.charted(3, ILL, taken=-80, late_reason="giấy")
    assert old["answer"] == "accepted"
    assert all(row["key"] != old["id"] for row in await bed.rows())
    assert (await bed.state())["score"]["total"] == 0
    assert await house.pool.fetchval("SELECT count(*) FROM observation_set") == 2


async def test_V12_a_complete_score_of_before_the_window_still_holds_the_band_up(bed: Bedside) -> None:
    await bed.charted(3, ILL, taken=-80, late_reason="giấy")
    assert (await bed.state())["last_complete"]["total"] == 10
    await bed.charted(4, {"pulse": 80})
    state = await bed.state()
    assert (state["score"]["total"], state["previous_total"], state["last_complete"]["total"]) == (0, 10, 10)
    assert when(state, "next_due_at") == bed.at(-79.5)


async def test_a_role_that_may_not_is_recorded_with_a_finding(bed: Bedside, house: House) -> None:
    clerk = await house.tablet(Role.CLERK, ("noi",), "Tú")
    assert rules_of(await bed.charted(2, WELL, by=clerk))["not_allowed"] == "stop"


async def test_two_halves_charted_at_once_make_one_score(bed: Bedside, house: House) -> None:
    """The ward's log is locked before anything is read: neither half misses the other."""
    other = await house.tablet(Role.NURSE, ("noi",), "Bích")
    halves = [{p: v for n, (p, v) in enumerate(WELL.items()) if n % 2 == half} for half in (0, 1)]
    halves[0]["spo2"], halves[0]["oxygen"] = halves[1].pop("spo2", 97), WELL["oxygen"]
    for hour in range(1, 9):
        await asyncio.gather(
            bed.charted(hour, halves[0]), bed.charted(hour, halves[1], by=other),
        )  # fmt: skip
        state = await bed.state()
        assert (state["score"]["total"], state["score"]["missing"]) == (0, [])
        assert when(state, "next_due_at") == bed.at(hour + 12)


async def test_eight_round_trips_for_a_set_with_a_scanned_band(bed: Bedside, monkeypatch: pytest.MonkeyPatch) -> None:
    """BEGIN, claim and lock, stay, history, store, touched rows, finish, COMMIT."""
    scanned = {"method": "wristband", "code": await bed.band()}
    await bed.charted(2, WELL, identification=scanned)
    asked: list[str] = []
    for name in ("execute", "fetch", "fetchrow", "fetchval"):
        monkeypatch.setattr(asyncpg.Connection, name, _counted(getattr(asyncpg.Connection, name), asked))
    answer = await bed.charted(3, WELL, identification=scanned)
    assert rules_of(answer) == {}
    assert asked.index("COMMIT;") + 1 == 8, asked


def _counted(known: Any, asked: list[str]) -> Any:
    async def run(self: Any, query: str, *args: Any, **more: Any) -> Any:
        asked.append(query)
        return await known(self, query, *args, **more)

    return run


@pytest.mark.parametrize("taken_at", ["1970-01-01T00:00:01Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
async def test_V13_a_clock_out_of_all_reason_loses_no_report(bed: Bedside, taken_at: str) -> None:
    """I16: recorded, with a finding about its time."""
    readings = [{"parameter": "pulse", "value": 80, "taken_at": taken_at}]
    answer = await bed.did(bed.nurse, "record_vitals", 2, readings=readings, identification={"method": "none"})
    assert {"late_entry", "taken_in_future"} & set(rules_of(answer))
    assert (await bed.state())["latest_at"] is not None
