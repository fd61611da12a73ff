"""The demo hospital, served once for each worker's browser tests, and browsers to use it with."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Playwright, async_playwright

from tests.browser.hospital import Hospital
from tests.browser.screen import PROGRAM, Screen, opened

Open = Callable[..., AbstractAsyncContextManager[Screen]]


@pytest.fixture(scope="session")
def hospital() -> Iterator[Hospital]:
    """One demo hospital; what a test charts stays for the next, as in life."""
    with tempfile.TemporaryDirectory(prefix="bedside-hospital-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's account has to get through
        served = Hospital(Path(folder) / "data").start()
        yield served
        served.stop()


@pytest_asyncio.fixture
async def playwright() -> AsyncIterator[Playwright]:
    """The driver of the system's Chromium."""
    if shutil.which(PROGRAM) is None:
        pytest.fail("Chromium is missing: apt-get install chromium (Debian), or see CONTRIBUTING.md")
    async with async_playwright() as driver:
        yield driver


@pytest.fixture
def browser(playwright: Playwright, hospital: Hospital) -> Open:
    """Opens a browser: `async with browser(film=…) as screen`."""
    return partial(opened, playwright, hospital)
