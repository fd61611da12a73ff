"""One PostgreSQL for a whole test run, and a fresh migrated database for each test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
from msgspec import Struct

from backend import postgres
from backend.core.migrating import migrate

Returned = TypeVar("Returned")
TEMPLATE = "bedside_template"


class Addresses(Struct, frozen=True):
    """Where the run's PostgreSQL stands, in each role; what a test worker is told."""

    owner_url: str
    app_url: str
    admin_url: str


class Database(Struct, frozen=True):
    """One migrated database."""

    name: str
    owner_url: str
    app_url: str
    admin_url: str


class Cluster:
    """A started PostgreSQL with a migrated template, as the process that started it holds it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bedside-tests-"))
        os.chmod(self.folder, 0o711)
        try:
            self.running = postgres.start(self.folder / "data")
            self.addresses = Addresses(self.running.owner_url, self.running.app_url, self.running.admin_url)
            apart(_make_template(self.addresses))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops PostgreSQL and removes its folder."""
        if hasattr(self, "running"):
            self.running.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


async def make_database(addresses: Addresses) -> Database:
    """A copy of the template, in a tenth of a second."""
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(addresses.admin_url)
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" OWNER bedside_owner')
    finally:
        await admin.close()
    return Database(
        name, *(of_database(url, name) for url in (addresses.owner_url, addresses.app_url, addresses.admin_url))
    )


async def drop_database(addresses: Addresses, database: Database) -> None:
    """Takes it away, whoever is still connected."""
    admin = await asyncpg.connect(addresses.admin_url)
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')
    finally:
        await admin.close()


def of_database(url: str, name: str) -> str:
    """The same address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def apart(work: Coroutine[Any, Any, Returned]) -> Returned:
    """Runs this in a loop of its own, also where the caller stands in one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _make_template(addresses: Addresses) -> None:
    admin = await asyncpg.connect(addresses.admin_url)
    try:
        await admin.execute(f'CREATE DATABASE "{TEMPLATE}" OWNER bedside_owner')
    finally:
        await admin.close()
    await migrate(of_database(addresses.owner_url, TEMPLATE))
