"""The test hospital itself: what other tests build on."""

from tests.house.house import House
from tests.house.server import Server


async def test_a_nurse_charts_on_a_patient_and_the_ward_learns_of_it(house: House) -> None:
    place, *_ = await house.add_ward("noi")
    stay_id = await house.admit("noi", place)
    nurse = await house.tablet()
    replica = await house.replica("noi")
    answer = await nurse.accepted("attach_monitor", stay_id=stay_id, attached=True)
    await house.catch_up(replica)
    assert replica.rows["vitals_state", str(stay_id)]["command_id"] == answer["id"]


async def test_the_same_through_a_real_server(server: Server) -> None:
    place, *_ = await server.house.add_ward("noi")
    stay_id = await server.house.admit("noi", place)
    nurse = await server.tablet()
    async with server.stream(nurse.device, {"noi": 2}) as stream:
        answer = await nurse.accepted("attach_monitor", stay_id=stay_id, attached=True)
        line = (await stream.until("line"))["line"]
        while line["command_id"] != answer["id"]:
            line = (await stream.until("line"))["line"]
        assert line["event"] == "MonitorAttached"
