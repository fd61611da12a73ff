"""Administration through the screens alone: a ward, its beds, a nurse and her secrets, a tablet and its end."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.browser.screen import Screen

OWN_PASSWORD, OWN_PIN = "mưa rào tháng bảy", "258014"


async def add_ward(desk: Screen) -> None:
    """Khoa Nhi with one bed in room 501."""
    page = desk.page
    await desk.go("/wards")
    await desk.button("Thêm khoa").click()
    await page.get_by_label("Tên khoa", exact=True).fill("Khoa Nhi")
    await page.get_by_label("Tên gọi tắt").fill("Nhi")
    await desk.button("Ghi", exact=True).click()
    await desk.button("Thêm vị trí").click()
    await page.get_by_label("Buồng", exact=True).fill("501")
    await page.get_by_label("Giường", exact=True).fill("01")
    await desk.button("Thêm", exact=True).last.click()
    await expect(page.get_by_role("heading", name="Khoa Nhi")).to_be_visible()


async def add_nurse(desk: Screen) -> str:
    """Phạm Thị Ễ, nurse of Khoa Nội tổng hợp; her one-time password."""
    page = desk.page
    await desk.go("/staff")
    await desk.button("Thêm nhân viên").click()
    await page.get_by_label("Họ", exact=True).fill("Phạm")
    await page.get_by_label("Tên đệm").fill("Thị")
    await page.get_by_label("Tên", exact=True).fill("Ễ")
    await page.get_by_role("radio", name="Điều dưỡng", exact=True).check(force=True)
    await page.get_by_role("checkbox", name="Khoa Nội tổng hợp").check(force=True)
    await expect(page.get_by_text("Sẽ thêm Phạm Thị Ễ")).to_be_visible()
    await desk.button("Thêm", exact=True).last.click()
    await expect(page.get_by_role("heading", name="Phạm Thị Ễ")).to_be_visible()
    await page.get_by_text("Mật khẩu", exact=True).click()
    await desk.button("Đặt lại mật khẩu").click()
    told = page.locator("output.one_time")
    await expect(told).to_have_text(re.compile(r"^\w{4}-\w{4}-\w{4}$"))
    return await told.inner_text()


async def test_a_nurse_comes_with_password_pin_and_badge_and_her_tablet_goes(browser: Open) -> None:
    async with browser() as desk, browser() as tablet:
        await desk.visit("thien")
        await add_ward(desk)
        one_time = await add_nurse(desk)
        await desk.page.get_by_text("Thẻ nhân viên", exact=True).click()
        async with desk.context.expect_page() as printing:
            await desk.button("Cấp thẻ mới").click()
        assert (await printing.value).url.startswith("blob:")
        await expect(desk.page.get_by_text("Đang có một thẻ dùng được.")).to_be_visible()

        await tablet.enrol()
        await tablet.button("Phạm Thị Ễ").click()
        await sets_her_own_secrets(tablet, one_time)
        await unlocks_and_fails(tablet)

        await desk.go("/devices")
        lost = desk.page.locator("details", has_text="Máy noi").last
        await lost.locator("summary").click()
        await lost.get_by_role("radio", name="Mất").check(force=True)
        await lost.get_by_role("button", name="Thu hồi").click()
        await expect(tablet.page.locator(".screen[data-phase=unenrolled]")).to_be_visible(timeout=15_000)
        assert desk.broken == tablet.broken == []


async def sets_her_own_secrets(tablet: Screen, one_time: str) -> None:
    page = tablet.page
    await page.get_by_label("Mật khẩu", exact=True).fill(one_time)
    await tablet.button("Vào ca", exact=True).click()
    await expect(page.get_by_role("heading", name="Lần đầu")).to_be_visible()
    await page.get_by_label("Mật khẩu hiện tại").fill(one_time)
    await page.get_by_label("Mật khẩu mới", exact=True).fill(OWN_PASSWORD)
    await page.get_by_label("Nhập lại mật khẩu mới").fill(OWN_PASSWORD)
    await page.get_by_label("Mã PIN mới").fill("123456")
    await expect(page.get_by_text("quá dễ đoán")).to_be_visible()
    await page.get_by_label("Mã PIN mới").fill(OWN_PIN)
    await page.get_by_label("Nhập lại mã PIN").fill(OWN_PIN)
    await tablet.button("Đổi", exact=True).click()
    await tablet.is_open()


async def unlocks_and_fails(tablet: Screen) -> None:
    """A wrong PIN says how many tries are left; the right one opens."""
    await tablet.page.get_by_role("button", name="Đổi người dùng").click()
    await tablet.is_locked()
    await tablet.type_pin("135790")
    await expect(tablet.page.get_by_text("Sai mã PIN. Còn 4 lần.")).to_be_visible()
    await tablet.type_pin(OWN_PIN)
    await tablet.is_open()
