"""What a hand does at the bed beyond a plain set: corrections, the too ill, the unscored, questions, both hands."""

from typing import Any

from playwright.async_api import expect

from tests.browser.bedside import WELL, band_at, chart, stay_at
from tests.browser.conftest import Open
from tests.browser.screen import Screen


async def at_pad(screen: Screen, position: str, log: str = "noi") -> str:
    """The band is scanned and the pad open; the stay."""
    await expect(screen.page.get_by_text("Khoa có", exact=False)).to_be_visible()
    await screen.scan(await band_at(screen, position, log=log))
    await expect(screen.page.get_by_text("Đã nhận diện")).to_be_visible()
    await screen.button("Đo DHST").click()
    await expect(screen.button("Lưu").first).to_be_visible()
    return await stay_at(screen, position, log)


async def sets_of(screen: Screen, stay: str, log: str = "noi") -> list[dict[str, Any]]:
    """The sets of a stay, newest first by when they came."""
    rows = [row for row in await screen.rows(log) if row["type"] == "observation_set" and row["stay_id"] == stay]
    return sorted(rows, key=lambda row: str(row["received_at"]), reverse=True)


async def test_an_own_set_is_corrected_then_taken_back(browser: Open) -> None:
    """All stay in the table; what was corrected stands again when the correction is taken back."""
    async with browser() as nurse:
        await (await nurse.enrol()).sign_in("Diễm")
        stay = await at_pad(nurse, "19")
        await chart(nurse, WELL)
        await nurse.page.wait_for_url(f"**/stays/{stay}")
        await nurse.go(f"/stays/{stay}/trends?table")
        rows = nurse.page.locator("tbody tr")
        await rows.first.get_by_role("button", name="Đính chính").click()
        await nurse.page.get_by_role("button", name="Mạch").first.click()
        for _ in range(2):
            await nurse.button("Xóa").first.click()
        for digit in "96":
            await nurse.button(digit, exact=True).click()
        await nurse.button("Lưu").click()
        await nurse.button("Gõ nhầm").click()
        await expect(nurse.page.locator("tbody tr.gone")).to_have_count(1)
        await expect(rows.first.get_by_text("96", exact=True)).to_be_visible()
        await rows.first.get_by_role("button", name="Rút phiếu này").click()
        await nurse.button("Nhầm người bệnh").click()
        await expect(nurse.page.get_by_text("đã rút")).to_be_visible()
        stands_again = nurse.page.locator("tbody tr:not(.gone)").filter(has_text="76")
        await expect(stands_again.first).to_be_visible()
        newest = (await sets_of(nurse, stay))[0]
        assert newest["readings"] == []
        assert not nurse.broken


async def test_too_ill_to_measure_scores_three_and_says_that_nobody_was_told(browser: Open) -> None:
    """Blood pressure cannot be measured."""
    async with browser() as nurse:
        await (await nurse.enrol()).sign_in("Khải")
        stay = await at_pad(nurse, "24")
        await nurse.page.get_by_role("button", name="Huyết áp").first.click()
        await nurse.button("Không đo được").first.click()
        await nurse.button("Vì quá nặng").click()
        await nurse.button("Lưu").click()
        await expect(nurse.page.get_by_role("heading", name="CHƯA BÁO ĐƯỢC CHO AI")).to_be_visible()
        await expect(nurse.page.get_by_text("0296 000 0301")).to_be_visible()
        await nurse.button("Đã hiểu").click()
        await nurse.page.wait_for_url(f"**/stays/{stay}")
        score = (await sets_of(nurse, stay))[0]["score"]
        assert score["points"]["systolic_bp"] == 3
        assert score["band"] == "high"
        assert not nurse.broken


async def test_a_child_and_a_pregnant_woman_have_no_score_and_red_limits_still_call(browser: Open) -> None:
    """The screen says why."""
    async with browser() as nurse:
        await nurse.enrol("ngoai")
        await nurse.sign_in("Lan")
        stay = await at_pad(nurse, "04", "ngoai")
        await expect(nurse.page.get_by_text("Dưới 16 tuổi").first).to_be_visible()
        await chart(nurse, WELL | {"spo2": "80"})
        await expect(nurse.page.get_by_role("heading", name="Vượt ngưỡng đỏ")).to_be_visible()
        await expect(nurse.page.get_by_role("heading", name="CHƯA BÁO ĐƯỢC CHO AI")).to_be_visible()
        newest = (await sets_of(nurse, stay, "ngoai"))[0]
        assert newest["score"]["total"] is None
    async with browser() as other:
        await (await other.enrol()).sign_in("Nhung")
        await other.go(f"/stays/{await stay_at(other, '06')}")
        await expect(other.page.get_by_text("Thai sản").first).to_be_visible()
    assert nurse.broken == other.broken == []


async def test_the_open_allergy_question_is_answered_where_it_stands(browser: Open) -> None:
    """Two taps."""
    async with browser() as nurse:
        await (await nurse.enrol()).sign_in("Nhung")
        await nurse.go(f"/stays/{await stay_at(nurse, '28')}")
        await expect(nurse.page.get_by_text("Chưa ai hỏi")).to_be_visible()
        nurse.taps = 0
        await nurse.tap(nurse.button("Không có", exact=True))
        await nurse.tap(nurse.button("Ghi", exact=True))
        await expect(nurse.page.get_by_text("Chưa ai hỏi")).to_have_count(0)
        await expect(nurse.page.get_by_text("Không có dị ứng đã biết").first).to_be_visible()
        assert nurse.taps == 2
        assert not nurse.broken


async def test_without_a_band_the_year_is_typed_and_the_name_confirmed(browser: Open) -> None:
    """Position 21 wears no band; a wrong year opens nothing."""
    async with browser() as nurse:
        await (await nurse.enrol()).sign_in("Nhung")
        stay = await stay_at(nurse, "21")
        await nurse.go(f"/stays/{stay}")
        await nurse.button("Đo DHST").click()
        await ask(nurse, "1935")
        await expect(nurse.page.get_by_text("Năm sinh không khớp")).to_be_visible()
        await nurse.button("Quét lại").click()
        await ask(nurse, "1953")
        await expect(nurse.page.get_by_text("ĐINH VĂN SÁU").first).to_be_visible()
        await nurse.button("Đúng như vậy").click()
        await chart(nurse, WELL)
        await nurse.page.wait_for_url(f"**/stays/{stay}")
        assert (await sets_of(nurse, stay))[0]["identification"] == "question"
        assert not nurse.broken


async def ask(nurse: Screen, year: str) -> None:
    """Why no scan, who answers, and the year as said."""
    await nurse.button("Không quét được").click()
    await nurse.button("Không đeo được vòng").click()
    await nurse.button("Người bệnh tự trả lời").click()
    for digit in year:
        await nurse.button(digit, exact=True).click()


async def test_admitted_banded_moved_and_gone(browser: Open) -> None:
    """A stay from its first bed to its end, on one tablet."""
    async with browser() as nurse:
        page = nurse.page
        await (await nurse.enrol()).sign_in("Nhung")
        await nurse.go("/admit")
        await page.get_by_label("Họ và tên").fill("Trần Thị Ểnh")
        await page.get_by_label("Ngày hoặc năm sinh").fill("1960")
        await nurse.button("Nữ", exact=True).click()
        await page.get_by_label("Lý do vào viện").fill("Chóng mặt")
        await nurse.button("16", exact=True).click()
        await nurse.button("Nhận vào khoa").click()
        await expect(page.get_by_text("Đã nhận Trần Thị Ểnh")).to_be_visible()
        await nurse.button("In vòng tay", exact=True).click()
        async with nurse.context.expect_page() as printing:
            await nurse.button("In vòng tay", exact=True).last.click()
        assert (await printing.value).url.startswith("blob:")
        stay = await stay_at(nurse, "16")
        await nurse.go(f"/stays/{stay}/move")
        await nurse.button("23", exact=True).click()
        await nurse.button("Chuyển", exact=True).click()
        await page.wait_for_url(f"**/stays/{stay}")
        assert await stay_at(nurse, "23") == stay
        await nurse.go(f"/stays/{stay}/move?discharge")
        await nurse.button("Ra viện", exact=True).click()
        await nurse.button("Ghi ra viện").click()
        await page.wait_for_url(nurse.hospital.url + "/")
        await expect(page.get_by_text("Ểnh")).to_have_count(0)
        assert not nurse.broken


async def test_a_student_reads_and_charts_nothing(browser: Open) -> None:
    async with browser() as student:
        await (await student.enrol()).sign_in("Sa Mít")
        stay = await stay_at(student, "07")
        await student.go(f"/stays/{stay}")
        await expect(student.page.get_by_text("Sinh viên chỉ xem").first).to_be_visible()
        await expect(student.button("Đo DHST")).to_have_count(0)
        await student.go(f"/stays/{stay}/vitals")
        await expect(student.page.get_by_text("Sinh viên chỉ xem").first).to_be_visible()
        await expect(student.button("Lưu")).to_have_count(0)
        assert not student.broken


async def test_a_physician_elsewhere_sets_the_scale_and_the_nurse_sees_it(browser: Open) -> None:
    async with browser() as nurse, browser() as physician:
        await (await nurse.enrol()).sign_in("Nhung")
        stay = await stay_at(nurse, "18")
        await nurse.go(f"/stays/{stay}/identity")
        await expect(nurse.page.get_by_role("heading", name="Thang điểm SpO2: 1")).to_be_visible()
        await expect(nurse.button("Dùng thang 2")).to_have_count(0)
        await physician.visit("bao")
        await physician.go(f"/stays/{stay}/identity")
        await physician.button("Dùng thang 2").click()
        await physician.page.get_by_label("Lý do của bác sĩ").fill("COPD, PaCO2 58 mmHg")
        await physician.button("Dùng thang 2").click()
        await expect(nurse.page.get_by_role("heading", name="Thang điểm SpO2: 2")).to_be_visible(timeout=3_000)
        assert nurse.broken == physician.broken == []


async def test_a_left_hand_finds_the_recording_button_under_its_thumb(browser: Open) -> None:
    """The dock, and the pad's saving button, are mirrored; the keys keep their order."""
    async with browser() as nurse:
        await (await nurse.enrol()).sign_in("Nhung")
        stay = await stay_at(nurse, "07")
        for hand, left in (("Tay phải", False), ("Tay trái", True)):
            await nurse.go("/settings")
            await nurse.page.get_by_role("radio", name=hand).check(force=True)
            for path, button in (("/", "Quét mã"), (f"/stays/{stay}", "Đo DHST"), (f"/stays/{stay}/vitals", "Quét v")):
                await nurse.go(path)
                await expect(nurse.button(button)).to_be_visible()
                assert (await middle(nurse, button) < 640) is left, (hand, path)
            assert await middle(nurse, "1") < await middle(nurse, "3")
        assert not nurse.broken


async def middle(screen: Screen, name: str) -> float:
    """Where a button's centre stands across the screen, in pixels."""
    box = await screen.button(name, exact=len(name) == 1).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2
