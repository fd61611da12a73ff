"""One's own password and PIN, what an administrator may reset, and sessions ended from afar."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.core.access import Role
from tests.identity.reception import PASSWORD, PIN, Browser, Reception

NEW = "bốn mùa thay lá"


async def _set(browser: Browser, **body: Any) -> Any:
    return await browser.ask("POST", "/api/me/secrets", json={"present_password": PASSWORD, **body})


async def test_a_new_password_counts_at_once_and_the_old_no_longer(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    desk = await reception.desktop(nurse)
    assert (await _set(desk, password=NEW)).status_code == 200
    old = await reception.browser().try_sign_in(login=nurse.login, password=PASSWORD)
    new = await reception.browser().try_sign_in(login=nurse.login, password=NEW)
    assert [old.status_code, new.status_code] == [401, 201]


async def test_the_present_password_is_asked_and_its_failures_are_counted(reception: Reception) -> None:
    """A stolen token is no way to guess on."""
    desk = await reception.desktop(await reception.add(Role.NURSE, "noi"))
    statuses = [(await _set(desk, present_password="sai", password=NEW)).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"password": "password1"}, "weak_password"),
        ({"password": "Benhvien1"}, "weak_password"),
        ({"password": "aaaaaaaa"}, "weak_password"),
        ({"password": PASSWORD}, "same_password"),
        ({"pin": "123456"}, "weak_pin"),
        ({"pin": "000000"}, "weak_pin"),
        ({"pin": "121212"}, "weak_pin"),
        ({"pin": "321321"}, "weak_pin"),
    ],
)
async def test_ID7_ID8_what_is_tried_first_is_refused(reception: Reception, body: dict[str, str], code: str) -> None:
    desk = await reception.desktop(await reception.add(Role.NURSE, "noi"))
    answer = await _set(desk, **body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_ID8_nobodys_own_login_is_their_password(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi", login="hoangthilan")
    answer = await _set(await reception.desktop(nurse), password="HoangThiLan1958")
    assert answer.json()["code"] == "weak_password"


@pytest.mark.parametrize("body", [{"password": "ngắn"}, {"pin": "12345"}, {"pin": "12345a"}, {"password": "x" * 201}])
async def test_shapes_are_checked(reception: Reception, body: dict[str, str]) -> None:
    desk = await reception.desktop(await reception.add(Role.NURSE, "noi"))
    assert (await _set(desk, **body)).status_code == 400


async def test_a_new_pin_opens_the_tablet_and_the_old_no_longer(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    opened = await tablet.sign_in(nurse)
    kept = (await _set(tablet, pin="739104")).json()
    assert kept["pin_secret"] not in (None, opened["pin_secret"])
    assert kept["stretch"]["salt"] != opened["stretch"]["salt"]
    [wrap] = kept["keyring"]["keys"]
    assert wrap["stretch"] == kept["stretch"]
    assert (await tablet.sign_in(nurse))["pin_secret"] == kept["pin_secret"]


async def test_a_first_pin_is_asked_for_on_a_ward_tablet(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi", pin=None)
    tablet = await reception.ward_tablet("noi")
    assert (await tablet.sign_in(nurse))["must_set_pin"] is True
    assert (await _set(tablet, pin=PIN)).status_code == 200
    assert (await tablet.sign_in(nurse))["must_set_pin"] is False


async def test_a_new_password_ends_the_persons_other_visitor_sessions(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    here, there, tablet = await reception.desktop(nurse), await reception.desktop(nurse), None
    tablet = await reception.ward_tablet("noi")
    await tablet.sign_in(nurse)
    await _set(here, password=NEW)
    statuses = [(await browser.ask("GET", "/api/me/sessions")).status_code for browser in (here, there, tablet)]
    assert statuses == [200, 401, 200]


async def test_ID12_a_reset_password_works_once_for_choosing_ones_own(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    told = await desk.ask("POST", f"/api/staff/{nurse.staff_id}/password-reset")
    assert told.status_code == 200
    password = told.json()["password"]
    tablet = await reception.ward_tablet("noi")
    assert (await tablet.try_sign_in(badge=nurse.badge, password=PASSWORD)).status_code == 401
    answer = await tablet.try_sign_in(badge=nurse.badge, password=password)
    assert answer.json()["must_change_password"] is True
    tablet.session = answer.json()
    assert (await tablet.ask("GET", "/api/patients?q=hoa")).json()["code"] == "must_change_password"
    assert (await _set(tablet, present_password=password, password=NEW)).status_code == 200
    assert (await tablet.ask("GET", "/api/patients?q=hoa")).status_code == 200


async def test_ID12_a_reset_password_dies_after_72_hours(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    password = (await desk.ask("POST", f"/api/staff/{nurse.staff_id}/password-reset")).json()["password"]
    async with reception.pool.acquire() as connection:
        until = await connection.fetchval("SELECT max(one_time_until) FROM staff_secret")
    assert timedelta(hours=71) < until - datetime.now(UTC) <= timedelta(hours=72)
    await reception.do(
        "UPDATE staff_secret SET one_time_until = now() - interval '1 second' WHERE one_time_until > now()"
    )
    assert (await reception.browser().try_sign_in(login=nurse.login, password=password)).status_code == 401


async def test_a_reset_opens_a_locked_password_again(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    browser, desk = reception.browser(), await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    for _ in range(3):
        await browser.try_sign_in(login=nurse.login, password="sai")
    password = (await desk.ask("POST", f"/api/staff/{nurse.staff_id}/password-reset")).json()["password"]
    assert (await browser.try_sign_in(login=nurse.login, password=password)).status_code == 201


async def test_a_reset_pin_opens_nothing(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet, desk = await reception.ward_tablet("noi"), await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    assert (await desk.ask("POST", f"/api/staff/{nurse.staff_id}/pin-reset")).status_code == 204
    ring = (await tablet.ask("GET", "/api/keyring")).json()
    assert str(nurse.staff_id) not in {key["staff_id"] for key in ring["keys"]}
    assert (await tablet.sign_in(nurse))["must_set_pin"] is True


@pytest.mark.parametrize("what", ["password-reset", "pin-reset"])
async def test_nobody_unknown_is_reset(reception: Reception, what: str) -> None:
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    assert (await desk.ask("POST", f"/api/staff/{uuid4()}/{what}")).status_code == 404


async def test_each_change_of_a_secret_is_an_audit_line_without_the_secret(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    own = await reception.desktop(nurse)
    await _set(own, password=NEW, pin="739104")
    await desk.ask("POST", f"/api/staff/{nurse.staff_id}/password-reset")
    await desk.ask("POST", f"/api/staff/{nurse.staff_id}/pin-reset")
    await reception.browser().try_sign_in(login=nurse.login, password="sai-lần-này")
    chain = (await reception.audit())[-5:]
    assert [line["what"] for line in chain] == [
        "password_set",
        "pin_set",
        "password_reset",
        "pin_reset",
        "sign_in_failed",
    ]
    assert not any(word in str(chain) for word in (NEW, "739104", "sai-lần-này"))


async def test_where_i_am_signed_in_and_out_again_from_afar(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    here, there = await reception.desktop(nurse), await reception.desktop(nurse)
    mine = (await here.ask("GET", "/api/me/sessions")).json()["sessions"]
    assert [(one["session_id"], one["current"]) for one in mine] == [
        (there.session["session_id"], False),
        (here.session["session_id"], True),
    ]
    ended = await here.ask("DELETE", f"/api/me/sessions/{there.session['session_id']}")
    assert ended.status_code == 204
    assert (await there.ask("GET", "/api/me/sessions")).status_code == 401
    again = await here.ask("DELETE", f"/api/me/sessions/{there.session['session_id']}")
    assert again.status_code == 404


async def test_nobody_ends_the_session_of_another_but_an_administrator(reception: Reception) -> None:
    nurse, other = await reception.add(Role.NURSE, "noi"), await reception.add(Role.CHARGE_NURSE, "noi")
    victim, attacker = await reception.desktop(nurse), await reception.desktop(other)
    session_id = victim.session["session_id"]
    assert (await attacker.ask("DELETE", f"/api/me/sessions/{session_id}")).status_code == 404
    theirs = f"/api/staff/{nurse.staff_id}/sessions"
    assert (await attacker.ask("DELETE", f"{theirs}/{session_id}")).status_code == 403
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    assert [one["session_id"] for one in (await desk.ask("GET", theirs)).json()["sessions"]] == [session_id]
    assert (await desk.ask("DELETE", f"/api/staff/{other.staff_id}/sessions/{session_id}")).status_code == 404
    assert (await desk.ask("DELETE", f"{theirs}/{session_id}")).status_code == 204
    assert (await victim.ask("GET", "/api/me/sessions")).status_code == 401
