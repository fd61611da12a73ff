"""Labels as they are printed: every code reads back, every word is there, no mark is cut."""

import random
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image

from barcode import labels
from barcode.codes import Kind, make
from barcode.images import qr_modules, qr_svg
from tests.barcode.pictures import pages

CHANCE = random.Random(7)
HOSPITAL = "Bệnh viện thử"


def code(kind: Kind) -> str:
    return make(kind, lambda count: "".join(CHANCE.choices("0123456789", k=count)))


def band(**more: object) -> labels.Wristband:
    plain = labels.Wristband(
        code=code(Kind.WRISTBAND),
        family_name="Nguyễn",
        middle_name="Thị",
        given_name="Hoa",
        birth_date=None,
        birth_year=1958,
        estimated_years=None,
        sex="female",
        patient_code="26-000001-5",
        allergies=[],
        allergy_state="none_known",
        hospital=HOSPITAL,
    )
    return replace(plain, **more)


LONG = {
    "family_name": "Công Tằng Tôn Nữ",
    "middle_name": "Nguyễn Thị Ngọc Hoàng Phương Ẩn Khuyến Thuỳ Dương",
    "given_name": "Ễnh Ộp Ẫm Ặng",
    "allergies": ["Amoxicillin-clavulanat", "Trimethoprim-sulfamethoxazol", "Latex"],
    "allergy_state": "known",
}
BANDS = [
    band(),
    band(**LONG),
    band(given_name="Ẫ" * 70, family_name="", middle_name=""),
    band(allergy_state="not_asked", birth_year=None, birth_date=date(2018, 6, 15)),
    band(allergy_state="unable_to_ask", birth_year=None, estimated_years=45, sex="unknown"),
    band(allergies=["Penicilin"], allergy_state="known"),
]


def read_back(page: Image.Image) -> list[str]:
    return sorted(read.text for read in zxingcpp.read_barcodes(page))


def words_of(pdf: bytes) -> str:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.fail("pdftotext is missing: install poppler-utils")
    told = subprocess.run([program, "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return " ".join(told.decode().split())


@pytest.mark.parametrize("dpi", [150, 203, 300], ids=["screen", "thermal", "thermal fine"])
def test_each_band_reads_back_at_both_ends(dpi: int) -> None:
    printed = pages(labels.wristbands(BANDS), dpi)
    assert [read_back(page) for page in printed] == [[one.code, one.code] for one in BANDS]


def test_a_band_is_as_large_as_the_printer_s_label() -> None:
    for page in pages(labels.wristbands(BANDS), 254):
        assert abs(page.width - 2000) <= 1
        assert page.height == 250


def test_no_letter_and_no_mark_touches_the_edge() -> None:
    """Half a millimetre stays white above and below the words, stacked marks and long names too."""
    for one, page in zip(BANDS, pages(labels.wristbands(BANDS), 254), strict=True):
        words = page.crop((250, 0, 1750, 250)).point(lambda light: 255 if light < 200 else 0)
        box = words.getbbox()
        assert box is not None, one
        assert box[1] >= 5, one
        assert box[3] <= 245, one
        assert box[0] >= 5, one
        assert box[2] <= 1495, one


def test_a_band_says_in_letters_who_it_is() -> None:
    plain = words_of(labels.wristbands([BANDS[0]]))
    for words in ("NGUYỄN THỊ HOA", "1958", "Nữ", "26-000001-5", "Không có dị ứng đã biết", HOSPITAL):
        assert words in plain
    assert BANDS[0].code not in plain, "its code carries the number, the letters do not"
    long = words_of(labels.wristbands([BANDS[1]]))
    for word in "CÔNG TẰNG TÔN NỮ|NGUYỄN THỊ NGỌC HOÀNG|PHƯƠNG ẨN|KHUYẾN|THUỲ DƯƠNG|ỄNH|ỘP ẪM ẶNG".split("|"):  # noqa: SIM905
        assert word in long, "a name is never cut"
    assert "DỊ ỨNG: Amoxicillin-clavulanat, Trimethoprim-sulfamethoxazol +1" in long
    assert "Chưa hỏi dị ứng" in words_of(labels.wristbands([BANDS[3]]))
    assert "2018" in words_of(labels.wristbands([BANDS[3]]))
    unknown = words_of(labels.wristbands([BANDS[4]]))
    for words in ("khoảng 45 tuổi", "Chưa rõ giới", "Không hỏi được dị ứng"):
        assert words in unknown


def test_the_demo_says_that_it_is_invented() -> None:
    assert "Synthetic" in words_of(labels.wristbands([BANDS[0]], demo=True))
    assert "Synthetic" not in words_of(labels.wristbands([BANDS[0]]))


def badge(number: int) -> labels.Badge:
    return labels.Badge(
        code=code(Kind.STAFF_BADGE),
        family_name="Hồ",
        middle_name="Ngọc",
        given_name=f"Ẩn {number}",
        role="charge_nurse",
        wards=["Nội TH"],
        hospital=HOSPITAL,
    )


def bed(label: str, room: str = "301") -> labels.Bed:
    return labels.Bed(code=code(Kind.BED), labels=label, room=room, ward="Khoa Nội tổng hợp", hospital=HOSPITAL)


def test_badges_and_beds_read_back_ten_to_a_page() -> None:
    staff, beds = [badge(n) for n in range(11)], [bed("12A · 12B"), bed("HL-1", "Hành lang")]
    printed = pages(labels.badges(staff))
    assert len(printed) == 2
    assert sorted(text for page in printed for text in read_back(page)) == sorted(one.code for one in staff)
    (page,) = pages(labels.bed_labels(beds))
    assert read_back(page) == sorted(one.code for one in beds)
    words = words_of(labels.badges(staff)) + words_of(labels.bed_labels(beds))
    for said in ("Điều dưỡng trưởng", "12A · 12B", "HL-1", "Buồng 301", "Hành lang"):
        assert said in words
    assert "Buồng Hành lang" not in words


def test_every_code_of_the_demos_sheet_reads_back() -> None:
    staff = [labels.SheetStaff(badge=badge(n), secrets=[("Tên", "an"), ("PIN", "246810")]) for n in range(12)]
    bands = [labels.SheetBand(band=replace(one, code=code(Kind.WRISTBAND)), place="Giường 1") for one in BANDS * 5]
    beds = [bed(f"{n:02d}") for n in range(1, 31)]
    ward = labels.SheetWard(name="Khoa Nội tổng hợp", bands=bands, beds=beds)
    pdf = labels.demo_sheet(HOSPITAL, staff, [ward], "")
    printed = pages(pdf)
    there = sorted(text for page in printed for text in read_back(page))
    codes = [one.badge.code for one in staff] + [one.band.code for one in bands] + [one.code for one in beds]
    assert there == sorted(codes)
    assert len(printed) == 3, "badges, bands, beds: a page each"
    assert "SYNTHETIC" in words_of(pdf)


def test_a_code_is_the_smallest_qr_there_is() -> None:
    made = code(Kind.WRISTBAND)
    assert len(qr_modules(made)) == 21, "version 1"
    assert b"<svg" in qr_svg(made)
    assert labels.qr_path_svg(made).count("<path") == 1, "one path: no seams between modules"


def test_the_typeface_comes_with_its_licence() -> None:
    fonts = Path(labels.__file__).parent / "fonts"
    assert "SIL Open Font License" in (fonts / "OFL.txt").read_text(encoding="utf-8")
    assert len(list(fonts.glob("*.ttf"))) == 3
