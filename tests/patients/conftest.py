"""Fixtures of the patients' tests."""

import pytest

from tests.house.house import House
from tests.patients.ward import Ward


@pytest.fixture
async def ward(house: House) -> Ward:
    """Two wards, one patient."""
    return await Ward(house).open()
