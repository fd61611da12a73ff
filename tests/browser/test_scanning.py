"""A scanner that types, on any screen: the right band, the wrong one, and everything that is no band."""

from typing import Final

import pytest
from playwright.async_api import expect

from tests.browser.bedside import band_at, stay_at
from tests.browser.conftest import Open
from tests.browser.screen import Screen

FOREIGN: Final = {
    "8935001234567": "Đây là mã hàng hóa",
    "https://example.org/pay": "Đây là đường liên kết",
    "BN-2024-000123": "Không phải mã của bệnh viện này",
}


async def signed_in(screen: Screen) -> Screen:
    """A nurse of Khoa Nội, at her list."""
    await (await screen.enrol()).sign_in("Nhung")
    await expect(screen.page.get_by_text("Khoa có", exact=False)).to_be_visible()
    return screen


@pytest.mark.parametrize("path", ["/", "/board", "/settings", "/mine"])
async def test_a_band_opens_its_patient_from_any_screen(browser: Open, path: str) -> None:
    """With no field in focus."""
    async with browser() as screen:
        await signed_in(screen)
        band = await band_at(screen, "14")
        await screen.go(path)
        await screen.scan(band)
        await expect(screen.page.get_by_text("HOÀNG THỊ NGỌC ẨN")).to_be_visible()


async def test_a_burst_that_lands_in_a_field_is_taken_out_again(browser: Open) -> None:
    """The search field is in focus."""
    async with browser() as screen:
        await signed_in(screen)
        band = await band_at(screen, "14")
        await screen.go("/find")
        field = screen.page.get_by_role("searchbox")
        await field.fill("hoa")
        await field.focus()
        await screen.scan(band, in_field=True)
        await expect(screen.page.get_by_text("HOÀNG THỊ NGỌC ẨN")).to_be_visible()


async def test_a_void_band_opens_nobody(browser: Open) -> None:
    """The demo's void band, of position 08."""
    async with browser() as screen:
        await signed_in(screen)
        await screen.scan(await band_at(screen, "08", state="void"))
        await expect(screen.page.get_by_text("Vòng tay đã hủy")).to_be_visible()
        await expect(screen.button("Đo DHST")).to_have_count(0)


async def test_an_older_band_names_its_patient_and_asks_to_be_replaced(browser: Open) -> None:
    """The demo's reprinted band, of position 13."""
    async with browser() as screen:
        await signed_in(screen)
        await screen.scan(await band_at(screen, "13", state="superseded"))
        await expect(screen.page.get_by_text("NGÔ THỊ BƯỞI")).to_be_visible()
        await expect(screen.page.get_by_text("vòng tay cũ, hãy thay")).to_be_visible()


async def test_anothers_band_stops_an_open_pad_and_records_nothing(browser: Open) -> None:
    """Nguyễn Thị Hoa, 1958, is open; the band of Nguyễn Thị Hoa, 1985, is scanned."""
    async with browser() as screen:
        await signed_in(screen)
        hers, other = await band_at(screen, "10"), await band_at(screen, "11")
        await screen.scan(hers)
        await screen.button("Đo DHST").click()
        await screen.button("1", exact=True).click()
        await screen.scan(other)
        await expect(screen.page.get_by_text("TRÙNG TÊN: nhầm người bệnh")).to_be_visible()
        await expect(screen.page.get_by_text("Chưa có gì được ghi")).to_be_visible()
        assert await screen.page.evaluate("location.pathname") != f"/stays/{await stay_at(screen, '11')}/vitals"


@pytest.mark.parametrize("scanned", FOREIGN)
async def test_what_is_no_band_says_what_it_is(browser: Open, scanned: str) -> None:
    """Packages, links, other hospitals' codes."""
    async with browser() as screen:
        await signed_in(screen)
        await screen.scan(scanned)
        await expect(screen.page.get_by_text(FOREIGN[scanned])).to_be_visible()


async def test_a_band_read_short_doubled_or_damaged_says_so(browser: Open) -> None:
    """What scanners do to 33 digits."""
    async with browser() as screen:
        await signed_in(screen)
        band = await band_at(screen, "14")
        swapped = band[:20] + str((int(band[20]) + 1) % 10) + band[21:]
        for scanned, said in (
            (band[:25], "Mã đọc thiếu"),
            (band + band, "Quét dính hai lần"),
            (swapped, "Mã bị hỏng"),
        ):
            await screen.scan(scanned)
            await expect(screen.page.get_by_text(said)).to_be_visible()


async def test_a_bed_opens_a_chooser_and_never_a_patient(browser: Open) -> None:
    """12A and 12B share a bed and its code."""
    async with browser() as screen:
        await signed_in(screen)
        bed = next(row for row in await screen.rows() if row["type"] == "position" and row["label"] == "12A")
        await screen.scan(bed["code"])
        for label in ("12A", "12B"):
            await expect(screen.page.get_by_text(label, exact=True).first).to_be_visible()
        assert str(await screen.page.evaluate("location.pathname")).startswith("/beds/")
