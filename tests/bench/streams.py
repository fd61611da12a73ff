"""F3 and the ward board: from the answer of a command to every other tablet of the ward, beside a bare broadcast."""

import asyncio
import contextlib
import time
from random import Random

import msgspec
import websockets
from msgspec import Struct

from tests.bench.ground import Ground, chart, stay_name, ward_name
from tests.house.replica import Replica
from tests.house.server import Stream, free_port
from tests.house.tablet import Tablet

LINES = 60


class Spread(Struct, frozen=True):
    """Milliseconds until every socket had a line: half of the lines, and 99 of 100."""

    p50: float
    p99: float


async def told_to_all(ground: Ground, sockets: int) -> Spread:
    """So many sockets follow one ward; each line's time runs from the sender's answer to the last socket."""
    nurse = served(ground, ground.nurses[0])
    seq = await ground.house.pool.fetchval("SELECT seq FROM log_head WHERE log_id = $1", ward_name(0))
    async with contextlib.AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(ground.server.stream(nurse.device, {ward_name(0): seq}))
            for _ in range(sockets)
        ]

        async def reached(stream: Stream) -> list[float]:
            at = list[float]()
            while len(at) < LINES:
                text = await stream.socket.recv()
                if text.startswith('{"type":"line"'):
                    at.append(time.perf_counter())
            return at

        reading = [asyncio.create_task(reached(stream)) for stream in streams]
        answered = []
        for n in range(LINES):
            await chart(nurse, stay_name(0), ground.bands[0], Random(n))
            answered.append(time.perf_counter())
            await asyncio.sleep(0.05)
        arrivals = await asyncio.gather(*reading)
    return _spread([max(at[n] for at in arrivals) - answered[n] for n in range(LINES)])


async def bare_broadcast(sockets: int, size: int) -> Spread:
    """The same number of sockets on `websockets` alone, told a frame of the same size."""
    port = free_port()

    async def stay(connection: websockets.ServerConnection) -> None:
        await connection.wait_closed()

    async with (
        websockets.serve(stay, "127.0.0.1", port, compression=None) as server,
        contextlib.AsyncExitStack() as stack,
    ):
        url = f"ws://127.0.0.1:{port}"
        clients = [
            await stack.enter_async_context(websockets.connect(url, compression=None, proxy=None))
            for _ in range(sockets)
        ]

        async def reached(client: websockets.ClientConnection) -> list[float]:
            at = []
            for _ in range(LINES):
                await client.recv()
                at.append(time.perf_counter())
            return at

        reading = [asyncio.create_task(reached(client)) for client in clients]
        begun = []
        for _ in range(LINES):
            begun.append(time.perf_counter())
            websockets.broadcast(server.connections, "x" * size)
            await asyncio.sleep(0.05)
        arrivals = await asyncio.gather(*reading)
    return _spread([max(at[n] for at in arrivals) - begun[n] for n in range(LINES)])


async def board(ground: Ground, nurse: Tablet, ward_id: str) -> tuple[float, float]:
    """(ms from nothing to a full board, ms from a nurse's send to the changed board)."""
    here = served(ground, nurse)
    started = time.perf_counter()
    async with ground.server.client(here.device) as client:
        replica = Replica(msgspec.json.decode((await client.get(f"/api/logs/{ward_id}/snapshot")).content))
    full_ms = (time.perf_counter() - started) * 1000
    changed = []
    async with ground.server.stream(here.device, {ward_id: replica.seq}) as stream:
        for _ in range(20):
            started = time.perf_counter()
            stay_id = ground.full_stays[0]
            sending = asyncio.create_task(here.send("attach_monitor", stay_id=stay_id, attached=True))
            replica.apply((await stream.until("line"))["line"])
            changed.append((time.perf_counter() - started) * 1000)
            await sending
    return full_ms, sorted(changed)[len(changed) // 2]


def served(ground: Ground, tablet: Tablet) -> Tablet:
    """The same person and device, sending over HTTP."""
    return Tablet(
        tablet.device, staff_id=tablet.staff_id, session_id=tablet.session_id, key=tablet.key,
        post=ground.server.post_from(tablet.device), token=tablet.token,
    )  # fmt: skip


def _spread(seconds: list[float]) -> Spread:
    ordered = sorted(max(0.0, s) * 1000 for s in seconds)
    return Spread(ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)])
