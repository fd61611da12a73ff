"""The web's fences: whose page asks, media types, sizes, shapes, and what every answer carries."""

import asyncio
import itertools
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from litestar.routes import HTTPRoute

from backend import fences
from backend.core.access import Role
from tests.house.cluster import Database
from tests.identity.reception import PUBLIC_URL, Browser, Reception, open_reception

FOREIGN: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "same-origin", "origin": "https://evil.test"},
    {"sec-fetch-site": "same-origin", "origin": "null"},
    {"sec-fetch-site": "same-origin", "origin": f"{PUBLIC_URL}.evil.test"},
    {"sec-fetch-site": "same-origin", "origin": f"{PUBLIC_URL}:8443"},
    {"sec-fetch-site": "same-origin", "origin": "ftp://bedside.test"},
    {"sec-fetch-site": "same-origin", "origin": "http://[::1"},
]


async def _raw(
    browser: Browser, method: str, path: str, chunks: list[bytes], headers: list[tuple[bytes, bytes]]
) -> tuple[int, dict[str, Any], dict[bytes, bytes]]:
    """What an ASGI server would hand in, byte by byte; (status, problem, headers)."""
    sent: list[Any] = []
    parts = iter(
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, start=1)
    )

    async def receive() -> Any:
        try:
            return next(parts)
        except StopIteration:
            return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"bedside.test"), *headers], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip
    app: Any = browser.http._transport
    await app.app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return sent[0]["status"], msgspec.json.decode(body or b"{}"), dict(sent[0]["headers"])


@pytest.mark.parametrize("headers", FOREIGN, ids=lambda h: "-".join(h.values()))
async def test_another_sites_page_changes_nothing(reception: Reception, headers: dict[str, str]) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    desk = await reception.desktop(nurse)
    for method, path in (
        ("DELETE", "/api/sessions/current"),
        ("POST", "/api/sessions"),
        ("POST", "/api/commands"),
        ("PUT", "/api/nowhere"),
        ("PATCH", "/"),
    ):
        answer = await desk.ask(method, path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_site"), path
    assert (await desk.ask("GET", "/api/me/sessions")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "same-origin", "origin": PUBLIC_URL}],
    ids=["without-origin", "with-origin"],
)
async def test_our_own_page_may(reception: Reception, headers: dict[str, str]) -> None:
    desk = await reception.desktop(await reception.add(Role.NURSE, "noi"))
    assert (await desk.ask("DELETE", "/api/sessions/current", headers=headers)).status_code == 204


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/msgpack",
        "application/json; charset=utf-16",
        "application/jsonp",
        "",
    ],
)
async def test_bodies_are_json_only(reception: Reception, kind: str) -> None:
    browser, body = reception.browser(), b'{"code":"AAAA"}'
    answer = await browser.ask("POST", "/api/devices/enrol", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "json_only")
    without = await _raw(browser, "POST", "/api/devices/enrol", [body], [])
    assert (without[0], without[1]["code"]) == (415, "json_only")


async def test_a_compressed_body_is_not_unpacked(reception: Reception) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = await reception.browser().ask("POST", "/api/devices/enrol", content=b"{}", headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"code":"A","code":"B"}', "duplicate_key"),
        (b'{"code":{"a":1,"a":2}}', "duplicate_key"),
        (b'{"code":', "not_json"),
        (b"\xff\xfe{", "not_json"),
        (b"[" * 60_000, "not_json"),
        ('{"code":"A"}'.encode("utf-16"), "not_json"),
        ('{"code":"A"}'.encode("utf-16-le"), "invalid"),
        (b'{"code":"A","more":1}', "invalid"),
        (b'{"code":1}', "invalid"),
        (b"{}", "invalid"),
        (b"[]", "invalid"),
        (b"null", "invalid"),
    ],
)
async def test_what_is_not_understood_is_refused(reception: Reception, body: bytes, code: str) -> None:
    headers = {"content-type": "application/json"}
    answer = await reception.browser().ask("POST", "/api/devices/enrol", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "limit"), [("/api/commands", fences.COMMANDS_LIMIT_BYTES), ("/api/sessions", fences.BODY_LIMIT_BYTES)]
)
async def test_a_body_is_cut_off_at_its_limit_whether_it_says_its_length_or_not(
    reception: Reception, path: str, limit: int
) -> None:
    tablet = await reception.ward_tablet("noi")
    json = (b"content-type", b"application/json")
    cookie = (b"cookie", f"bedside_device={tablet.http.cookies['bedside_device']}".encode())
    told = await _raw(tablet, "POST", path, [b""], [json, cookie, (b"content-length", str(limit + 1).encode())])
    assert (told[0], told[1]["code"]) == (413, "too_large")
    endless = await _raw(tablet, "POST", path, [b" " * 65_536] * (limit // 65_536 + 1), [json, cookie])
    assert (endless[0], endless[1]["code"]) == (413, "too_large")
    fits = await _raw(tablet, "POST", path, [b"{" + b" " * (limit - 2) + b"}"], [json, cookie])
    assert fits[0] == 400, "it was read, and has the wrong shape"


async def test_a_length_that_is_none_is_refused(reception: Reception) -> None:
    for length in (b"-1", b"1e9", b"9" * 40):
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        status, problem, _ = await _raw(reception.browser(), "POST", "/api/sessions", [b"{}"], headers)
        assert (status, problem["code"]) == (400, "bad_length")


async def test_a_body_that_never_comes_is_cut_off(reception: Reception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fences, "BODY_WITHIN_S", 0.05)
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.sleep(30)

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {
        "type": "http", "method": "POST", "path": "/api/sessions", "query_string": b"", "http_version": "1.1",
        "headers": [(b"content-type", b"application/json")], "scheme": "http", "root_path": "",
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "raw_path": b"/api/sessions",
        "asgi": {"version": "3.0"},
    }  # fmt: skip
    await asyncio.wait_for(reception.app(scope, receive, send), 5)
    assert sent[0]["status"] == 408


PATHS = ["/", "/api/hello", "/api/nowhere", "/api/keyring", "/nowhere.js", "/api/openapi.json", "/stays/1"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_carries_the_fences(reception: Reception, path: str) -> None:
    answer = await reception.browser().ask("GET", path)
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["permissions-policy"].startswith("camera=(self)")
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "'unsafe-eval'" not in headers["content-security-policy"]
    assert "server" not in headers
    assert "x-powered-by" not in headers
    assert "access-control-allow-origin" not in headers
    if path.startswith("/api/"):
        assert headers["cache-control"] == "no-store"
    else:
        assert "require-trusted-types-for 'script'" in headers["content-security-policy"]


async def test_also_an_address_or_method_that_does_not_exist_answers_through_them(reception: Reception) -> None:
    browser = reception.browser()
    for method, path, status in (
        ("POST", "/", 405),
        ("DELETE", "/api/hello", 405),
        ("GET", "/api/nowhere/at/all", 404),
        ("OPTIONS", "/api/commands", 403),
    ):
        answer = await browser.ask(method, path)
        assert answer.status_code == status, (method, path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "content-security-policy" in answer.headers


async def test_under_tls_the_browser_is_told_to_stay_there_and_the_cookie_is_bound(
    database: Database, tmp_path: Path
) -> None:
    async with open_reception(database, tmp_path, secure=True) as reception:
        nurse = await reception.add(Role.NURSE)
        browser = reception.browser()
        answer = await browser.try_sign_in(login=nurse.login, password=nurse.password)
        assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-bedside_device=")
        assert {part.strip().lower() for part in cookie.split(";")[1:]} >= {
            "secure",
            "httponly",
            "path=/",
            "samesite=strict",
        }
        assert "domain=" not in cookie.lower()


async def test_without_tls_nothing_is_said_of_it(reception: Reception) -> None:
    assert "strict-transport-security" not in (await reception.browser().ask("GET", "/")).headers


async def test_an_error_of_ours_tells_nothing_of_the_server(
    reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> None:
        raise ValueError("SELECT password_hash FROM staff_secret")

    monkeypatch.setattr(reception.house.sessions, "device_of", fails)
    answer = await reception.browser().ask("GET", "/api/hello")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    for word in ("SELECT", "ValueError", "Traceback", "litestar", "staff_secret"):
        assert word not in answer.text


async def test_no_body_of_a_route_takes_unknown_fields(reception: Reception) -> None:
    """Outside a signed command what is not known is refused; found by walking every route's body."""
    bodies = set()
    for route in reception.app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else []:
            body = handler.parsed_fn_signature.parameters.get("data")
            if body is not None:
                bodies.add(body.annotation)
    assert len(bodies) >= 6
    for body in bodies:
        for struct in _structs(body):
            assert struct.__struct_config__.forbid_unknown_fields, struct


def _structs(shape: Any) -> list[Any]:
    found: list[Any] = []

    def walk(kind: Any) -> None:
        if isinstance(kind, msgspec.inspect.StructType):
            found.append(kind.cls)
            for field in kind.fields:
                walk(field.type)
        for name in ("item_type", "value_type"):
            if hasattr(kind, name):
                walk(getattr(kind, name))
        for one in getattr(kind, "types", ()):
            walk(one)

    walk(msgspec.inspect.type_info(shape))
    return found


async def test_the_device_cookie_alone_reads_no_chart(reception: Reception) -> None:
    tablet = await reception.ward_tablet("noi")
    for path in (f"/api/stays/{uuid4()}/chart", "/api/patients?q=hoa", "/api/commands/mine?since=2026-11-24T00:00:00Z"):
        answer = await tablet.ask("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (401, "signed_out"), path


async def test_a_token_that_is_none_is_nobodys(reception: Reception) -> None:
    desk = await reception.desktop(await reception.add(Role.NURSE, "noi"))
    token = desk.session["token"]
    for word in (
        "",
        "Bearer",
        "Bearer ",
        f"Basic {token}",
        f"Bearer {token[:-1]}",
        f"Bearer {token} ",
        "Bearer " + "x" * 9_000,
    ):
        answer = await desk.ask("GET", "/api/me/sessions", headers={"authorization": word})
        assert answer.status_code == 401, word[:20]
    assert (await desk.ask("GET", "/api/me/sessions", headers={"authorization": f"bearer {token}"})).status_code == 200


def test_the_policies_allow_no_more_than_they_name() -> None:
    app = dict(part.split(" ", 1) for part in fences.APP_MAY)
    assert app["default-src"] == "'none'"
    assert app["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert set(itertools.chain.from_iterable(value.split() for value in app.values())) <= {
        "'none'", "'self'", "'wasm-unsafe-eval'", "'script'", "blob:", "data:", "svelte-trusted-html", "default",
    }  # fmt: skip
