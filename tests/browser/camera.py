"""A film of a printed code held before a camera, for Chromium's fake video device."""

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from barcode.images import qr_modules

WIDTH, HEIGHT, FRAMES = 640, 480, 40


def held_before_camera(code: str, path: Path, *, seed: int = 1, side: int = 190) -> Path:
    """Writes a looping MJPEG: a label with this code, in a hand that is not quite still, under ward light.

    `side` is the label's edge in pixels, of a picture 640 × 480. The first frames show no code, as when the
    tablet is still being raised.
    """
    shake = random.Random(seed)
    label = _label(code, side)
    with path.open("wb") as film:
        for number in range(FRAMES):
            film.write(_frame(label if number > 4 else None, shake))
    return path


def _label(code: str, side: int) -> Image.Image:
    modules = qr_modules(code)
    count = len(modules) + 8
    small = Image.new("L", (count, count), 255)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                small.putpixel((x + 4, y + 4), 20)
    return small.resize((side, side), Image.Resampling.NEAREST)


def _frame(label: Image.Image | None, shake: random.Random) -> bytes:
    picture = Image.new("L", (WIDTH, HEIGHT), 128)
    ImageDraw.Draw(picture).rectangle((0, 300, WIDTH, HEIGHT), fill=90)
    if label is not None:
        turned = label.rotate(shake.uniform(-7, 7), expand=True, fillcolor=128, resample=Image.Resampling.BICUBIC)
        x = (WIDTH - turned.width) // 2 + shake.randint(-12, 12)
        y = (HEIGHT - turned.height) // 2 + shake.randint(-10, 10)
        picture.paste(turned, (x, y))
        picture = picture.filter(ImageFilter.GaussianBlur(0.6))
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()
