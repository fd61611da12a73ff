"""A served house: the real process on a free port, real cookies, real sockets."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import websockets

from backend.core.access import Role
from backend.core.settings import Settings
from backend.identity import installing, signing_in
from backend.identity.devices import Gatehouse
from backend.identity.secrets import Secrets
from tests.house.house import House, settings_of
from tests.house.tablet import Device, Key, Tablet, base64url

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Mưa rào tháng Sáu 17"
READY_WITHIN_S = 30


class Server:
    """One server process and what is needed to let people in."""

    def __init__(self, house: House, data_dir: Path, mutant: str = "") -> None:
        self.house, self.data_dir, self.mutant = house, data_dir, mutant
        self.settings: Settings = settings_of(house.database, data_dir, free_port())
        self.process: Process | None = None
        self._gatehouse: Gatehouse | None = None

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.settings.port}"

    async def start(self) -> "Server":
        """Starts the process, and waits until it takes connections."""
        told = self.data_dir / "settings.json"
        told.write_bytes(msgspec.json.encode(self.settings, enc_hook=str))
        with (self.data_dir / "server.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.house.serving", str(told), *([self.mutant] if self.mutant else [])),
                cwd=ROOT,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None
        said = await asyncio.wait_for(self.process.stdout.readline(), READY_WITHIN_S)
        if said != b"ready\n":
            raise RuntimeError((self.data_dir / "server.log").read_text()[-3000:])
        return self

    async def kill(self) -> None:
        """kill -9."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Asks it to end, as the launcher does."""
        await self._end(signal.SIGTERM)
        if self._gatehouse is not None:
            self._gatehouse.secrets.close()

    async def _end(self, number: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is not None and process.returncode is None:
            process.send_signal(number)
            await asyncio.wait_for(process.wait(), 20)
        if process is not None:
            process._transport.close()  # type: ignore[attr-defined]

    def memory_kb(self) -> int:
        """Resident memory of the process."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

    def client(self, device: Device | None = None, token: str = "") -> httpx.AsyncClient:
        """HTTP as this device's browser, and for this person where a token is given."""
        cookies = {"bedside_device": device.cookie} if device else {}
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.url, cookies=cookies, headers=headers, timeout=15, trust_env=False)

    async def enrol(self, wards: tuple[str, ...] = ("noi",)) -> Device:
        """A browser that showed a one-time code and got its cookie."""
        enrolment = await installing.enrol_device(await self.gatehouse(), "Máy thử", list(wards))
        async with self.client() as client:
            answer = await client.post("/api/devices/enrol", json={"code": enrolment.code})
            assert answer.status_code == 201, answer.text
            told = answer.json()
            return Device(UUID(told["device_id"]), told["wards"], cookie=answer.cookies["bedside_device"])

    async def sign_in(self, staff_id: UUID, device: Device) -> Tablet:
        """A session opened with a password over HTTP."""
        await signing_in.set_secrets(await self.gatehouse(), staff_id, password=PASSWORD, pin=None)
        key = Key()
        asked = {"staff_id": str(staff_id), "password": PASSWORD, "public_key": base64url(key.public_der)}
        async with self.client(device) as client:
            answer = await client.post("/api/sessions", json=asked)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        return Tablet(
            device, staff_id=staff_id, session_id=UUID(told["session_id"]), key=key, post=self.post_from(device),
            token=told["token"],
        )  # fmt: skip

    async def tablet(self, role: Role = Role.NURSE, wards: tuple[str, ...] = ("noi",)) -> Tablet:
        """A new person signed in on a newly enrolled device."""
        return await self.sign_in(await self.house.add_staff(role, wards), await self.enrol(wards))

    def post_from(self, device: Device) -> Any:
        """Carries signed strings over HTTP, with this device's cookie."""

        async def post(raws: list[str]) -> list[dict[str, Any]]:
            async with self.client(device) as client:
                answer = await client.post("/api/commands", json={"commands": raws})
            assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
            answers: list[dict[str, Any]] = answer.json()["answers"]
            return answers

        return post

    @asynccontextmanager
    async def stream(self, device: Device, cursors: dict[str, int], **options: Any) -> AsyncIterator["Stream"]:
        """An open socket that follows these logs."""
        logs = ",".join(f"{log_id}:{seq}" for log_id, seq in cursors.items())
        url = f"ws://127.0.0.1:{self.settings.port}/api/stream?logs={logs}"
        headers = {"cookie": f"bedside_device={device.cookie}"}
        settings = {"additional_headers": headers, "max_size": 2**24, "compression": None, "proxy": None, **options}
        async with websockets.connect(url, **settings) as socket_:
            yield Stream(socket_)

    async def gatehouse(self) -> Gatehouse:
        """Identity's own functions, with this server's secrets."""
        if self._gatehouse is None:
            kept = await Secrets.open(self.settings)
            self._gatehouse = Gatehouse(self.house.pool, self.house.door, kept, self.settings)
        return self._gatehouse


class Stream:
    """A followed stream, read message by message."""

    def __init__(self, socket_: Any) -> None:
        self.socket = socket_

    async def message(self, within_s: float = 5) -> dict[str, Any]:
        """The next message."""
        told: dict[str, Any] = msgspec.json.decode(await asyncio.wait_for(self.socket.recv(), within_s))
        return told

    async def until(self, kind: str, within_s: float = 5, **fields: Any) -> dict[str, Any]:
        """The next message of this type with these fields; others are passed over."""
        async with asyncio.timeout(within_s):
            while True:
                told = await self.message(within_s)
                if told["type"] == kind and all(told.get(name) == value for name, value in fields.items()):
                    return told

    async def lines(self, count: int, within_s: float = 5) -> list[dict[str, Any]]:
        """The next so many lines."""
        return [(await self.until("line", within_s))["line"] for _ in range(count)]


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def new_data_dir(under: Path) -> Path:
    """A data folder for one server."""
    path = under / f"data-{uuid4().hex[:8]}"
    path.mkdir()
    os.chmod(path, 0o700)
    return path
