"""The story the product stands on: sign in, scan with the camera, chart, and the other screen changes."""

from pathlib import Path

from playwright.async_api import expect

from tests.browser.bedside import OXYGEN, WELL, band_at, chart, stay_at
from tests.browser.camera import held_before_camera
from tests.browser.conftest import Open
from tests.browser.screen import Screen

TAPS_WELL, TAPS_OXYGEN = 18, 24
"""Figure B1: from the scan to saved."""


async def test_a_band_before_the_camera_is_charted_and_the_board_elsewhere_changes(
    browser: Open, tmp_path: Path
) -> None:
    """Story: two browsers, one ward."""
    async with browser() as board:
        await board.visit("an")
        await board.go("/board")
        cell = board.page.locator(".bc", has=board.page.get_by_text("02", exact=True)).first
        await expect(cell).to_contain_text("Lộc")
        film = held_before_camera(await band_at(board, "02"), tmp_path / "band.mjpeg")
        async with browser(film=film) as nurse:
            await nurse.enrol()
            await nurse.sign_in("Nhung")
            await nurse.button("Quét mã").click()
            await expect(nurse.page.get_by_text("Đã nhận diện")).to_be_visible(timeout=20_000)
            await expect(nurse.page.get_by_text("HUỲNH TẤN LỘC")).to_be_visible()
            await nurse.button("Đo DHST").click()
            await chart(nurse, OXYGEN)
            await expect(nurse.page.get_by_text("CHƯA", exact=False).first).to_be_visible()
        await expect(cell.get_by_role("img", name="NEWS2 9")).to_be_visible(timeout=3_000)
    assert not board.broken
    assert not nurse.broken


async def test_B1_a_well_adult_takes_no_more_taps_than_promised(browser: Open) -> None:
    """B1: scan to saved."""
    async with browser() as nurse:
        await nurse.enrol()
        await nurse.sign_in("Diễm")
        await scanned(nurse, "14")
        await chart(nurse, WELL)
        assert nurse.taps <= TAPS_WELL
        stay = await stay_at(nurse, "14")
        sets = [row for row in await nurse.rows() if row["type"] == "observation_set" and row["stay_id"] == stay]
        assert max(sets, key=lambda row: str(row["taken_at"]))["score"]["total"] == 0


async def test_B1_a_set_on_oxygen_takes_no_more_taps_than_promised(browser: Open) -> None:
    """B1: on oxygen, with a pulse of three digits."""
    async with browser() as nurse:
        await nurse.enrol()
        await nurse.sign_in("Khải")
        await scanned(nurse, "15")
        await chart(nurse, OXYGEN)
        assert nurse.taps <= TAPS_OXYGEN


async def scanned(nurse: Screen, position: str) -> None:
    """Scans the band at this position, and starts counting taps."""
    await nurse.scan(await band_at(nurse, position))
    await expect(nurse.page.get_by_text("Đã nhận diện")).to_be_visible()
    nurse.taps = 0
    await nurse.tap(nurse.button("Đo DHST"))
