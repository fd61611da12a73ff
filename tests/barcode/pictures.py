"""PDF pages as pictures, the way a printer or a screen would show them."""

import io
import shutil
import subprocess

import pytest
from PIL import Image

DPI = 200


def pages(pdf: bytes, dpi: int = DPI) -> list[Image.Image]:
    """Every page, in grey, through poppler."""
    program = shutil.which("pdftoppm")
    if program is None:
        pytest.fail("pdftoppm is missing: install poppler-utils")
    ran = subprocess.run([program, "-r", str(dpi), "-gray", "-"], input=pdf, capture_output=True, check=True)
    return _split(ran.stdout)


def _split(stream: bytes) -> list[Image.Image]:
    """Portable greymaps stand one after the other in one stream."""
    found, at = [], 0
    while at < len(stream):
        width, height = map(int, stream[at:].split(maxsplit=4)[1:3])
        header = len(f"P5\n{width} {height}\n255\n")
        size = header + width * height
        found.append(Image.open(io.BytesIO(stream[at : at + size])).copy())
        at += size
    return found
