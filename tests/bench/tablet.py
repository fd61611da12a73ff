"""What is counted and timed at the bed, in a real Chromium on the demo: a full set, and the next pair of hands."""

import tempfile
from pathlib import Path

from msgspec import Struct
from playwright.async_api import async_playwright, expect

from tests.browser.bedside import OXYGEN, WELL, band_at, chart
from tests.browser.hospital import Hospital
from tests.browser.screen import Screen, opened

NEXT_HANDS = """() => { globalThis.opened_after = new Promise((done, failed) => {
  setTimeout(() => failed(new Error('it did not open within 10 s')), 10_000);
  let touched = 0;
  addEventListener('click', event => { touched = event.timeStamp }, true);
  new MutationObserver((_, watching) => {
    if (document.querySelector('.screen[data-phase=open] .dock') === null) return;
    watching.disconnect();
    requestAnimationFrame(() => done(performance.now() - touched));
  }).observe(document, {subtree: true, childList: true, attributes: true});
}) }"""


class Counted(Struct, frozen=True):
    """One figure of the bedside."""

    name: str
    value: float
    unit: str
    aim: str


async def counted() -> list[Counted]:
    """Starts a demo and a tablet of it, and uses it as a nurse does."""
    folder = tempfile.mkdtemp(prefix="bedside-tablet-bench-")
    Path(folder).chmod(0o711)  # noqa: ASYNC240  PostgreSQL's account has to get through
    hospital = Hospital(Path(folder) / "data").start()
    try:
        async with async_playwright() as playwright, opened(playwright, hospital) as screen:
            await (await screen.enrol()).sign_in("Nhung")
            return [
                await _taps(screen, "14", WELL, "well adult", 18),
                await _taps(screen, "15", OXYGEN, "on oxygen, pulse of three digits", 24),
                Counted("B3 sixth digit → in, after a badge", await _hands(screen), "ms", "≤ 300 ms"),
            ]
    finally:
        hospital.stop()


async def _taps(screen: Screen, position: str, values: dict[str, str], who: str, aim: int) -> Counted:
    """B1: taps from the scan to saved."""
    await screen.scan(await band_at(screen, position))
    screen.taps = 0
    await screen.tap(screen.button("Đo DHST"))
    await chart(screen, values)
    await expect(screen.button("Lưu")).to_have_count(0)
    return Counted(f"B1 full set, {who}: scan to saved", screen.taps, "taps", f"≤ {aim}")


async def _hands(screen: Screen) -> float:
    """B3: the software's part of badge and PIN."""
    badge = await screen.hospital.badge_of("nhung")
    await screen.go("/more")
    await screen.button("Khóa máy, đổi người dùng").click()
    await screen.is_locked()
    await screen.scan(badge)
    await screen.page.evaluate(NEXT_HANDS)
    await screen.type_pin()
    return float(await screen.page.evaluate("() => opened_after"))
