"""Devices: enrolment, revocation, the keyring, and what a lost tablet no longer opens (docs/rules/identity.md)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.core.access import Role
from backend.identity import installing
from backend.identity.secrets import recovered
from tests.identity.reception import Reception, unbase64


async def test_hello_tells_the_time_and_what_this_browser_is(reception: Reception) -> None:
    stranger, tablet = reception.browser(), await reception.ward_tablet("noi")
    before = datetime.now(UTC)
    told = (await stranger.ask("GET", "/api/hello")).json()
    assert before - timedelta(seconds=1) <= datetime.fromisoformat(told["now"]) <= datetime.now(UTC)
    assert (told["device"], told["demo"], told["facility"]) == (None, True, "Bệnh viện thử")
    known = (await tablet.ask("GET", "/api/hello")).json()
    assert known["device"] == tablet.device
    assert known["device"]["counter"] == 0


async def test_an_administrator_opens_an_enrolment_and_the_browser_becomes_the_device(reception: Reception) -> None:
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    asked = await desk.ask("POST", "/api/devices/enrolments", json={"name": "Máy xe tiêm 1", "wards": ["noi"]})
    assert asked.status_code == 201
    told = asked.json()
    assert told["url"] == f"{reception.settings.public_url}/enrol#{told['code']}"
    tablet = reception.browser()
    answer = await tablet.enrol(told["code"].lower().replace("-", " "))
    assert answer.status_code == 201
    assert {k: answer.json()[k] for k in ("kind", "name", "wards")} == {
        "kind": "ward",
        "name": "Máy xe tiêm 1",
        "wards": ["noi"],
    }
    cookie = answer.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/", "max-age=34560000"):
        assert part in cookie


async def test_ID13_a_code_works_once_and_for_15_minutes(reception: Reception) -> None:
    code = (await installing.enrol_device(reception.gatehouse, "Máy 1", ["noi"])).code
    assert (await reception.browser().enrol(code)).status_code == 201
    again = await reception.browser().enrol(code)
    assert (again.status_code, again.json()["code"]) == (403, "bad_code")
    late = (await installing.enrol_device(reception.gatehouse, "Máy 2", ["noi"])).code
    await reception.do("UPDATE enrolment SET expires_at = now() - interval '1 second'")
    assert (await reception.browser().enrol(late)).status_code == 403
    assert (await reception.browser().enrol("AAAA-AAAA-AAAA")).status_code == 403


async def test_ID13_of_two_browsers_with_one_code_one_becomes_the_device(reception: Reception) -> None:
    code = (await installing.enrol_device(reception.gatehouse, "Máy 1", ["noi"])).code
    browsers = [reception.browser() for _ in range(5)]
    answers = await asyncio.gather(*(browser.enrol(code) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403, 403]
    assert len([line for line in await reception.lines() if line["event"] == "DeviceEnrolled"]) == 1


async def test_a_try_that_broke_off_can_be_made_again(reception: Reception, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record took the device, the credential was not stored: the same code still works."""
    code = (await installing.enrol_device(reception.gatehouse, "Máy 1", ["noi"])).code

    def fails(*_: Any) -> bytes:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(reception.house.secrets, "seal", fails)
        assert (await reception.browser().enrol(code)).status_code == 503
    assert (await reception.browser().enrol(code)).status_code == 201
    assert len([line for line in await reception.lines() if line["event"] == "DeviceEnrolled"]) == 1


async def test_an_enrolment_names_wards_that_exist(reception: Reception) -> None:
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    for wards in (["khong-co"], ["facility"]):
        answer = await desk.ask("POST", "/api/devices/enrolments", json={"name": "Máy", "wards": wards})
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_ward")
    assert (await desk.ask("POST", "/api/devices/enrolments", json={"name": "Máy", "wards": []})).status_code == 400


async def test_a_tablet_reads_its_own_wards_and_the_facility_only(reception: Reception) -> None:
    tablet = await reception.ward_tablet("noi")
    statuses = [
        (await tablet.ask("GET", f"/api/logs/{log}/snapshot")).status_code
        for log in ("noi", "facility", "ngoai", "khong-co", f"device_{UUID(tablet.device['device_id']).hex}")
    ]
    assert statuses == [200, 200, 403, 403, 403]


async def test_every_tablet_learns_of_a_new_device_through_the_log(reception: Reception) -> None:
    tablet = await reception.ward_tablet("noi")
    [row] = (await reception.lines())[-1]["puts"]
    assert (row["type"], row["key"], row["wards"]) == ("device", tablet.device["device_id"], ["noi"])
    assert row["keep_until"] is None


async def test_a_visitor_is_a_row_for_30_days_and_its_cookie_no_longer(reception: Reception) -> None:
    desk = await reception.desktop(await reception.add(Role.CLERK, "noi"))
    [row] = (await reception.lines())[-1]["puts"]
    kept = datetime.fromisoformat(row["keep_until"]) - datetime.fromisoformat(row["enrolled_at"])
    assert kept == timedelta(days=30)
    async with reception.house.pool.acquire() as connection:
        owner = await connection.fetchval("SELECT owner_id FROM device WHERE device_id = $1", UUID(row["key"]))
    assert str(owner) == desk.session["staff_id"]


async def test_after_30_days_a_visitor_is_forgotten_and_signs_in_anew(reception: Reception) -> None:
    clerk = await reception.add(Role.CLERK, "noi")
    desk, tablet = await reception.desktop(clerk), await reception.ward_tablet("noi")
    forgotten = desk.device["device_id"]
    await reception.long_ago("UPDATE device SET enrolled_at = enrolled_at - interval '31 days'")
    rows = (await tablet.ask("GET", "/api/logs/facility/snapshot")).json()["rows"]
    devices = {row["key"] for row in rows if row["type"] == "device"}
    assert tablet.device["device_id"] in devices, "a ward's tablet stays"
    assert forgotten not in devices
    assert (await desk.ask("GET", "/api/me/sessions")).status_code == 401
    assert (await desk.ask("GET", "/api/hello")).json()["device"] is None
    await desk.sign_in(clerk)
    assert desk.device["device_id"] != forgotten


async def test_only_the_house_itself_makes_devices(reception: Reception) -> None:
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    answer = await desk.tablet.send(
        "enrol_device",
        device_id="0196f6f2-0000-7000-8000-000000000001",
        device_kind="ward",
        name="Máy của tôi",
        wards=["noi"],
    )
    assert (answer["answer"], answer["rule"]) == ("refused", "service_only")


async def test_ID11_a_revoked_tablet_is_dead_at_once(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    await tablet.sign_in(nurse)
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    assert (await tablet.ask("GET", "/api/keyring")).status_code == 200
    await desk.tablet.accepted("revoke_device", device_id=tablet.device["device_id"], reason="lost")
    for method, path, body in (
        ("GET", "/api/keyring", None),
        ("GET", "/api/logs/noi/snapshot", None),
        ("GET", "/api/me/sessions", None),
        ("POST", "/api/commands", {"commands": ["x"]}),
    ):
        answer = await tablet.ask(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (401, "unknown_device"), path
    assert (await tablet.ask("GET", "/api/hello")).json()["device"] is None
    [row] = (await reception.lines())[-1]["puts"]
    assert row["revoke_reason"] == "lost"
    again = await desk.tablet.send("revoke_device", device_id=tablet.device["device_id"], reason="lost")
    assert (again["answer"], again["rule"]) == ("refused", "already_revoked")


async def test_the_keyring_holds_who_works_in_the_wards_and_nobody_else(reception: Reception) -> None:
    nurse, physician = await reception.add(Role.NURSE, "noi"), await reception.add(Role.PHYSICIAN, "ngoai", "noi")
    administrator = await reception.add(Role.ADMINISTRATOR)
    elsewhere = await reception.add(Role.NURSE, "ngoai")
    without_pin = await reception.add(Role.NURSE, "noi", pin=None)
    leaver = await reception.add(Role.NURSE, "noi")
    desk = await reception.desktop(administrator)
    await desk.tablet.accepted("disable_staff", staff_id=leaver.staff_id, reason="nghỉ việc")
    ring = (await (await reception.ward_tablet("noi")).ask("GET", "/api/keyring")).json()
    held = {UUID(key["staff_id"]) for key in ring["keys"]}
    assert held == {nurse.staff_id, physician.staff_id, administrator.staff_id}
    assert not held & {elsewhere.staff_id, without_pin.staff_id, leaver.staff_id}
    expires = {datetime.fromisoformat(key["expires_at"]) for key in ring["keys"]}
    assert all(timedelta(days=6, hours=23) < at - datetime.now(UTC) <= timedelta(days=7) for at in expires)


async def test_the_recovery_key_opens_a_tablets_data_without_any_pin(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    opened = await tablet.sign_in(nurse)
    private = (reception.settings.data_dir / "secrets" / "recovery_private.pem").read_bytes()
    device_id = UUID(opened["device"]["device_id"])
    assert recovered(opened["keyring"]["recovery"], device_id, private) == unbase64(opened["data_key"])


async def test_each_enrolment_has_its_own_data_key(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    keys = set()
    for _ in range(2):
        tablet = await reception.ward_tablet("noi")
        keys.add((await tablet.sign_in(nurse))["data_key"])
    assert len(keys) == 2


async def test_ID3_five_wrong_pins_lock_that_person_on_that_tablet_until_badge_and_password(
    reception: Reception,
) -> None:
    nurse, other = await reception.add(Role.NURSE, "noi"), await reception.add(Role.NURSE, "noi")
    tablet, second = await reception.ward_tablet("noi"), await reception.ward_tablet("noi")

    async def held(browser: Any) -> set[str]:
        return {key["staff_id"] for key in (await browser.ask("GET", "/api/keyring")).json()["keys"]}

    async def tell(count: int) -> int:
        body = {"staff_id": str(nurse.staff_id), "count": count}
        return int((await tablet.ask("POST", "/api/pin-failures", json=body)).status_code)

    both = {str(nurse.staff_id), str(other.staff_id)}
    assert await tell(4) == 204
    assert await held(tablet) == both
    assert await tell(5) == 204
    assert await held(tablet) == {str(other.staff_id)}
    assert await held(second) == both
    assert await tell(0) == 204
    assert await held(tablet) == {str(other.staff_id)}, "a tablet cannot unlock by counting anew"
    await tablet.sign_in(nurse)
    assert await held(tablet) == both


async def test_pin_failures_are_for_ward_tablets_and_staff_that_exist(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    desk, tablet = await reception.desktop(nurse), await reception.ward_tablet("noi")
    body = {"staff_id": str(nurse.staff_id), "count": 1}
    assert (await desk.ask("POST", "/api/pin-failures", json=body)).status_code == 403
    unknown = {"staff_id": "0196f6f2-0000-7000-8000-000000000001", "count": 1}
    assert (await tablet.ask("POST", "/api/pin-failures", json=unknown)).status_code == 404
    assert (await tablet.ask("POST", "/api/pin-failures", json={**body, "count": -1})).status_code == 400


async def test_the_counter_a_tablet_gets_back_is_the_highest_the_server_holds(reception: Reception) -> None:
    administrator = await reception.add(Role.ADMINISTRATOR)
    tablet = await reception.ward_tablet("noi")
    await tablet.sign_in(administrator)
    for login in ("mot", "hai", "ba"):
        await tablet.tablet.accepted("add_staff", **_person(login))
    assert (await tablet.ask("GET", "/api/hello")).json()["device"]["counter"] == 3


async def test_a_cookie_of_another_name_or_with_rubbish_is_no_device(reception: Reception) -> None:
    browser = reception.browser()
    for value in ("", "x", "x" * 500, "../../etc", "%00"):
        browser.http.cookies.clear()
        browser.http.cookies.set("bedside_device", value)
        assert (await browser.ask("GET", "/api/keyring")).status_code == 401
    tablet = await reception.ward_tablet("noi")
    credential = tablet.http.cookies["bedside_device"]
    browser.http.cookies.clear()
    browser.http.cookies.set("__Host-bedside_device", credential)
    assert (await browser.ask("GET", "/api/keyring")).status_code == 401


def _person(login: str) -> dict[str, Any]:
    return {
        "staff_id": uuid4(),
        "family_name": "Lê",
        "given_name": "An",
        "role": "nurse",
        "wards": ["noi"],
        "login": login,
    }
