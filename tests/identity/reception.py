"""The whole application on a fresh database, with people, tablets and desktops that come to it over HTTP."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
from litestar import Litestar
from msgspec import Struct

from backend.app import create_app
from backend.core.access import Role
from backend.core.settings import Settings
from backend.identity import installing, signing_in
from backend.identity.devices import Gatehouse, carry_out
from backend.wards.types import AddWard
from tests.house.cluster import Database
from tests.house.tablet import Device, Key, Tablet, base64url

PUBLIC_URL = "http://bedside.test"
PASSWORD = "trăng khuya 42"
PIN = "402816"


class Person(Struct, frozen=True, kw_only=True):
    """Someone on the staff, with what they know and carry."""

    staff_id: UUID
    role: Role
    login: str
    badge: str
    password: str = PASSWORD
    pin: str = PIN


class Browser:
    """One browser: its cookies, and its person's token once signed in."""

    def __init__(self, app: Litestar) -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
        self.http = httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL)
        self.key = Key()
        self.session: dict[str, Any] = {}
        self.device: dict[str, Any] = {}
        self._tablet: Tablet | None = None

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """A request with this browser's cookie and its person's token."""
        headers = {"sec-fetch-site": "same-origin", **given.pop("headers", {})}
        if self.session and "authorization" not in headers:
            headers["authorization"] = f"Bearer {self.session['token']}"
        return await self.http.request(method, path, headers=headers, **given)

    async def try_sign_in(self, **who: Any) -> httpx.Response:
        """The answer to a sign-in; keeps nothing."""
        body = {"public_key": base64url(self.key.public_der), **who}
        return await self.ask("POST", "/api/sessions", json=body)

    async def sign_in(self, person: Person, **more: Any) -> dict[str, Any]:
        """Signs in with badge and password."""
        answer = await self.try_sign_in(badge=person.badge, password=person.password, **more)
        assert answer.status_code == 201, answer.text
        self.session = answer.json()
        self.device = self.session["device"]
        self._tablet = None
        return self.session

    async def enrol(self, code: str) -> httpx.Response:
        """Shows a one-time code."""
        answer = await self.ask("POST", "/api/devices/enrol", json={"code": code})
        if answer.status_code == 201:
            self.device = answer.json()
        return answer

    @property
    def tablet(self) -> Tablet:
        """Signs commands with this session's key."""
        if self._tablet is None:
            device = Device(UUID(self.device["device_id"]), self.device["wards"], self.device["kind"])
            device.counter = self.device["counter"]
            self._tablet = Tablet(
                device,
                staff_id=UUID(self.session["staff_id"]),
                session_id=UUID(self.session["session_id"]),
                key=self.key,
                post=self.post,
            )
        return self._tablet

    async def post(self, commands: list[str]) -> list[dict[str, Any]]:
        """Signed commands to the door."""
        answer = await self.ask("POST", "/api/commands", json={"commands": commands})
        assert answer.status_code == 200, answer.text
        answers: list[dict[str, Any]] = answer.json()["answers"]
        return answers


class Reception:
    """A running house, and how people come to it in these tests."""

    def __init__(self, app: Litestar, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.house = app.state.house
        self.gatehouse = Gatehouse(self.house.pool, self.house.door, self.house.secrets, settings)
        self._browsers: list[Browser] = []

    @property
    def pool(self) -> Any:
        return self.house.pool

    def browser(self) -> Browser:
        """A browser that was never here."""
        made = Browser(self.app)
        self._browsers.append(made)
        return made

    async def add_ward(self, ward_id: str) -> str:
        """A ward and its log."""
        command = AddWard(ward_id=ward_id, name=ward_id, short_name=ward_id, **installing.service_claims())
        await carry_out(self.house.door, command, installing.INSTALLER)
        return ward_id

    async def add(self, role: Role, *wards: str, login: str = "", pin: str | None = PIN) -> Person:
        """Someone with password and PIN."""
        login = login or f"{role.value}_{uuid4().hex[:6]}"
        added = await installing.add_staff(
            self.gatehouse,
            family_name="Trần",
            middle_name="Thị",
            given_name=login,
            role=role,
            login=login,
            wards=list(wards),
        )
        await signing_in.set_secrets(self.gatehouse, added.staff_id, password=PASSWORD, pin=pin)
        return Person(staff_id=added.staff_id, role=role, login=login, badge=added.badge)

    async def ward_tablet(self, *wards: str) -> Browser:
        """A browser enrolled for these wards."""
        code = (await installing.enrol_device(self.gatehouse, f"Máy {uuid4().hex[:4]}", list(wards))).code
        made = self.browser()
        answer = await made.enrol(code)
        assert answer.status_code == 201, answer.text
        return made

    async def desktop(self, person: Person) -> Browser:
        """A visitor's browser with this person signed in."""
        made = self.browser()
        await made.sign_in(person)
        return made

    async def lines(self, log: str = "facility") -> list[dict[str, Any]]:
        """Every line of a log."""
        async with self.pool.acquire(timeout=2) as connection:
            records = await connection.fetch("SELECT line FROM log_line WHERE log_id = $1 ORDER BY seq", log)
        return [msgspec.json.decode(record["line"]) for record in records]

    async def audit(self, log: str = "facility") -> list[dict[str, Any]]:
        """Every link of a chain."""
        async with self.pool.acquire(timeout=2) as connection:
            records = await connection.fetch("SELECT line FROM audit_line WHERE log_id = $1 ORDER BY seq", log)
        return [msgspec.json.decode(record["line"]) for record in records]

    async def do(self, statement: str, *values: Any) -> str:
        """What time or another process would have done, as the serving role."""
        async with self.pool.acquire(timeout=2) as connection:
            done: str = await connection.execute(statement, *values)
        self.house.sessions.forget()
        return done

    async def long_ago(self, statement: str, *values: Any) -> None:
        """What was so before: written by the owner, for the serving role cannot change a record."""
        connection = await asyncpg.connect(self.settings.owner_url)
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()
        self.house.sessions.forget()

    async def close(self) -> None:
        for browser in self._browsers:
            await browser.http.aclose()


@asynccontextmanager
async def open_reception(database: Database, folder: Path, **more: Any) -> AsyncIterator[Reception]:
    """The application on this database, with hashing made cheap as only a demo may."""
    settings = Settings(
        database_url=database.app_url,
        owner_url=database.owner_url,
        data_dir=folder,
        public_url=PUBLIC_URL,
        demo=True,
        facility="Bệnh viện thử",
        password_memory_kib=64,
        pin_iterations=1_000,
        **more,
    )
    app = create_app(settings)
    opened, done = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(_run(app, opened, done))
    await asyncio.wait({running, asyncio.create_task(opened.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        await running
    reception = Reception(app, settings)
    try:
        yield reception
    finally:
        await reception.close()
        done.set()
        await running


async def _run(app: Litestar, opened: asyncio.Event, done: asyncio.Event) -> None:
    """The lifespan in a task of its own: a fixture's beginning and end may run in two."""
    async with app.lifespan():
        opened.set()
        await done.wait()


def unbase64(text: str) -> bytes:
    """base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
