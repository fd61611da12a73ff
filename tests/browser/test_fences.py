"""The web's fences in a real browser: our policy stops what is not ours, and another site's page gets nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.browser.conftest import Open
from tests.browser.screen import Screen

LISTEN = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""
PATHS = ("/board", "/find", "/scan", "/mine", "/settings", "/admit", "/")
FOREIGN_PAGE = b"<!doctype html><title>Another site</title>"

ASK_THE_HOUSE = """
async house => {
  const send = (path, options) => fetch(house + path, {credentials: 'include', ...options})
    .then(answer => answer.status).catch(() => 'blocked');
  const socket = new Promise(done => {
    const asked = new WebSocket(house.replace('http', 'ws') + '/api/stream?logs=noi:0,facility:0');
    asked.onopen = () => done('opened');
    asked.onerror = () => done('refused');
  });
  const plain = {method: 'POST', mode: 'no-cors', headers: {'content-type': 'text/plain'}, body: '{"commands":["x"]}'};
  await fetch(house + '/api/commands', {credentials: 'include', ...plain}).catch(() => 0);
  return {
    read: await send('/api/keyring'),
    write: await send('/api/commands', {method: 'POST', headers: {'content-type': 'application/json'}, body: '{}'}),
    end: await send('/api/sessions/current', {method: 'DELETE'}),
    socket: await socket,
  };
}
"""


async def _caught(screen: Screen) -> list[str]:
    found: list[str] = await screen.page.evaluate("window.violations")
    return found


async def test_our_own_app_breaks_no_rule_of_our_policy(browser: Open) -> None:
    async with browser() as screen:
        await screen.page.add_init_script(LISTEN)
        await screen.enrol()
        await screen.sign_in("Nhung")
        for path in PATHS:
            await screen.go(path)
            await screen.page.wait_for_timeout(700)
        assert await _caught(screen) == []
        assert screen.broken == []


async def test_the_policy_stops_what_is_not_ours(browser: Open) -> None:
    """The same browser, the same page, the acts of someone who got a string into it."""
    async with browser() as screen:
        await screen.page.add_init_script(LISTEN)
        await screen.page.goto(screen.hospital.url)
        tried: dict[str, str] = await screen.page.evaluate(
            """async () => {
              const says = act => { try { act(); return 'done'; } catch (error) { return error.name; } };
              const style = document.createElement('style');
              style.textContent = '* { color: red }';
              document.head.append(style);
              const frame = document.createElement('iframe');
              frame.src = 'https://evil.test/';
              document.body.append(frame);
              return {
                handler: says(() => document.createElement('img').setAttribute('onerror', 'window.ran = true')),
                html: says(() => { document.createElement('div').innerHTML = '<b>x</b>'; }),
                script: says(() => { document.createElement('script').src = 'https://evil.test/x.js'; }),
                worker: says(() => new Worker('data:text/javascript,1')),
                evaluated: await new Promise(done => setTimeout(() => done(says(() => (0, eval)('1'))), 50)),
                policy: says(() => trustedTypes.createPolicy('mine', {createHTML: text => text})),
                sent: await fetch('https://evil.test/', {mode: 'no-cors'}).then(() => 'sent').catch(e => e.name),
              };
            }"""
        )
        assert tried == {
            "handler": "TypeError",
            "html": "TypeError",
            "script": "TypeError",
            "worker": "TypeError",
            "evaluated": "EvalError",
            "policy": "TypeError",
            "sent": "TypeError",
        }
        await screen.page.wait_for_timeout(500)
        directives = {violation.split(" ")[0] for violation in await _caught(screen)}
        assert directives >= {"style-src-elem", "frame-src", "connect-src", "require-trusted-types-for"}


async def test_another_sites_page_in_the_same_browser_gets_nothing(browser: Open) -> None:
    """Another port of the same host: the browser sends our cookie along, so only the fences stand between."""
    async with browser() as screen, _another_site() as other:
        await screen.enrol()
        await screen.sign_in("Nhung")
        cookies = await screen.context.cookies(screen.hospital.url)
        assert [cookie["httpOnly"] for cookie in cookies] == [True]
        page = await screen.context.new_page()
        await page.goto(other)
        got = await page.evaluate(ASK_THE_HOUSE, screen.hospital.url)
        assert got == {"read": "blocked", "write": "blocked", "end": "blocked", "socket": "refused"}
        await page.close()
        await screen.is_open()
        held = await screen.hospital.fetch("SELECT count(*) AS held FROM held_command")
        assert held[0]["held"] == 0, "the plain-text command was refused before it was read"


@asynccontextmanager
async def _another_site() -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
        writer.write(head % len(FOREIGN_PAGE) + FOREIGN_PAGE)
        await writer.drain()
        writer.close()

    served = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with served:
        yield f"http://localhost:{served.sockets[0].getsockname()[1]}/"
