"""The lock: nobody reads over it, and the next pair of hands is in within seconds."""

from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.browser.hospital import PIN
from tests.browser.screen import Screen, scanned_badge_and_pin

GONE_WITHIN_S = 1.0


async def test_locking_leaves_no_patient_on_the_screen(browser: Open) -> None:
    """No name of the ward stands anywhere in the document a second later."""
    async with browser() as screen:
        await (await screen.enrol()).sign_in("Nhung")
        await expect(screen.page.get_by_text("Út", exact=True)).to_be_visible()
        rows = await screen.rows()
        names = {row["given_name"] for row in rows if row["type"] == "patient"} - await staff_names(screen)
        await lock(screen)
        await screen.is_locked()
        await screen.page.wait_for_timeout(GONE_WITHIN_S * 1000)
        text = str(await screen.page.evaluate("document.documentElement.outerHTML"))
        shown = {name for name in names if f">{name}<" in text or f" {name} " in text}
        assert not shown


async def test_badge_and_pin_change_hands(browser: Open) -> None:
    """B3: a badge and six digits."""
    async with browser() as screen:
        await (await screen.enrol()).sign_in("Nhung")
        await lock(screen)
        await screen.sign_in("Diễm")
        await lock(screen)
        await scanned_badge_and_pin(screen, "nhung")
        await screen.is_open()
        await expect(screen.button("Lê Hồng Nhung")).to_be_visible()


async def test_a_wrong_pin_opens_nothing(browser: Open) -> None:
    """And says how many are left."""
    async with browser() as screen:
        await (await screen.enrol()).sign_in("Nhung")
        await lock(screen)
        await screen.type_pin("135791")
        await expect(screen.page.get_by_role("status").filter(has_text="PIN")).to_be_visible()
        await screen.is_locked()
        await screen.type_pin(PIN)
        await screen.is_open()


async def test_a_reload_asks_for_the_pin_and_shows_nobody(browser: Open) -> None:
    """What is in memory is gone; what is on the disk is sealed."""
    async with browser() as screen:
        await (await screen.enrol()).sign_in("Nhung")
        await expect(screen.page.get_by_text("Út", exact=True)).to_be_visible()
        await screen.page.reload()
        await screen.is_locked()
        await expect(screen.page.get_by_text("Út", exact=True)).to_have_count(0)
        await screen.unlock("Nhung")
        await expect(screen.page.get_by_text("Út", exact=True)).to_be_visible()


async def lock(screen: Screen) -> None:
    """Through the strip and the list behind it."""
    await screen.go("/more")
    await screen.button("Khóa máy, đổi người dùng").click()


async def staff_names(screen: Screen) -> set[str]:
    """Given names that stand on the lock by right."""
    return {row["given_name"] for row in await screen.rows("facility") if row["type"] == "staff"}
