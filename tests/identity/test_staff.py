"""Staff and badges: added, changed, disabled, enabled, and what the record keeps of it."""

import hashlib
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.core.access import Role
from backend.identity import installing
from barcode import codes
from tests.identity.reception import PASSWORD, Browser, Reception


async def _administrator(reception: Reception) -> Browser:
    return await reception.desktop(await reception.add(Role.ADMINISTRATOR))


def _person(**changes: Any) -> dict[str, Any]:
    return {
        "staff_id": uuid4(),
        "family_name": "Lê",
        "middle_name": "Văn",
        "given_name": "An",
        "role": "nurse",
        "wards": ["noi"],
        "login": "an.le",
        **changes,
    }


async def test_a_new_person_is_a_row_for_everyone(reception: Reception) -> None:
    desk, person = await _administrator(reception), _person(wards=["noi", "noi"])
    await desk.tablet.accepted("add_staff", **person)
    line = (await reception.lines())[-1]
    [row] = line["puts"]
    assert (line["event"], row["type"], row["key"]) == ("StaffAdded", "staff", str(person["staff_id"]))
    assert (row["wards"], row["login"], row["badge_hash"], row["disabled_at"]) == (["noi"], "an.le", None, None)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"login": "AN.LE"}, "login_taken"),
        ({"wards": ["khong-co"], "login": "khac"}, "unknown_ward"),
        ({"wards": ["facility"], "login": "khac"}, "unknown_ward"),
    ],
)
async def test_what_a_new_person_is_refused_for(reception: Reception, changes: dict[str, Any], rule: str) -> None:
    desk, first = await _administrator(reception), _person()
    await desk.tablet.accepted("add_staff", **first)
    answer = await desk.tablet.send("add_staff", **_person(**changes))
    assert (answer["answer"], answer["rule"]) == ("refused", rule)
    same = await desk.tablet.send("add_staff", **_person(staff_id=first["staff_id"], login="khac2"))
    assert same["rule"] == "staff_exists"


async def test_a_device_chain_is_no_ward(reception: Reception) -> None:
    desk, tablet = await _administrator(reception), await reception.ward_tablet("noi")
    chain = f"device_{UUID(tablet.device['device_id']).hex}"
    answer = await desk.tablet.send("add_staff", **_person(wards=[chain]))
    assert answer["rule"] == "unknown_ward"


async def test_every_version_of_a_person_stays_in_the_record(reception: Reception) -> None:
    desk, person = await _administrator(reception), _person()
    await desk.tablet.accepted("add_staff", **person)
    changed = {name: person[name] for name in ("staff_id", "family_name", "middle_name")}
    await desk.tablet.accepted("change_staff", **changed, given_name="Ân", role="charge_nurse", wards=["ngoai"])
    await desk.tablet.accepted("disable_staff", staff_id=person["staff_id"], reason="nghỉ thai sản")
    await desk.tablet.accepted("enable_staff", staff_id=person["staff_id"], reason="đi làm lại")
    async with reception.pool.acquire() as connection:
        versions = await connection.fetch(
            "SELECT what, given_name, role, wards, reason FROM staff_version WHERE staff_id = $1 ORDER BY at",
            person["staff_id"],
        )
    assert [tuple(version) for version in versions] == [
        ("added", "An", "nurse", ["noi"], ""),
        ("changed", "Ân", "charge_nurse", ["ngoai"], ""),
        ("disabled", "Ân", "charge_nurse", ["ngoai"], "nghỉ thai sản"),
        ("enabled", "Ân", "charge_nurse", ["ngoai"], "đi làm lại"),
    ]


@pytest.mark.parametrize("table", ["staff_version", "badge", "device", "device_revocation"])
async def test_the_serving_role_cannot_change_a_record(reception: Reception, table: str) -> None:
    async with reception.pool.acquire() as connection:
        for statement in (f'DELETE FROM "{table}"', f'UPDATE "{table}" SET command_id = command_id'):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


@pytest.mark.parametrize("kind", ["change_staff", "issue_badge", "disable_staff", "enable_staff", "revoke_device"])
async def test_what_names_nobody_is_refused(reception: Reception, kind: str) -> None:
    desk, nobody = await _administrator(reception), uuid4()
    payloads: dict[str, dict[str, Any]] = {
        "change_staff": {k: v for k, v in _person(staff_id=nobody).items() if k != "login"},
        "issue_badge": {"staff_id": nobody, "reason": "lost"},
        "disable_staff": {"staff_id": nobody, "reason": "x"},
        "enable_staff": {"staff_id": nobody, "reason": "x"},
        "revoke_device": {"device_id": nobody, "reason": "lost"},
    }
    answer = await desk.tablet.send(kind, **payloads[kind])
    assert (answer["answer"], answer["rule"]) == ("refused", "unknown_device" if "device" in kind else "unknown_staff")


async def test_ID9_a_new_badge_ends_the_one_before(reception: Reception) -> None:
    desk, nurse = await _administrator(reception), await reception.add(Role.NURSE, "noi")
    raw = desk.tablet.command("issue_badge", staff_id=nurse.staff_id, reason="lost")
    answers = await desk.post([raw, raw])
    code = answers[0]["result"]["code"]
    assert answers[0] == answers[1], "the same bytes get the same answer, and so the same badge"
    read = codes.read(code)
    assert isinstance(read, codes.Ours)
    assert read.kind is codes.Kind.STAFF_BADGE
    [row] = (await reception.lines())[-1]["puts"]
    assert row["badge_hash"] == hashlib.sha256(code.encode()).hexdigest()
    assert code not in str(row)
    tablet = await reception.ward_tablet("noi")
    old = await tablet.try_sign_in(badge=nurse.badge, password=PASSWORD)
    new = await tablet.try_sign_in(badge=code, password=PASSWORD)
    assert [old.status_code, new.status_code] == [401, 201]


async def test_ID9_a_badge_is_printed_within_a_day_and_the_print_is_audited(reception: Reception) -> None:
    desk, nurse = await _administrator(reception), await reception.add(Role.NURSE, "noi")
    path = f"/api/staff/{nurse.staff_id}/badge.pdf"
    answer = await desk.ask("GET", path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert (await reception.audit())[-1]["what"] == "badge_printed"
    assert (await desk.ask("GET", f"/api/staff/{uuid4()}/badge.pdf")).status_code == 404
    await reception.long_ago("UPDATE badge SET issued_at = issued_at - interval '25 hours'")
    late = await desk.ask("GET", path)
    assert (late.status_code, late.json()["code"]) == (409, "badge_too_old")
    await desk.tablet.accepted("issue_badge", staff_id=nurse.staff_id, reason="damaged")
    assert (await desk.ask("GET", path)).status_code == 200


async def test_ID10_disabling_ends_every_session_at_once(reception: Reception) -> None:
    nurse, desk = await reception.add(Role.NURSE, "noi"), await _administrator(reception)
    tablet, visitor = await reception.ward_tablet("noi"), await reception.desktop(nurse)
    await tablet.sign_in(nurse)
    assert (await tablet.ask("GET", "/api/me/sessions")).status_code == 200
    await desk.tablet.accepted("disable_staff", staff_id=nurse.staff_id, reason="nghỉ việc")
    assert (await tablet.ask("GET", "/api/me/sessions")).status_code == 401
    assert (await visitor.ask("GET", "/api/me/sessions")).status_code == 401
    assert (await visitor.ask("GET", "/api/logs/noi/snapshot")).status_code == 401
    assert (await tablet.ask("GET", "/api/logs/noi/snapshot")).status_code == 200, "the tablet is the ward's"
    await desk.tablet.accepted("enable_staff", staff_id=nurse.staff_id, reason="trở lại")
    assert (await tablet.ask("GET", "/api/me/sessions")).status_code == 401, "old sessions stay ended"
    await tablet.sign_in(nurse)


async def test_ID10_the_last_administrator_stays(reception: Reception) -> None:
    desk = await _administrator(reception)
    me = UUID(desk.session["staff_id"])
    changed = {k: v for k, v in _person(staff_id=me).items() if k != "login"}
    for kind, payload in (("disable_staff", {"staff_id": me, "reason": "x"}), ("change_staff", changed)):
        assert (await desk.tablet.send(kind, **payload))["rule"] == "last_administrator"
    await reception.add(Role.ADMINISTRATOR)
    await desk.tablet.accepted("change_staff", **changed)
    assert (await desk.tablet.send("add_staff", **_person()))["rule"] == "not_allowed", "the new role counts at once"


async def test_a_visitors_wards_follow_the_persons_at_once(reception: Reception) -> None:
    desk, nurse = await _administrator(reception), await reception.add(Role.NURSE, "noi")
    visitor = await reception.desktop(nurse)
    assert (await visitor.ask("GET", "/api/logs/noi/snapshot")).status_code == 200
    changed = {k: v for k, v in _person(staff_id=nurse.staff_id, wards=["ngoai"]).items() if k != "login"}
    await desk.tablet.accepted("change_staff", **changed)
    statuses = [(await visitor.ask("GET", f"/api/logs/{w}/snapshot")).status_code for w in ("noi", "ngoai")]
    assert statuses == [403, 200]


async def test_the_launcher_makes_the_first_administrator_who_must_choose_a_password(reception: Reception) -> None:
    added = await installing.add_staff(
        reception.gatehouse,
        family_name="Phạm",
        middle_name="",
        given_name="Quản",
        role=Role.ADMINISTRATOR,
        login="quantri",
        wards=[],
    )
    browser = reception.browser()
    answer = await browser.try_sign_in(login="quantri", password=added.one_time_password)
    assert answer.status_code == 201
    browser.session = answer.json()
    assert browser.session["must_change_password"] is True
    kept_out = await browser.ask("GET", "/api/me/sessions")
    assert (kept_out.status_code, kept_out.json()["code"]) == (403, "must_change_password")
    body = {"present_password": added.one_time_password, "password": "bốn mùa thay lá"}
    assert (await browser.ask("POST", "/api/me/secrets", json=body)).status_code == 200
    assert (await browser.ask("GET", "/api/me/sessions")).status_code == 200
    again = await reception.browser().try_sign_in(login="quantri", password=added.one_time_password)
    assert again.status_code == 401
