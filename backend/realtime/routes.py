"""Logs over HTTP and the stream over a websocket."""

import asyncio
import gzip
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, WebSocket, get, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath, FromQuery, Parameter
from msgspec import Meta, Struct

from backend.core import log as logs
from backend.core.clock import now
from backend.core.commands import COUNT_LIMIT, LogId
from backend.core.database import transient
from backend.core.errors import Problem
from backend.core.rows import RowKinds
from backend.realtime.hub import Hub, Subscriber, pump
from backend.realtime.receipts import Receipts

CURSOR_MESSAGE_LIMIT = 4_096
CHANGES_LIMIT = 1_000
PACK_FROM_BYTES = 4_096
PACK_LEVEL = 4


class Cursors(Struct, frozen=True, tag_field="type", tag="cursors"):
    """A client's receipt: it holds each log up to this line."""

    cursors: dict[LogId, Annotated[int, Meta(ge=0, le=COUNT_LIMIT)]]


@get("/api/logs/{log_id:str}/snapshot", opt={"allow": "log"})
async def get_snapshot(
    request: Request[Any, Any, Any],
    log_id: FromPath[str],
    pool: NamedDependency[Any],
    rows: NamedDependency[RowKinds],
) -> Response[logs.Snapshot]:
    """Every row of the log at one instant."""
    found = await logs.snapshot(pool, rows, log_id, now())
    if found is None:
        raise Problem(404, "unknown_log", "There is no such log.")
    return await _packed(request, msgspec.json.encode(found))


@get("/api/logs/{log_id:str}/changes", opt={"allow": "log"})
async def get_changes(
    log_id: FromPath[str],
    pool: NamedDependency[Any],
    after: Annotated[int, Parameter(ge=0)],
    epoch: FromQuery[str | None] = None,
    limit: Annotated[int, Parameter(ge=1, le=CHANGES_LIMIT)] = 200,
) -> logs.Changes:
    """Lines after a cursor, in order, without gaps."""
    async with pool.acquire(timeout=2) as connection:
        found = await logs.changes(connection, log_id, after, epoch, limit=limit, now=now())
    if found is None:
        raise Problem(404, "unknown_log", "There is no such log.")
    return found


@websocket("/api/stream", opt={"allow": "stream"})
async def stream(
    socket: WebSocket[Any, Any, Any], hub: NamedDependency[Hub], receipts: NamedDependency[Receipts]
) -> None:
    """Follows logs: lines, ticks, and what to pull (docs/sync.md S1–S6)."""
    cursors: dict[str, int] = socket.state.cursors
    device_id: UUID = socket.state.device.device_id
    await socket.accept()
    subscriber = Subscriber(device_id, cursors)
    try:
        await hub.subscribe(subscriber)
    except Exception as error:
        if not transient(error):
            raise
        await socket.send_text('{"type":"closed","reason":"busy"}')
        await _close(socket)
        return
    sending = asyncio.create_task(pump(subscriber, socket.send_text))
    receiving = asyncio.create_task(_receive(socket, subscriber, receipts))
    try:
        await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done() and sending.exception() is None and sending.result() != "too_slow":
            await socket.send_text(msgspec.json.encode({"type": "closed", "reason": sending.result()}).decode())
    finally:
        hub.unsubscribe(subscriber)
        for task in (sending, receiving):
            task.cancel()
        await asyncio.gather(sending, receiving, return_exceptions=True)
        await _close(socket)


async def _receive(socket: WebSocket[Any, Any, Any], subscriber: Subscriber, receipts: Receipts) -> None:
    """Takes receipts; anything else ends the socket."""
    while True:
        try:
            text = await socket.receive_data(mode="text")
            if len(text) > CURSOR_MESSAGE_LIMIT:
                return
            message = msgspec.json.decode(text, type=Cursors)
        except (WebSocketDisconnect, msgspec.MsgspecError):
            return
        for log_id, seq in message.cursors.items():
            if log_id in subscriber.logs:
                receipts.note(subscriber.device_id, log_id, seq)


async def _packed(request: Request[Any, Any, Any], body: bytes) -> Response[Any]:
    """A ward is megabytes of rows much alike: a twentieth of that goes over the ward's Wi-Fi."""
    headers = {"vary": "accept-encoding"}
    if len(body) > PACK_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        body = await asyncio.to_thread(gzip.compress, body, PACK_LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(body, media_type="application/json", headers=headers)


async def _close(socket: WebSocket[Any, Any, Any]) -> None:
    try:
        await asyncio.wait_for(socket.close(), 1)
    except Exception:
        return  # The other side is gone or never reads; uvicorn drops the connection.


ROUTES = [get_snapshot, get_changes, stream]
