"""Every route and every command × every role × every relation; one without a rule fails (security.md, Access)."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec
import pytest
from litestar import get
from litestar.routes import HTTPRoute, WebSocketRoute
from msgspec import Struct
from msgspec.inspect import type_info

from backend.app import HANDLINGS, create_app
from backend.core.access import Allow, Role
from backend.core.commands import Command, Request
from backend.core.desk import Desk, Handling, by_command
from backend.core.door import Door, Sender
from backend.core.settings import Settings
from backend.identity.guards import refuse_undeclared
from tests.house.cluster import Database
from tests.identity.reception import Browser, Reception, open_reception

RELATIONS: dict[Literal["here", "elsewhere"], str] = {"here": "noi", "elsewhere": "ngoai"}
OPEN = {
    ("GET", "/"),
    ("GET", "/{path:path}"),
    ("GET", "/api/{path:path}"),
    ("GET", "/api/hello"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/openapi"),
    ("GET", "/api/openapi/openapi.json"),
    ("GET", "/api/openapi/{path:str}"),
    ("GET", "/trust"),
    ("GET", "/trust/bedside-ca.crt"),
    ("GET", "/trust/qr.svg"),
    ("GET", "/trust/style.css"),
    ("POST", "/api/devices/enrol"),
    ("POST", "/api/sessions"),
}
"""Every address that nobody in particular may use, by name: a new one is a decision."""
HANDLED = tuple(handling for handling in HANDLINGS if not handling.follows)
"""One for each command; those that follow run in the wake of the first and are never asked for."""
LAST = ("DELETE", "/api/sessions/current")
"""It ends the session that asks."""


class Crowd:
    """One person of each role in each of two wards, a stay in the first, and the tablets of both."""

    def __init__(self, reception: Reception) -> None:
        self.reception = reception
        self.people: dict[tuple[Role, str], Browser] = {}
        self.tablets: dict[str, Browser] = {}
        self.stay_id = uuid4()

    async def gather(self) -> "Crowd":
        """Signs everyone in."""
        for role in Role:
            for ward in RELATIONS.values():
                self.people[role, ward] = await self.reception.desktop(await self.reception.add(role, ward))
        for ward in RELATIONS.values():
            self.tablets[ward] = await self.reception.ward_tablet(ward)
        await self.reception.do(
            "INSERT INTO log_stay (log_id, stay_id, patient_id) VALUES ('noi', $1, $2)", self.stay_id, uuid4()
        )
        return self


@pytest.fixture
async def crowd(reception: Reception) -> Crowd:
    """Everyone who might ask."""
    return await Crowd(reception).gather()


def _may(rule: Allow, role: Role, ward: str) -> bool:
    """The rule read a second time, apart from the code under test."""
    if role not in rule.roles:
        return False
    return rule.relation == "facility" or role is Role.ADMINISTRATOR or ward == RELATIONS["here"]


def _routes(app: Any) -> Iterator[tuple[str, str, Any]]:
    """(method, path, rule) of every HTTP address but the OPTIONS that Litestar adds."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                    yield method, route.path, handler.opt.get("allow")


def _filled(path: str, stay_id: UUID) -> str:
    known = {"ward_id": "noi", "log_id": "noi", "stay_id": str(stay_id), "held_id": "0" * 64}

    def fill(match: re.Match[str]) -> str:
        name, kind = match[1].split(":")
        return known.get(name, str(uuid4()) if kind == "uuid" else "x")

    return re.sub(r"{([^}]+)}", fill, path)


async def _asked(browser: Browser, method: str, path: str) -> tuple[int, str]:
    """(status, code): a body that no route takes, so that whoever passes the guard changes nothing."""
    body: dict[str, Any] = {"json": []} if method == "POST" else {}
    answer = await browser.ask(method, path, **body)
    problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return answer.status_code, answer.json()["code"] if problem else ""


async def test_every_address_has_a_rule_and_the_open_ones_are_these(reception: Reception) -> None:
    declared = {(method, path): rule for method, path, rule in _routes(reception.app)}
    assert len(declared) >= 25
    assert all(rule in ("open", "device", "log") or isinstance(rule, Allow) for rule in declared.values())
    assert {address for address, rule in declared.items() if rule == "open"} <= OPEN
    sockets = [r.route_handler.opt.get("allow") for r in reception.app.routes if isinstance(r, WebSocketRoute)]
    assert sockets == ["stream"]


async def test_nobody_is_asked_who_they_are_at_every_closed_address(crowd: Crowd) -> None:
    nobody, tablet = crowd.reception.browser(), crowd.tablets["noi"]
    for method, path, rule in _routes(crowd.reception.app):
        if rule == "open":
            continue
        filled = _filled(path, crowd.stay_id)
        assert await _asked(nobody, method, filled) == (401, "unknown_device"), (method, path)
        if isinstance(rule, Allow):
            assert await _asked(tablet, method, filled) == (401, "signed_out"), (method, path)


async def test_every_route_by_every_role_in_every_relation(crowd: Crowd) -> None:
    addresses = sorted(_routes(crowd.reception.app), key=lambda address: address[:2] == LAST)
    judged = 0
    for method, path, rule in addresses:
        if not isinstance(rule, Allow):
            continue
        filled = _filled(path, crowd.stay_id)
        for (role, ward), browser in crowd.people.items():
            status, code = await _asked(browser, method, filled)
            passed = (status, code) != (403, "not_allowed")
            assert status != 401, (method, path, role, ward, code)
            assert status < 500, (method, path, role, ward, code)
            assert passed == _may(rule, role, ward), (method, path, role, ward, status, code)
            judged += 1
    assert judged >= 16 * 15


async def test_every_log_by_every_device_and_person(crowd: Crowd) -> None:
    for method, path, rule in _routes(crowd.reception.app):
        if rule != "log":
            continue
        filled = _filled(path, crowd.stay_id)
        assert (await _asked(crowd.tablets["ngoai"], method, filled)) == (403, "not_your_ward"), path
        assert (await _asked(crowd.tablets["noi"], method, filled))[0] not in (401, 403), path
        for (role, ward), browser in crowd.people.items():
            status, code = await _asked(browser, method, filled)
            may = ward == "noi" or role is Role.ADMINISTRATOR
            assert ((status, code) == (403, "not_your_ward")) != may, (path, role, ward, status, code)


async def test_a_stay_that_ended_72_hours_ago_is_opened_by_nobody_of_the_ward(crowd: Crowd) -> None:
    for ends, status in (("interval '1 minute'", 404), ("interval '-1 minute'", 403)):
        await crowd.reception.do(f"UPDATE log_stay SET keep_until = now() + {ends}")
        answer = await _asked(crowd.people[Role.NURSE, "noi"], "GET", f"/api/stays/{crowd.stay_id}/chart")
        assert answer[0] == status


async def test_a_stay_in_no_log_is_nobodys_but_the_administrators(crowd: Crowd) -> None:
    for (role, ward), browser in crowd.people.items():
        status, code = await _asked(browser, "GET", f"/api/stays/{uuid4()}/chart")
        if role is not Role.ADMINISTRATOR:
            assert (status, code) == (403, "not_allowed"), (role, ward)


def test_a_route_without_a_rule_stops_the_start(database: Database, tmp_path: Path) -> None:
    settings = Settings(
        database_url=database.app_url, owner_url=database.owner_url, data_dir=tmp_path, public_url="http://x", demo=True
    )
    app = create_app(settings)

    @get("/api/forgotten")
    async def forgotten() -> None: ...

    @get("/api/wardless", opt={"allow": Allow(roles=frozenset(Role), relation="ward")})
    async def wardless() -> None: ...

    @get("/api/logless", opt={"allow": "log"})
    async def logless() -> None: ...

    @get("/api/misspelt", opt={"allow": "opne"})
    async def misspelt() -> None: ...

    refuse_undeclared(app)
    for handler in (forgotten, wardless, logless, misspelt):
        fresh = create_app(settings)
        fresh.register(handler)
        with pytest.raises(RuntimeError, match=r"access rule|guarded by"):
            refuse_undeclared(fresh)


# ----------------------------------------------------------------------------------------------------- commands


async def _nothing(_: Command, __: Desk) -> None:
    """A handler that does nothing: what is asked here is only who may."""


def _made(kind: Any, name: str, stay_id: UUID) -> Any:
    """The least value of this shape; places name ward noi and its stay."""
    known = {"ward_id": "noi", "stay_id": str(stay_id), "log": "noi"}
    if name in known:
        return known[name]
    match type(kind).__name__:
        case "StrType":
            return _text(kind)
        case "IntType":
            return max(kind.ge or 1, 1)
        case "BoolType":
            return False
        case "UUIDType":
            return str(uuid4())
        case "DateTimeType":
            return "2026-11-24T02:10:00Z"
        case "DateType":
            return "1958-01-01"
        case "LiteralType":
            return kind.values[0]
        case "EnumType":
            return next(iter(kind.cls)).value
        case "NoneType":
            return None
        case "ListType" | "CollectionType" | "VarTupleType":
            return [_made(kind.item_type, "", stay_id)] * (kind.min_length or 0)
        case "DictType":
            return {}
        case "UnionType":
            return None if kind.includes_none else _made(kind.types[0], name, stay_id)
        case "StructType":
            tag = {kind.tag_field: kind.tag} if kind.tag_field else {}
            fields = {f.encode_name: _made(f.type, f.name, stay_id) for f in kind.fields if f.required}
            return {**tag, **fields}
        case other:
            raise NotImplementedError(f"{name}: {other}")


def _text(kind: Any) -> str:
    if kind.pattern is None:
        return "x" * max(kind.min_length or 1, 1)
    for candidate in ("noi", "6" * 33, "402816", "A", "0", "1.0", "2026"):
        if re.search(kind.pattern, candidate) and len(candidate) >= (kind.min_length or 0):
            return candidate
    raise NotImplementedError(kind.pattern)


def _payload(command: type[Command], stay_id: UUID) -> dict[str, Any]:
    claims = {field.name for field in msgspec.structs.fields(Command)}
    shape: Any = type_info(command)
    return {
        field.encode_name: _made(field.type, field.name, stay_id)
        for field in shape.fields
        if field.required and field.name not in claims
    }


def _every_command() -> set[type[Command]]:
    found: set[type[Command]] = set()
    todo: list[Any] = [Command]
    while todo:
        children = todo.pop().__subclasses__()
        todo += children
        found |= {child for child in children if not child.__subclasses__() and child.__module__.startswith("backend.")}
    return found


def test_every_command_has_one_handler_with_a_rule() -> None:
    assert {handling.command for handling in HANDLED} == _every_command()
    assert len(by_command(HANDLED)) == len(HANDLED)
    for handling in HANDLED:
        assert handling.allow.roles, handling.command
        assert handling.allow.roles <= set(Role)


def test_clinical_acts_are_no_administrators() -> None:
    theirs = {h.command.__name__ for h in HANDLED if Role.ADMINISTRATOR in h.allow.roles}
    assert theirs <= {
        "AddStaff", "ChangeStaff", "IssueBadge", "DisableStaff", "EnableStaff", "EnrolDevice", "RevokeDevice",
        "AddWard", "ChangeWard", "AddPosition", "ClosePosition", "OpenChart",
    }  # fmt: skip


def test_students_clerks_and_pharmacists_chart_nothing_at_the_bed() -> None:
    for handling in HANDLED:
        if handling.command.__name__ in ("RecordVitals", "CorrectVitals", "AttachMonitor", "WearWristband"):
            assert not handling.allow.roles & {Role.STUDENT, Role.CLERK, Role.PHARMACIST, Role.ADMINISTRATOR}


@pytest.fixture
async def commanded(database: Database, tmp_path: Path) -> AsyncIterator[tuple[Crowd, Door]]:
    """Everyone, before a door whose handlers do nothing but keep their rules."""
    async with open_reception(database, tmp_path) as reception:
        for ward in RELATIONS.values():
            await reception.add_ward(ward)
        crowd = await Crowd(reception).gather()
        idle: list[Handling] = [msgspec.structs.replace(h, handler=_nothing) for h in HANDLED]
        door = Door(
            pool=reception.pool,
            handlings=by_command(idle),
            rows=reception.house.rows,
            authenticate=reception.house.sessions,
            publish=lambda *_: None,
        )
        yield crowd, door


class _Answer(Struct):
    answer: str
    rule: str = ""
    reason: str = ""
    findings: list[dict[str, Any]] = []


async def test_every_command_by_every_role_in_every_relation(commanded: tuple[Crowd, Door]) -> None:
    crowd, door = commanded
    judged = 0
    for handling in HANDLED:
        payload = _payload(handling.command, crowd.stay_id)
        kind = str(handling.command.__struct_config__.tag)
        for (role, ward), browser in crowd.people.items():
            raw = browser.tablet.command(kind, **payload)
            sender = Sender(device_id=browser.tablet.device.device_id, wards=frozenset({ward}))
            [told] = await door.answers([raw], sender)
            answer = msgspec.json.decode(told, type=_Answer)
            case = (kind, role.value, ward, answer)
            if issubclass(handling.command, Request):
                assert answer.answer in ("accepted", "refused"), case
                allowed = answer.answer == "accepted"
                assert allowed or answer.rule == "not_allowed", case
            else:
                assert answer.answer == "accepted", case
                allowed = "not_allowed" not in {finding["rule"] for finding in answer.findings}
            assert allowed == _may(handling.allow, role, ward), case
            judged += 1
    assert judged == len(HANDLED) * len(Role) * len(RELATIONS)
