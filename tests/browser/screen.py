"""One browser as a person uses it: enrolled, signed in, unlocked, scanned with, and looked at."""

import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, Playwright, expect

from tests.browser.hospital import PASSWORD, PIN, Hospital

CHROMIUM = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
FAKE_CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
PROGRAM = "/usr/bin/chromium"
KEY_GAP_S = 0.004
"""A scanner's own pace, stamped on its keys, however busy this machine is."""
PHONE, TABLET = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


class Screen:
    """One page of one browser."""

    def __init__(self, hospital: Hospital, context: BrowserContext, page: Page, profile: Path) -> None:
        self.hospital, self.context, self.page, self.profile = hospital, context, page, profile
        self.taps = 0
        self.broken: list[str] = []
        page.on("pageerror", lambda error: self.broken.append(str(error)))

    def button(self, name: str | re.Pattern[str], exact: bool = False) -> Locator:
        """The button so named."""
        return self.page.get_by_role("button", name=name, exact=exact)

    async def tap(self, target: Locator) -> None:
        """A finger; counted."""
        await target.click()
        self.taps += 1

    async def enrol(self, ward: str = "noi") -> "Screen":
        """Makes this browser a tablet of the ward, as its administrator's QR would."""
        await self.page.goto(f"{self.hospital.url}/enrol#{self.hospital.enrolment_code(ward)}")
        await self.button("Ghi danh máy này").click()
        await expect(self.page.get_by_text("Ai đang cầm máy?")).to_be_visible()
        return self

    async def sign_in(self, name: str, password: str = PASSWORD) -> "Screen":
        """Opens a shift on a ward tablet: the name from the lock, then the password."""
        await self.button(name).first.click()
        await self.page.get_by_label("Mật khẩu", exact=True).fill(password)
        await self.button("Vào ca", exact=True).click()
        await self.is_open()
        return self

    async def visit(self, login: str) -> "Screen":
        """Signs in at a desktop that keeps nothing."""
        await self.page.goto(self.hospital.url)
        await self.button("Đăng nhập").click()
        await self.page.get_by_label("Tên đăng nhập hoặc thẻ nhân viên").fill(login)
        await self.page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
        await self.button("Đăng nhập", exact=True).click()
        await self.is_open()
        return self

    async def unlock(self, name: str, pin: str = PIN) -> None:
        """Name and PIN on the lock."""
        await self.button(name).first.click()
        await self.type_pin(pin)

    async def type_pin(self, pin: str = PIN) -> None:
        """Six taps on the lock's keys."""
        for digit in pin:
            await self.tap(self.page.get_by_role("button", name=digit, exact=True))

    async def is_open(self) -> None:
        """A person holds it."""
        await expect(self.page.locator(".screen[data-phase=open]")).to_be_visible(timeout=15_000)

    async def is_locked(self) -> None:
        """Nobody does."""
        await expect(self.page.locator(".screen[data-phase=locked]")).to_be_visible(timeout=15_000)

    async def go(self, path: str) -> None:
        """To an address of the app, without loading it anew."""
        await self.page.evaluate(
            "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')) }", path
        )

    async def scan(self, text: str, *, in_field: bool = False) -> None:
        """A scanner that types, and Enter; real key events, sent without waiting for each, as a scanner does."""
        if not in_field:
            await self.page.evaluate("document.activeElement instanceof HTMLElement && document.activeElement.blur()")
        devtools = await self.context.new_cdp_session(self.page)
        keys: list[dict[str, Any]] = [{"key": key, "text": key} for key in text]
        keys.append({"key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13})
        began = time.time()
        events = [
            devtools.send("Input.dispatchKeyEvent", {"type": kind, "timestamp": began + number * KEY_GAP_S, **key})
            for number, key in enumerate(keys)
            for kind in ("keyDown", "keyUp")
        ]
        await asyncio.gather(*events)
        await devtools.detach()

    async def rows(self, log: str = "noi") -> list[dict[str, Any]]:
        """The rows of a log as the server has them now."""
        found: dict[str, Any] = await self.page.evaluate(
            "async log => (await fetch(`/api/logs/${log}/snapshot`)).json()", log
        )
        return list(found["rows"])


@asynccontextmanager
async def opened(
    playwright: Playwright, hospital: Hospital, *, size: dict[str, int] | None = None, film: Path | None = None
) -> AsyncIterator[Screen]:
    """A browser with a profile of its own, in Vietnam; `film` is what its camera sees."""
    camera = [*FAKE_CAMERA, f"--use-file-for-fake-video-capture={film}"] if film else []
    with tempfile.TemporaryDirectory(prefix="bedside-profile-", ignore_cleanup_errors=True) as profile:
        context = await playwright.chromium.launch_persistent_context(
            profile,
            executable_path=PROGRAM,
            args=[*CHROMIUM, *camera],
            viewport=size or TABLET,  # type: ignore[arg-type]
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            permissions=["camera"],
        )
        try:
            yield Screen(hospital, context, context.pages[0], Path(profile))
        finally:
            await context.close()


async def scanned_badge_and_pin(screen: Screen, login: str) -> None:
    """A badge before a scanner that types, then six taps."""
    await screen.scan(await screen.hospital.badge_of(login))
    await screen.type_pin()
