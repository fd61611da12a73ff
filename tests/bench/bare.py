"""The bare floor: an ASGI function with asyncpg and msgspec that does the same work, without our door, guard or fences.

python -m tests.bench.bare <folder> <port> <database url>: reads the signed command, verifies it, runs the recorded
statements with this command's ids in them, answers.
"""

import asyncio
import hashlib
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import uvicorn
import uvloop

from backend.core import queries
from backend.core.signing import take_apart, verify
from tests.bench.ground import FULL_WARD
from tests.house.house import ROW_KINDS

Statement = tuple[str, list[Any]]
READERS: dict[str, Callable[[str], Any]] = {"at": datetime.fromisoformat, "id": UUID, "bytes": bytes.fromhex}


class Claims(msgspec.Struct):
    """The little of a command that this app needs."""

    id: UUID
    stay_id: UUID


class Bare:
    """One pool, the recorded statements, the public keys."""

    def __init__(self, folder: Path, pool: Any) -> None:
        told = json.loads((folder / "recorded.json").read_text())
        self.statements: list[Statement] = [(q, [_read(a) for a in arguments]) for q, arguments in told]
        self.command_id, self.stay_id = json.loads((folder / "recorded_ids.json").read_text())
        self.keys = {k: bytes.fromhex(v) for k, v in json.loads((folder / "keys.json").read_text()).items()}
        self.pool = pool

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "GET":
            await _reply(send, await self.rows())
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        await _reply(send, await self.command(msgspec.json.decode(body)["commands"][0]))

    async def command(self, raw: str) -> bytes:
        """Verified, recorded, answered."""
        signed = take_apart(raw)
        verify(signed, self.keys[signed.kid])
        claims = msgspec.json.decode(signed.payload, type=Claims)
        names = {self.command_id: claims.id, self.stay_id: claims.stay_id}
        async with self.pool.acquire() as connection, connection.transaction():
            head: Any = None
            for query, arguments in self.statements[1:-1]:
                given = [_renamed(a, names) for a in arguments]
                if query == queries.CLAIM_AND_LOCK:
                    given[1] = hashlib.sha256(signed.payload).digest()
                if query == queries.FINISH:
                    given[3] = given[6] = [head["log_id"]]
                    given[4] = given[10] = [head["seq"] + 1]
                    given[7] = [head["audit_seq"] + 1]
                records = await connection.fetch(query, *given)
                head = records[0] if query == queries.CLAIM_AND_LOCK else head
        return msgspec.json.encode({"answers": [{"answer": "accepted", "id": claims.id, "findings": [], "result": {}}]})

    async def rows(self) -> bytes:
        """Every row of the full ward, as the database gives them."""
        branches = [f"SELECT r.row FROM ({kind.select.replace('{where}', 'true')}) AS r" for kind in ROW_KINDS]
        records = await self.pool.fetch(" UNION ALL ".join(branches), [FULL_WARD])
        return msgspec.json.encode([msgspec.Raw(record["row"].encode()) for record in records])


def _renamed(value: Any, names: dict[str, UUID]) -> Any:
    if isinstance(value, list):
        return [_renamed(v, names) for v in value]
    found = names.get(str(value)) if isinstance(value, (str, UUID)) else None
    return value if found is None else found if isinstance(value, UUID) else str(found)


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(v) for v in value]
    if isinstance(value, dict):
        (kind, told), *_ = value.items()
        return READERS[kind](told)
    return value


async def _reply(send: Any, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _main(folder: Path, port: int, url: str) -> None:
    pool = await asyncpg.create_pool(url, min_size=1, max_size=16)
    config = uvicorn.Config(
        Bare(folder, pool),
        host="127.0.0.1",
        port=port,
        http="httptools",
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
