"""Senders on kept-alive connections that cost little, so that what is measured is the server."""

import asyncio
import time
from collections.abc import Sequence

from msgspec import Struct

SHED = b'{"type":"urn:bedside:problem:busy"'


class Measured(Struct, frozen=True):
    """How fast, and how long each took."""

    per_second: float
    latencies_ms: list[float]
    bodies: list[bytes]
    shed: int = 0
    """Answered 503 with Retry-After."""

    def at(self, share: float) -> float:
        """The latency below which this share of the answers came, in milliseconds."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def posted(port: int, path: str, requests: Sequence[tuple[str, bytes]], senders: int) -> Measured:
    """Each request is (headers, body); the next goes when the answer came, and what is told `retry` goes again."""
    left, latencies, bodies = iter(requests), list[float](), list[bytes]()

    async def send() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for headers, body in left:
            started = time.perf_counter()
            head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n{headers}"
            writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            while b'"answer":"retry"' in (answer := await answered(reader)):
                writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            bodies.append(answer)
            latencies.append((time.perf_counter() - started) * 1000)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(send() for _ in range(senders)))
    return Measured(len(requests) / (time.perf_counter() - started), latencies, bodies)


async def fetched(port: int, targets: Sequence[tuple[str, str]], per_second: float) -> Measured:
    """GETs of (target, headers), begun at this rate whether or not the ones before were answered."""
    latencies, bodies, free = list[float](), list[bytes](), list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
    begin, shed = time.perf_counter(), list[int]()

    async def get(number: int, target: str, headers: str) -> None:
        due = begin + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        reader, writer = free.pop() if free else await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {target} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{headers}\r\n".encode())
        body = await answered(reader)
        if body.startswith(SHED):
            shed.append(number)
        else:
            bodies.append(body)
            latencies.append((time.perf_counter() - due) * 1000)
        free.append((reader, writer))

    await asyncio.gather(*(get(number, *target) for number, target in enumerate(targets)))
    for _, writer in free:
        writer.close()
    return Measured(len(latencies) / (time.perf_counter() - begin), latencies, bodies, len(shed))


async def answered(reader: asyncio.StreamReader) -> bytes:
    """The body of the next answer on this connection: a 200, or a 503 that says when to come again."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    body = await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
    if not head.startswith(b"http/1.1 200") and b"retry-after" not in head:
        raise RuntimeError(f"{head[:200]!r} {body[:300]!r}")
    return body
