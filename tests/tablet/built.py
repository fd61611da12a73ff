"""The built tablet app as a browser would fetch it: which files the first load takes, and how large they are."""

import gzip
import re
from pathlib import Path

from backend.command_line.programs import PWA

DIST = PWA / "dist"
STATIC = re.compile(r"""(?:\bfrom\s*|\bimport\s*)["'`]\./([\w.-]+\.js)["'`]""")
ASKED = re.compile(r'(?:src|href)="/(assets/[\w.-]+\.js)"')


def first_load(*screens: str) -> dict[str, int]:
    """Scripts a browser fetches before the first screen stands, with their gzipped size in bytes."""
    waiting = ASKED.findall((DIST / "index.html").read_text())
    waiting += [f"assets/{path.name}" for screen in screens for path in (DIST / "assets").glob(f"{screen}-*.js")]
    taken: dict[str, int] = {}
    while waiting:
        name = waiting.pop()
        if name not in taken:
            body = (DIST / name).read_bytes()
            taken[name] = len(gzip.compress(body, 9, mtime=0))
            waiting += [f"assets/{imported}" for imported in STATIC.findall(body.decode())]
    return taken


def size_of(pattern: str) -> int:
    """Bytes of the assets with this name, as they are."""
    return sum(path.stat().st_size for path in (DIST / "assets").glob(pattern))


def files(under: Path = DIST) -> set[str]:
    """Every built file by its address."""
    return {f"/{path.relative_to(under).as_posix()}" for path in under.rglob("*") if path.is_file()}
