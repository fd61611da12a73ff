"""Takes the address, runs the web server on it, and lets go of everything on Ctrl-C, SIGTERM or a closed terminal."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from litestar import Litestar
from msgspec import Struct

from backend.realtime.sockets import ImpatientSocket
from backend.trouble import Trouble

CONNECTIONS = 4_000
"""Beyond it uvicorn answers 503: memory has an end before the wards' tablets have."""
WAITING_CONNECTIONS = 1_024
MESSAGE_BYTES = 65_536
"""Of a message from a tablet over the socket: cursors and receipts."""
IDLE_S = 30
PING_S = 20
GOODBYE_S = 5
"""How long open requests may take to end when we stop; sockets are closed at once with 1012, restart."""
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Tls(Struct, frozen=True):
    """Certificate chain and key, PEM files."""

    certificate: Path
    key: Path


class Served(Struct, frozen=True, kw_only=True):
    """One application at one address."""

    app: Litestar
    listener: socket.socket
    tls: Tls | None = None
    behind_proxy: bool = False


def take(host: str, port: int) -> socket.socket:
    """The listening address, before anything dear is started; raises `Trouble` where it is not to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise Trouble(_why(host, port, error)) from error
    return listener


def run(served: list[Served], when_ready: Callable[[], None]) -> None:
    """Serves until told to end; the first application's end is the end of all."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(served, when_ready))


async def _run(served: list[Served], when_ready: Callable[[], None]) -> None:
    servers = [_Server(_config(one)) for one in served]
    ends = [asyncio.create_task(_serve(server, one)) for server, one in zip(servers, served, strict=True)]
    up = asyncio.create_task(_all_up(servers))
    with _told_to_end(servers):
        await asyncio.wait([up, *ends], return_when=asyncio.FIRST_COMPLETED)
        if up.done():
            when_ready()
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*ends)


async def _all_up(servers: "list[_Server]") -> None:
    for server in servers:
        await server.up.wait()


async def _serve(server: "_Server", one: Served) -> None:
    """The application's own start and end stand around the server's, so that a `Trouble` in them comes out as it is."""
    async with one.app.lifespan():
        await server.serve([one.listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are taken in `_told_to_end`, once for all servers; uvicorn would raise them again and cut us off."""
        yield


@contextmanager
def _told_to_end(servers: list[_Server]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def end(number: signal.Signals) -> None:
        for server in servers:
            server.handle_exit(number, None)

    taken = [number for number in ENDING if signal.getsignal(number) != signal.SIG_IGN]
    for number in taken:
        loop.add_signal_handler(number, end, number)
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)


def _config(one: Served) -> uvicorn.Config:
    limits: dict[str, Any] = {
        "backlog": WAITING_CONNECTIONS,
        "limit_concurrency": CONNECTIONS,
        "timeout_keep_alive": IDLE_S,
        "timeout_graceful_shutdown": GOODBYE_S,
        "ws_max_size": MESSAGE_BYTES,
        "ws_ping_interval": PING_S,
        "ws_ping_timeout": PING_S,
        "ws_per_message_deflate": False,
    }
    if one.tls is not None:
        limits |= {"ssl_certfile": str(one.tls.certificate), "ssl_keyfile": str(one.tls.key)}
    return uvicorn.Config(
        one.app,
        http="httptools",
        ws=ImpatientSocket,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=one.behind_proxy,
        forwarded_allow_ips="127.0.0.1" if one.behind_proxy else "",
        **limits,
    )


def _why(host: str, port: int, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return f"Port {port} is taken by another program: stop it, or choose another with --port."
    if number == errno.EACCES:
        return f"Port {port} may be opened by root alone: choose one above 1023 with --port."
    return f"The address {host}, port {port}, cannot be opened: {getattr(error, 'strerror', None) or error}."
