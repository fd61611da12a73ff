"""Facts of the identity feature, read from `data/` with their source inside."""

from pathlib import Path

import msgspec
from msgspec import Struct


class _Common(Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    passwords: list[str]


def _read_common() -> frozenset[str]:
    path = Path(__file__).parent / "data" / "common_passwords.json"
    return frozenset(msgspec.json.decode(path.read_bytes(), type=_Common).passwords)


COMMON_PASSWORDS = _read_common()
"""What is tried first, in lower case."""
