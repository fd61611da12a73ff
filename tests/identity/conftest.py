"""Fixtures of the identity tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house.cluster import Database
from tests.identity.reception import Reception, open_reception


@pytest.fixture
async def reception(database: Database, tmp_path: Path) -> AsyncIterator[Reception]:
    """A running house with two wards."""
    async with open_reception(database, tmp_path) as opened:
        await opened.add_ward("noi")
        await opened.add_ward("ngoai")
        yield opened
