"""V2 and V7 of docs/rules/vitals.md: which chart is valid for this person then, and red limits where none is."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from msgspec import Struct

from backend.patients.rules import Birth, age_range_months, local_day
from backend.vitals.facts import FACTS
from backend.vitals.rules.entry import SCORED, Value, is_too_ill

AGE_TABLES = ("infant", "child_1y", "child_5y", "child_13y", "adult")
RED_LIMITED = ("respiration_rate", "spo2", "oxygen", "systolic_bp", "diastolic_bp", "pulse", "temperature")


class Person(Struct, frozen=True, kw_only=True):
    """What decides the chart; the same names as in the patient's row."""

    birth_date: date | None
    birth_year: int | None
    age_months: int | None
    age_months_at: date | None
    pregnancy: str
    delivered_on: date | None


class Subject(Struct, frozen=True, kw_only=True):
    """That person at one instant: the youngest and oldest age in months it may be, and the pregnancy then."""

    ages: tuple[int, int] | None
    pregnancy: str


def subject_at(person: Person, at_ms: int) -> Subject:
    """V2: age and pregnancy judged at the time of the set. After 42 days a birth no longer counts."""
    today = local_day(datetime.fromtimestamp(at_ms // 1000, UTC))
    born = Birth(
        birth_date=person.birth_date,
        birth_year=person.birth_year,
        age_months=person.age_months,
        age_months_at=person.age_months_at,
    )
    over = (
        person.pregnancy == "postpartum"
        and person.delivered_on is not None
        and (today - person.delivered_on).days > FACTS["pregnancy"]["days_after_birth"]
    )
    return Subject(ages=age_range_months(born, today), pregnancy="no" if over else person.pregnancy)


def chart_for(subject: Subject) -> tuple[str | None, str | None]:
    """V2: (chart, why none). NEWS2 from 16 years, not in pregnancy nor within 42 days after birth."""
    minimum = FACTS["news2"]["minimum_age_months"]
    if subject.pregnancy in ("yes", "postpartum"):
        return None, "pregnancy"
    if subject.ages is None:
        return None, "age_unknown"
    if subject.ages[1] < minimum:
        return None, "age"
    return ("news2", None) if subject.ages[0] >= minimum else (None, "age_unknown")


def full_set(subject: Subject) -> list[str]:
    """V9: what a full set holds: the seven, without blood pressure where a child has no score."""
    child = chart_for(subject)[1] == "age"
    return [p for p in SCORED if not (child and p == "systolic_bp")]


def red_limits(found: Mapping[str, Value], subject: Subject) -> list[str]:
    """V7: values beyond a single-value red limit, where no score is valid.

    An age known only as a range is judged by every table it may belong to. Consciousness below A and too ill
    to be measured are red always.
    """
    tables: list[Any] = [FACTS["red_limits"][name] for name in red_tables(subject)]
    return [p for p in (*RED_LIMITED, "consciousness") if p in found and _is_red(found[p], tables)]


def red_tables(subject: Subject) -> list[str]:
    """V7: the tables of red limits that may apply: pregnancy, else by age; unknown age is judged as an adult."""
    if subject.pregnancy in ("yes", "postpartum"):
        return ["maternity"]
    if subject.ages is None:
        return ["adult"]
    youngest, oldest = subject.ages
    starts = [FACTS["red_limits"][name]["from_months"] for name in AGE_TABLES] + [None]
    return [
        name
        for name, start, end in zip(AGE_TABLES, starts, starts[1:], strict=False)
        if oldest >= start and (end is None or youngest < end)
    ]


def _is_red(value: Value, tables: list[Any]) -> bool:
    if is_too_ill(value):
        return True
    if value.state != "measured":
        return False
    if value.parameter == "consciousness":
        return value.code in ("C", "V", "P", "U")
    return any(_beyond(value, table) for table in tables)


def _beyond(value: Value, table: Any) -> bool:
    if value.parameter == "oxygen" and value.code in table["oxygen_codes"]:
        return True
    if value.value is None:
        return False
    low, high = table["low"].get(value.parameter), table["high"].get(value.parameter)
    return (low is not None and value.value <= low) or (high is not None and value.value >= high)


def red_span(parameter: str, subject: Subject) -> list[list[int | None]]:
    """V7: the red limits of one parameter as bands (from, to, points), the strictest where several tables apply."""
    tables: list[Any] = [FACTS["red_limits"][name] for name in red_tables(subject)]
    low = max((t["low"][parameter] for t in tables if parameter in t["low"]), default=None)
    high = min((t["high"][parameter] for t in tables if parameter in t["high"]), default=None)
    if low is None and high is None:
        return []
    below = [] if low is None else [[None, low, 3]]
    above = [] if high is None else [[high, None, 3]]
    return [*below, [None if low is None else low + 1, None if high is None else high - 1, 0], *above]
