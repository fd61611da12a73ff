"""The demo hospital as it stands after its first start, on a real database."""

import asyncio
import random
import stat
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zxingcpp

from backend.app import open_house
from backend.core import log as logs
from backend.core.clock import now
from backend.core.settings import Settings
from backend.demo import loading, stories
from backend.demo.hospital import HOSPITAL, Invention
from backend.demo.loading import DemoHospital, load
from tests.barcode.pictures import pages
from tests.house.cluster import Addresses, Database, drop_database, make_database
from tests.house.house import settings_of

NOW = datetime.now(UTC).replace(microsecond=0)
Rows = dict[str, list[dict[str, Any]]]


def settings(database: Database, folder: Path) -> Settings:
    return msgspec.structs.replace(settings_of(database, folder, 8500), facility=HOSPITAL["facility"])


async def rows_of(told: Settings) -> Rows:
    """Every row of the three logs, by type."""
    found: Rows = {}
    async with open_house(told) as house:
        for log_id in ("noi", "ngoai", "facility"):
            snapshot = await logs.snapshot(house.pool, house.rows, log_id, now())
            assert snapshot is not None
            for row in msgspec.json.decode(msgspec.json.encode(snapshot.rows)):
                found.setdefault(row["type"], []).append(row)
        house.secrets.close()
    return found


@pytest.fixture
async def loaded(database: Database, tmp_path: Path) -> tuple[Settings, DemoHospital, Rows]:
    """The demo hospital on a fresh database."""
    told = settings(database, tmp_path)
    hospital = await load(told, fresh_secrets=False, now=NOW)
    return told, hospital, await rows_of(told)


def at(rows: Rows, place: str) -> dict[str, Any]:
    """Everything of who lies here: position, stay, patient, bands, sets, state."""
    ward_id, label = place.split()
    (position,) = [row for row in rows["position"] if (row["ward_id"], row["label"]) == (ward_id, label)]
    (stay,) = [row for row in rows["stay"] if row["position_id"] == position["key"]]
    return {
        "stay": stay,
        "patient": next(row for row in rows["patient"] if row["key"] == stay["patient_id"]),
        "bands": sorted(
            (row for row in rows.get("wristband", []) if row["stay_id"] == stay["key"]),
            key=lambda row: int(row["print_number"]),
        ),
        "sets": [row for row in rows["observation_set"] if row["stay_id"] == stay["key"]],
        "state": next(row for row in rows["vitals_state"] if row["key"] == stay["key"]),
    }


async def test_the_demo_hospital_is_whole(loaded: tuple[Settings, DemoHospital, Rows]) -> None:
    told, hospital, rows = loaded
    _has_its_numbers(rows)
    _has_its_people(rows)
    _has_its_days(rows)
    await _lets_people_in(told, hospital)
    await _prints_its_sheet(hospital, rows)
    async with open_house(told) as house:
        assert await house.pool.fetchval("SELECT count(*) FROM held_command") == 0
        assert await house.pool.fetchval("SELECT count(*) FROM outcome WHERE answer <> 'accepted'") == 0
        house.secrets.close()


def _has_its_numbers(rows: Rows) -> None:
    assert {row["name"] for row in rows["ward"]} == {"Khoa Nội tổng hợp", "Khoa Ngoại"}
    assert (len(rows["stay"]), len(rows["patient"]), len(rows["staff"])) == (48, 48, 12)
    beds = Counter(row["ward_id"] for row in rows["position"] if not row["extra"])
    assert beds == {"noi": 31, "ngoai": 30}, "thirty beds each, one of them for two"
    assert [row["label"] for row in rows["position"] if row["extra"]] == ["HL-1"]
    codes = {row["label"]: row["code"] for row in rows["position"] if row["ward_id"] == "noi"}
    assert codes["12A"] == codes["12B"]


def _has_its_people(rows: Rows) -> None:
    hoa = [row for row in rows["patient"] if row["given_name"] == "Hoa" and row["family_name"] == "Nguyễn"]
    assert sorted(row["birth_date"][:4] for row in hoa) == ["1958", "1985"]
    child, pregnant = at(rows, "ngoai 04"), at(rows, "noi 06")
    assert child["state"]["score"]["invalid"] == "age"
    assert (pregnant["patient"]["pregnancy"], pregnant["state"]["score"]["invalid"]) == ("yes", "pregnancy")
    assert at(rows, "noi 28")["patient"]["allergy_state"] == "not_asked"
    assert at(rows, "noi 20")["patient"]["allergy_state"] == "unable_to_ask"
    assert [one["substance"] for one in at(rows, "noi 07")["patient"]["allergies"]] == ["Penicilin", "Tôm cua"]
    unknown = at(rows, "noi 27")["patient"]
    assert (unknown["unknown_person"], unknown["birth_year"], unknown["age_months"]) == (True, None, 540)
    assert at(rows, "noi 03")["state"]["spo2_scale"] == 2
    assert [row["state"] for row in at(rows, "noi 08")["bands"]] == ["void", "live"]
    assert [row["state"] for row in at(rows, "noi 13")["bands"]] == ["superseded", "live"]
    assert at(rows, "noi 21")["bands"] == []
    assert "không đeo vòng" in at(rows, "noi 21")["stay"]["reason"]
    assert {one["identification"] for one in at(rows, "noi 21")["sets"]} == {"question"}
    worsening = sorted(at(rows, "noi 07")["sets"], key=lambda one: str(one["taken_at"]))
    totals = [one["score"]["total"] for one in worsening if not one["score"]["lower_bound"]]
    assert max(totals[: len(totals) // 2]) <= 3 < 6 <= max(totals[-3:])


def _has_its_days(rows: Rows) -> None:
    sets = rows["observation_set"]
    assert len(sets) > 500
    since = NOW - timedelta(hours=72)
    assert all(datetime.fromisoformat(one["taken_at"]) > since for one in sets)
    assert all(datetime.fromisoformat(one["recorded_at"]) <= NOW for one in sets)
    assert len({one["author_name"] for one in sets}) >= 6, "charted by many hands"
    late = [one for one in sets if one["reason"]]
    assert 5 <= len(late) <= 80, "some late, with a reason"
    readings = [reading for one in sets for reading in one["readings"]]
    states = Counter(reading["state"] for reading in readings)
    assert states["not_measurable"] == 1
    assert 10 <= states["not_taken"] <= 120
    rules = Counter(row["rule"] for row in rows.get("finding", []))
    assert set(rules) <= {"identified_by_question", "allergy_not_coded", "late_score"}
    due = [datetime.fromisoformat(row["next_due_at"]) for row in rows["vitals_state"]]
    assert 0 < sum(one < NOW for one in due) < 20, "some are overdue, most are not"
    bands = {row["score"]["band"] for row in rows["vitals_state"]}
    assert bands >= {"zero", "low", "medium", "high"}


async def _lets_people_in(told: Settings, hospital: DemoHospital) -> None:
    assert [person.login for person in hospital.people] == [person["login"] for person in HOSPITAL["staff"]]
    assert hospital.enrolment is not None
    async with open_house(told) as house:
        for person in (hospital.people[0], hospital.people[-1]):
            kept = await house.pool.fetchval(
                "SELECT x.password_hash FROM staff_secret x JOIN staff_state s USING (staff_id) WHERE s.login = $1",
                person.login,
            )
            assert await house.secrets.password_is(person.password, kept)
        house.secrets.close()


async def _prints_its_sheet(hospital: DemoHospital, rows: Rows) -> None:
    assert stat.S_IMODE(hospital.sheet.stat().st_mode) == 0o600, "it holds passwords"
    printed = await asyncio.to_thread(pages, await asyncio.to_thread(hospital.sheet.read_bytes))
    there = {read.text for page in printed for read in zxingcpp.read_barcodes(page)}
    assert {row["key"] for row in rows["wristband"]} <= there
    assert {row["code"] for row in rows["position"]} <= there
    assert len(there) == len(rows["wristband"]) + 61 + 12


async def test_a_start_that_was_cut_off_goes_on_and_another_changes_nothing(database: Database, tmp_path: Path) -> None:
    told = settings(database, tmp_path)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.2):
            await load(told, fresh_secrets=False, now=NOW)
    later = NOW + timedelta(minutes=1)
    await load(told, fresh_secrets=False, now=later)
    first = await rows_of(told)
    assert len(first["stay"]) == 48
    hospital = await load(told, fresh_secrets=False, now=later + timedelta(hours=1))
    assert await rows_of(told) == first
    assert hospital.people[0].password == loading.PASSWORD


async def test_one_seed_makes_one_hospital(cluster: Addresses, tmp_path: Path) -> None:
    """Twice from the same seed and instant: every row the same, but for the random codes and when it was received."""
    told = []
    for number in range(2):
        database = await make_database(cluster)
        folder = tmp_path / str(number)
        folder.mkdir()
        await load(settings(database, folder), fresh_secrets=False, now=NOW)
        told.append(_without_codes(await rows_of(settings(database, folder))))
        await drop_database(cluster, database)
    assert told[0] == told[1]


def _without_codes(rows: Rows) -> dict[str, list[str]]:
    hidden = {"received_at", "badge_hash", "code"}
    return {
        kind: sorted(
            str(
                {
                    name: value
                    for name, value in row.items()
                    if name not in hidden and (kind, name) != ("wristband", "key")
                }
            )
            for row in some
        )
        for kind, some in rows.items()
        if kind != "finding"
    }


async def test_with_fresh_secrets_everyone_has_their_own_and_keeps_them(database: Database, tmp_path: Path) -> None:
    told = settings(database, tmp_path)
    first = await load(told, fresh_secrets=True, now=NOW)
    again = await load(told, fresh_secrets=True, now=NOW)
    assert first.people == again.people
    assert len({person.password for person in first.people}) == 12
    assert loading.PASSWORD not in {person.password for person in first.people}
    assert all(len(person.pin) == 6 and person.pin.isdigit() for person in first.people)
    kept = tmp_path / "secrets" / "demo_people.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_story_stays_within_what_a_device_can_show() -> None:
    """Every profile, many seeds: the last set is not old, and no value is impossible."""
    limits = {
        "rr": (6, 40),
        "spo2": (70, 100),
        "sbp": (70, 220),
        "dbp": (35, 130),
        "pulse": (40, 160),
        "temp": (345, 405),
    }
    for name, profile in HOSPITAL["profiles"].items():
        for seed in range(30):
            told = stories.told(profile, random.Random(seed), NOW)
            assert timedelta(0) < NOW - told[-1].taken_at <= timedelta(hours=profile["every_h"]), name
            assert all(low <= one.values[key] <= high for one in told for key, (low, high) in limits.items()), name
            assert all(one.values["o2"] >= 0 and one.values["o2"] % 10 == 0 for one in told), name


def test_everyone_has_a_place_of_their_own() -> None:
    story = Invention(1, NOW)
    places = [patient["at"] for patient in story.patients]
    assert len(set(places)) == len(places) == 48
    assert all(story.admitted_at(patient) < NOW - timedelta(hours=19) for patient in story.patients)
