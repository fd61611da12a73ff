"""Random but repeatable vital signs: values, sets and whole histories of a stay, as JSON both languages read."""

import random
from typing import Any

Json = dict[str, Any]
MINUTE_MS = 60_000
START_MS = 1_795_500_000_000
SCORED = ("respiration_rate", "spo2", "oxygen", "systolic_bp", "pulse", "consciousness", "temperature")
MIDDLE = {
    "respiration_rate": (16, 6),
    "spo2": (95, 4),
    "systolic_bp": (118, 24),
    "diastolic_bp": (70, 14),
    "pulse": (84, 24),
    "temperature": (370, 8),
    "pain": (3, 2),
}
DEVICES = ("nasal_cannula", "simple_mask", "non_rebreather", "high_flow", "ventilator", "snorkel")
REASONS = ("too_ill", "device_fails", "moving")
PEOPLE: list[Json] = [
    {"birth_date": "1951-03-02"},
    {"birth_date": "2010-11-26"},
    {"birth_date": "2026-03-01"},
    {"birth_year": 2010},
    {"birth_year": 2025},
    {"birth_year": 1958},
    {"age_months": 190, "age_months_at": "2026-09-25"},
    {},
    {"birth_date": "1995-01-01", "pregnancy": "yes"},
    {"birth_date": "1995-01-01", "pregnancy": "postpartum", "delivered_on": "2026-10-14"},
    {"birth_date": "1995-01-01", "pregnancy": "not_asked"},
]
UNKNOWN: Json = {
    "birth_date": None,
    "birth_year": None,
    "age_months": None,
    "age_months_at": None,
    "pregnancy": "no",
    "delivered_on": None,
}


def person(chance: random.Random) -> Json:
    """Someone, most often a grown-up of known age."""
    return {**UNKNOWN, **(PEOPLE[0] if chance.random() < 0.5 else chance.choice(PEOPLE))}


def value(chance: random.Random, parameter: str, at_ms: int) -> Json:
    """One reading: measured as a rule, sometimes out of all reason, not taken, or not measurable."""
    found: Json = {
        "parameter": parameter,
        "state": "measured",
        "value": None,
        "code": None,
        "reason": None,
        "at_ms": at_ms,
    }
    if chance.random() < 0.08:
        state = chance.choice(("not_taken", "not_measurable"))
        return {**found, "state": state, "reason": "asleep" if state == "not_taken" else chance.choice(REASONS)}
    if parameter == "consciousness":
        return {**found, "code": chance.choice("AAAAAACVPU") if chance.random() < 0.98 else "X"}
    if parameter == "oxygen":
        on_air = chance.random() < 0.6
        return (
            {**found, "code": "air"}
            if on_air
            else {**found, "code": chance.choice(DEVICES), "value": chance.randrange(5, 160)}
        )
    middle, spread = MIDDLE[parameter]
    number = round(chance.gauss(middle, spread)) if chance.random() < 0.97 else chance.randrange(0, 1000)
    return {**found, "value": max(0, min(number, 100)) if parameter == "spo2" and number < 200 else max(0, number)}


def values(chance: random.Random, at_ms: int) -> list[Json]:
    """What one visit to the bed brings: all, a pair, or a few; mostly at one time."""
    if chance.random() < 0.5:
        parameters = [*SCORED, "diastolic_bp", "pain"]
    else:
        parameters = chance.sample([*SCORED, "diastolic_bp", "pain"], chance.randrange(1, 6))
        if chance.random() < 0.4:
            parameters = list(dict.fromkeys([*parameters, "spo2", "oxygen"]))
    spread = chance.choice((0, 0, 0, 6))
    return [value(chance, p, at_ms + chance.randrange(0, spread + 1) * MINUTE_MS) for p in parameters]


def history(chance: random.Random) -> list[Json]:
    """The entries of a stay in the order they were received, with corrections, disputes and late arrivals."""
    entries: list[Json] = []
    at_ms = START_MS
    for number in range(chance.randrange(1, 12)):
        at_ms += chance.choice((3, 9, 14, 31, 60, 240, 360)) * MINUTE_MS
        late_ms = chance.choice((0, 0, 0, 0, 45, 300)) * MINUTE_MS
        corrects = chance.choice(entries)["id"] if entries and chance.random() < 0.2 else None
        taken_back = corrects is not None and chance.random() < 0.3
        entries.append(
            {
                "id": f"{number:04d}",
                "received_ms": at_ms + MINUTE_MS,
                "corrects": corrects,
                "disputed": corrects is not None and chance.random() < 0.2,
                "scale": chance.choice((1, 1, 1, 2)),
                "values": [] if taken_back else values(chance, at_ms - late_ms),
            }
        )
    return entries


def circumstances(chance: random.Random) -> Json:
    """What is known of the stay."""
    return {
        "person": person(chance),
        "care_level": chance.choice((1, 2, 3)),
        "monitor": chance.random() < 0.2,
        "ended": chance.random() < 0.1,
        "moved_ms": START_MS + chance.randrange(0, 2000) * MINUTE_MS if chance.random() < 0.3 else None,
    }
