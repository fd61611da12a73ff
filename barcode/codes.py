"""Our printed codes: 33 digits, `6`, the kind, 29 random digits, two check digits (ISO 7064 MOD 97-10).

Digits only: a keyboard-wedge scanner under a Vietnamese input method turns letters into accents. No GS1
application identifier begins with 6 and no EAN has 33 digits, so a band is never read as a package.
"""

import re
from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

LENGTH = 33
LONGEST_READ = 400
SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")


class Kind(StrEnum):
    """What a code of ours is printed on."""

    WRISTBAND = "wristband"
    BED = "bed"
    STAFF_BADGE = "staff_badge"
    SPECIMEN = "specimen"
    UNIT_DOSE = "unit_dose"
    PREPARED_DOSE = "prepared_dose"
    SUBSTITUTE = "substitute"


DIGIT_OF = {kind: str(number) for number, kind in enumerate(Kind, start=1)}
KIND_OF = {digit: kind for kind, digit in DIGIT_OF.items()}


class Ours(Struct, frozen=True):
    """A code of ours, checked."""

    kind: Kind
    code: str


class NotOurs(Struct, frozen=True):
    """Why a string is no code of ours.

    empty, too_long, hostile, truncated, doubled, damaged, unknown_kind, package, link or foreign.
    """

    reason: str


def make(kind: Kind, random_digits: Callable[[int], str]) -> str:
    """A new code of this kind; `random_digits(n)` gives n digits nobody can guess."""
    body = "6" + DIGIT_OF[kind] + random_digits(29)
    return body + check_digits(body)


def check_digits(body: str) -> str:
    """The two digits that make the whole number leave 1 when divided by 97 (ISO 7064 MOD 97-10)."""
    return f"{98 - int(body + '00') % 97:02d}"


def read(scanned: str) -> Ours | NotOurs:
    """What a scanner's string is; never raises."""
    text = SYMBOLOGY.sub("", scanned.strip(" \r\n\t"))
    if not text:
        return NotOurs("empty")
    if len(text) > LONGEST_READ:
        return NotOurs("too_long")
    if not text.isascii() or not text.isdigit():
        return NotOurs(_letters(text))
    return _digits(text)


def _letters(text: str) -> str:
    if text.startswith(("http://", "https://")):
        return "link"
    if any(ord(c) < 32 and c != "\x1d" for c in text):
        return "hostile"
    return "package" if "\x1d" in text or text.startswith("(") else "foreign"


def _digits(text: str) -> Ours | NotOurs:
    if len(text) == LENGTH and text[0] == "6":
        if int(text) % 97 != 1:
            return NotOurs("damaged")
        kind = KIND_OF.get(text[1])
        return NotOurs("unknown_kind") if kind is None else Ours(kind, text)
    if len(text) == 2 * LENGTH and text[:LENGTH] == text[LENGTH:]:
        return NotOurs("doubled")
    if text[0] == "6" and 14 < len(text) < LENGTH:
        return NotOurs("truncated")
    return NotOurs("package" if len(text) in (8, 12, 13, 14) or text.startswith("01") else "foreign")
