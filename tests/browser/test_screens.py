"""Every screen, as phone and tablet, by day and night, in both languages: whole, tapped with ease, in one tongue."""

import re
from itertools import product
from typing import Any, Final

import pytest
from playwright.async_api import expect

from tests.browser.bedside import band_at, stay_at
from tests.browser.conftest import Open
from tests.browser.judge import Judge, gathered, own_texts
from tests.browser.looks import DESK_SCREENS, LANGUAGES, NURSE_SCREENS, THEMES
from tests.browser.screen import PHONE, TABLET, Screen

SIZES: Final = {"phone": PHONE, "tablet": TABLET}
DRESSES: Final = list(product(("vi", "en"), ("day", "night")))
BEDSIDE: Final = NURSE_SCREENS | {
    "table": "/stays/{stay}/trends?table", "open-allergy": "/stays/{unasked}", "expectant": "/stays/{expectant}",
    "bed": "/beds/{bed}", "match": "/match/{band}",
}  # fmt: skip
TWO_TONGUES: Final = {"Tiếng Việt", "English", "SYNTHETIC · Dữ liệu giả, không có người thật", "dữ liệu giả"}
"""Said in its own language wherever it stands."""


async def dress(screen: Screen, language: str, theme: str) -> None:
    """Through the settings, as a person does."""
    page = screen.page
    await screen.go("/settings")
    await page.get_by_role("radio", name=LANGUAGES[language]).check(force=True)
    named = THEMES[theme][0 if language == "vi" else 1]
    await page.get_by_role("radio", name=named, exact=True).check(force=True)
    await expect(page.locator(f"html[lang={language}][data-theme={theme}]")).to_have_count(1)


async def come(screen: Screen, path: str) -> None:
    """To an address, until its screen stands."""
    await screen.go(path)
    await expect(screen.page.locator("main, .wall, [data-outcome]").first).to_be_visible()
    await expect(screen.page.locator("[aria-busy=true]")).to_have_count(0)
    await screen.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 60)))")


async def walk(screen: Screen, screens: dict[str, str], places: dict[str, str], own: set[str]) -> list[tuple[str, str]]:
    """Every screen in every dress; what is wrong, with where."""
    judge = Judge(screen, own | TWO_TONGUES)
    found: list[tuple[str, str]] = []
    for language, theme in DRESSES:
        await dress(screen, language, theme)
        for name, path in screens.items():
            await come(screen, path.format(**places))
            view = f"{name} {theme} {language}"
            found += [(view, fault) for fault in await judge.faults(language)]
            found += [(view, f"broke: {said}") for said in screen.broken]
            screen.broken.clear()
    return found


async def rows_of(screen: Screen) -> list[dict[str, Any]]:
    """What the server has of the ward and the house."""
    hello = await screen.page.evaluate("fetch('/api/hello').then(told => told.json())")
    return [*await screen.rows("noi"), *await screen.rows("facility"), {"facility": hello["facility"]}]


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_of_the_ward_is_whole(browser: Open, size: str) -> None:
    """A nurse's tablet: axe, widths, targets, words."""
    async with browser(size=SIZES[size]) as screen:
        await (await screen.enrol()).sign_in("Nhung")
        rows = await rows_of(screen)
        places = {
            "stay": await stay_at(screen, "07"), "unasked": await stay_at(screen, "28"),
            "expectant": await stay_at(screen, "06"), "band": await band_at(screen, "14"),
            "bed": next(row["code"] for row in rows if row["type"] == "position" and row["label"] == "12A"),
        }  # fmt: skip
        faults = await walk(screen, BEDSIDE, places, own_texts(rows))
    assert not faults, gathered(faults)


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_of_the_office_is_whole(browser: Open, size: str) -> None:
    """The administrator's desk."""
    async with browser(size=SIZES[size]) as screen:
        await screen.visit("thien")
        rows = await rows_of(screen)
        person = next(row["key"] for row in rows if row["type"] == "staff" and row["given_name"] == "Nhung")
        faults = await walk(screen, DESK_SCREENS, {"person": person, "ward": "noi"}, own_texts(rows))
    assert not faults, gathered(faults)


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_before_anyone_is_in_is_whole(browser: Open, size: str) -> None:
    """Enrolment, sign-in, the lock's list of names, password and keys."""
    found: list[tuple[str, str]] = []

    async def judged(screen: Screen, name: str, own: set[str]) -> None:
        for theme in ("day", "night"):
            await screen.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            faults = await Judge(screen, own | TWO_TONGUES).faults("vi")
            found.extend((f"{name} {theme}", fault) for fault in [*faults, *screen.broken])
            screen.broken.clear()

    async with browser(size=SIZES[size]) as stranger:
        await stranger.page.goto(stranger.hospital.url)
        await expect(stranger.page.get_by_role("heading", level=1)).to_be_visible()
        await judged(stranger, "enrol", set())
        await stranger.button("Đăng nhập").click()
        await expect(stranger.page.get_by_label("Mật khẩu", exact=True)).to_be_visible()
        await judged(stranger, "sign-in", set())
    async with browser(size=SIZES[size]) as tablet:
        await tablet.enrol()
        own = own_texts(await tablet.rows("facility"))
        await judged(tablet, "lock", own)
        await tablet.button("Nhung").first.click()
        await expect(tablet.page.get_by_label("Mật khẩu", exact=True)).to_be_visible()
        await judged(tablet, "lock-password", own)
        await tablet.button("Nhung").first.click()
        await tablet.page.get_by_label("Mật khẩu", exact=True).fill("bedside-demo")
        await tablet.button("Vào ca", exact=True).click()
        await tablet.is_open()
        await tablet.button(re.compile("Đổi người dùng")).click()
        await expect(tablet.page.get_by_role("group", name="Bàn phím số")).to_be_visible()
        await judged(tablet, "lock-pin", own)
    assert not found, gathered(found)


PLANTED: Final = {
    "axe button-name": "const one = document.createElement('button'); one.style.cssText = 'width:60px;height:60px';"
    " document.querySelector('main').append(one)",
    "axe color-contrast": "const one = document.createElement('p'); one.textContent = '123 mmHg';"
    " one.style.cssText = 'color:#999;background:#aaa'; document.querySelector('main').prepend(one)",
    "target 40x60": "const one = document.createElement('button'); one.textContent = '+';"
    " one.style.cssText = 'width:40px;height:60px'; document.querySelector('main').append(one)",
    "page 300 px wider": "const one = document.createElement('div');"
    " one.style.cssText = `position:absolute;left:0;top:0;height:9px;width:${innerWidth + 300}px`;"
    " document.body.append(one)",
    "text past the edge": "const one = document.createElement('p'); one.textContent = 'Mạch 76';"
    " one.style.cssText = 'white-space:nowrap;margin-left:95vw;width:200px';"
    " document.querySelector('main').append(one)",
    "not vi: Vital signs": "const one = document.createElement('p'); one.textContent = 'Vital signs';"
    " document.querySelector('main').append(one)",
}  # fmt: skip


async def test_a_planted_fault_is_found(browser: Open) -> None:
    """One of each kind, on a screen that is whole without it."""
    async with browser() as screen:
        await (await screen.enrol()).sign_in("Nhung")
        judge = Judge(screen, own_texts(await rows_of(screen)) | TWO_TONGUES)
        assert not judge.foreign("NGUYỄN VĂN ÚT", "en")
        assert judge.foreign("Nguyễn Văn Út, chưa hỏi dị ứng", "en")
        for fault, script in PLANTED.items():
            await come(screen, "/settings")
            assert await judge.faults("vi") == []
            await screen.page.evaluate(script)
            faults = await judge.faults("vi")
            assert any(one.startswith(fault) for one in faults), f"{fault}: {faults}"
            await come(screen, "/about")
            await screen.page.evaluate("[...document.body.children].slice(1).forEach(one => !one.id && one.remove())")
