"""R8: whatever is sent to whichever address by whomever, no answer is 5xx and none takes a second."""

import json
import time
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest

from backend.core.access import Role
from tests.house.examples import EXAMPLES, Hospital, Writer
from tests.house.server import Server
from tests.house.tablet import Tablet

HOSTILE: tuple[Any, ...] = (
    None, "", " ", "\x00", "a\x00b", "\ud800", "x" * 5_000, "'; DROP TABLE command; --", "<script>", "../../etc/passwd",
    -1, 0, 1, 2**31, 2**53, 2**63, 2**64, 10**40, 1.5, 1e308, True, False, [], {}, [[]], {"a": {}}, ["x"] * 300,
    "2026-11-24T03:00:00Z", "2026-11-24T03:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "2026-02-30", "00000000-0000-0000-0000-000000000000", "6" * 33, "🩺" * 50, "ễ" * 200, "\u202e", "NaN",
)  # fmt: skip
BODIES = (
    b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 20_000, b'{"a":1,"a":2}', b'{"commands":["\\ud800"]}', b"NaN",
    b'{"commands":[' + b'"x",' * 60 + b'"x"]}', b'{"commands":["' + b"x" * 600_000 + b'"]}',
    b'{"code":' + b"9" * 5000 + b"}",
)  # fmt: skip
SLOWEST_S = 1.0
ROUNDS = 3


@pytest.fixture
async def hospital(server: Server) -> Hospital:
    """Two wards with patients behind the server."""
    return await Hospital(server.house).build()


async def test_r8_every_address_with_hostile_values_by_everyone(server: Server, hospital: Hospital) -> None:
    random, faults = Random(8), list[str]()
    nurse = await server.tablet(wards=("noi", "ngoai"))
    administrator = await server.tablet(Role.ADMINISTRATOR, wards=("noi",))
    clients = [server.client(), server.client(nurse.device)]
    clients += [server.client(tablet.device, tablet.token) for tablet in (nurse, administrator)]
    document = (await clients[0].get("/api/openapi.json")).json()
    known = [str(hospital.stays[0]), str(nurse.staff_id), str(uuid4()), "noi", "facility", "0" * 64]
    for method, path, schema in _operations(document):
        for client in clients:
            for _ in range(ROUNDS):
                url = _filled(path, random, known)
                body = None if schema is None else _valued(schema, document, random)
                faults += await _fault(client, method, url, body)
    for client in clients:
        await client.aclose()
    assert faults == []


async def test_r8_bodies_that_are_no_json_or_too_large(server: Server, hospital: Hospital) -> None:
    device = await server.enrol(("noi",))
    async with server.client(device) as client:
        for path in ("/api/commands", "/api/sessions", "/api/devices/enrol", "/api/pin-failures"):
            for body in BODIES:
                started = time.monotonic()
                answer = await client.post(path, content=body, headers={"content-type": "application/json"})
                assert answer.status_code in (200, 400, 413, 415), f"{path} {body[:30]!r} {answer.text[:200]}"
                assert time.monotonic() - started < SLOWEST_S
        large = json.dumps({"commands": ["x" * 400_000] * 3}).encode()
        answer = await client.post("/api/commands", content=large, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert answer.headers["content-type"] == "application/problem+json"


async def test_r8_every_command_with_a_hostile_value_in_every_place(server: Server, hospital: Hospital) -> None:
    """Well signed, and one value of the payload replaced: accepted, refused or held, never a 5xx, never lost."""
    random, faults, sent = Random(9), list[str](), 0
    writer = await hospital.writer(random)
    for tablet in writer.tablets.values():
        tablet.post = server.post_from(tablet.device)
    shapes = await _shapes(writer)
    async with server.client(writer.tablets[Role.NURSE].device) as client:
        for kind, (role, claims) in shapes.items():
            variants = list(_variants(claims, random))
            raws = [writer.tablets[role].signed(json.dumps(one).encode()) for one in variants]
            for start in range(0, len(raws), 10):
                batch = raws[start : start + 10]
                answer = await client.post("/api/commands", json={"commands": batch})
                if answer.status_code != 200:
                    faults.append(f"{kind}: {answer.status_code} {answer.text[:200]}")
                    continue
                told = answer.json()["answers"]
                sent += len(told)
                faults += [f"{kind}: {one}" for one in told if one["answer"] == "retry"]
    assert faults == []
    assert sent > 1_000


async def _shapes(writer: Writer) -> dict[str, tuple[Role, dict[str, Any]]]:
    """One well-made payload of every kind that a browser sends, and who sends it."""
    shapes: dict[str, tuple[Role, dict[str, Any]]] = {}

    def listening(role: Role, tablet: Tablet) -> Any:
        signed = tablet.signed

        def remember(claims: dict[str, Any] | bytes, **how: Any) -> str:
            if isinstance(claims, dict):
                shapes[claims["kind"]] = (role, json.loads(json.dumps(claims, default=_plain)))
            return signed(claims, **how)

        return remember

    for role, tablet in writer.tablets.items():
        tablet.signed = listening(role, tablet)  # type: ignore[method-assign]
    for kind in EXAMPLES:
        await writer.does(kind)
    return shapes


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _variants(claims: dict[str, Any], random: Random) -> Iterator[dict[str, Any]]:
    """The same with a new id and one leaf replaced."""
    for place in list(_leaves(claims)):
        if place[0] in ("id", "session", "device"):
            continue
        for value in random.sample(HOSTILE, 4):
            changed = json.loads(json.dumps(claims))
            changed["id"] = str(uuid4())
            node = changed
            for step in place[:-1]:
                node = node[step]
            node[place[-1]] = value
            yield changed


def _leaves(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node[:2]) if isinstance(node, list) else ()
    for name, value in items:
        yield (*place, name)
        yield from _leaves(value, (*place, name))


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "delete"):
                content = operation.get("requestBody", {}).get("content", {})
                yield method, path + _query(operation), content.get("application/json", {}).get("schema")


def _query(operation: dict[str, Any]) -> str:
    names = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
    return "?" + "&".join(f"{name}={{{name}}}" for name in names) if names else ""


def _filled(path: str, random: Random, known: list[str]) -> str:
    """The address with a hostile or a known value in each place."""
    while "{" in path:
        before, _, rest = path.partition("{")
        value = str(random.choice((*HOSTILE, *known * 4)))[:1_000]
        path = before + _quoted(value) + rest.partition("}")[2]
    return path


def _quoted(value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode("utf-8", "replace")) or "%20"


def _valued(schema: dict[str, Any], document: dict[str, Any], random: Random) -> Any:
    """A value of roughly this shape, with something hostile in it now and then."""
    if random.random() < 0.15:
        return random.choice(HOSTILE)
    if "$ref" in schema:
        return _valued(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document, random)
    for union in ("oneOf", "anyOf"):
        if union in schema:
            return _valued(random.choice(schema[union]), document, random)
    if schema.get("type") == "object":
        named = schema.get("properties", {})
        return {name: _valued(value, document, random) for name, value in named.items() if random.random() < 0.9}
    if schema.get("type") == "array":
        return [_valued(schema.get("items", {}), document, random) for _ in range(random.randrange(1, 3))]
    return random.choice((*schema.get("enum", []), 1, "noi", "x" * 12, str(uuid4()), *HOSTILE))


async def _fault(client: httpx.AsyncClient, method: str, url: str, body: Any) -> list[str]:
    headers = {"content-type": "application/json"} if body is not None else {}
    content = None if body is None else json.dumps(body).encode()
    started = time.monotonic()
    answer = await client.request(method, url, content=content, headers=headers)
    took = time.monotonic() - started
    told = f"{method} {url[:120]} {str(body)[:200]} → {answer.status_code} {answer.text[:200]}"
    if answer.status_code >= 500:
        return [told]
    if took > SLOWEST_S:
        return [f"{took:.1f} s: {told}"]
    is_problem = answer.headers.get("content-type") == "application/problem+json" and "code" in answer.json()
    return [] if answer.status_code < 400 or is_problem else [f"no problem details: {told}"]
