"""Fixtures of the whole test run: one PostgreSQL, a database for each test, the house, a served house."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from backend.core.database import open_pool
from tests.house.cluster import Addresses, Cluster, Database, drop_database, make_database
from tests.house.house import House
from tests.house.server import Server, new_data_dir

_clusters: list[Cluster] = []


def _shared_cluster() -> Addresses:
    """The run's PostgreSQL, started at first need by the process that leads the run."""
    if not _clusters:
        _clusters.append(Cluster())
    return _clusters[0].addresses


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Before each worker of xdist starts: it is told where PostgreSQL stands."""
    node.workerinput["cluster"] = msgspec.json.encode(_shared_cluster()).decode()


def pytest_unconfigure() -> None:
    """The process that started PostgreSQL ends it."""
    while _clusters:
        _clusters.pop().stop()


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Addresses:
    """One real PostgreSQL for the run, with a migrated template database."""
    told: dict[str, str] = getattr(request.config, "workerinput", {})
    return msgspec.json.decode(told["cluster"], type=Addresses) if "cluster" in told else _shared_cluster()


@pytest.fixture
async def database(cluster: Addresses) -> AsyncIterator[Database]:
    """A fresh migrated database."""
    made = await make_database(cluster)
    yield made
    await drop_database(cluster, made)


@pytest.fixture
async def pool(database: Database) -> AsyncIterator["asyncpg.Pool[Any]"]:
    """Connections as role `bedside_app`, as the server has them."""
    opened = await open_pool(database.app_url)
    yield opened
    opened.terminate()


@pytest.fixture
async def house(database: Database, pool: "asyncpg.Pool[Any]") -> House:
    """The house in this process, with every feature."""
    return House(pool, database)


@pytest.fixture
async def server(house: House, tmp_path: Path) -> AsyncIterator[Server]:
    """The served house: its own process on a free port; wards are added through `server.house`."""
    started = await Server(house, new_data_dir(tmp_path)).start()
    yield started
    await started.stop()
