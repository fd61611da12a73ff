"""`serve`: the address first, then the database and its shape, then the doors open; `demo` shares the parts."""

import asyncio
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from types import FrameType
from typing import NoReturn

import asyncpg

from backend import postgres
from backend.app import create_app
from backend.command_line import arguments, queries
from backend.command_line.journal import open_journal
from backend.command_line.listening import Served, Tls, run, take
from backend.core.migrating import migrate
from backend.core.settings import Settings
from backend.trouble import Trouble

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(told: Namespace) -> int:
    """A hospital's own records."""
    data_dir = arguments.data_dir(told)
    _refuse_unsafe(told)
    open_journal(plain=False)
    with ending_cleanly(), taken(told, told.host) as listeners, database_for(data_dir) as database:
        asyncio.run(migrate(database.owner_url))
        mark = asyncio.run(marked(database.owner_url))
        if mark == queries.FIXED and told.host not in LOOPBACK:
            raise Trouble(
                "This database holds the demo hospital with its published PINs and passwords: it is served to this "
                "machine alone. Start the demo with --lan for tablets, or serve a database of your own."
            )
        settings = _settings(told, data_dir, database, demo=mark is not None)
        tls = Tls(Path(told.certificate), Path(told.key)) if told.certificate else None
        served = Served(app=create_app(settings), listener=listeners[0], tls=tls, behind_proxy=told.behind_proxy)
        run([served], lambda: _announce(settings))
    return 0


def _announce(settings: Settings) -> None:
    sys.stdout.write(f"{settings.facility}: serving {settings.public_url} (Ctrl-C ends it)\n")
    sys.stdout.flush()


def _refuse_unsafe(told: Namespace) -> None:
    """What could only disappoint or harm: half a certificate, or the ward's network without TLS."""
    if bool(told.certificate) != bool(told.key):
        raise Trouble("HTTPS needs both --certificate and --key.")
    for name in filter(None, (told.certificate, told.key)):
        if not os.access(name, os.R_OK):
            raise Trouble(f"{name} cannot be read.")
    if told.host not in LOOPBACK and not told.certificate and not told.behind_proxy:
        raise Trouble(
            f"Served to {told.host} without HTTPS, no tablet could use its camera, keep records or sign: give "
            "--certificate and --key, or --behind-proxy where a proxy ends TLS."
        )
    if told.behind_proxy and not (told.public_url or "").startswith("https://"):
        raise Trouble("Behind a proxy, --public-url must say how tablets reach it: https://…")


@contextmanager
def taken(told: Namespace, host: str) -> Iterator[list[socket]]:
    """The server's address; with --lan the trust page's beside it."""
    ports = [told.port, told.port + 1] if getattr(told, "lan", False) else [told.port]
    listeners: list[socket] = []
    try:
        listeners.extend(take(host, port) for port in ports)
        yield listeners
    finally:
        for listener in listeners:
            listener.close()


@contextmanager
def database_for(data_dir: Path) -> Iterator[postgres.Running]:
    """A database for as long as we serve; one that others manage keeps running."""
    url = os.environ.get("DATABASE_URL")
    running = postgres.find(data_dir, url) if url else postgres.start(data_dir)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """SIGTERM and a closed terminal end us like Ctrl-C, so that the database is stopped with us."""

    def end(_: int, __: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write("\n")


def _settings(told: Namespace, data_dir: Path, database: postgres.Running, *, demo: bool) -> Settings:
    scheme = "https" if told.certificate else "http"
    shown = "localhost" if told.host in LOOPBACK else told.host
    public_url = (told.public_url or f"{scheme}://{shown}:{told.port}").rstrip("/")
    arguments.kept(data_dir, "public_url", public_url)
    return Settings(
        database_url=database.app_url,
        owner_url=database.owner_url,
        data_dir=data_dir,
        public_url=public_url,
        host=told.host,
        port=told.port,
        secure=public_url.startswith("https://"),
        demo=demo,
        facility=arguments.kept(data_dir, "facility", told.facility) or "Bedside",
    )


async def marked(owner_url: str) -> str | None:
    """What the database says of itself: one of the demo's marks, or nothing."""
    connection = await asyncpg.connect(owner_url, timeout=10)
    try:
        mark: str | None = await connection.fetchval(queries.DEMO_MARK)
    finally:
        await connection.close()
    return mark
