"""The web's fences round every address: whose page asks, what shape and size a body may have, what a browser may do."""

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from backend.core.errors import render
from backend.core.settings import Settings
from backend.core.signing import Unreadable, refuse_duplicate_keys

READS = frozenset({"GET", "HEAD", "OPTIONS"})
COMMANDS_LIMIT_BYTES = 1_048_576
BODY_LIMIT_BYTES = 65_536
BODY_WITHIN_S = 20.0
"""A body that takes longer is cut off."""
JSON = re.compile(r"^application/json\s*(;\s*charset=\"?utf-8\"?\s*)?$", re.IGNORECASE)

APP_MAY = (
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types svelte-trusted-html default",
)
APP_POLICY = "; ".join(APP_MAY)
API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
EVERYWHERE = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-embedder-policy": b"require-corp",
    b"permissions-policy": b"camera=(self), screen-wake-lock=(self), microphone=(), geolocation=(), payment=(), usb=()",
}
TLS_ONLY = {b"strict-transport-security": b"max-age=63072000; includeSubDomains"}


class Refused(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def fenced(app: ASGIApp, settings: Settings) -> ASGIApp:
    """The application behind its fences; also addresses that do not exist, and errors, answer through them."""
    own = _authority(settings.public_url)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        guarded: Any = _with_headers(send, scope, secure=settings.secure)
        try:
            _judge_site(scope, own)
            if scope.get("method", "GET") not in READS:
                receive = await _judged_body(scope, receive)
        except Refused as refused:
            await _refuse(scope, guarded, refused)
            return
        await app(scope, receive, guarded)

    return answer


def _judge_site(scope: Any, own: str) -> None:
    """A change or a socket asked for by another site's page is refused (browsers always say whose page asks)."""
    if scope["type"] == "http" and scope["method"] in READS:
        return
    headers = _headers(scope)
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None and site != b"same-origin":
        raise Refused(403, "foreign_site", "Another site's page may not do this.")
    if origin is None:
        return
    asked_by = _authority(origin.decode("latin-1"))
    if not asked_by or asked_by not in {own, headers.get(b"host", b"").decode("latin-1").lower()}:
        raise Refused(403, "foreign_site", "Another site's page may not do this.")


async def _judged_body(scope: Any, receive: Receive) -> Receive:
    """The body read whole within its limits, JSON without duplicate keys; hands on a `receive` that repeats it."""
    headers = _headers(scope)
    limit = COMMANDS_LIMIT_BYTES if scope["path"] == "/api/commands" else BODY_LIMIT_BYTES
    _judge_length(headers.get(b"content-length"), limit)
    kind = headers.get(b"content-type")
    if kind is not None and not JSON.match(kind.decode("latin-1").strip()):
        raise Refused(415, "json_only", "Send JSON: content-type application/json.")
    if b"content-encoding" in headers:
        raise Refused(415, "json_only", "Send the body as it is, not compressed.")
    try:
        body = await asyncio.wait_for(_read(receive, limit), BODY_WITHIN_S)
    except TimeoutError as error:
        raise Refused(408, "too_slow", "The body did not come in time.") from error
    if body is None:
        return receive
    if body:
        if kind is None:
            raise Refused(415, "json_only", "Send JSON: content-type application/json.")
        _judge_json(body)
    return _repeating(body, receive)


def _judge_length(length: bytes | None, limit: int) -> None:
    if length is None:
        return
    if not length.isdigit() or len(length) > 15:
        raise Refused(400, "bad_length", "The content-length is no number.")
    if int(length) > limit:
        raise Refused(413, "too_large", f"At most {limit} bytes are taken here.")


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body; None where the other side went away."""
    parts: list[bytes] = []
    size = 0
    while True:
        message: Any = await receive()
        if message["type"] != "http.request":
            return None
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise Refused(413, "too_large", f"At most {limit} bytes are taken here.")
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _judge_json(body: bytes) -> None:
    try:
        body.decode()
        refuse_duplicate_keys(body)
    except UnicodeDecodeError as error:
        raise Refused(400, "not_json", "The body is not JSON in UTF-8.") from error
    except Unreadable as unreadable:
        detail = "A key stands twice." if unreadable.reason == "duplicate_key" else "The body is not JSON."
        raise Refused(400, unreadable.reason, detail) from unreadable


def _repeating(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _with_headers(send: Send, scope: Any, *, secure: bool) -> Send:
    """Adds what every answer carries, and gives a socket refused before it stood its HTTP status."""
    is_api = scope["path"].startswith("/api/")
    policy = API_POLICY if is_api else APP_POLICY
    extra = EVERYWHERE | (TLS_ONLY if secure else {}) | {b"content-security-policy": policy.encode()}
    if is_api:
        extra |= {b"cache-control": b"no-store"}
    stands = False

    async def guarded(message: Message) -> None:
        nonlocal stands
        told: Any = message
        kind = told["type"]
        if kind == "websocket.accept":
            stands = True
        if kind == "websocket.close" and not stands and 4400 <= told.get("code", 0) < 4500:
            await _refuse(scope, guarded, Refused(told["code"] - 4000, told.get("reason") or "refused", "Not taken."))
            return
        if kind in ("http.response.start", "websocket.http.response.start"):
            kept = [(name, value) for name, value in told.get("headers", []) if name.lower() not in extra]
            told = {**told, "headers": [*kept, *extra.items()]}
        await send(told)

    return guarded


async def _refuse(scope: Any, send: Any, refused: Refused) -> None:
    answer = render(refused.status, refused.code, refused.detail)
    body = answer.content
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if scope["type"] == "http":
        start, rest = "http.response.start", "http.response.body"
    elif "websocket.http.response" in (scope.get("extensions") or {}):
        start, rest = "websocket.http.response.start", "websocket.http.response.body"
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": refused.code})
        return
    await send({"type": start, "status": refused.status, "headers": headers})
    await send({"type": rest, "body": body, "more_body": False})


def _headers(scope: Any) -> dict[bytes, bytes]:
    return {name.lower(): value for name, value in scope["headers"]}


def _authority(url: str) -> str:
    """Host and port of an origin; empty for what is none ("null")."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""
