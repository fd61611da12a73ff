"""L5: apply(snapshot, lines) equals a fresh snapshot, for every command, with one writer and with twenty."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import asyncpg
import pytest

from backend.core import queries
from backend.core.database import open_pool
from backend.core.passage import Passage
from tests.house.cluster import Database
from tests.house.examples import EXAMPLES, LOGS, Hospital
from tests.house.house import HANDLINGS, House
from tests.house.replica import Replica, differences

WRITERS = 20
ACTS_EACH = 12


def test_every_command_has_an_example() -> None:
    kinds = {str(h.command.__struct_config__.tag) for h in HANDLINGS if not h.follows}
    assert kinds == set(EXAMPLES)


async def test_l5_after_every_command_each_replica_equals_a_fresh_snapshot(house: House) -> None:
    hospital = await Hospital(house).build()
    replicas = [await house.replica(log_id) for log_id in LOGS]
    wrong: dict[str, Any] = {}
    for turn in range(3):
        writer = await hospital.writer(Random(turn))
        for kind in EXAMPLES:
            answer = await writer.does(kind)
            if answer["answer"] != "accepted":
                wrong[f"{kind} {turn}"] = answer
            for replica in replicas:
                await house.catch_up(replica)
                if found := differences(replica, await house.snapshot(replica.log)):
                    wrong[f"{kind} {turn} {replica.log}"] = found
                    replica.take(await house.snapshot(replica.log))
    assert wrong == {}


async def test_l5_with_twenty_writers_of_every_kind_and_moves_between_wards(house: House) -> None:
    replicas, answers = await _twenty_writers(house)
    assert {a["answer"] for a in answers} <= {"accepted", "refused"}
    assert {a["kind"] for a in answers if a["answer"] == "accepted"} == set(EXAMPLES)
    for replica in replicas:
        assert differences(replica, await house.snapshot(replica.log)) == []


async def test_l5_a_build_that_reads_rows_before_the_lock_fails_this_very_proof(database: Database) -> None:
    """Mutant `rows_before_lock`: the numbers are taken last, as most logs do. Its deadlocks are found quickly."""
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute(f'ALTER DATABASE "{database.name}" SET deadlock_timeout = 5')
    await admin.close()
    pool = await open_pool(database.app_url)
    house = House(pool, database)
    with rows_before_lock():
        replicas, _ = await _twenty_writers(house)
    found = [difference for r in replicas for difference in differences(r, await house.snapshot(r.log))]
    pool.terminate()
    assert found, "the planted bug was not seen: the proof proves nothing"


@contextmanager
def rows_before_lock() -> Iterator[None]:
    """The head rows are locked only after the handler ran and its rows were read."""
    finish = Passage._finish

    async def late(self: Any, handling: Any, heads: Any, touched: Any, refusal: Any) -> Any:
        lock = queries.LOCK_HEADS.replace("FOR UPDATE", "FOR NO KEY UPDATE")  # else foreign keys would deadlock it
        locked = await self.connection.fetch(lock, [head["log_id"] for head in heads], [])
        return await finish(self, handling, locked, touched, refusal)

    with pytest.MonkeyPatch.context() as planted:
        planted.setattr(queries, "CLAIM_AND_LOCK", queries.CLAIM_AND_LOCK.replace("FOR UPDATE OF h", ""))
        planted.setattr(Passage, "_finish", late)
        yield


async def _twenty_writers(house: House) -> tuple[list[Replica], list[dict[str, Any]]]:
    """Replicas taken before, with every line applied after; and every answer."""
    hospital = await Hospital(house).build()
    replicas = [await house.replica(log_id) for log_id in LOGS]
    writers = [await hospital.writer(Random(100 + n)) for n in range(WRITERS)]
    kinds = sorted(EXAMPLES)

    async def write(number: int) -> None:
        writer = writers[number]
        mine = [kinds[(number + n * WRITERS) % len(kinds)] for n in range(ACTS_EACH // 2)]
        for kind in mine + ["move_stay", "record_vitals", "attach_monitor"] * 2:
            await writer.does(kind)

    async with asyncio.TaskGroup() as tasks:
        for number in range(WRITERS):
            tasks.create_task(write(number))
    for replica in replicas:
        await house.catch_up(replica)
    return replicas, [answer for writer in writers for answer in writer.answers]
