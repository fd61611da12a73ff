"""People and devices over HTTP: hello, enrolment, sign-in, keyring, secrets, sessions."""

import hashlib
from typing import Any, Literal
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody

from backend.core import queries as core_queries
from backend.core.access import EVERYONE, Allow, Role
from backend.core.clock import now
from backend.core.door import Door
from backend.core.errors import Problem
from backend.core.log import SCHEMA
from backend.core.settings import Settings
from backend.identity import badges, devices, queries, rules, signing_in
from backend.identity.authenticate import Sessions
from backend.identity.devices import Gatehouse
from backend.identity.guards import cookie_name, device_behind
from backend.identity.secrets import Secrets
from backend.identity.types import (
    DeviceSelf,
    Enrol,
    Enrolment,
    Hello,
    Keyring,
    OneTimePassword,
    OpenEnrolment,
    PinFailures,
    SecretsKept,
    SessionInfo,
    SessionList,
    SessionOpened,
    SetSecret,
    SignIn,
)

ADMINISTRATORS = Allow(roles=frozenset({Role.ADMINISTRATOR}), relation="facility")
ANYONE = Allow(roles=EVERYONE, relation="facility")
WARD_COOKIE_S = 400 * 86_400
"""The longest that browsers keep a cookie; each hello begins it anew."""
VISITOR_COOKIE_S = rules.VISITOR_DEVICE_DAYS * 86_400
Asking = Request[Any, Any, Any]


@get("/api/hello", opt={"allow": "open"})
async def hello(
    request: Asking,
    pool: NamedDependency[Any],
    settings: NamedDependency[Settings],
    sessions: NamedDependency[Sessions],
    pages: NamedDependency[dict[str, Any]],
) -> Response[Hello]:
    """The server's time, and what this browser is here (docs/sync.md D1)."""
    device = await device_behind(request, sessions)
    async with pool.acquire(timeout=2) as connection:
        epoch = await connection.fetchval(core_queries.EPOCH)
    told = Hello(
        now=now(),
        epoch=epoch,
        schema=SCHEMA,
        facility=settings.facility,
        demo=settings.demo,
        device=None if device is None else await devices.self_of(pool, device),
        app=hashlib.sha256(pages["index.html"].body).hexdigest()[:12] if "index.html" in pages else "",
    )
    credential = request.cookies.get(cookie_name(settings), "")
    renewed = [_cookie(settings, credential, "ward")] if device is not None and device.kind == "ward" else []
    return Response(told, cookies=renewed)


@post("/api/devices/enrolments", opt={"allow": ADMINISTRATORS})
async def open_enrolment(
    request: Asking, data: JSONBody[OpenEnrolment], gatehouse: NamedDependency[Gatehouse]
) -> Enrolment:
    """A one-time code that makes one browser a ward device, valid 15 minutes."""
    return await devices.open_enrolment(gatehouse, data, request.state.person)


@post("/api/devices/enrol", opt={"allow": "open"})
async def enrol(
    data: JSONBody[Enrol], gatehouse: NamedDependency[Gatehouse], sessions: NamedDependency[Sessions]
) -> Response[DeviceSelf]:
    """This browser becomes the ward device the code was made for."""
    carrier = await devices.enrol(gatehouse, data.code)
    sessions.forget()
    device = await sessions.device_of(carrier.credential)
    if device is None:
        raise Problem(403, "bad_code", "The device was revoked a moment ago.")
    told = await devices.self_of(gatehouse.pool, device)
    return Response(told, status_code=201, cookies=[_cookie(gatehouse.settings, carrier.credential, "ward")])


@get("/api/keyring", opt={"allow": "device"})
async def get_keyring(request: Asking, gatehouse: NamedDependency[Gatehouse]) -> Keyring:
    """The data key as this ward device may hold it: under each PIN, and under the recovery key."""
    return await devices.keyring(gatehouse, request.state.device.device_id)


@post("/api/sessions", opt={"allow": "open"})
async def open_session(
    request: Asking, data: JSONBody[SignIn], gatehouse: NamedDependency[Gatehouse], sessions: NamedDependency[Sessions]
) -> Response[SessionOpened]:
    """Badge, login or name with password: a session on this browser, with a new id each time."""
    device = await device_behind(request, sessions)
    signed_in = await signing_in.sign_in(gatehouse, data, device)
    sessions.forget()
    cookies = [_cookie(gatehouse.settings, signed_in.credential, "visitor")] if signed_in.credential else []
    return Response(signed_in.opened, status_code=201, cookies=cookies)


@delete("/api/sessions/current", opt={"allow": ANYONE, "one_time_password": True})
async def sign_out(request: Asking, gatehouse: NamedDependency[Gatehouse], sessions: NamedDependency[Sessions]) -> None:
    """Ends the session that asks."""
    await signing_in.sign_out(gatehouse, request.state.person)
    await sessions.recheck()


@get("/api/me/sessions", opt={"allow": ANYONE})
async def get_my_sessions(request: Asking, pool: NamedDependency[Any]) -> SessionList:
    """Where I am signed in."""
    return await _open_sessions(pool, request.state.person.staff_id, request.state.person.session_id)


@delete("/api/me/sessions/{session_id:uuid}", opt={"allow": ANYONE})
async def end_my_session(
    request: Asking,
    session_id: FromPath[UUID],
    gatehouse: NamedDependency[Gatehouse],
    sessions: NamedDependency[Sessions],
) -> None:
    """Ends a session of mine."""
    me = request.state.person.staff_id
    await signing_in.end_session(gatehouse, session_id, me, by=me, reason="ended_by_person")
    await sessions.recheck()


@post("/api/me/secrets", opt={"allow": ANYONE, "one_time_password": True}, status_code=200)
async def set_secret(
    request: Asking,
    data: JSONBody[SetSecret],
    gatehouse: NamedDependency[Gatehouse],
    sessions: NamedDependency[Sessions],
) -> SecretsKept:
    """My own new password and PIN."""
    kept = await signing_in.change_secrets(gatehouse, request.state.person, request.state.device, data)
    await sessions.recheck()
    return kept


@post("/api/pin-failures", opt={"allow": "device"}, status_code=204)
async def tell_pin_failures(
    request: Asking, data: JSONBody[PinFailures], gatehouse: NamedDependency[Gatehouse]
) -> None:
    """How many wrong PINs this tablet counted for one person; five lock that person here."""
    await signing_in.note_pin_failures(gatehouse, request.state.device, data)


@get("/api/staff/{staff_id:uuid}/sessions", opt={"allow": ADMINISTRATORS})
async def get_sessions_of(staff_id: FromPath[UUID], pool: NamedDependency[Any]) -> SessionList:
    """Where this person is signed in."""
    return await _open_sessions(pool, staff_id, None)


@delete("/api/staff/{staff_id:uuid}/sessions/{session_id:uuid}", opt={"allow": ADMINISTRATORS})
async def end_session_of(
    request: Asking,
    staff_id: FromPath[UUID],
    session_id: FromPath[UUID],
    gatehouse: NamedDependency[Gatehouse],
    sessions: NamedDependency[Sessions],
) -> None:
    """Ends a session of someone else."""
    by = request.state.person.staff_id
    await signing_in.end_session(gatehouse, session_id, staff_id, by=by, reason="ended_by_administrator")
    await sessions.recheck()


@post("/api/staff/{staff_id:uuid}/password-reset", opt={"allow": ADMINISTRATORS}, status_code=200)
async def reset_password(
    request: Asking,
    staff_id: FromPath[UUID],
    gatehouse: NamedDependency[Gatehouse],
    sessions: NamedDependency[Sessions],
) -> OneTimePassword:
    """A password to tell the person, who changes it at first use."""
    told = await signing_in.reset_password(gatehouse, staff_id, request.state.person.staff_id)
    await sessions.recheck()
    return told


@post("/api/staff/{staff_id:uuid}/pin-reset", opt={"allow": ADMINISTRATORS}, status_code=204)
async def reset_pin(request: Asking, staff_id: FromPath[UUID], gatehouse: NamedDependency[Gatehouse]) -> None:
    """The person's PIN opens nothing any more."""
    await signing_in.reset_pin(gatehouse, staff_id, request.state.person.staff_id)


@get("/api/staff/{staff_id:uuid}/badge.pdf", opt={"allow": ADMINISTRATORS}, media_type="application/pdf")
async def get_badge(
    request: Asking, staff_id: FromPath[UUID], gatehouse: NamedDependency[Gatehouse]
) -> Response[bytes]:
    """The live badge as a label, within a day of its issue."""
    pdf = await badges.badge_pdf(gatehouse, staff_id, request.state.person.staff_id)
    return Response(pdf, media_type="application/pdf")


def provide_gatehouse(
    pool: NamedDependency[Any],
    door: NamedDependency[Door],
    secrets: NamedDependency[Secrets],
    settings: NamedDependency[Settings],
) -> Gatehouse:
    """What identity's own functions work with."""
    return Gatehouse(pool, door, secrets, settings)


HANDLERS = [
    hello,
    open_enrolment,
    enrol,
    get_keyring,
    open_session,
    sign_out,
    get_my_sessions,
    end_my_session,
    set_secret,
    tell_pin_failures,
    get_sessions_of,
    end_session_of,
    reset_password,
    reset_pin,
    get_badge,
]

ROUTES = [
    Router(
        path="/",
        route_handlers=HANDLERS,
        dependencies={"gatehouse": Provide(provide_gatehouse, sync_to_thread=False)},
    )
]


def _cookie(settings: Settings, credential: str, kind: Literal["ward", "visitor"]) -> Cookie:
    return Cookie(
        key=cookie_name(settings),
        value=credential,
        max_age=WARD_COOKIE_S if kind == "ward" else VISITOR_COOKIE_S,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="strict",
    )


async def _open_sessions(pool: Any, staff_id: UUID, current: UUID | None) -> SessionList:
    at = now()
    async with pool.acquire(timeout=2) as connection:
        found = await connection.fetch(queries.OPEN_SESSIONS, staff_id, at)
    return SessionList(
        [
            SessionInfo(
                session_id=one["session_id"],
                device_id=one["device_id"],
                device_name=one["device_name"],
                device_kind=one["device_kind"],
                opened_at=one["opened_at"],
                expires_at=one["expires_at"],
                current=one["session_id"] == current,
            )
            for one in found
            if one["device_kind"] == "ward" or one["last_seen_at"] + rules.VISITOR_IDLE > at
        ]
    )
