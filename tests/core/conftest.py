"""The door over notes, on a database of its own."""

from typing import Any

import asyncpg
import pytest

from tests.core.notes import NoteHouse
from tests.house.cluster import Database


@pytest.fixture
async def notes(database: Database, pool: "asyncpg.Pool[Any]") -> NoteHouse:
    """Two wards, a stay, and a door."""
    house = NoteHouse(pool, database)
    await house.build()
    return house
