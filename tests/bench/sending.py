"""Senders on kept-alive connections that cost little, so that what is measured is the server."""

import asyncio
import time
from collections.abc import Sequence

from msgspec import Struct


class Measured(Struct, frozen=True):
    """How fast, and how long each took."""

    per_second: float
    latencies_ms: list[float]
    bodies: list[bytes]

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


async def fetched(port: int, targets: Sequence[str], headers: str, per_second: float) -> Measured:
    """GETs begun at this rate whether or not the ones before were answered (no coordinated omission)."""
    latencies, bodies, free = list[float](), list[bytes](), list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
    begin = time.perf_counter()

    async def get(number: int, target: str) -> None:
        due = begin + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        reader, writer = free.pop() if free else await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {target} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{headers}\r\n".encode())
        bodies.append(await answered(reader))
        latencies.append((time.perf_counter() - due) * 1000)
        free.append((reader, writer))

    await asyncio.gather(*(get(number, target) for number, target in enumerate(targets)))
    for _, writer in free:
        writer.close()
    return Measured(len(targets) / (time.perf_counter() - begin), latencies, bodies)


async def answered(reader: asyncio.StreamReader) -> bytes:
    """The body of the next answer on this connection, which must be a 200 with a length."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    body = await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
    if not head.startswith(b"http/1.1 200"):
        raise RuntimeError(f"{head[:200]!r} {body[:300]!r}")
    return body
