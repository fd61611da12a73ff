"""kill -9 of the server and of the database under load (R3): python -m tests.reliability.killing 1000."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any, Literal
from uuid import UUID

import httpx
import msgspec
from msgspec import Struct

from backend.core.database import open_pool
from backend.postgres import running
from tests.house.cluster import Cluster, make_database
from tests.house.examples import readings
from tests.house.house import House
from tests.house.replica import Replica, differences
from tests.house.server import Server, new_data_dir
from tests.house.tablet import Tablet

SENDERS = 8
Victim = Literal["server", "database"]


class Tally(Struct):
    """What the senders know: every command they made, and every one they were told is in the record."""

    made: set[str] = msgspec.field(default_factory=set)
    acknowledged: set[str] = msgspec.field(default_factory=set)
    wrong: list[str] = msgspec.field(default_factory=list)
    kills: int = 0


class Ground:
    """A PostgreSQL of its own (it will be killed), a server on it, a ward with patients, tablets that send."""

    def __init__(self, cluster: Cluster, server: Server, tablets: list[Tablet], stays: list[UUID]) -> None:
        self.cluster, self.server, self.tablets, self.stays = cluster, server, tablets, stays
        self.tally, self.ending = Tally(), asyncio.Event()

    async def send(self, number: int) -> None:
        """One tablet's outbox: the oldest command again and again until it is answered, then the next."""
        tablet, random = self.tablets[number], Random(number)
        while not self.ending.is_set():
            command_id, raw = self._next(tablet, random)
            while not await self._posted(tablet, raw, command_id):  # noqa: ASYNC110 (an outbox tries again)
                await asyncio.sleep(0.02 + random.random() / 10)

    def _next(self, tablet: Tablet, random: Random) -> tuple[str, str]:
        claims = tablet.claims(
            "record_vitals", stay_id=random.choice(self.stays), identification={"method": "question"}
        )
        claims["readings"] = readings(random, claims["recorded_at"])
        self.tally.made.add(str(claims["id"]))
        return str(claims["id"]), tablet.signed(claims)

    async def _posted(self, tablet: Tablet, raw: str, command_id: str) -> bool:
        """Whether it was answered for good; no answer, 503 and `retry` mean: send the same bytes again."""
        try:
            async with self.server.client(tablet.device) as client:
                answer = await client.post("/api/commands", json={"commands": [raw]})
        except httpx.TransportError:
            return False
        if answer.status_code == 503:
            return False
        if answer.status_code != 200:
            self.tally.wrong.append(f"{answer.status_code} {answer.text[:200]}")
            return False
        told = answer.json()["answers"][0]
        if told["answer"] == "accepted":
            self.tally.acknowledged.add(command_id)
        elif told["answer"] != "retry":
            self.tally.wrong.append(str(told))
        return bool(told["answer"] != "retry")

    async def kill(self, victim: Victim) -> None:
        """kill -9, at once and without warning; what was killed comes back."""
        self.tally.kills += 1
        if victim == "server":
            await self.server.kill()
            await self.server.start()
        else:
            pid = self.cluster.running.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await asyncio.wait_for(self._reborn(pid), 60)

    async def _reborn(self, killed: int) -> None:
        while True:
            if self.cluster.running.pid not in (killed, None):
                return
            await asyncio.sleep(0.05)

    async def acknowledged(self, count: int) -> None:
        """Waits until so many are."""
        deadline = self._now() + 60
        while len(self.tally.acknowledged) < count and self._now() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def lost(self) -> set[str]:
        """Acknowledged commands that are not in the record exactly once with their outcome and their row."""
        found = await self._read(
            "SELECT c.id::text FROM command c JOIN outcome o ON o.command_id = c.id AND o.answer = 'accepted'"
            " JOIN observation_set s ON s.id = c.id"
        )
        ids = [record["id"] for record in found]
        if len(ids) != len(set(ids)):
            self.tally.wrong.append("a command has two outcomes")
        return self.tally.acknowledged - set(ids)

    async def _read(self, statement: str) -> list[Any]:
        for _ in range(200):
            try:
                records: list[Any] = await self.server.house.pool.fetch(statement)
            except Exception:
                await asyncio.sleep(0.1)
            else:
                return records
        raise TimeoutError("the database did not come back")


@asynccontextmanager
async def ground(folder: Path, mutant: str = "") -> AsyncIterator[Ground]:
    """Everything started; `mutant` names a planted bug of the served build."""
    running.RESTARTS_A_MINUTE = 1_000_000  # the watchman gives up on a database that dies often; here it must not
    cluster = Cluster()
    try:
        database = await make_database(cluster.addresses)
        pool = await open_pool(database.app_url)
        house = House(pool, database)
        server = Server(house, new_data_dir(folder), mutant)
        await server.start()
        try:
            places = await house.add_ward("noi", positions=6)
            stays = [await house.admit("noi", place, given_name=f"Hoa {n}") for n, place in enumerate(places)]
            yield Ground(cluster, server, [await server.tablet() for _ in range(SENDERS)], stays)
        finally:
            await server.stop()
            pool.terminate()
    finally:
        await asyncio.to_thread(cluster.stop)


async def cycles(field: Ground, count: int, seed: int = 1) -> Tally:
    """So many kills under load, server and database in turn; then the outboxes drain."""
    random = Random(seed)
    sending = [asyncio.create_task(field.send(n)) for n in range(SENDERS)]
    for number in range(count):
        await field.acknowledged(len(field.tally.acknowledged) + SENDERS)
        await asyncio.sleep(random.random() / 5)
        await field.kill("server" if number % 2 else "database")
        if number % 50 == 49:
            sys.stderr.write(f"{number + 1} kills, {len(field.tally.acknowledged)} acknowledged\n")
    field.ending.set()
    await asyncio.wait_for(asyncio.gather(*sending), 60)
    return field.tally


async def replica_faults(field: Ground) -> list[str]:
    """What a tablet that applied every line since the beginning has otherwise than the record."""
    house = field.server.house
    await field._read("SELECT 1")
    empty = await house.snapshot("noi") | {"seq": 0, "rows": []}
    replica = Replica(empty)
    await house.catch_up(replica)
    return differences(replica, await house.snapshot("noi"))


async def _main(count: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with ground(Path(folder)) as field:
            tally = await cycles(field, count)
            lost = await field.lost()
            faults = await replica_faults(field)
    sys.stderr.write(
        f"{tally.kills} kills, {len(tally.made)} commands made, {len(tally.acknowledged)} acknowledged, "
        f"{len(lost)} lost, {len(tally.wrong)} wrong answers, {len(faults)} faults in the log\n"
    )
    return int(bool(lost or tally.wrong or faults))


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)))
