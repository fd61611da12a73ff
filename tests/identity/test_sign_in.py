"""Sign-in: badge and password, waits, locks, who works where, what a session carries (docs/rules/identity.md)."""

import asyncio
import hashlib
import unicodedata
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.core.access import Role
from backend.identity import rules, signing_in
from tests.house.tablet import base64url
from tests.identity.reception import PASSWORD, PIN, Browser, Reception, unbase64


async def test_a_nurse_signs_in_on_a_ward_tablet_with_badge_and_password(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    opened = await tablet.sign_in(nurse)
    assert opened["staff_id"] == str(nurse.staff_id)
    assert opened["device"]["kind"] == "ward"
    assert opened["device"]["wards"] == ["noi"]
    assert len(unbase64(opened["data_key"])) == 32
    assert opened["must_change_password"] is False
    assert opened["must_set_pin"] is False
    lasts = datetime.fromisoformat(opened["expires_at"]) - datetime.fromisoformat(opened["opened_at"])
    assert lasts == timedelta(hours=12)


async def test_a_24_hour_duty_opens_a_24_hour_session(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    opened = await tablet.sign_in(nurse, duty_hours=24)
    lasts = datetime.fromisoformat(opened["expires_at"]) - datetime.fromisoformat(opened["opened_at"])
    assert lasts == timedelta(hours=24)


async def test_the_right_pin_unwraps_the_data_key_and_no_other_does(reception: Reception) -> None:
    """D4: PBKDF2 of the PIN opens the wrap; additional data binds it to device and person."""
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    opened = await tablet.sign_in(nurse)
    ring = (await tablet.ask("GET", "/api/keyring")).json()
    [wrap] = [key for key in ring["keys"] if key["staff_id"] == str(nurse.staff_id)]
    purpose = f"bedside-data-key:{ring['device_id']}:{nurse.staff_id}".encode()

    def stretched(pin: str) -> bytes:
        salt, rounds = unbase64(wrap["stretch"]["salt"]), wrap["stretch"]["iterations"]
        return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, rounds)

    opens = AESGCM(stretched(PIN)).decrypt(unbase64(wrap["nonce"]), unbase64(wrap["wrapped"]), purpose)
    assert opens == unbase64(opened["data_key"])
    assert base64url(stretched(PIN)) == opened["pin_secret"]
    with pytest.raises(InvalidTag):
        AESGCM(stretched("402817")).decrypt(unbase64(wrap["nonce"]), unbase64(wrap["wrapped"]), purpose)


async def test_the_certificate_names_session_person_device_and_key(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    opened = await tablet.sign_in(nurse)
    claims = reception.house.secrets.certified(opened["certificate"])
    assert claims["session"] == opened["session_id"]
    assert claims["staff"] == str(nurse.staff_id)
    assert claims["device"] == opened["device"]["device_id"]
    assert claims["public_key"] == base64url(tablet.key.public_der)


async def test_each_key_registration_is_an_audit_line(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    opened = await tablet.sign_in(nurse)
    [line] = [line for line in await reception.audit() if line["what"] == "session_opened"]
    assert line["session"] == opened["session_id"]
    assert line["detail"]["public_key"] == base64url(tablet.key.public_der)


async def test_each_sign_in_has_a_new_id_and_token(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    first, second = await tablet.sign_in(nurse), await tablet.sign_in(nurse)
    assert first["session_id"] != second["session_id"]
    assert first["token"] != second["token"]


@pytest.mark.parametrize("by", ["badge", "login", "staff_id"])
async def test_ID9_a_badge_login_or_name_says_who_and_the_password_proves_it(reception: Reception, by: str) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    who = {by: str(getattr(nurse, by))}
    assert (await tablet.try_sign_in(**who, password="sai mật khẩu")).status_code == 401
    assert (await tablet.try_sign_in(**who, password=PASSWORD)).status_code == 201


async def test_exactly_one_way_of_saying_who(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    browser = reception.browser()
    both = await browser.try_sign_in(badge=nurse.badge, login=nurse.login, password=PASSWORD)
    none = await browser.try_sign_in(password=PASSWORD)
    assert [both.status_code, none.status_code] == [422, 422]


async def test_a_password_is_the_same_however_its_letters_were_composed(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    apart = unicodedata.normalize("NFD", PASSWORD)
    assert apart != PASSWORD
    assert (await tablet.try_sign_in(login=nurse.login, password=apart)).status_code == 201


async def test_ID1_wrong_passwords_must_wait_0_0_1_5_30_seconds_then_lock(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    device_id = UUID(tablet.device["device_id"])

    async def attempt(password: str = "sai") -> Any:
        return await tablet.try_sign_in(login=nurse.login, password=password)

    async def wait(seconds: int) -> None:
        await reception.do("UPDATE password_failure_state SET last_at = last_at - make_interval(secs => $1)", seconds)

    for waits in (1, 5, 30):
        assert (await attempt()).status_code == 401
        if waits == 1:
            assert (await attempt()).status_code == 401, "the second attempt needs no wait"
        early = await attempt(PASSWORD)
        assert early.status_code == 429
        assert early.json()["code"] == "wait"
        assert waits - 1 <= early.json()["retry_after_s"] <= waits
        assert early.headers["retry-after"] == str(early.json()["retry_after_s"])
        await wait(waits)
    assert (await attempt()).status_code == 401
    locked = await attempt(PASSWORD)
    assert (locked.status_code, locked.json()["code"]) == (429, "locked")
    assert rules.PASSWORD_LOCK_S - 5 <= locked.json()["retry_after_s"] <= rules.PASSWORD_LOCK_S
    await wait(rules.PASSWORD_LOCK_S)
    assert (await attempt(PASSWORD)).status_code == 201
    async with reception.pool.acquire() as connection:
        left = await connection.fetchval("SELECT count(*) FROM password_failure_state WHERE device_id = $1", device_id)
    assert left == 0, "the right password forgets the wrong ones"


async def test_ID1_many_guesses_at_once_are_many(reception: Reception) -> None:
    """An attempt is counted before it is checked, so that 20 parallel guesses are not 20 free ones."""
    nurse = await reception.add(Role.NURSE, "noi")
    browser = reception.browser()
    answers = await asyncio.gather(*(browser.try_sign_in(login=nurse.login, password="sai") for _ in range(20)))
    assert sorted(answer.status_code for answer in answers).count(401) == 2
    assert {answer.status_code for answer in answers} == {401, 429}


async def test_ID2_a_strangers_guesses_never_lock_a_nurse_out_at_the_bed(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet, stranger = await reception.ward_tablet("noi"), reception.browser()
    for _ in range(3):
        await stranger.try_sign_in(login=nurse.login, password="sai")
    assert (await stranger.try_sign_in(login=nurse.login, password=PASSWORD)).status_code == 429
    assert (await tablet.try_sign_in(login=nurse.login, password=PASSWORD)).status_code == 201


async def test_ID2_another_browser_is_no_fresh_start(reception: Reception) -> None:
    """Neither a browser without cookie nor one that is a colleague's visitor counts apart."""
    nurse, colleague = await reception.add(Role.NURSE, "noi"), await reception.add(Role.NURSE, "noi")
    browsers = [reception.browser(), await reception.desktop(colleague), reception.browser()]
    statuses = [(await b.try_sign_in(login=nurse.login, password="sai")).status_code for b in browsers]
    assert statuses == [401, 401, 429]


async def test_ID2_an_unknown_login_is_answered_delayed_and_timed_like_a_known_one(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    browser = reception.browser()
    known = [await browser.try_sign_in(login=nurse.login, password="sai") for _ in range(3)]
    unknown = [await browser.try_sign_in(login="khong-co-ai", password="sai") for _ in range(3)]
    assert [a.status_code for a in known] == [a.status_code for a in unknown] == [401, 401, 429]
    assert known[0].json() == unknown[0].json()
    assert known[2].json() == unknown[2].json()


async def test_ID2_the_same_slow_hash_runs_for_an_unknown_login(
    reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    secrets, asked = reception.house.secrets, []
    real = secrets.password_is

    async def counted(password: str, kept: str | None, *, stranger: bool) -> bool:
        asked.append(kept is None)
        return bool(await real(password, kept, stranger=stranger))

    monkeypatch.setattr(secrets, "password_is", counted)
    browser = reception.browser()
    await browser.try_sign_in(login=nurse.login, password="sai")
    await browser.try_sign_in(login="khong-co-ai", password="sai")
    assert asked == [False, True]


async def test_ID2_a_refusal_takes_whole_quarters_of_a_second(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    browser, loop = reception.browser(), asyncio.get_running_loop()
    for login in (nurse.login, "khong-co-ai"):
        began = loop.time()
        assert (await browser.try_sign_in(login=login, password="sai")).status_code == 401
        assert loop.time() - began >= signing_in.REFUSED_EVERY_S


async def test_ID6_a_ward_tablet_takes_the_staff_of_its_wards_and_administrators(reception: Reception) -> None:
    tablet = await reception.ward_tablet("noi")
    here = await reception.add(Role.PHYSICIAN, "noi", "ngoai")
    elsewhere = await reception.add(Role.CHARGE_NURSE, "ngoai")
    administrator = await reception.add(Role.ADMINISTRATOR)
    refused = await tablet.try_sign_in(badge=elsewhere.badge, password=PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_ward")
    for person in (here, administrator):
        assert (await tablet.try_sign_in(badge=person.badge, password=PASSWORD)).status_code == 201


async def test_ID10_a_disabled_person_gets_no_session_and_only_learns_so_with_the_right_password(
    reception: Reception,
) -> None:
    administrator, nurse = await reception.add(Role.ADMINISTRATOR), await reception.add(Role.NURSE, "noi")
    desk = await reception.desktop(administrator)
    await desk.tablet.accepted("disable_staff", staff_id=nurse.staff_id, reason="nghỉ việc")
    browser = reception.browser()
    wrong = await browser.try_sign_in(login=nurse.login, password="sai")
    right = await browser.try_sign_in(login=nurse.login, password=PASSWORD)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_password")
    assert (right.status_code, right.json()["code"]) == (403, "staff_disabled")


@pytest.mark.parametrize("key", ["not base64!", "AAAA", "", "rsa", "p384"])
async def test_only_a_p256_key_may_stand_behind_a_session(reception: Reception, key: str) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    made: Any = {"rsa": _rsa, "p384": _p384}.get(key, lambda: None)()
    if made is not None:
        key = base64url(made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))[:200]
    answer = await reception.browser().try_sign_in(login=nurse.login, password=PASSWORD, public_key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_key")


def _rsa() -> Any:
    return rsa.generate_private_key(65537, 2048)


def _p384() -> Any:
    return ec.generate_private_key(ec.SECP384R1())


async def test_a_visitor_gets_no_keys(reception: Reception) -> None:
    physician = await reception.add(Role.PHYSICIAN, "noi")
    desk = await reception.desktop(physician)
    assert desk.session["device"]["kind"] == "visitor"
    assert desk.session["device"]["wards"] == ["noi"]
    for name in ("data_key", "pin_secret", "stretch", "keyring"):
        assert desk.session[name] is None
    assert (await desk.ask("GET", "/api/keyring")).status_code == 403
    lasts = datetime.fromisoformat(desk.session["expires_at"]) - datetime.fromisoformat(desk.session["opened_at"])
    assert lasts == timedelta(hours=8)


async def test_ID5_a_visitor_is_signed_out_after_15_idle_minutes_and_not_before(reception: Reception) -> None:
    desk = await reception.desktop(await reception.add(Role.PHYSICIAN, "noi"))
    await _idle(reception, desk, minutes=14)
    assert (await desk.ask("GET", "/api/me/sessions")).status_code == 200
    await _idle(reception, desk, minutes=14)
    assert (await desk.ask("GET", "/api/me/sessions")).status_code == 200, "each act begins the time anew"
    await _idle(reception, desk, minutes=16)
    gone = await desk.ask("GET", "/api/me/sessions")
    assert (gone.status_code, gone.json()["code"]) == (401, "signed_out")
    assert (await desk.ask("GET", "/api/logs/noi/snapshot")).status_code == 401


async def test_ID5_reading_a_log_does_not_keep_a_visitor_signed_in(reception: Reception) -> None:
    """A board that follows by itself is no person doing something."""
    desk = await reception.desktop(await reception.add(Role.PHYSICIAN, "noi"))
    await _idle(reception, desk, minutes=14)
    assert (await desk.ask("GET", "/api/logs/noi/snapshot", headers={"authorization": ""})).status_code == 200
    await _idle(reception, desk, minutes=2)
    assert (await desk.ask("GET", "/api/logs/noi/snapshot")).status_code == 401


async def test_ID4_a_ward_session_is_not_ended_by_idleness_but_reads_end_with_it(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    await tablet.sign_in(nurse)
    await _idle(reception, tablet, minutes=11 * 60)
    assert (await tablet.ask("GET", "/api/me/sessions")).status_code == 200
    await reception.do("UPDATE session SET expires_at = now() - interval '1 minute'")
    assert (await tablet.ask("GET", "/api/me/sessions")).status_code == 401
    assert (await tablet.ask("GET", "/api/logs/noi/snapshot")).status_code == 200, "the tablet itself goes on"


async def test_a_browser_signed_in_by_another_person_becomes_another_visitor(reception: Reception) -> None:
    first, second = await reception.add(Role.PHYSICIAN, "noi"), await reception.add(Role.CLERK, "ngoai")
    browser = await reception.desktop(first)
    before = browser.session
    await browser.sign_in(second)
    assert browser.session["device"]["device_id"] != before["device"]["device_id"]
    assert (await browser.ask("GET", "/api/logs/noi/snapshot")).status_code == 403
    again = browser.session["device"]["device_id"]
    await browser.sign_in(second)
    assert browser.session["device"]["device_id"] == again


async def test_sign_out_ends_the_token_at_once(reception: Reception) -> None:
    desk = await reception.desktop(await reception.add(Role.PHYSICIAN, "noi"))
    assert (await desk.ask("DELETE", "/api/sessions/current")).status_code == 204
    assert (await desk.ask("GET", "/api/me/sessions")).status_code == 401
    assert (await desk.ask("GET", "/api/logs/noi/snapshot")).status_code == 401


async def test_a_token_works_on_its_own_device_only(reception: Reception) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet, other = await reception.ward_tablet("noi"), await reception.ward_tablet("noi")
    await tablet.sign_in(nurse)
    stolen = {"authorization": f"Bearer {tablet.session['token']}"}
    assert (await tablet.ask("GET", "/api/me/sessions")).status_code == 200
    assert (await other.ask("GET", "/api/me/sessions", headers=stolen)).status_code == 401


async def test_neither_token_nor_credential_nor_password_stands_in_the_database(
    reception: Reception,
) -> None:
    nurse = await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    await tablet.sign_in(nurse)
    looked_for = [
        tablet.session["token"],
        tablet.http.cookies["bedside_device"],
        PASSWORD,
        tablet.session["pin_secret"],
    ]
    async with reception.pool.acquire() as connection:
        names = await connection.fetch(
            "SELECT tablename AS table_name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration'"
        )
        for name in names:
            for row in await connection.fetch(f'SELECT t::text AS text FROM "{name["table_name"]}" t'):
                for secret in looked_for:
                    assert secret not in row["text"], name["table_name"]
                    assert secret.encode().hex() not in row["text"], name["table_name"]


async def test_a_sign_in_that_is_no_sign_in_never_takes_the_server_down(reception: Reception) -> None:
    browser = reception.browser()
    for who in ({"badge": "6" * 33}, {"staff_id": str(uuid4())}, {"login": "x" * 120}, {"login": "'; drop table"}):
        assert (await browser.try_sign_in(**who, password="sai")).status_code == 401
    for who in ({"login": ""}, {"login": "x" * 121}, {"staff_id": "no uuid"}, {"badge": "6" * 41}):
        assert (await browser.try_sign_in(**who, password="sai")).status_code == 400
    assert (await browser.try_sign_in(login="ai", password="x" * 201)).status_code == 400


async def _idle(reception: Reception, browser: Browser, minutes: int) -> None:
    """The session was last used so long ago."""
    reception.house.sessions._seen.clear()
    await reception.do(
        "UPDATE session SET last_seen_at = last_seen_at - make_interval(mins => $2) WHERE session_id = $1",
        UUID(browser.session["session_id"]),
        minutes,
    )
