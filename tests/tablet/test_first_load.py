"""The built tablet app: small enough to open on a cheap tablet, whole without a network, nothing inline or foreign."""

import json
import re

import pytest

from tests.tablet.built import DIST, files, first_load, size_of

JAVASCRIPT_LIMIT = 60 * 1024
FONT_LIMIT = 45 * 1024
PRECACHE = re.compile(r'\{"version":"[0-9a-f]{16}","files":\[.*?\]\}')
NOT_KEPT = {"/sw.js", "/sw-off.js", "/index.html"}
ADDRESS = re.compile(rb"https?://[\w-]+\.[\w.-]+")
NAMES_ONLY = (b"http://www.w3.org", b"https://www.w3.org", b"https://svelte.dev")
"""Addresses that are names of a standard, or stand in an error's text; nothing is fetched from them."""


def precached() -> set[str]:
    """The files the service worker keeps."""
    found = PRECACHE.search((DIST / "sw.js").read_text())
    assert found is not None
    return set(json.loads(found[0])["files"])


def test_first_load_fits_the_budget() -> None:
    """F10: from nothing to a lock one can type a PIN on, everything that the page asks for."""
    taken = first_load("Lock")
    assert 20_000 < sum(taken.values()) <= JAVASCRIPT_LIMIT, taken


def test_the_list_after_sign_in_stays_near_it() -> None:
    """Second figure: the lock and the list of patients, in all."""
    assert sum(first_load("Lock", "PatientsList").values()) <= 1.5 * JAVASCRIPT_LIMIT


@pytest.mark.parametrize("screen", ["Lock", "SignIn", "PatientsList", "Entry", "Board"])
def test_a_screen_adds_little(screen: str) -> None:
    first, whole = first_load(), first_load(screen)
    assert len(whole) > len(first), "the screen is loaded when it is needed, not before"
    assert sum(whole.values()) - sum(first.values()) <= JAVASCRIPT_LIMIT, whole


def test_fonts_fit_the_budget() -> None:
    assert 0 < size_of("*.woff2") <= FONT_LIMIT


def test_everything_is_kept_for_a_day_without_network() -> None:
    """Also the scanner, which is loaded late."""
    assert precached() == (files() - NOT_KEPT) | {"/"}
    assert any(name.endswith(".wasm") for name in precached())
    assert not any(name.startswith("/api/") for name in precached())


def test_the_page_has_no_inline_code() -> None:
    page = (DIST / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "<style" not in page
    assert re.findall(r"\bon\w+=|\bstyle=", page) == []


def test_the_service_worker_is_one_plain_script() -> None:
    for name in ("sw.js", "sw-off.js"):
        text = (DIST / name).read_text()
        assert re.search(r"\b(import|export)\b\s*[{*\"'(]", text) is None, name
        assert "__PRECACHE__" not in text


def test_nothing_comes_from_elsewhere() -> None:
    """The scanner's own default is a public host: it must be ours."""
    foreign = {
        (path.name, found)
        for path in DIST.rglob("*")
        if path.suffix in (".js", ".css", ".html", ".webmanifest")
        for found in ADDRESS.findall(path.read_bytes())
        if not found.startswith(NAMES_ONLY)
    }
    assert foreign == set()


def test_the_app_can_be_installed() -> None:
    manifest = json.loads((DIST / "manifest.webmanifest").read_text())
    assert manifest["display"] == "standalone"
    assert manifest["start_url"] == "/"
    sizes = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    assert {icon["src"] for icon in manifest["icons"]} <= files()
