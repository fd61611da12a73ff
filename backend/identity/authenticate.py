"""Whose device, whose session, whose key: read from the database, kept for seconds, forgotten at every change."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, Protocol, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.core.access import Author, Role
from backend.core.desk import FACILITY
from backend.identity import queries, rules

log = logging.getLogger("bedside.identity")

KEPT = timedelta(seconds=5)
"""How long another process's change may go unseen where its line does not come."""
KEPT_LIMIT = 20_000
SEEN_EVERY = timedelta(seconds=30)
RECHECK_S = 60.0
CHANGES_ACCESS = ("Staff", "Device", "Ward")
"""Events of the facility's log that begin so may change who may do what."""
Kept = TypeVar("Kept")


class Device(Struct, frozen=True, kw_only=True):
    """The browser a request came from."""

    device_id: UUID
    kind: Literal["ward", "visitor"]
    name: str
    wards: frozenset[str]
    """A ward device's own; a visitor's: those of the person signed in there, none when nobody is."""
    owner_id: UUID | None
    signed_in: bool
    """Always of a ward device; of a visitor: whether its session is open."""


class Sockets(Protocol):
    """The part of the hub that identity needs."""

    def on_line(self, listener: Callable[[str, bytes], None]) -> None: ...
    def close_device(self, device_id: UUID, reason: str) -> None: ...
    def following(self) -> Iterable[tuple[UUID, frozenset[str]]]: ...


class _Session(Struct, frozen=True, kw_only=True):
    author: Author
    kind: Literal["ward", "visitor"]
    expires_at: datetime
    last_seen_at: datetime
    must_change: bool


class _Credential(Struct, frozen=True, kw_only=True):
    device: Device
    session_id: UUID | None


class _Shelf(Generic[Kept]):
    """What was read a moment ago. What was read before a change is not put back after it."""

    def __init__(self) -> None:
        self._found: dict[Any, tuple[datetime, Kept]] = {}
        self._changes = 0

    async def get(self, key: Any, now: datetime, read: Callable[[], Any]) -> Kept | None:
        at, found = self._found.get(key, (None, None))
        if at is not None and at <= now < at + KEPT:
            return found
        before = self._changes
        fresh: Kept | None = await read()
        if fresh is not None and before == self._changes:
            if len(self._found) >= KEPT_LIMIT:
                self._found.clear()
            self._found[key] = (now, fresh)
        return fresh

    def forget(self) -> None:
        self._changes += 1
        self._found.clear()


class _Line(Struct, frozen=True):
    """What identity reads of a facility line."""

    event: str
    puts: list[dict[str, Any]] = []


class Sessions:
    """One per process. Implements the door's `Authenticate`."""

    def __init__(self, pool: Any, now: clock.Clock = clock.now) -> None:
        self._pool, self._now = pool, now
        self._sessions: _Shelf[_Session] = _Shelf()
        self._tokens: _Shelf[UUID] = _Shelf()
        self._devices: _Shelf[_Credential] = _Shelf()
        self._seen: dict[UUID, datetime] = {}
        self._hub: Sockets | None = None

    async def author_of(self, session_id: UUID) -> Author | None:
        """The person behind a session key, with the instant it ceased to speak for them, as of now."""
        session = await self._session(session_id)
        if session is None:
            return None
        ended_at = self._ended_at(session)
        if ended_at is None:
            await self._note(session)
        return msgspec.structs.replace(session.author, ended_at=ended_at)

    async def device_of(self, credential: str | None) -> Device | None:
        """The device that carries this credential; None where there is none, or it was revoked."""
        if not credential or len(credential) > 200:
            return None
        return await self._device(digest(credential))

    async def person_of(self, token: str, device: Device) -> tuple[Author, bool] | None:
        """(who reads with this token on this device, must she first change her password); None where nobody may."""
        if not token or len(token) > 200:
            return None
        key = (digest(token), device.device_id)
        session_id = await self._tokens.get(key, self._now(), lambda: self._read_token(*key))
        session = None if session_id is None else await self._session(session_id)
        if session is None or session.author.disabled_at is not None or self._ended_at(session) is not None:
            return None
        await self._note(session)
        return session.author, session.must_change

    def forget(self) -> None:
        """Something about people, devices or sessions changed: read everything anew."""
        self._sessions.forget()
        self._tokens.forget()
        self._devices.forget()

    def close(self, device_ids: Iterable[UUID], reason: str) -> None:
        """Forgets, and ends these devices' sockets at once."""
        self.forget()
        if self._hub is not None:
            for device_id in device_ids:
                self._hub.close_device(device_id, reason)

    def follow(self, hub: Sockets) -> None:
        """From now on a change told by the facility's log takes effect here at once, whichever process made it."""
        self._hub = hub
        hub.on_line(self._on_line)

    async def watch(self) -> None:
        """Once a minute asks of every socket whether it may still follow what it follows. Ends by cancellation."""
        while True:
            await asyncio.sleep(RECHECK_S)
            try:
                await self.recheck()
            except Exception as error:
                log.warning("sockets could not be checked: %r", error)

    async def recheck(self) -> None:
        """Forgets what was read, and closes each socket whose device, person or wards no longer carry it."""
        self.forget()
        if self._hub is None:
            return
        following = list(self._hub.following())
        if not following:
            return
        async with self._pool.acquire(timeout=2) as connection:
            credentials = dict(
                await connection.fetch(queries.CREDENTIALS_OF_DEVICES, list({device_id for device_id, _ in following}))
            )
        for device_id, logs in following:
            hashed = credentials.get(device_id)
            device = None if hashed is None else await self._device(hashed)
            if device is None:
                self._hub.close_device(device_id, "revoked")
            elif not device.signed_in:
                self._hub.close_device(device_id, "signed_out")
            elif not logs <= device.wards | {FACILITY}:
                self._hub.close_device(device_id, "access_changed")

    def _on_line(self, log_id: str, line: bytes) -> None:
        if log_id != FACILITY:
            return
        told = msgspec.json.decode(line, type=_Line)
        if not told.event.startswith(CHANGES_ACCESS):
            return
        revoked = [UUID(row["key"]) for row in told.puts if row["type"] == "device" and row["revoked_at"] is not None]
        self.close(revoked, "revoked")
        if any(row["type"] == "staff" for row in told.puts):
            task = asyncio.get_running_loop().create_task(self._recheck_soon())
            task.add_done_callback(lambda done: done.exception())

    async def _recheck_soon(self) -> None:
        try:
            await self.recheck()
        except Exception as error:
            log.warning("sockets could not be checked: %r", error)

    async def _device(self, hashed: bytes) -> Device | None:
        found = await self._devices.get(hashed, self._now(), lambda: self._read_device(hashed))
        if found is None or found.device.kind == "ward":
            return None if found is None else found.device
        session = None if found.session_id is None else await self._session(found.session_id)
        if session is None or self._ended_at(session) is not None:
            return msgspec.structs.replace(found.device, wards=frozenset(), signed_in=False)
        return found.device

    async def _session(self, session_id: UUID) -> _Session | None:
        return await self._sessions.get(session_id, self._now(), lambda: self._read_session(session_id))

    def _ended_at(self, session: _Session) -> datetime | None:
        return rules.session_ended_at(
            kind=session.kind,
            expires_at=session.expires_at,
            last_seen_at=max(session.last_seen_at, self._seen.get(session.author.session_id, session.last_seen_at)),
            ended_at=session.author.ended_at,
            now=self._now(),
        )

    async def _note(self, session: _Session) -> None:
        """A visitor did something: the idle time begins anew. Written twice a minute at most."""
        if session.kind == "ward":
            return
        now, session_id = self._now(), session.author.session_id
        written_at = max(session.last_seen_at, self._seen.get(session_id, session.last_seen_at))
        if now - written_at < SEEN_EVERY:
            return
        if len(self._seen) >= KEPT_LIMIT:
            self._seen.clear()
        self._seen[session_id] = now
        async with self._pool.acquire(timeout=2) as connection:
            await connection.execute(queries.SEEN, session_id, now)

    async def _read_session(self, session_id: UUID) -> _Session | None:
        async with self._pool.acquire(timeout=2) as connection:
            found = await connection.fetchrow(queries.SESSION, session_id)
        return None if found is None else _Session(
            author=Author(
                staff_id=found["staff_id"],
                name=full_name(found),
                role=Role(found["role"]),
                wards=frozenset(found["wards"]),
                disabled_at=found["disabled_at"],
                session_id=session_id,
                device_id=found["device_id"],
                public_key=found["public_key"],
                opened_at=found["opened_at"],
                ended_at=found["ended_at"],
                provisional=found["provisional"],
            ),
            kind=found["kind"],
            expires_at=found["expires_at"],
            last_seen_at=found["last_seen_at"],
            must_change=found["must_change"],
        )  # fmt: skip

    async def _read_token(self, hashed: bytes, device_id: UUID) -> UUID | None:
        async with self._pool.acquire(timeout=2) as connection:
            found: UUID | None = await connection.fetchval(queries.SESSION_OF_TOKEN, hashed, device_id)
        return found

    async def _read_device(self, hashed: bytes) -> _Credential | None:
        oldest = self._now() - timedelta(days=rules.VISITOR_DEVICE_DAYS)
        async with self._pool.acquire(timeout=2) as connection:
            found = await connection.fetchrow(queries.DEVICE_OF_CREDENTIAL, hashed, oldest)
        return None if found is None else _Credential(
            device=Device(
                device_id=found["device_id"],
                kind=found["kind"],
                name=found["name"],
                wards=frozenset(found["wards"]),
                owner_id=found["owner_id"],
                signed_in=True,
            ),
            session_id=found["session_id"],
        )  # fmt: skip


def digest(secret: str) -> bytes:
    """How a random secret of 256 bits is kept: SHA-256, no salt, nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()


def full_name(person: Any) -> str:
    """Family, middle and given name in the Vietnamese order."""
    return " ".join(part for part in (person["family_name"], person["middle_name"], person["given_name"]) if part)
