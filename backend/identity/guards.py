"""The one guard of every route: reads the route's rule in `opt["allow"]`, and lets nothing pass without one."""

import re
from typing import Any, Literal
from uuid import UUID

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import WebSocketException
from litestar.handlers import BaseRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from backend.core.access import Actor, Allow, allowed
from backend.core.desk import FACILITY
from backend.core.errors import Problem
from backend.core.settings import Settings
from backend.identity import queries
from backend.identity.authenticate import Device, Sessions

Rule = Literal["open", "device", "log", "stream"] | Allow
CURSOR = re.compile(r"^([a-z0-9_-]{1,40}):(0|[1-9][0-9]{0,14})$")
LOGS_LIMIT = 60
CURSORS_LIMIT = 4_000
PLACES = frozenset({"ward_id", "stay_id", "log_id"})
"""Path parameters that say which wards a route touches."""
Connection = ASGIConnection[Any, Any, Any, Any]


def cookie_name(settings: Settings) -> str:
    """Under TLS a name that no other host and no plain connection can set (docs/sync.md D2)."""
    return "__Host-bedside_device" if settings.secure else "bedside_device"


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Nobody → 401, somebody who may not → 403; fills `state.device`, `state.person` and `state.cursors`."""
    rule = handler.opt.get("allow")
    if not _is_rule(rule):
        raise Problem(403, "no_rule", "This address declares no access rule, so nobody may use it.")
    if rule == "open":
        return
    house = connection.app.state.house
    device = await device_behind(connection, house.sessions)
    if device is None:
        raise _refusal(connection, 401, "unknown_device", "This browser is not known here: enrol it or sign in.")
    connection.state.device = device
    if rule == "log":
        _judge_logs(connection, device, {connection.path_params["log_id"]})
    elif rule == "stream":
        connection.state.cursors = _cursors(connection)
        _judge_logs(connection, device, set(connection.state.cursors))
    elif isinstance(rule, Allow):
        await _judge_person(connection, handler, rule, device, house)


def refuse_undeclared(app: Litestar) -> None:
    """Start-up fails where a route declares no rule, or a rule its address cannot answer."""
    for route in app.routes:
        for handler in _handlers(route):
            rule = handler.opt.get("allow")
            where = f"{route.path} ({handler.handler_name})"
            if not _is_rule(rule):
                raise RuntimeError(f'{where} declares no access rule: give it opt={{"allow": …}}')
            if rule == "log" and "log_id" not in route.path_parameters:
                raise RuntimeError(f"{where} is guarded by its log, and names none in its path")
            if isinstance(rule, Allow) and rule.relation == "ward" and not PLACES & set(route.path_parameters):
                raise RuntimeError(f"{where} is guarded by ward, and its path names neither ward_id nor stay_id")


async def device_behind(connection: Connection, sessions: Sessions) -> Device | None:
    """The device whose cookie came along."""
    return await sessions.device_of(connection.cookies.get(cookie_name(connection.app.state.settings)))


def _is_rule(rule: Any) -> bool:
    return isinstance(rule, Allow) or rule in ("open", "device", "log", "stream")


def _handlers(route: HTTPRoute | WebSocketRoute | ASGIRoute) -> list[BaseRouteHandler]:
    if isinstance(route, HTTPRoute):
        return [handler for handler in route.route_handlers if handler.http_methods != {"OPTIONS"}]
    return [route.route_handler]


def _judge_logs(connection: Connection, device: Device, logs: set[str]) -> None:
    if not device.signed_in:
        raise _refusal(connection, 401, "signed_out", "Nobody is signed in on this browser.")
    if not logs <= device.wards | {FACILITY}:
        raise _refusal(connection, 403, "not_your_ward", "This device does not belong to that ward.")


def _cursors(connection: Connection) -> dict[str, int]:
    """`?logs=a:1,b:2`, each log once."""
    text = connection.query_params.get("logs", "")
    found = [CURSOR.match(part) for part in text.split(",")] if len(text) <= CURSORS_LIMIT else []
    cursors = {match[1]: int(match[2]) for match in found if match}
    if not cursors or len(cursors) != len(found) or len(cursors) > LOGS_LIMIT:
        raise _refusal(connection, 400, "bad_cursors", "Say which logs and from which line: ?logs=ward:12,facility:3")
    return cursors


async def _judge_person(
    connection: Connection, handler: BaseRouteHandler, rule: Allow, device: Device, house: Any
) -> None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    found = await house.sessions.person_of(token, device) if scheme.lower() == "bearer" else None
    if found is None:
        raise _refusal(connection, 401, "signed_out", "Sign in first.")
    person, must_change = found
    if must_change and not handler.opt.get("one_time_password"):
        raise _refusal(connection, 403, "must_change_password", "Choose a password of your own first.")
    actor = Actor(staff_id=person.staff_id, name=person.name, role=person.role, wards=person.wards)
    logs = await _logs(connection, house.pool) if rule.relation == "ward" else frozenset()
    if not allowed(rule, actor, logs):
        raise _refusal(connection, 403, "not_allowed", "Your role or ward does not allow this.")
    connection.state.person = person


async def _logs(connection: Connection, pool: Any) -> frozenset[str]:
    """The logs a path names: its ward's, its log, or those that carry its stay."""
    params = connection.path_params
    named = [params[name] for name in ("ward_id", "log_id") if name in params]
    if "stay_id" in params:
        if not isinstance(params["stay_id"], UUID):
            raise TypeError("a route's stay_id is declared as {stay_id:uuid}")
        async with pool.acquire(timeout=2) as database:
            records = await database.fetch(queries.LOGS_OF_STAY, params["stay_id"])
        carriers = frozenset(record["log_id"] for record in records)
        return carriers & frozenset(named) if named else carriers
    return frozenset(named)


def _refusal(connection: Connection, status: int, code: str, detail: str) -> Exception:
    """A problem; before a websocket stands, the exception that the fence turns into the same status."""
    if connection.scope["type"] == ScopeType.HTTP:
        return Problem(status, code, detail)
    return WebSocketException(detail=code, code=4000 + status)
