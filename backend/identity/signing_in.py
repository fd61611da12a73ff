"""Passwords and sessions: sign in, sign out, and change what proves who one is."""

import asyncio
import secrets
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from msgspec import Struct

from backend.core.access import Author, Role
from backend.core.audit import AuditLine, append
from backend.core.clock import now, rfc3339
from backend.core.desk import FACILITY
from backend.core.errors import Problem
from backend.identity import devices, queries, rules
from backend.identity.authenticate import Device, digest, full_name
from backend.identity.devices import Carrier, Gatehouse
from backend.identity.facts import COMMON_PASSWORDS
from backend.identity.handlers import badge_hash
from backend.identity.secrets import base64url, from_base64url
from backend.identity.types import (
    OneTimePassword,
    PinFailures,
    SecretsKept,
    SessionOpened,
    SetSecret,
    SignIn,
)

ELSEWHERE = UUID(int=0)
"""All browsers that are no ward device count as one."""

REFUSED_EVERY_S = 0.25
"""A refusal leaves at a whole quarter of a second: how long it took tells nothing of whether the person exists."""


class SignedIn(Struct, frozen=True):
    """An opened session, and the cookie's credential where the browser became a visitor by it."""

    opened: SessionOpened
    credential: str | None


async def sign_in(gatehouse: Gatehouse, asked: SignIn, device: Device | None) -> SignedIn:
    """Opens a session for the right password. Raises 401 `wrong_password`, 403 or 429."""
    public_key = _public_key(asked.public_key)
    person = await _proved(gatehouse, asked, device)
    _refuse_where_not_allowed(person, device)
    carrier = None
    if device is None or (device.kind == "visitor" and device.owner_id != person["staff_id"]):
        carrier = await devices.become_visitor(gatehouse, person, full_name(person))
        device = _as_visitor(carrier, person)
    opened = await _open(gatehouse, person, device, asked, public_key)
    return SignedIn(opened, carrier.credential if carrier else None)


async def sign_out(gatehouse: Gatehouse, person: Author, reason: str = "signed_out") -> list[UUID]:
    """Ends this session; the devices whose access changed."""
    return await end_session(gatehouse, person.session_id, person.staff_id, by=person.staff_id, reason=reason)


async def end_session(gatehouse: Gatehouse, session_id: UUID, staff_id: UUID, *, by: UUID, reason: str) -> list[UUID]:
    """Ends one session of one person; the devices whose access changed. Raises 404 where none is open."""
    at = now()
    async with gatehouse.pool.acquire(timeout=2) as connection, connection.transaction():
        device_id = await connection.fetchval(queries.END_SESSION, session_id, staff_id, at, reason)
        if device_id is None:
            raise Problem(404, "unknown_session", "There is no such open session.")
        line = AuditLine(
            log=FACILITY, what="session_ended", answer="accepted", actor=by, device=device_id, session=session_id,
            detail={"reason": reason, "of": str(staff_id)},
        )  # fmt: skip
        await append(connection, at, line)
    return [device_id]


async def change_secrets(gatehouse: Gatehouse, person: Author, device: Device, asked: SetSecret) -> SecretsKept:
    """One's own new password and PIN, proved by the present password."""
    kept = await _checked(gatehouse, str(person.staff_id), person.staff_id, asked.present_password, device)
    if asked.password is not None:
        own = [kept["login"], kept["family_name"], kept["middle_name"], kept["given_name"], gatehouse.settings.facility]
        if rules.weak_password(asked.password, COMMON_PASSWORDS, own):
            raise Problem(422, "weak_password", "This password is too easy to guess; choose another.")
        if asked.password == asked.present_password:
            raise Problem(422, "same_password", "The new password is the present one.")
    if asked.pin is not None and rules.weak_pin(asked.pin):
        raise Problem(422, "weak_pin", "This PIN is too easy to guess; choose another.")
    await set_secrets(gatehouse, person.staff_id, password=asked.password, pin=asked.pin, by=person.session_id)
    if device.kind != "ward":
        return SecretsKept(stretch=None, pin_secret=None, keyring=None)
    fresh = await _person(gatehouse, person.staff_id)
    return SecretsKept(
        stretch=devices.stretch_of(fresh) if fresh["pin_sealed"] else None,
        pin_secret=_pin_secret(gatehouse, fresh),
        keyring=await devices.keyring(gatehouse, device.device_id),
    )


async def set_secrets(
    gatehouse: Gatehouse, staff_id: UUID, *, password: str | None, pin: str | None, by: UUID | None = None
) -> None:
    """Puts password and PIN in force as they are; `by` is the session that asked, the others of visitors end."""
    at = now()
    hashed = None if password is None else await gatehouse.secrets.password_hash(password)
    salt = secrets.token_bytes(16)
    stretched = None if pin is None else await gatehouse.secrets.stretched(pin, salt)
    async with gatehouse.pool.acquire(timeout=2) as connection, connection.transaction():
        if hashed is not None:
            await connection.execute(queries.PUT_PASSWORD, staff_id, hashed, at, None)
            await connection.execute(queries.FORGET_ALL_PASSWORD_FAILURES, str(staff_id))
            await connection.fetch(queries.END_VISITOR_SESSIONS, staff_id, at, "password_changed", by or ELSEWHERE)
        if stretched is not None:
            sealed = gatehouse.secrets.seal(stretched, devices.pin_purpose(staff_id))
            await connection.execute(queries.PUT_PIN, staff_id, salt, gatehouse.secrets.pin_iterations, sealed, at)
            await connection.execute(queries.FORGET_ALL_PIN_FAILURES, staff_id)
        for what, done in (("password_set", hashed), ("pin_set", stretched)):
            if done is not None:
                line = AuditLine(log=FACILITY, what=what, answer="accepted", actor=staff_id, session=by)
                await append(connection, at, line)


async def reset_password(gatehouse: Gatehouse, staff_id: UUID, by: UUID) -> OneTimePassword:
    """A password for one use within 72 hours; the person's visitor sessions end. Raises 404."""
    await _person(gatehouse, staff_id)
    password = "-".join("".join(secrets.choice(devices.ALPHABET) for _ in range(4)) for _ in range(3))
    hashed, at = await gatehouse.secrets.password_hash(password), now()
    until = at + timedelta(hours=rules.ONE_TIME_HOURS)
    async with gatehouse.pool.acquire(timeout=2) as connection, connection.transaction():
        await connection.execute(queries.PUT_PASSWORD, staff_id, hashed, at, until)
        await connection.execute(queries.FORGET_ALL_PASSWORD_FAILURES, str(staff_id))
        await connection.fetch(queries.END_VISITOR_SESSIONS, staff_id, at, "password_reset", ELSEWHERE)
        await append(connection, at, _about(staff_id, "password_reset", by))
    return OneTimePassword(password)


async def reset_pin(gatehouse: Gatehouse, staff_id: UUID, by: UUID) -> None:
    """The PIN opens nothing any more; a new one is set after the next sign-in. Raises 404."""
    await _person(gatehouse, staff_id)
    at = now()
    async with gatehouse.pool.acquire(timeout=2) as connection, connection.transaction():
        await connection.execute(queries.DROP_PIN, staff_id, at)
        await connection.execute(queries.FORGET_ALL_PIN_FAILURES, staff_id)
        await append(connection, at, _about(staff_id, "pin_reset", by))


async def note_pin_failures(gatehouse: Gatehouse, device: Device, told: PinFailures) -> None:
    """What the tablet counted; five lock that person there (ID3). Raises 403 for a visitor, 404."""
    if device.kind != "ward":
        raise Problem(403, "not_a_ward_device", "Only a ward device takes PINs.")
    await _person(gatehouse, told.staff_id)
    at, locked = now(), rules.pin_locked(told.count)
    async with gatehouse.pool.acquire(timeout=2) as connection, connection.transaction():
        await connection.execute(
            queries.NOTE_PIN_FAILURES, device.device_id, told.staff_id, told.count, at if locked else None
        )
        if locked:
            line = _about(told.staff_id, "pin_locked", None)
            await append(connection, at, msgspec.structs.replace(line, device=device.device_id))


async def _proved(gatehouse: Gatehouse, asked: SignIn, device: Device | None) -> Any:
    """The person, once the password was right. An unknown one is counted, timed and answered like a known one."""
    given = [text for text in (asked.badge, asked.login, asked.staff_id) if text is not None]
    if len(given) != 1:
        raise Problem(422, "who", "Say who you are by exactly one of badge, login and staff_id.")
    async with gatehouse.pool.acquire(timeout=2) as connection:
        staff_id: UUID | None = asked.staff_id
        if asked.badge is not None:
            staff_id = await connection.fetchval(queries.PERSON_OF_BADGE, badge_hash(asked.badge))
        elif asked.login is not None:
            staff_id = await connection.fetchval(queries.STAFF_WITH_LOGIN, asked.login)
    unknown = digest(str(given[0]).casefold()).hex()
    return await _checked(gatehouse, str(staff_id or unknown), staff_id, asked.password, device)


async def _checked(
    gatehouse: Gatehouse, subject: str, staff_id: UUID | None, password: str, device: Device | None
) -> Any:
    """The person whose present password this is. Raises 401 `wrong_password` or 429 (ID1, ID2)."""
    counted_on = device.device_id if device is not None and device.kind == "ward" else ELSEWHERE
    began = time.monotonic()
    await _count_attempt(gatehouse, subject, counted_on)
    async with gatehouse.pool.acquire(timeout=2) as connection:
        person = await connection.fetchrow(queries.PERSON_TO_SIGN_IN, staff_id)
    expired = person is not None and person["one_time_until"] is not None and person["one_time_until"] <= now()
    kept = None if person is None or expired else person["password_hash"]
    right = await gatehouse.secrets.password_is(password, kept, stranger=counted_on == ELSEWHERE)
    if not right or person is None or kept is None:
        await _tell_failure(gatehouse, person, device)
        await asyncio.sleep(REFUSED_EVERY_S - (time.monotonic() - began) % REFUSED_EVERY_S)
        raise Problem(401, "wrong_password", "The name or the password is not right.")
    fresh = await gatehouse.secrets.password_hash(password) if gatehouse.secrets.outdated(kept) else None
    async with gatehouse.pool.acquire(timeout=2) as connection:
        await connection.execute(queries.FORGET_PASSWORD_FAILURES, subject, counted_on, now() - timedelta(days=1))
        if fresh is not None:
            await connection.execute(queries.REPLACE_HASH, person["staff_id"], kept, fresh)
    return person


async def _count_attempt(gatehouse: Gatehouse, subject: str, counted_on: UUID) -> None:
    at = now()
    async with gatehouse.pool.acquire(timeout=2) as connection:
        waits = rules.password_waits_s()
        counted = await connection.fetchval(queries.COUNT_PASSWORD_ATTEMPT, subject, counted_on, at, waits)
        if counted is not None:
            return
        found = await connection.fetchrow(queries.PASSWORD_FAILURES, subject, counted_on)
    wait = 1 if found is None else max(1, rules.password_wait_s(found["failures"], found["last_at"], at))
    code = "locked" if found is not None and found["failures"] >= rules.LOCK_AFTER else "wait"
    raise Problem(429, code, f"Too many wrong passwords: try again in {wait} s.", retry_after_s=wait)


async def _tell_failure(gatehouse: Gatehouse, person: Any, device: Device | None) -> None:
    if person is None:
        return
    line = _about(person["staff_id"], "sign_in_failed", None)
    line = msgspec.structs.replace(line, answer="refused", device=device.device_id if device else None)
    async with gatehouse.pool.acquire(timeout=2) as connection, connection.transaction():
        await append(connection, now(), line)


def _refuse_where_not_allowed(person: Any, device: Device | None) -> None:
    if person["disabled_at"] is not None:
        raise Problem(403, "staff_disabled", "This account is closed; ask the administrator.")
    if device is None or device.kind == "visitor":
        return
    if not rules.may_work_on(Role(person["role"]), person["wards"], device.wards):
        raise Problem(403, "not_your_ward", "You do not work in the ward this tablet belongs to.")


async def _open(gatehouse: Gatehouse, person: Any, device: Device, asked: SignIn, public_key: bytes) -> SessionOpened:
    """Stores the session, with the audit line of its key."""
    at, session_id, token = now(), uuid4(), secrets.token_urlsafe(32)
    expires_at = rules.session_expires_at(device.kind, at, asked.duty_hours)
    staff_id: UUID = person["staff_id"]
    async with gatehouse.pool.acquire(timeout=2) as connection, connection.transaction():
        if device.kind == "visitor":
            await connection.execute(queries.END_SESSIONS_OF_DEVICE, device.device_id, at, "signed_in_again")
        await connection.execute(
            queries.INSERT_SESSION, session_id, staff_id, device.device_id, digest(token), public_key, at, expires_at
        )
        await connection.execute(queries.FORGET_PIN_FAILURES, device.device_id, staff_id)
        line = AuditLine(
            log=FACILITY, what="session_opened", answer="accepted", actor=staff_id, device=device.device_id,
            session=session_id, detail={"public_key": base64url(public_key), "expires_at": rfc3339(expires_at)},
        )  # fmt: skip
        await append(connection, at, line)
    certificate = gatehouse.secrets.certificate(
        {
            "session": str(session_id),
            "staff": str(staff_id),
            "device": str(device.device_id),
            "public_key": base64url(public_key),
            "opened_at": rfc3339(at),
            "expires_at": rfc3339(expires_at),
        }
    )
    on_ward = device.kind == "ward"
    if not on_ward:
        device = msgspec.structs.replace(device, wards=frozenset(person["wards"]), signed_in=True)
    ring = await devices.keyring(gatehouse, device.device_id) if on_ward else None
    return SessionOpened(
        session_id=session_id,
        staff_id=staff_id,
        token=token,
        opened_at=at,
        expires_at=expires_at,
        certificate=certificate,
        device=await devices.self_of(gatehouse.pool, device),
        data_key=base64url(await devices.data_key_of(gatehouse, device.device_id)) if on_ward else None,
        pin_secret=_pin_secret(gatehouse, person) if on_ward else None,
        stretch=devices.stretch_of(person) if on_ward and person["pin_sealed"] else None,
        keyring=ring,
        must_change_password=person["one_time_until"] is not None,
        must_set_pin=on_ward and person["pin_sealed"] is None,
    )


async def _person(gatehouse: Gatehouse, staff_id: UUID) -> Any:
    async with gatehouse.pool.acquire(timeout=2) as connection:
        person = await connection.fetchrow(queries.PERSON_TO_SIGN_IN, staff_id)
    if person is None:
        raise Problem(404, "unknown_staff", "There is no such member of staff.")
    return person


def _pin_secret(gatehouse: Gatehouse, person: Any) -> str | None:
    if person["pin_sealed"] is None:
        return None
    return base64url(gatehouse.secrets.unseal(person["pin_sealed"], devices.pin_purpose(person["staff_id"])))


def _about(staff_id: UUID, what: str, by: UUID | None) -> AuditLine:
    return AuditLine(log=FACILITY, what=what, answer="accepted", actor=by, detail={"of": str(staff_id)})


def _as_visitor(carrier: Carrier, person: Any) -> Device:
    return Device(
        device_id=carrier.device_id,
        kind="visitor",
        name=full_name(person),
        wards=frozenset(person["wards"]),
        owner_id=person["staff_id"],
        signed_in=True,
    )


def _public_key(text: str) -> bytes:
    """The DER of an ES256 public key; nothing else may stand behind a session."""
    try:
        der = from_base64url(text)
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Problem(422, "bad_key", "The public key is no DER SubjectPublicKeyInfo in base64url.") from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise Problem(422, "bad_key", "The public key is no P-256 key.")
    return der
