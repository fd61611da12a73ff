"""The test hospital itself: what other tests build on."""

from tests.house.house import House


async def test_a_nurse_charts_on_a_patient_and_the_ward_learns_of_it(house: House) -> None:
    place, *_ = await house.add_ward("noi")
    stay_id = await house.admit("noi", place)
    nurse = await house.tablet()
    replica = await house.replica("noi")
    answer = await nurse.accepted("attach_monitor", stay_id=stay_id, attached=True)
    await house.catch_up(replica)
    assert replica.rows["vitals_state", str(stay_id)]["command_id"] == answer["id"]
