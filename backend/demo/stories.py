"""Turns a story into 72 hours of vital signs: a drift from one state to another, a wobble, and a human hand."""

import random
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

HOURS = 72
CHARTED = ("rr", "spo2", "o2", "sbp", "dbp", "pulse", "temp", "pain")
WOBBLE = {"rr": 1, "spo2": 1, "o2": 0, "sbp": 5, "dbp": 4, "pulse": 4, "temp": 2, "pain": 1}


class Measured(Struct, frozen=True):
    """One set as the story has it: whole numbers, o2 in tenths of l/min, temp in tenths of a degree."""

    taken_at: datetime
    values: dict[str, int]


def told(profile: dict[str, Any], random_source: random.Random, now: datetime) -> list[Measured]:
    """The sets of this story, oldest first, the last one not long before `now`."""
    return [measured_at(profile, random_source, at, now) for at in _times(profile["every_h"], random_source, now)]


def measured_at(profile: dict[str, Any], random_source: random.Random, at: datetime, now: datetime) -> Measured:
    """One set more of the same story."""
    return Measured(at, {name: _value(profile, name, at, now, random_source) for name in CHARTED if name in profile})


def _times(every_h: int, random_source: random.Random, now: datetime) -> list[datetime]:
    """Round hours of the ward's rounds, give or take; the last set stands inside the present interval."""
    last = now - timedelta(minutes=random_source.randrange(6, max(7, int(every_h * 60 * 0.9))))
    count = HOURS // every_h
    early_or_late = [random_source.randrange(-14, 15) if n else 0 for n in range(count)]
    times = [last - timedelta(hours=every_h * n, minutes=early_or_late[n]) for n in range(count)]
    return sorted(at for at in times if at > now - timedelta(hours=HOURS))


def _value(profile: dict[str, Any], name: str, at: datetime, now: datetime, random_source: random.Random) -> int:
    first, last = map(int, profile[name])
    part = 1 - (now - at) / timedelta(hours=HOURS)
    bend: float = profile.get("bend", 0.0)
    part = max(0.0, (part - bend) / (1 - bend))
    value: int = round(first + (last - first) * part) + random_source.randint(-WOBBLE[name], WOBBLE[name])
    if name == "o2":
        return value - value % 10 if value >= 5 else 0
    limits = {"spo2": (70, 100), "pain": (0, 10)}.get(name)
    return min(max(value, limits[0]), limits[1]) if limits else value
