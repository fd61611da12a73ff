"""The installed app in Chromium: opens without a network, keeps no answer of the API, is replaced only when asked."""

import http.server
import re
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from playwright.async_api import Page, Playwright, expect

from tests.browser.screen import CHROMIUM, PROGRAM
from tests.tablet.built import DIST

CONTROLLED = "navigator.serviceWorker.controller !== null"
LOOK = "async () => { await (await navigator.serviceWorker.getRegistration()).update(); }"
KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) kept.push([name, new URL(request.url).pathname]);
  return kept;
}"""


class Shelf(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as the server does: unknown addresses without a dot are the app, the API says 404."""

    def do_GET(self) -> None:
        if self.path.startswith("/api/"):
            self.send_error(404)
            return
        if "." not in self.path:
            self.path = "/index.html"
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header("cache-control", "no-cache")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Shop:
    """A copy of the built app on a port of its own, which can bring out new versions and shut."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(DIST, folder, dirs_exist_ok=True)
        serve = type(
            "Serve", (Shelf,), {"__init__": lambda s, *a, **k: Shelf.__init__(s, *a, directory=str(folder), **k)}
        )
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
        self._server.daemon_threads = True
        self.url = f"http://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def new_version(self, title: str) -> None:
        """The page says something else, and so the service worker is another one."""
        page = self.folder / "index.html"
        page.write_text(page.read_text().replace("<title>Bedside</title>", f"<title>{title}</title>"))
        worker = self.folder / "sw.js"
        worker.write_text(
            re.sub(r'"version":"\w{16}"', f'"version":"{title.encode().hex():0<16.16}"', worker.read_text())
        )

    def kill_switch(self) -> None:
        """As an administrator does it."""
        shutil.copy(self.folder / "sw-off.js", self.folder / "sw.js")

    def shut(self) -> None:
        """From now on nobody answers."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path / "dist")
    try:
        yield opened
    finally:
        opened.shut()


@asynccontextmanager
async def installed(playwright: Playwright, opened: Shop) -> AsyncIterator[Page]:
    """A browser in which the app's service worker is in charge."""
    browser = await playwright.chromium.launch(executable_path=PROGRAM, args=CHROMIUM)
    try:
        page = await (await browser.new_context(locale="vi-VN")).new_page()
        await page.goto(opened.url)
        await page.wait_for_function(CONTROLLED, timeout=20_000)
        yield page
    finally:
        await browser.close()


async def test_opens_without_a_network_and_keeps_nothing_of_the_api(playwright: Playwright, tmp_path: Path) -> None:
    with shop(tmp_path) as opened:
        async with installed(playwright, opened) as page:
            kept = [path for _, path in await page.evaluate(KEPT)]
            assert "/" in kept
            assert any(path.endswith(".wasm") for path in kept)
            assert not any(path.startswith("/api/") for path in kept)
            opened.shut()
            await page.goto(f"{opened.url}/stays/some-stay")
            await expect(page.locator(".screen[data-phase=unenrolled]")).to_be_visible(timeout=20_000)
            assert await page.evaluate(
                "document.fonts.ready.then(() => document.fonts.check('18px \"Source Sans 3\"'))"
            )


async def test_a_new_version_waits_for_the_tap(playwright: Playwright, tmp_path: Path) -> None:
    with shop(tmp_path) as opened:
        async with installed(playwright, opened) as page:
            opened.new_version("Bedside 2")
            await page.evaluate(LOOK)
            bar = page.get_by_role("status").filter(has_text="bản mới")
            await expect(bar).to_be_visible(timeout=20_000)
            await page.reload()
            assert await page.title() == "Bedside", "a reload alone does not take it"
            await expect(bar).to_be_visible(timeout=20_000)
            await bar.get_by_role("button").click()
            await page.wait_for_function("document.title === 'Bedside 2'", timeout=20_000)
            names = {name for name, _ in await page.evaluate(KEPT)}
            assert len(names) == 1, "the old version is forgotten"
            await expect(bar).to_have_count(0)


async def test_the_kill_switch_leaves_nothing(playwright: Playwright, tmp_path: Path) -> None:
    with shop(tmp_path) as opened:
        async with installed(playwright, opened) as page:
            opened.kill_switch()
            async with page.expect_navigation(timeout=20_000):
                await page.evaluate(LOOK)
            assert await page.evaluate("caches.keys()") == []
            assert await page.evaluate(f"!({CONTROLLED})")


async def test_a_second_tab_says_so_and_takes_over_when_the_first_goes(playwright: Playwright, tmp_path: Path) -> None:
    with shop(tmp_path) as opened:
        async with installed(playwright, opened) as page:
            second = await page.context.new_page()
            await second.goto(opened.url)
            await expect(second.locator(".screen[data-phase=refused]")).to_be_visible(timeout=20_000)
            await page.close()
            await expect(second.locator(".screen[data-phase=unenrolled]")).to_be_visible(timeout=20_000)
