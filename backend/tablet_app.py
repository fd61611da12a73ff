"""Serves the built tablet app: hashed files for ever, the page and its service worker always fresh."""

import gzip
import mimetypes
import re
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from backend.core.errors import Problem

DIST = Path(__file__).resolve().parent.parent / "pwa" / "dist"
HASHED = re.compile(r"^assets/.*-[\w-]{8,}\.\w+$")
COMPRESSED = ("text/", "application/json", "application/manifest+json", "image/svg+xml", "text/javascript")
NEVER_STALE = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"


class Page(Struct, frozen=True):
    """One file of the app, ready to send."""

    body: bytes
    gzipped: bytes | None
    media_type: str
    cache_control: str


def read_pages(dist: Path = DIST) -> dict[str, Page]:
    """Every file of the built app by its path; small enough (about 2 MB) to keep in memory."""
    pages = {}
    for path in sorted(p for p in dist.rglob("*") if p.is_file()):
        name, body = path.relative_to(dist).as_posix(), path.read_bytes()
        media_type = _media_type(path)
        gzipped = gzip.compress(body, 9, mtime=0) if media_type.startswith(COMPRESSED) and len(body) > 512 else None
        pages[name] = Page(body, gzipped, media_type, FOR_EVER if HASHED.match(name) else NEVER_STALE)
    return pages


def _media_type(path: Path) -> str:
    by_suffix = {".js": "text/javascript", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json"}
    guessed = by_suffix.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


@get(["/", "/{path:path}"], opt={"allow": "open"}, include_in_schema=False)
async def get_page(
    request: Request[Any, Any, Any], pages: NamedDependency[dict[str, Page]], path: FromPath[str] = ""
) -> Response[bytes]:
    """A file of the app; any address without a dot is the app itself, which finds its own way."""
    name = path.strip("/")
    page = pages.get(name) or (pages.get("index.html") if "." not in name else None)
    if page is None:
        missing = "The tablet app is not built; run ./bedside serve, which builds it." if not pages else "No such page."
        raise Problem(404, "not_found", missing)
    headers = {"cache-control": page.cache_control, "vary": "accept-encoding"}
    body = page.body
    if page.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"], body = "gzip", page.gzipped
    return Response(body, media_type=page.media_type, headers=headers)


@get("/api/{path:path}", opt={"allow": "open"}, include_in_schema=False)
async def get_no_such_api(path: FromPath[str]) -> None:
    """Without this the page above would answer for addresses that do not exist."""
    raise Problem(404, "not_found", "There is no such address; see /api/openapi.json.")


ROUTES = [get_page, get_no_such_api]
