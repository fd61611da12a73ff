"""Takes a picture of every screen, as phone and tablet, by day and night, in both languages, from a running demo.

    .venv/bin/python tests/browser/looks.py FOLDER [--only lock,patient] [--url http://localhost:8500 --code ABCD-…]

Without --url it starts a demo of its own in a temporary folder and ends it afterwards.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"phone": (360, 740), "tablet": (1280, 800), "portrait": (800, 1280)}
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
THEMES = {"day": ("Ban ngày", "Day"), "night": ("Ban đêm", "Night")}
PASSWORD, PIN = "bedside-demo", "246810"
NURSE_SCREENS = {
    "patients": "/", "board": "/board", "wall": "/wall", "patient": "/stays/{stay}",
    "vitals": "/stays/{stay}/vitals", "trends": "/stays/{stay}/trends", "identity": "/stays/{stay}/identity",
    "move": "/stays/{stay}/move", "admit": "/admit", "find": "/find", "scan": "/scan", "mine": "/mine",
    "more": "/more", "outbox": "/outbox", "settings": "/settings", "about": "/about", "secrets": "/secrets",
    "nowhere": "/nowhere", "no-permission": "/staff",
}  # fmt: skip
DESK_SCREENS = {
    "staff": "/staff", "staff-member": "/staff/{person}", "devices": "/devices", "wards": "/wards",
    "positions": "/wards/{ward}", "held": "/held", "desk-more": "/more",
}  # fmt: skip
SETTLE_MS = 450


def main() -> int:
    """Shoots what was asked for; says which screens broke."""
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("folder", type=Path)
    told.add_argument("--only", default="", help="names of screens, with commas")
    told.add_argument("--sizes", default="phone,tablet", help="of phone, tablet, portrait")
    told.add_argument("--url", default="")
    told.add_argument("--code", default="", help="a one-time code of the demo at --url")
    asked = told.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with demo(asked.url, asked.code) as (url, code), sync_playwright() as playwright:
        return Looks(playwright, url, code, asked.folder, asked.only.split(",") if asked.only else []).shoot(
            asked.sizes.split(",")
        )


@contextmanager
def demo(url: str, code: str) -> Iterator[tuple[str, str]]:
    """The address of a demo and a code that enrols a tablet of it."""
    if url:
        yield url, code
        return
    with tempfile.TemporaryDirectory(prefix="bedside-looks-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's account has to get through
        words = [str(ROOT / "bedside"), "demo", "--data", f"{folder}/data", "--port", "8599"]
        started = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        try:
            yield _announced(started)
        finally:
            started.terminate()
            started.wait(30)


def _announced(started: subprocess.Popen[str]) -> tuple[str, str]:
    url = ""
    for line in started.stdout or ():
        if line.startswith("Open"):
            url = line.split()[-1]
        if found := re.search(r"/enrol#(\S+)", line):
            return url, found[1]
    raise SystemExit("The demo did not start.")


class Looks:
    """Three browsers of one hospital: a ward tablet, a desktop, and one nobody knows."""

    def __init__(self, playwright: Playwright, url: str, code: str, folder: Path, only: list[str]) -> None:
        self.playwright, self.url, self.code, self.folder, self.only = playwright, url, code, folder, only
        self.broken: list[str] = []

    def shoot(self, sizes: list[str]) -> int:
        """Every screen in every dress; returns 1 where one broke."""
        self._stranger(sizes)
        self._tablet(sizes)
        self._desk(sizes)
        for line in self.broken:
            sys.stderr.write(f"{line}\n")
        return 1 if self.broken else 0

    def _browser(self, name: str) -> tuple[BrowserContext, Page]:
        folder = tempfile.mkdtemp(prefix=f"bedside-{name}-")
        context = self.playwright.chromium.launch_persistent_context(
            folder, executable_path="/usr/bin/chromium", args=CHROMIUM, locale="vi-VN",
            permissions=["camera"], viewport={"width": 1280, "height": 800},
        )  # fmt: skip
        page = context.pages[0]
        page.on("pageerror", lambda error: self.broken.append(f"{name} {page.url}: {error}"))
        page.on(
            "console",
            lambda said: self.broken.append(f"{name} {page.url}: {said.text}") if said.type == "error" else None,
        )
        return context, page

    def _dressed(self, page: Page, sizes: list[str], names: dict[str, str], places: dict[str, str]) -> None:
        wanted = {name: path for name, path in names.items() if not self.only or name in self.only}
        if not wanted:
            return
        for language, theme in product(("vi", "en"), ("day", "night")):
            self._dress(page, language, theme)
            for name, size in product(wanted, sizes):
                self._go(page, wanted[name].format(**places))
                self._picture(page, f"{name}-{size}-{theme}-{language}", size)

    def _dress(self, page: Page, language: str, theme: str) -> None:
        self._go(page, "/settings")
        page.get_by_role("radio", name=LANGUAGES[language]).check(force=True)
        page.get_by_role("radio", name=THEMES[theme][0 if language == "vi" else 1], exact=True).check(force=True)

    def _go(self, page: Page, path: str) -> None:
        page.evaluate(
            "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }", path
        )
        page.wait_for_timeout(SETTLE_MS)

    def _picture(self, page: Page, name: str, size: str) -> None:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(150)
        page.screenshot(path=self.folder / f"{name}.png")
        wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        if wide > 0:
            self.broken.append(f"{name}: {wide} px wider than the screen")

    def _simple(self, page: Page, name: str, sizes: list[str]) -> None:
        """A screen before anyone is in: settings can not be opened, so the looks are kept by hand."""
        if self.only and name not in self.only:
            return
        for theme, size in product(("day", "night"), sizes):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            self._picture(page, f"{name}-{size}-{theme}-vi", size)

    def _stranger(self, sizes: list[str]) -> None:
        context, page = self._browser("stranger")
        page.goto(self.url)
        page.get_by_role("heading", level=1).wait_for()
        self._simple(page, "enrol", sizes)
        page.get_by_role("button", name="Đăng nhập").click()
        page.get_by_label("Mật khẩu").wait_for()
        self._simple(page, "sign-in", sizes)
        second = context.new_page()
        second.goto(self.url)
        second.wait_for_timeout(2500)
        self._simple(second, "second-tab", sizes)
        context.close()

    def _tablet(self, sizes: list[str]) -> None:
        context, page = self._browser("tablet")
        page.goto(f"{self.url}/enrol#{self.code}")
        page.get_by_role("button", name="Ghi danh máy này").click()
        page.get_by_role("button", name="Nhung").click()
        page.get_by_label("Mật khẩu").wait_for()
        self._simple(page, "lock-password", sizes)
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Vào ca").click()
        page.locator("[data-phase=open]").wait_for()
        page.wait_for_timeout(3000)
        self._dressed(page, sizes, NURSE_SCREENS, {"stay": self._first_stay(page)})
        self._dress(page, "vi", "day")
        self._go(page, "/")
        page.get_by_role("button", name=re.compile("Đổi người dùng")).click()
        page.get_by_role("group", name="Bàn phím số").wait_for()
        for key in PIN[:3]:
            page.get_by_role("button", name=key, exact=True).click()
        self._simple(page, "lock", sizes)
        context.close()

    def _first_stay(self, page: Page) -> str:
        self._go(page, "/")
        page.locator("main .pt, main .pt button").first.click()
        page.wait_for_url(re.compile("/stays/"))
        return page.url.split("/stays/")[1].split("/")[0]

    def _desk(self, sizes: list[str]) -> None:
        if self.only and not set(self.only) & set(DESK_SCREENS):
            return
        context, page = self._browser("desk")
        page.goto(self.url)
        page.get_by_role("button", name="Đăng nhập").click()
        page.get_by_label(re.compile("Tên đăng nhập")).fill("thien")
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").first.click()
        page.locator("[data-phase=open]").wait_for()
        page.wait_for_timeout(2000)
        self._go(page, "/staff")
        page.get_by_role("button", name=re.compile("Nhung")).click()
        person = page.url.rsplit("/", 1)[1]
        self._go(page, "/wards")
        page.get_by_role("button", name=re.compile("Nội")).first.click()
        ward = page.url.rsplit("/", 1)[1]
        self._dressed(page, sizes, DESK_SCREENS, {"person": person, "ward": ward})
        context.close()


if __name__ == "__main__":
    sys.exit(main())
