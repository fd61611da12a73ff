"""Each print of a band is a number of its own: printed, live, superseded, void."""

from datetime import UTC, datetime
from typing import Any

from backend.core.access import Role
from barcode.codes import Kind, Ours, make, read
from tests.patients.ward import Ward, refused, rules_of


async def printed(ward: Ward, reason: str, stay_id: Any = None) -> str:
    clerk = await ward.by(Role.CLERK)
    asked = clerk.accepted("print_wristband", stay_id=stay_id or ward.stay_id, reason=reason)
    answer = await ward.follows(asked)
    code: str = answer["result"]["code"]
    return code


async def worn(ward: Ward, code: str, stay_id: Any = None) -> list[str]:
    nurse = await ward.by(Role.NURSE)
    return rules_of(await ward.follows(nurse.send("wear_wristband", stay_id=stay_id or ward.stay_id, code=code)))


async def test_the_first_band_is_live_at_the_desk(ward: Ward) -> None:
    code = await printed(ward, "first")
    assert read(code) == Ours(Kind.WRISTBAND, code)
    assert await ward.band(code) == "live"
    clerk = await ward.by(Role.CLERK)
    answer = await clerk.send("print_wristband", stay_id=ward.stay_id, reason="first")
    assert (refused(answer), answer["detail"]) == ("not_first_band", {"print_number": 1})


async def test_a_reprint_is_live_when_scanned_at_the_patient_and_replaces_the_older(ward: Ward) -> None:
    first, second = await printed(ward, "first"), await printed(ward, "damaged")
    assert [await ward.band(code) for code in (first, second)] == ["live", "printed"]
    assert await worn(ward, second) == []
    assert [await ward.band(code) for code in (first, second)] == ["superseded", "live"]
    assert await worn(ward, first) == ["band_superseded"], "the old one still names its patient, and says so"
    assert [await ward.band(code) for code in (first, second)] == ["superseded", "live"]


async def test_of_two_reprints_the_newer_worn_rules_out_the_older(ward: Ward) -> None:
    first, second, third = [await printed(ward, reason) for reason in ("first", "lost", "damaged")]
    assert await worn(ward, third) == []
    assert [await ward.band(code) for code in (first, second, third)] == ["superseded", "superseded", "live"]
    assert await worn(ward, second) == ["band_superseded"]


async def test_a_band_for_a_second_limb_stands_beside_the_first(ward: Ward) -> None:
    arm, leg = await printed(ward, "first"), await printed(ward, "child_limb")
    assert await worn(ward, leg) == []
    assert [await ward.band(code) for code in (arm, leg)] == ["live", "live"]


async def test_a_void_band_never_opens_again(ward: Ward) -> None:
    code, clerk = await printed(ward, "first"), await ward.by(Role.CLERK)
    await ward.follows(clerk.accepted("void_wristband", stay_id=ward.stay_id, code=code, reason="misprint"))
    assert await ward.band(code) == "void"
    assert await worn(ward, code) == ["band_void"]
    assert await ward.band(code) == "void"
    asked = {"stay_id": ward.stay_id, "code": code, "reason": "other"}
    assert refused(await clerk.send("void_wristband", **asked)) == "band_void"


async def test_a_band_is_found_out_where_it_is_not_this_patients(ward: Ward) -> None:
    other = await ward.house.admit("noi", ward.places[1], given_name="Mai")
    code = await printed(ward, "first", other)
    assert await worn(ward, code) == ["band_of_another_patient"]
    assert await worn(ward, make(Kind.WRISTBAND, lambda n: "7" * n)) == ["band_unknown"]
    clerk = await ward.by(Role.CLERK)
    asked = {"stay_id": ward.stay_id, "code": code, "reason": "wrong_patient"}
    assert refused(await clerk.send("void_wristband", **asked)) == "band_unknown"
    assert await ward.house.pool.fetchval("SELECT count(*) FROM wristband_event WHERE event = 'worn'") == 2


async def test_no_band_is_printed_for_a_stay_that_ended(ward: Ward) -> None:
    nurse = await ward.by(Role.NURSE)
    await nurse.accepted("discharge_stay", stay_id=ward.stay_id, way="home", discharged_at=datetime.now(UTC))
    assert refused(await nurse.send("print_wristband", stay_id=ward.stay_id, reason="first")) == "stay_ended"


async def test_the_first_print_never_repeats_a_number(ward: Ward) -> None:
    codes = [await printed(ward, "first"), *[await printed(ward, "lost") for _ in range(4)]]
    assert len(set(codes)) == 5
    rows = sorted(await ward.rows("wristband"), key=lambda row: int(row["print_number"]))
    assert [(row["key"], row["print_number"]) for row in rows] == list(zip(codes, range(1, 6), strict=True))


async def test_vitals_by_a_band_of_before_say_so(ward: Ward) -> None:
    first, second = await printed(ward, "first"), await printed(ward, "lost")
    nurse = await ward.by(Role.NURSE)
    reading = {"parameter": "pulse", "value": 80, "taken_at": datetime.now(UTC)}

    async def charted(code: str) -> list[str]:
        identification = {"method": "wristband", "code": code}
        return rules_of(
            await nurse.send("record_vitals", stay_id=ward.stay_id, readings=[reading], identification=identification)
        )

    assert await charted(first) == []
    assert await charted(second) == ["band_not_worn"]
    await worn(ward, second)
    assert await charted(first) == ["band_superseded"]
