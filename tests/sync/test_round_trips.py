"""F1: how often the door asks the database for one set of vital signs."""

from datetime import UTC, datetime
from random import Random

from tests.house.examples import readings
from tests.house.house import House


async def test_f1_record_vitals_takes_at_most_eight_round_trips(house: House) -> None:
    place, *_ = await house.add_ward("noi")
    stay_id = await house.admit("noi", place)
    nurse = await house.tablet()
    clerk = await house.sign_in(await house.add_staff(), nurse.device)
    code = (await clerk.accepted("print_wristband", stay_id=stay_id, reason="first"))["result"]["code"]
    await nurse.accepted("wear_wristband", stay_id=stay_id, code=code)
    scan = {"method": "wristband", "code": code}

    async def chart() -> dict[str, object]:
        at = datetime.now(UTC)
        return await nurse.accepted(
            "record_vitals", stay_id=stay_id, readings=readings(Random(1), at), identification=scan
        )

    assert (await chart())["findings"] == []
    asked: list[str] = []
    connections = [await house.pool.acquire() for _ in range(house.pool.get_size())]
    for connection in connections:
        connection._con.add_query_logger(lambda query: asked.append(query.query))
        await house.pool.release(connection)
    await chart()
    assert asked[0] == "BEGIN;"
    assert asked[-1] == "COMMIT;"
    assert len(asked) <= 8, asked
