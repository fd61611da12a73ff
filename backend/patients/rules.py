"""The rules of patients, P1 to P12 of docs/rules/patients.md. Twin of pwa/src/patients/rules.ts."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from backend.core.commands import Severity
from backend.patients.facts import FACTS

ALLERGY_SEVERITIES = ("unknown", "mild", "moderate", "severe", "anaphylaxis")
ALLERGY_CERTAINTIES = ("suspected", "confirmed")


class Birth(Struct, frozen=True, kw_only=True):
    """What is known of an age."""

    birth_date: date | None = None
    birth_year: int | None = None
    age_months: int | None = None
    """As said on `age_months_at`: asked once, or the estimated age of an unknown person."""
    age_months_at: date | None = None


class Named(Struct, frozen=True, kw_only=True):
    """One person of a list, as the same-name marks see them."""

    id: str = ""
    family_name: str
    middle_name: str
    given_name: str
    birth_date: date | None


def folded(text: str) -> str:
    """P1: how a name is found: no accents, đ as d, small letters and digits only, words parted by one space."""
    letters: dict[str, str] = FACTS["names"]["letters"]
    plain = unicodedata.normalize("NFD", text.lower())
    words = ("".join(letters.get(c, c) for c in word if unicodedata.category(c)[0] in "LN") for word in plain.split())
    return " ".join(word for word in words if word)


def full_name(person: Named) -> str:
    """Family, middle and given name, one space between."""
    return " ".join(f"{person.family_name} {person.middle_name} {person.given_name}".split())


def likeness_keys(person: Named) -> list[str]:
    """P2: two people who share one of these may be mistaken: the name without accents; birth date and family name."""
    keys = [folded(full_name(person))]
    family = folded(person.family_name)
    if person.birth_date is not None and family:
        keys.append(f"{person.birth_date.isoformat()} {family}")
    return keys


def mistakable(people: Sequence[Named]) -> set[str]:
    """P2: the ids of those in the list whom another of them may be mistaken for."""
    alike: dict[str, set[str]] = {}
    for person in people:
        for key in likeness_keys(person):
            alike.setdefault(key, set()).add(person.id)
    return {found for ids in alike.values() if len(ids) > 1 for found in ids}


def local_day(instant: datetime) -> date:
    """The hospital's calendar day at this instant."""
    return (instant + timedelta(minutes=FACTS["local_time"]["utc_offset_minutes"])).date()


def months_between(first: date, last: date) -> int:
    """Whole months from `first` to `last`, at least 0."""
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return max(0, months)


def age_range_months(birth: Birth, today: date) -> tuple[int, int] | None:
    """P3: (least, most) age in months; None where nothing is known. A birth date, then what was said, then the year."""
    if birth.birth_date is not None:
        exact = months_between(birth.birth_date, today)
        return exact, exact
    if birth.age_months is not None:
        since = months_between(birth.age_months_at, today) if birth.age_months_at is not None else 0
        return birth.age_months + since, birth.age_months + since
    if birth.birth_year is None:
        return None
    youngest, oldest = date(birth.birth_year, 12, 31), date(birth.birth_year, 1, 1)
    return months_between(youngest, today), months_between(oldest, today)


def age_months(birth: Birth, today: date) -> int | None:
    """P3: the age by which bands are chosen; None where it is unknown or the range crosses a band's edge."""
    found = age_range_months(birth, today)
    if found is None or _age_band(found[0]) != _age_band(found[1]):
        return None
    return found[0]


def age_must_be_asked(birth: Birth, today: date) -> bool:
    """P4: a birth year alone leaves the age band open, so the age in months is asked once."""
    found = age_range_months(birth, today)
    return found is None or _age_band(found[0]) != _age_band(found[1])


def _age_band(months: int) -> int:
    return sum(months >= edge for edge in FACTS["age"]["band_edges_months"])


def weight_mark(age: int | None, source: str, weighed_at: datetime, now: datetime) -> str | None:
    """P5: `stale` by its age, else `estimated` where no scale said it; an unknown age counts as an adult's."""
    steps: list[tuple[int | None, int]] = FACTS["weight"]["stale_after_hours"]
    hours = next(hours for below, hours in steps if below is None or (age is not None and age < below))
    if now - weighed_at > timedelta(hours=hours):
        return "stale"
    return None if source == "scale" else "estimated"


def weight_changed(before_g: int, now_g: int) -> bool:
    """P6: a change of 10 % or more of the weight before."""
    percent: int = FACTS["weight"]["change_percent"]
    return abs(now_g - before_g) * 100 >= before_g * percent


def patient_code(year: int, number: int) -> str:
    """P7: `26-004821-7`: year, running number, check digit (ISO 7064 MOD 11,10)."""
    body = f"{year % 100:02d}{number:06d}"
    return f"{body[:2]}-{body[2:]}-{_check_digit(body)}"


def patient_code_reads(code: str) -> bool:
    """P7: whether a typed code can be one of ours."""
    digits = code.replace("-", "").replace(" ", "")
    return len(digits) >= 9 and digits.isascii() and digits.isdigit() and _check_digit(digits[:-1]) == digits[-1]


def _check_digit(body: str) -> str:
    product = 10
    for digit in body:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def pregnancy_at(pregnancy: str, delivered_on: date | None, today: date) -> str:
    """P8: within 42 days after birth it is `postpartum`, later `no`; without a date it stays."""
    if pregnancy != "postpartum" or delivered_on is None:
        return pregnancy
    return "postpartum" if (today - delivered_on).days <= FACTS["postpartum"]["days"] else "no"


def allergy_state(standing: int, last_answer: str | None) -> str:
    """P9: one standing allergy makes it `known`; else the last answer to the question, else `not_asked`."""
    return "known" if standing else last_answer or "not_asked"


def allergy_weakened(before: tuple[str, str], after: tuple[str, str]) -> bool:
    """P9: whether a second report of one allergy is milder or less certain; each is (severity, certainty)."""
    severity = [ALLERGY_SEVERITIES.index(report[0]) for report in (before, after)]
    certainty = [ALLERGY_CERTAINTIES.index(report[1]) for report in (before, after)]
    return severity[1] < severity[0] or certainty[1] < certainty[0]


def band_printed(print_number: int) -> str:
    """P10: the first print of a stay is live at the desk, a reprint once it is scanned at the patient."""
    return "live" if print_number == 1 else "printed"


def band_worn(state: str, newer_live: bool) -> str:
    """P10: what a band is once it was scanned at the patient. Void stays void; an older print never comes back."""
    if state == "printed":
        return "superseded" if newer_live else "live"
    return state


def band_finding(state: str | None, of_stay: bool, of_patient: bool) -> tuple[str, Severity] | None:
    """P10: (rule, severity) where a scanned band is not this stay's live one. `state` None: no such band."""
    if state is None:
        return "band_unknown", "stop"
    if not of_patient:
        return "band_of_another_patient", "stop"
    if state == "void":
        return "band_void", "stop"
    if not of_stay:
        return "band_of_earlier_stay", "warn"
    if state == "superseded":
        return "band_superseded", "warn"
    return ("band_not_worn", "note") if state == "printed" else None


def identifier_folded(value: str) -> str:
    """P11: how two numbers are told equal: letters as capitals and digits, nothing else."""
    return "".join(c for c in unicodedata.normalize("NFC", value).upper() if c.isalnum())


def details_refused(birth: Birth, given_name: str, unknown_person: bool, today: date) -> str | None:
    """P12: why an identity cannot stand, or None."""
    if not given_name.strip():
        return "name_missing"
    if birth.birth_date is not None and birth.birth_date > today:
        return "birth_in_future"
    if birth.birth_year is not None and birth.birth_year > today.year:
        return "birth_in_future"
    if birth.birth_date is not None and birth.birth_year not in (None, birth.birth_date.year):
        return "birth_disagrees"
    if unknown_person and birth.age_months is None:
        return "age_needed"
    if not unknown_person and birth.birth_date is None and birth.birth_year is None:
        return "birth_missing"
    return None
