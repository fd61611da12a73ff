"""The stream over real sockets (docs/sync.md S1–S6)."""

import asyncio
import contextlib
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import pytest
import websockets

from backend.core.access import Role
from backend.identity.types import RevokeDevice
from backend.realtime import hub as hubs
from tests.house.examples import Hospital
from tests.house.house import service_claims
from tests.house.replica import Replica, differences
from tests.house.server import Server, Stream
from tests.house.tablet import Tablet


@pytest.fixture
async def nurse(server: Server) -> Tablet:
    """A nurse of ward `noi` on a tablet of it, with one patient in bed 1A."""
    place, *_ = await server.house.add_ward("noi")
    server.house.stay_id = await server.house.admit("noi", place)  # type: ignore[attr-defined]
    return await server.tablet()


async def _chart(nurse: Tablet, server: Server, count: int) -> None:
    for n in range(count):
        await nurse.accepted("attach_monitor", stay_id=server.house.stay_id, attached=bool(n % 2))  # type: ignore[attr-defined]


async def _head(server: Server, log_id: str = "noi") -> int:
    seq: int = await server.house.pool.fetchval("SELECT seq FROM log_head WHERE log_id = $1", log_id)
    return seq


async def test_s1_l2_twenty_writers_are_told_gapless_and_in_order(server: Server) -> None:
    hospital = await Hospital(server.house).build()
    writers = [await hospital.writer(Random(n)) for n in range(20)]
    device = writers[0].tablets[Role.NURSE].device
    for writer in writers:
        for tablet in writer.tablets.values():
            tablet.post = server.post_from(tablet.device)
    replica = await server.house.replica("noi")
    async with server.stream(device, {"noi": replica.seq}) as stream:
        kinds = ("record_vitals", "attach_monitor", "record_weight", "change_reason")
        async with asyncio.TaskGroup() as tasks:
            for writer in writers:
                tasks.create_task(writer.does(writer.random.choice(kinds)))
                tasks.create_task(writer.does("record_vitals"))
        head = await _head(server)
        while replica.seq < head:
            told = await stream.message()
            assert told["type"] != "behind"
            if told["type"] == "line":
                replica.apply(told["line"])
    assert differences(replica, await server.house.snapshot("noi")) == []


async def test_s1_a_reconnect_with_a_cursor_brings_what_was_missed_first(server: Server, nurse: Tablet) -> None:
    before = await _head(server)
    await _chart(nurse, server, 5)
    async with server.stream(nurse.device, {"noi": before}) as stream:
        assert [line["seq"] for line in await stream.lines(5)] == list(range(before + 1, before + 6))


async def test_s1_a_server_restart_loses_no_line(server: Server, nurse: Tablet) -> None:
    before = await _head(server)
    seen: list[int] = []
    for _ in range(3):
        await _chart(nurse, server, 2)
        async with server.stream(nurse.device, {"noi": seen[-1] if seen else before}) as stream:
            seen += [line["seq"] for line in await stream.lines(2)]
        await _chart(nurse, server, 1)
        await server.stop()
        await server.start()
        async with server.stream(nurse.device, {"noi": seen[-1]}) as stream:
            seen += [line["seq"] for line in await stream.lines(1)]
    assert seen == list(range(before + 1, before + 10))


async def test_s1_more_than_two_hundred_missed_lines_are_behind(server: Server, nurse: Tablet) -> None:
    before = await _head(server)
    await _chart(nurse, server, 201)
    async with server.stream(nurse.device, {"noi": before}) as stream:
        assert await stream.until("behind") == {"type": "behind", "log": "noi", "seq": before + 201}
    async with server.stream(nurse.device, {"noi": before + 1}) as stream:
        assert len(await stream.lines(200)) == 200
    async with server.client(nurse.device) as client:
        pulled: list[int] = []
        while not pulled or pulled[-1] < before + 201:
            after = pulled[-1] if pulled else before
            answer = (await client.get("/api/logs/noi/changes", params={"after": after, "limit": 90})).json()
            assert not answer["reset"]
            pulled += [line["seq"] for line in answer["lines"]]
    assert pulled == list(range(before + 1, before + 202))


async def test_s2_a_new_ward_is_followed_from_its_first_line(server: Server, nurse: Tablet) -> None:
    await server.house.add_ward("moi", positions=0)
    tablet = await server.tablet(wards=("moi",))
    async with server.stream(tablet.device, {"moi": 0}) as stream:
        await stream.until("tick")
        await server.house.add_position("moi", "1A")
        assert [line["seq"] for line in await stream.lines(1)] == [1]


async def test_s4_i12_as_of_is_never_newer_than_the_truth_when_another_process_commits(
    server: Server, nurse: Tablet
) -> None:
    """Lines are committed by this process, behind the server's back. A tick that says T must know all up to T."""
    before = await _head(server)
    commits: list[tuple[datetime, int]] = []

    async def others() -> None:
        for n in range(40):
            await server.house.add_position("noi", f"X{n}")
            commits.append((datetime.now(UTC), before + n + 1))
            await asyncio.sleep(0.08)

    writing = asyncio.create_task(others())
    ticks, last = [], before
    async with server.stream(nurse.device, {"noi": before}) as stream:
        while not writing.done() or last < before + 40:
            told = await stream.message()
            if told["type"] == "line":
                assert told["line"]["seq"] == last + 1
                last += 1
            elif told["type"] == "tick":
                ticks.append((datetime.fromisoformat(told["at"]), told["heads"]["noi"], last))
    assert len(ticks) >= 3
    for at, head, applied in ticks:
        assert head >= max(
            (seq for committed, seq in commits if committed < at - timedelta(milliseconds=1)), default=before
        )
        assert applied >= head, "what a tick covers was sent before it"


async def test_s3_receipts_say_which_device_holds_which_line(server: Server, nurse: Tablet) -> None:
    async with server.stream(nurse.device, {"noi": 0}) as stream:
        await stream.socket.send('{"type":"cursors","cursors":{"noi":2,"ngoai":7}}')
        assert await _receipts(server) == [(nurse.device.device_id, "noi", 2)]


async def _receipts(server: Server) -> list[tuple[Any, ...]]:
    """What is stored within ten seconds; receipts are written every five."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = await server.house.pool.fetch("SELECT device_id, log_id, seq FROM receipt_state")
        if found:
            return [tuple(record) for record in found]
        await asyncio.sleep(0.2)
    return []


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{}",
        "[]",
        '{"type":"cursors"}',
        '{"type":"cursors","cursors":{"noi":"x"}}',
        "x" * 5000,
        "[" * 4000,
        '{"type":"cursors","cursors":{"noi":9223372036854775808}}',
        '{"type":"cursors","cursors":{"noi":-1}}',
    ],
)
async def test_s3_anything_but_receipts_ends_the_socket(server: Server, nurse: Tablet, message: str) -> None:
    async with server.stream(nurse.device, {"noi": 0}) as stream:
        await stream.socket.send(message)
        with pytest.raises(websockets.ConnectionClosed):
            await stream.until("closed", reason="never said")
    assert (await _hello(server)) == 200


async def _hello(server: Server) -> int:
    async with server.client() as client:
        return (await client.get("/api/hello")).status_code


async def test_s5_sockets_that_never_read_delay_nobody_and_are_closed(server: Server, nurse: Tablet) -> None:
    deaf = [_deaf(server, nurse, await _head(server)) for _ in range(5)]
    latencies: list[float] = []
    with contextlib.ExitStack() as open_sockets:
        for one in deaf:
            open_sockets.enter_context(one)
        await _chart_past_the_deaf(server, nurse, deaf, latencies)
    latencies.sort()
    assert latencies[len(latencies) * 95 // 100] < 0.25


async def _chart_past_the_deaf(
    server: Server, nurse: Tablet, deaf: list[socket.socket], latencies: list[float]
) -> None:
    async with server.stream(nurse.device, {"noi": await _head(server)}) as stream:
        for _ in range(100):
            answer, line = await _charted(server, nurse, stream, latencies)
            assert line["command_id"] == answer["id"]
        deadline = time.monotonic() + 45
        while any(_open(one) for one in deaf):
            assert time.monotonic() < deadline, "a socket that never reads was not closed"
            await _charted(server, nurse, stream, latencies)


async def _charted(
    server: Server, nurse: Tablet, stream: Stream, latencies: list[float]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """One act with a long text, and how long after its answer it reached the stream."""
    reason = "ệ" * 2000
    answer = await nurse.accepted("change_reason", stay_id=server.house.stay_id, reason=reason)  # type: ignore[attr-defined]
    answered = time.monotonic()
    line = (await stream.until("line"))["line"]
    latencies.append(time.monotonic() - answered)
    return answer, line


def _deaf(server: Server, nurse: Tablet, seq: int) -> socket.socket:
    """A raw socket that upgrades and then reads nothing, its window as small as the kernel allows."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    deaf.connect(("127.0.0.1", server.settings.port))
    deaf.sendall(
        f"GET /api/stream?logs=noi:{seq} HTTP/1.1\r\nHost: 127.0.0.1:{server.settings.port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Cookie: bedside_device={nurse.device.cookie}\r\n\r\n".encode()
    )
    return deaf


def _open(deaf: socket.socket) -> bool:
    """Whether the server still holds its side (read from the kernel's table, without reading the socket)."""
    port = deaf.getsockname()[1]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, _, remote, state, *_ = line.split()
        if int(remote.split(":")[1], 16) == port and state == "01":
            return True
    return False


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"cookie": ""}, 401),
        ({"cookie": "bedside_device=nonsense"}, 401),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"logs": "ngoai:0"}, 403),
        ({"logs": "noi:0,ngoai:0"}, 403),
        ({"logs": f"device_{'0' * 32}:0"}, 403),
        ({"logs": ""}, 400),
        ({"logs": "noi:-1"}, 400),
    ],
)
async def test_s6_refused_before_the_upgrade(
    server: Server, nurse: Tablet, change: dict[str, str], status: int
) -> None:
    await server.house.add_ward("ngoai", positions=0)
    headers = {"cookie": change.get("cookie", f"bedside_device={nurse.device.cookie}")}
    url = f"ws://127.0.0.1:{server.settings.port}/api/stream?logs={change.get('logs', 'noi:0')}"
    origin = websockets.Origin(change["origin"]) if "origin" in change else None
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with websockets.connect(url, additional_headers=headers, origin=origin, proxy=None):
            pass
    assert refused.value.response.status_code == status


async def test_s6_a_revoked_device_is_closed_at_once_and_stays_out(server: Server, nurse: Tablet) -> None:
    async with server.stream(nurse.device, {"noi": 0}) as stream:
        await stream.until("tick")
        command = RevokeDevice(device_id=nurse.device.device_id, reason="lost", **service_claims())
        await server.house.execute(command)
        assert (await stream.until("closed"))["reason"] == "revoked"
        with pytest.raises(websockets.ConnectionClosed):
            await stream.message()
    async with server.client(nurse.device) as client:
        assert (await client.get("/api/logs/noi/snapshot")).status_code == 401


async def test_l1_a_snapshot_is_packed_for_who_can_unpack_it(server: Server, nurse: Tablet) -> None:
    await _chart(nurse, server, 30)
    for n in range(20):
        await server.house.add_position("noi", f"Y{n}")
    async with server.client(nurse.device) as client:
        packed = await client.get("/api/logs/noi/snapshot")
        plain = await client.get("/api/logs/noi/snapshot", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json()["rows"] == plain.json()["rows"]
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3


async def test_l2_another_epoch_or_a_cursor_from_the_future_is_answered_reset(server: Server, nurse: Tablet) -> None:
    async with server.client(nurse.device) as client:
        snapshot = (await client.get("/api/logs/noi/snapshot")).json()
        asked = {"after": snapshot["seq"], "epoch": snapshot["epoch"]}
        assert (await client.get("/api/logs/noi/changes", params=asked)).json()["reset"] is False
        for wrong in ({"epoch": "another"}, {"after": snapshot["seq"] + 1}):
            answer = (await client.get("/api/logs/noi/changes", params=asked | wrong)).json()
            assert (answer["reset"], answer["lines"]) == (True, [])


async def test_l2_a_restore_under_a_running_server_is_told_by_the_next_tick(server: Server, nurse: Tablet) -> None:
    async with server.stream(nurse.device, {"noi": 0}) as stream:
        first = await stream.until("tick")
        owner = await asyncpg.connect(server.house.database.owner_url)
        await owner.execute("UPDATE installation SET epoch = gen_random_uuid()")
        await owner.close()
        async with asyncio.timeout(5):
            while (await stream.until("tick"))["epoch"] == first["epoch"]:
                pass


async def test_l3_a_line_above_the_limit_asks_for_a_snapshot(
    server: Server, nurse: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is lowered in this process, which commits; the server tells the line as it was stored."""
    monkeypatch.setattr("backend.core.log.LINE_LIMIT_BYTES", 200)
    before = await _head(server)
    await server.house.add_position("noi", "Z9")
    async with server.stream(nurse.device, {"noi": before}) as stream:
        line = (await stream.until("line"))["line"]
    assert (line["reset"], line["puts"], line["removes"]) == (True, [], [])


def test_s1_the_limits_are_those_of_the_protocol() -> None:
    assert (hubs.CATCH_UP_LIMIT, hubs.QUEUE_LIMIT) == (200, 256)


async def test_l1_a_snapshot_taken_during_writing_is_of_one_instant(server: Server, nurse: Tablet) -> None:
    """Snapshot and lines fit together wherever the snapshot falls."""
    replicas: list[Replica] = []
    writing = asyncio.create_task(_chart(nurse, server, 60))
    while not writing.done():
        replicas.append(await server.house.replica("noi"))
    await writing
    fresh = await server.house.snapshot("noi")
    assert len({replica.seq for replica in replicas}) > 3
    for replica in replicas:
        await server.house.catch_up(replica)
        assert differences(replica, fresh) == []
