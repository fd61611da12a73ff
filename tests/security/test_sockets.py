"""A visitor's sockets end with what let them in: sign-out, leaver, other ward, idle time, and the minute's check."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest
import websockets

from backend.core.access import Role
from backend.identity import authenticate, signing_in
from backend.identity.types import ChangeStaff, DisableStaff
from tests.house.house import service_claims
from tests.house.server import PASSWORD, Server
from tests.house.tablet import Device, Key, base64url
from tests.identity.reception import Reception


async def _visitor(server: Server, staff_id: UUID) -> tuple[Device, str]:
    """A desktop on which this person signed in, and their token."""
    await signing_in.set_secrets(await server.gatehouse(), staff_id, password=PASSWORD, pin=None)
    asked = {"staff_id": str(staff_id), "password": PASSWORD, "public_key": base64url(Key().public_der)}
    async with server.client() as client:
        answer = await client.post("/api/sessions", json=asked)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        device = Device(
            UUID(told["device"]["device_id"]), told["device"]["wards"], "visitor", answer.cookies["bedside_device"]
        )
    return device, told["token"]


@pytest.fixture
async def physician(server: Server) -> UUID:
    """A physician of ward noi."""
    for ward in ("noi", "ngoai"):
        await server.house.add_ward(ward, positions=0)
    return await server.house.add_staff(Role.PHYSICIAN, ("noi",))


async def _ends(stream: Any) -> str:
    reason = str((await stream.until("closed"))["reason"])
    with pytest.raises(websockets.ConnectionClosed):
        await stream.message()
    return reason


async def _refused(server: Server, device: Device, logs: dict[str, int]) -> int:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with server.stream(device, logs):
            pass
    return refused.value.response.status_code


async def test_a_visitor_follows_the_persons_wards_and_no_other(server: Server, physician: UUID) -> None:
    device, _ = await _visitor(server, physician)
    async with server.stream(device, {"noi": 0, "facility": 0}) as stream:
        assert set((await stream.until("tick"))["heads"]) == {"noi", "facility"}
    assert await _refused(server, device, {"noi": 0, "ngoai": 0}) == 403


async def test_sign_out_ends_the_visitors_sockets_at_once(server: Server, physician: UUID) -> None:
    device, token = await _visitor(server, physician)
    async with server.stream(device, {"noi": 0}) as stream:
        await stream.until("tick")
        async with server.client(device, token) as client:
            assert (await client.delete("/api/sessions/current")).status_code == 204
        assert await _ends(stream) == "signed_out"
    assert await _refused(server, device, {"noi": 0}) == 401


async def test_a_leavers_sockets_end_also_when_another_process_closed_the_account(
    server: Server, physician: UUID
) -> None:
    """The command runs in the test's process; the server learns of it from the facility's log."""
    device, _ = await _visitor(server, physician)
    async with server.stream(device, {"noi": 0}) as stream:
        await stream.until("tick")
        await server.house.execute(DisableStaff(staff_id=physician, reason="nghỉ việc", **service_claims()))
        assert await _ends(stream) == "signed_out"
    assert await _refused(server, device, {"noi": 0}) == 401


async def test_whoever_leaves_the_ward_no_longer_follows_it(server: Server, physician: UUID) -> None:
    """I11: no data of a ward a user may not see reaches that screen."""
    device, _ = await _visitor(server, physician)
    moved = ChangeStaff(
        staff_id=physician, family_name="Trần", given_name="Lan", role=Role.PHYSICIAN, wards=["ngoai"],
        **service_claims(),
    )  # fmt: skip
    async with server.stream(device, {"noi": 0}) as stream:
        await stream.until("tick")
        await server.house.execute(moved)
        assert await _ends(stream) == "access_changed"
    assert await _refused(server, device, {"noi": 0}) == 403
    async with server.stream(device, {"ngoai": 0}) as stream:
        await stream.until("tick")


class _Hub:
    """Remembers whom it was told to close."""

    def __init__(self, sockets: list[tuple[UUID, frozenset[str]]]) -> None:
        self.sockets = sockets
        self.closed: dict[UUID, str] = {}

    def on_line(self, listener: Any) -> None: ...

    def close_device(self, device_id: UUID, reason: str) -> None:
        self.closed[device_id] = reason

    def following(self) -> Iterable[tuple[UUID, frozenset[str]]]:
        return self.sockets


async def test_once_a_minute_every_socket_is_asked_again(reception: Reception) -> None:
    """What no line tells (time that passed, a hand in the database) ends a socket within the minute."""
    people = [await reception.add(Role.PHYSICIAN, "noi") for _ in range(4)]
    desks = [await reception.desktop(person) for person in people]
    stays, idle, expired, ended = (UUID(desk.device["device_id"]) for desk in desks)
    tablet = UUID((await reception.ward_tablet("noi")).device["device_id"])
    wider = UUID((await reception.ward_tablet("noi")).device["device_id"])
    changes = {
        idle: "last_seen_at = now() - interval '16 minutes'",
        expired: "expires_at = now() - interval '1 second'",
        ended: "ended_at = now()",
    }
    for device_id, change in changes.items():
        await reception.do(f"UPDATE session SET {change} WHERE device_id = $1", device_id)
    own = frozenset({"noi", "facility"})
    unknown = uuid4()
    hub = _Hub([(d, own) for d in (stays, idle, expired, ended, tablet, unknown)] + [(wider, own | {"ngoai"})])
    reception.house.sessions.follow(hub)
    await reception.house.sessions.recheck()
    assert hub.closed == {
        idle: "signed_out",
        expired: "signed_out",
        ended: "signed_out",
        unknown: "revoked",
        wider: "access_changed",
    }
    assert authenticate.RECHECK_S == 60


async def test_cursors_that_are_none_are_refused(server: Server, physician: UUID) -> None:
    device, _ = await _visitor(server, physician)
    many = ",".join(f"w{n}:0" for n in range(61))
    rubbish = ("", "noi", "noi:", "noi:-1", "noi:1.5", "noi:01", "NOI:1", "noi:1,", "noi:1,noi:2", "noi:1;x", many)
    for logs in (*rubbish, "x:" + "9" * 16, "a" * 5_000):
        url = f"ws://127.0.0.1:{server.settings.port}/api/stream?logs={logs}"
        headers = {"cookie": f"bedside_device={device.cookie}"}
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with websockets.connect(url, additional_headers=headers, proxy=None):
                pass
        answer = refused.value.response
        assert answer.status_code == 400, logs
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
