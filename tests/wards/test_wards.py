"""Wards and positions, and who may make them."""

from typing import Any
from uuid import uuid4

import pytest

from backend.core.access import Role
from barcode.codes import Kind, Ours, read
from tests.house.house import House
from tests.patients.ward import Ward, refused


@pytest.fixture
async def ward(house: House) -> Ward:
    """Two wards, one patient."""
    return await Ward(house).open()


async def test_a_ward_opens_its_log(ward: Ward) -> None:
    admin = await ward.by(Role.ADMINISTRATOR)
    described = {"ward_id": "san", "name": "Khoa Sản", "short_name": "Sản", "on_call_phone": "0296 000 0401"}
    await ward.follows(admin.accepted("add_ward", **described), "facility")
    assert [row["name"] for row in await ward.rows("ward", "facility") if row["key"] == "san"] == ["Khoa Sản"]
    assert (await ward.house.snapshot("san"))["rows"] == []
    assert refused(await admin.send("add_ward", **described)) == "ward_exists"
    await ward.follows(admin.accepted("change_ward", **{**described, "name": "Khoa Phụ sản"}), "facility")
    assert [row["name"] for row in await ward.rows("ward", "facility") if row["key"] == "san"] == ["Khoa Phụ sản"]
    assert await ward.house.pool.fetchval("SELECT count(*) FROM ward_description WHERE ward_id = 'san'") == 2


@pytest.mark.parametrize("ward_id", ["facility", "device_0123456789abcdef0123456789abcdef"])
async def test_a_ward_may_not_take_another_logs_name(ward: Ward, ward_id: str) -> None:
    admin = await ward.by(Role.ADMINISTRATOR)
    answer = await admin.send("add_ward", ward_id=ward_id, name="x", short_name="x")
    assert refused(answer) == "ward_id_reserved"


async def test_an_unknown_ward_cannot_be_changed_and_only_an_administrator_may(ward: Ward) -> None:
    admin, charge = await ward.by(Role.ADMINISTRATOR), await ward.by(Role.CHARGE_NURSE)
    described = {"ward_id": "nhi", "name": "Khoa Nhi", "short_name": "Nhi"}
    assert refused(await admin.send("change_ward", **described)) == "ward_unknown"
    assert refused(await charge.send("add_ward", **described)) == "not_allowed"


def place(label: str, bed: str, **more: Any) -> dict[str, Any]:
    return {"ward_id": "noi", "position_id": uuid4(), "room": "301", "bed": bed, "label": label, **more}


async def test_positions_of_one_bed_share_its_code(ward: Ward) -> None:
    charge = await ward.by(Role.CHARGE_NURSE)
    for label, bed in (("12A", "12"), ("12B", "12"), ("HL-1", "HL-1")):
        await ward.follows(charge.accepted("add_position", **place(label, bed, extra=bed != "12")))
    codes = {row["label"]: row["code"] for row in await ward.rows("position")}
    assert codes["12A"] == codes["12B"] != codes["HL-1"]
    assert read(codes["12A"]) == Ours(Kind.BED, codes["12A"])


@pytest.mark.parametrize("label", ["1a", "1 A", "1-A", "1á"])
async def test_labels_that_sound_alike_are_one(ward: Ward, label: str) -> None:
    charge = await ward.by(Role.CHARGE_NURSE)
    assert refused(await charge.send("add_position", **place(label, "1"))) == "label_taken"


async def test_a_position_is_refused(ward: Ward) -> None:
    charge, nurse = await ward.by(Role.CHARGE_NURSE), await ward.by(Role.NURSE)
    assert refused(await charge.send("add_position", **place("--", "9"))) == "label_empty"
    taken = place("9", "9", position_id=ward.places[0])
    assert refused(await charge.send("add_position", **taken)) == "position_exists"
    assert refused(await nurse.send("add_position", **place("9", "9"))) == "not_allowed"


async def test_an_empty_place_is_taken_away_and_its_label_is_free(ward: Ward) -> None:
    charge = await ward.by(Role.CHARGE_NURSE)
    full = {"ward_id": "noi", "position_id": ward.places[0]}
    assert refused(await charge.send("close_position", **full)) == "position_taken"
    empty = {"ward_id": "noi", "position_id": ward.places[1]}
    label = next(row["label"] for row in await ward.rows("position") if row["key"] == str(ward.places[1]))
    await ward.follows(charge.accepted("close_position", **empty))
    assert str(ward.places[1]) not in {row["key"] for row in await ward.rows("position")}
    assert refused(await charge.send("close_position", **empty)) == "position_unknown"
    await ward.follows(charge.accepted("add_position", **place(label, "1")))
