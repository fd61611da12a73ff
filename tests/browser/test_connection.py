"""The network gone, the server killed, the tablet asleep: nothing charted is lost, and no line is missed."""

import re

from playwright.async_api import expect

from tests.browser.bedside import WELL, band_at, chart, stay_at
from tests.browser.conftest import Open
from tests.browser.screen import Screen

UNSENT = re.compile(r"[1-9]\d* chưa gửi")
"""The set, and that its chart was opened."""


async def sets_of(screen: Screen, position: str) -> int:
    """How many sets the record holds of whoever lies there."""
    stay = await stay_at(screen, position)
    return sum(row["type"] == "observation_set" and row["stay_id"] == stay for row in await screen.rows())


async def test_charted_without_a_network_it_is_grey_then_solid(browser: Open) -> None:
    """The set is on the tablet at once, and in the record when the network is back."""
    async with browser() as screen:
        await (await screen.enrol()).sign_in("Nhung")
        band, before = await band_at(screen, "17"), await sets_of(screen, "17")
        await screen.context.set_offline(True)
        await screen.scan(band)
        await screen.button("Đo DHST").click()
        await chart(screen, WELL)
        await expect(screen.page.get_by_text(UNSENT)).to_be_visible()
        await screen.context.set_offline(False)
        await expect(screen.page.get_by_text("Đã gửi hết")).to_be_visible(timeout=30_000)
        assert await sets_of(screen, "17") == before + 1


async def test_a_killed_server_comes_back_and_no_line_is_missed(browser: Open) -> None:
    """kill -9 between two sets; the board elsewhere proves it is current again."""
    async with browser() as board, browser() as nurse:
        await (await board.enrol()).sign_in("Ẩn")
        await board.go("/board")
        await (await nurse.enrol()).sign_in("Nhung")
        band, before = await band_at(nurse, "19"), await sets_of(nurse, "19")
        nurse.hospital.kill()
        try:
            await expect(board.page.get_by_text("Đúng đến")).to_have_count(0, timeout=20_000)
            await nurse.scan(band)
            await nurse.button("Đo DHST").click()
            await chart(nurse, WELL | {"respiration_rate": "26"})
            await expect(nurse.page.get_by_text("CHƯA BÁO ĐƯỢC CHO AI")).to_be_visible()
            await nurse.button("Đã hiểu, về người bệnh").click()
            await expect(nurse.page.get_by_text(UNSENT)).to_be_visible()
        finally:
            nurse.hospital.start()
        await expect(nurse.page.get_by_text("Đã gửi hết")).to_be_visible(timeout=60_000)
        await expect(board.page.get_by_text("Đúng đến")).to_be_visible(timeout=60_000)
        cell = board.page.locator(".bc", has=board.page.get_by_text("19", exact=True)).first
        await expect(cell.get_by_role("img", name="NEWS2 3")).to_be_visible()
        assert await sets_of(nurse, "19") == before + 1


async def test_a_tablet_that_slept_catches_up(browser: Open) -> None:
    """The page is frozen while others chart; awake, it shows what came and when that was proved."""
    async with browser() as sleeper, browser() as nurse:
        await (await sleeper.enrol()).sign_in("Ẩn")
        await sleeper.go("/board")
        await expect(sleeper.page.get_by_text("Đúng đến")).to_be_visible()
        await (await nurse.enrol()).sign_in("Khải")
        devtools = await sleeper.context.new_cdp_session(sleeper.page)
        await devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
        await nurse.scan(await band_at(nurse, "26"))
        await nurse.button("Đo DHST").click()
        await chart(nurse, WELL | {"respiration_rate": "07"})
        await expect(nurse.page.get_by_text("Đã vào hồ sơ")).to_be_visible()
        await devtools.send("Page.setWebLifecycleState", {"state": "active"})
        cell = sleeper.page.locator(".bc", has=sleeper.page.get_by_text("26", exact=True)).first
        await expect(cell.get_by_role("img", name="NEWS2 3")).to_be_visible(timeout=15_000)
