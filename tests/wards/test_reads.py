"""The reads of patients and wards over HTTP: search, chart, what I charted, labels to print."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import zxingcpp
from PIL import Image

from backend.core.access import Role
from backend.patients.types import Identifier
from backend.wards.finding import find
from tests.barcode.pictures import pages
from tests.house.house import House
from tests.house.server import Server
from tests.house.tablet import Tablet
from tests.patients.ward import Ward

PEOPLE = [
    ("Nguyễn", "Thị", "Hoa", 1958),
    ("Nguyễn", "Thị", "Hoà", 1985),
    ("Đỗ", "Thị Thuỷ", "Đượm", 1956),
    ("Trần", "Quốc", "Bảo", 1990),
    ("", "", "Út", 1951),
]


@pytest.fixture
async def full(house: House) -> Ward:
    """Ward `noi` with five patients, `ngoai` with one."""
    ward = Ward(house)
    ward.places = await house.add_ward("noi", positions=6)
    ward.elsewhere = await house.add_ward("ngoai", positions=2)
    for place, (family, middle, given, year) in zip(ward.places, PEOPLE, strict=False):
        names: dict[str, Any] = {"family_name": family, "middle_name": middle, "given_name": given}
        stay_id = await house.admit("noi", place, birth_year=year, **names)
        ward.stay_id = stay_id if given == "Hoa" else ward.stay_id
    numbers = [Identifier(system="national_id", value="0790 5800 1234")]
    await house.admit("ngoai", ward.elsewhere[0], given_name="Hoa Sen", identifiers=numbers)
    return ward


async def found(ward: Ward, query: str, wards: tuple[str, ...] = ("noi",), past: bool = False) -> list[str]:
    async with ward.house.pool.acquire() as connection:
        told = await find(connection, frozenset(wards), query, past, 20)
    return [f"{p.given_name} {p.birth_year}" for p in told.patients]


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("hoa", ["Hoa 1958", "Hoà 1985"]),
        ("HOA nguyen", ["Hoa 1958", "Hoà 1985"]),
        ("thi hoa nguyễn", ["Hoa 1958", "Hoà 1985"]),
        ("Hoa 1958", ["Hoa 1958"]),
        ("1985", ["Hoà 1985"]),
        ("duom", ["Đượm 1956"]),
        ("đuom thuy", ["Đượm 1956"]),
        ("ut", ["Út 1951"]),
        ("2b", ["Bảo 1990"]),
        ("oa", []),
        ("hoa bao", []),
        ("%", []),
        ("_", []),
        ("079058001234", []),
    ],
)
async def test_patients_are_found_without_accents_in_any_order(full: Ward, query: str, there: list[str]) -> None:
    assert await found(full, query) == there


async def test_one_finds_only_in_ones_own_wards(full: Ward) -> None:
    assert await found(full, "hoa sen") == []
    assert await found(full, "hoa sen", ("noi", "ngoai")) == ["Hoa Sen 1958"]
    assert await found(full, "0790 5800 1234".replace(" ", ""), ("ngoai",)) == ["Hoa Sen 1958"]
    assert await found(full, "hoa", ()) == []


async def test_a_patient_is_found_by_code_band_and_bed(full: Ward) -> None:
    row = next(row for row in await full.rows("patient") if row["given_name"] == "Hoa")
    assert await found(full, row["patient_code"]) == ["Hoa 1958"]
    assert await found(full, row["patient_code"].replace("-", "")) == ["Hoa 1958"]
    clerk = await full.by(Role.CLERK)
    printed = await clerk.accepted("print_wristband", stay_id=full.stay_id, reason="first")
    code = printed["result"]["code"]
    assert await found(full, code) == ["Hoa 1958"]
    assert await found(full, code, ("ngoai",)) == []
    bed = next(row["code"] for row in await full.rows("position") if row["label"] == "1A")
    assert await found(full, bed) == ["Hoa 1958", "Hoà 1985"], "both who share the bed: a chooser"
    await clerk.accepted("void_wristband", stay_id=full.stay_id, code=code, reason="misprint")
    async with full.house.pool.acquire() as connection:
        told = await find(connection, frozenset({"noi"}), code, False, 20)
    assert (told.patients, told.band) == ([], "void"), "a void band opens nothing, and says why"


async def test_names_that_may_be_mistaken_are_marked_and_the_limit_is_told(full: Ward) -> None:
    async with full.house.pool.acquire() as connection:
        told = await find(connection, frozenset({"noi"}), "nguyen", False, 20)
        one = await find(connection, frozenset({"noi"}), "nguyen", False, 1)
    assert [p.same_name for p in told.patients] == [True, True]
    assert (len(one.patients), one.more, told.more) == (1, True, False)


async def test_who_left_long_ago_is_found_only_for_an_admission(full: Ward) -> None:
    nurse, pool = await full.by(Role.NURSE), full.house.pool
    await pool.execute("UPDATE stay_state SET admitted_at = now() - interval '9 days'")
    at = datetime.now(UTC) - timedelta(days=4)
    await nurse.accepted("discharge_stay", stay_id=full.stay_id, way="home", discharged_at=at)
    assert await found(full, "hoa 1958") == []
    assert await found(full, "hoa 1958", past=True) == ["Hoa 1958"]


async def asked(server: Server, tablet: Tablet | None, path: str) -> httpx.Response:
    async with server.client(tablet.device if tablet else None, tablet.token if tablet else "") as client:
        return await client.get(path)


async def test_reads_over_http(server: Server) -> None:
    """One server, one nurse here and one elsewhere: every read, first by nobody, then from the wrong ward."""
    house = server.house
    places = await house.add_ward("noi", positions=2)
    await house.add_ward("ngoai", positions=2)
    stay_id = await house.admit("noi", places[0])
    nurse, other = await server.tablet(), await server.tablet(wards=("ngoai",))
    reading = {"parameter": "pulse", "value": 80, "taken_at": datetime.now(UTC)}
    await nurse.accepted("record_vitals", stay_id=stay_id, readings=[reading], identification={"method": "question"})
    printed = await nurse.accepted("print_wristband", stay_id=stay_id, reason="first")
    code = printed["result"]["code"]
    for path in (
        f"/api/stays/{stay_id}/chart",
        f"/api/stays/{stay_id}/wristband.pdf?code={code}",
        "/api/wards/noi/beds.pdf",
    ):
        assert (await asked(server, None, path)).status_code == 401, path
        assert (await asked(server, other, path)).status_code == 403, path
        assert (await asked(server, nurse, path)).status_code == 200, path
    for path in ("/api/patients?q=hoa", "/api/commands/mine?since=2026-01-01T00:00:00Z"):
        assert (await asked(server, None, path)).status_code == 401, path
    await _chart(server, nurse, stay_id)
    await _mine(server, nurse, other, stay_id)
    await _search(server, nurse, other)
    await _labels(server, nurse, stay_id, code)


async def _chart(server: Server, nurse: Tablet, stay_id: UUID) -> None:
    told = (await asked(server, nurse, f"/api/stays/{stay_id}/chart")).json()
    of_log = [
        row
        for row in (await server.house.snapshot("noi"))["rows"]
        if row["stay_id"] == str(stay_id) or row["type"] == "patient"
    ]
    by_key = {(row["type"], row["key"]): row for row in told["rows"]}
    assert by_key == {(row["type"], row["key"]): row for row in of_log}
    assert {kind for kind, _ in by_key} >= {"patient", "stay", "wristband", "observation_set", "vitals_state"}
    chain = f"device_{nurse.device.device_id.hex}"
    lines = await server.house.pool.fetch("SELECT line FROM audit_line WHERE log_id = $1", chain)
    assert sum("chart_read" in line["line"] and str(stay_id) in line["line"] for line in lines) == 2
    assert (await asked(server, nurse, f"/api/stays/{uuid4()}/chart")).status_code in (403, 404)


async def _mine(server: Server, nurse: Tablet, other: Tablet, stay_id: UUID) -> None:
    since = (datetime.now(UTC) - timedelta(hours=8)).isoformat().replace("+00:00", "Z")
    told = (await asked(server, nurse, f"/api/commands/mine?since={since}")).json()
    assert [(c["kind"], c["stay_id"], c["answer"]["answer"]) for c in told["commands"]] == [
        ("print_wristband", str(stay_id), "accepted"),
        ("record_vitals", str(stay_id), "accepted"),
    ]
    assert told["commands"][1]["payload"]["readings"][0]["value"] == 80
    assert (await asked(server, nurse, f"/api/commands/mine?since={since}&limit=1")).json()["more"]
    assert (await asked(server, other, f"/api/commands/mine?since={since}")).json()["commands"] == []
    assert (await asked(server, nurse, "/api/commands/mine?since=2026-11-24T07:00:00")).status_code == 400


async def _search(server: Server, nurse: Tablet, other: Tablet) -> None:
    told = (await asked(server, nurse, "/api/patients?q=HOA%20nguy%E1%BB%85n")).json()
    assert [p["given_name"] for p in told["patients"]] == ["Hoa"]
    assert (await asked(server, other, "/api/patients?q=hoa")).json()["patients"] == []
    student = await server.tablet(Role.STUDENT)
    assert (await asked(server, nurse, "/api/patients?q=hoa&past=true")).status_code == 200
    assert (await asked(server, student, "/api/patients?q=hoa&past=true")).status_code == 403
    for bad in ("q=", f"q={'x' * 81}", "q=hoa&limit=51", "q=hoa&limit=0"):
        assert (await asked(server, nurse, f"/api/patients?{bad}")).status_code == 400, bad


async def _labels(server: Server, nurse: Tablet, stay_id: UUID, code: str) -> None:
    path = f"/api/stays/{stay_id}/wristband.pdf?code="
    answer = await asked(server, nurse, path + code)
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/pdf", "no-store")
    (page,) = await asyncio.to_thread(pages, answer.content)
    assert _codes(page) == [code, code]
    (page,) = await asyncio.to_thread(pages, (await asked(server, nurse, "/api/wards/noi/beds.pdf")).content)
    beds = {row["code"] for row in (await server.house.snapshot("noi"))["rows"] if row["type"] == "position"}
    assert set(_codes(page)) == beds
    assert (await asked(server, nurse, path + "6" * 33)).status_code == 404
    await nurse.accepted("void_wristband", stay_id=stay_id, code=code, reason="misprint")
    answer = await asked(server, nurse, path + code)
    assert (answer.status_code, answer.json()["code"]) == (409, "band_void")


def _codes(page: Image.Image) -> list[str]:
    return [read.text for read in zxingcpp.read_barcodes(page)]


def test_the_helper_reads_nothing_from_an_empty_page() -> None:
    blank: Any = Image.new("L", (400, 400), 255)
    assert _codes(blank) == []
