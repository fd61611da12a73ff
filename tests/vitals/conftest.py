"""A stay to chart on."""

import pytest

from tests.house.house import House
from tests.vitals.bedside import Bedside


@pytest.fixture
async def bed(house: House) -> Bedside:
    """An adult of known age, and the people of the ward."""
    return await Bedside(house).build()
