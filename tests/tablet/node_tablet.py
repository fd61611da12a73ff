"""The tablet's real core in a Node process, driven call by call against a real server."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from backend.command_line.programs import PWA, environment, node

DRIVER = PWA / "tests" / "core" / "world" / "driver.ts"
LINE_LIMIT = 2**24


class NodeTablet:
    """One browser's worth of core; `call` names a method of `TabletCore` or a question of the driver."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def call(self, name: str, *args: Any, within_s: float = 20) -> Any:
        """What the core answered; raises what it threw."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode({"call": name, "args": args}) + b"\n")
        told = await self._told(within_s)
        if "error" in told:
            raise RuntimeError(told["error"])
        return told["result"]

    async def until(self, name: str, *args: Any, sees: Any, within_s: float = 15) -> Any:
        """Asks until `sees(answer)` holds; the answer. Raises with the last one where it never does."""
        ends = asyncio.get_running_loop().time() + within_s
        while True:
            answer = await self.call(name, *args)
            if sees(answer):
                return answer
            if asyncio.get_running_loop().time() > ends:
                raise AssertionError(f"{name}{args} stayed {answer!r}")
            await asyncio.sleep(0.05)

    async def _told(self, within_s: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), within_s)
        if not line:
            assert self._process.stderr is not None
            raise RuntimeError((await self._process.stderr.read()).decode()[-3000:])
        told: dict[str, Any] = msgspec.json.decode(line)
        return told


@asynccontextmanager
async def node_tablet(url: str) -> AsyncIterator[NodeTablet]:
    """A tablet that has started; killed at the end."""
    process = await asyncio.create_subprocess_exec(
        str(node()),
        str(DRIVER),
        url,
        cwd=PWA,
        env=environment(),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        limit=LINE_LIMIT,
    )
    tablet = NodeTablet(process)
    try:
        assert (await tablet._told(30))["ready"]
        yield tablet
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        process._transport.close()  # type: ignore[attr-defined]
