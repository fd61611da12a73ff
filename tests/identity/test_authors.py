"""Whose key signed, and until when: what the door is told about sessions that ended (docs/sync.md C6, C7)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.core.access import Role
from tests.identity.reception import Browser, Reception


def _person() -> dict[str, Any]:
    return {
        "staff_id": uuid4(),
        "family_name": "Lê",
        "given_name": "An",
        "role": "nurse",
        "wards": ["noi"],
        "login": f"an-{uuid4().hex[:8]}",
    }


async def _ended(reception: Reception, browser: Browser, minutes_ago: int) -> None:
    """The session's time ran out so long ago."""
    await reception.do(
        "UPDATE session SET opened_at = opened_at - interval '13 hours', expires_at = now() - make_interval(mins => $2)"
        " WHERE session_id = $1",
        UUID(browser.session["session_id"]),
        minutes_ago,
    )


async def _stay(reception: Reception) -> UUID:
    """A patient on ward noi, admitted by its clerk."""
    administrator, clerk = await reception.add(Role.ADMINISTRATOR), await reception.add(Role.CLERK, "noi")
    desk, front = await reception.desktop(administrator), await reception.desktop(clerk)
    position_id, stay_id = uuid4(), uuid4()
    await desk.tablet.accepted(
        "add_position", ward_id="noi", position_id=position_id, room="1", bed="1", label="1", extra=False
    )
    await front.tablet.accepted(
        "admit_patient",
        ward_id="noi",
        stay_id=stay_id,
        patient_id=uuid4(),
        patient={"family_name": "Nguyễn", "given_name": "Hoa", "birth_year": 1958, "sex": "female"},
        position_id=position_id,
        reason="viêm phổi",
        admitted_at=datetime.now(UTC),
    )
    return stay_id


def _rules(answer: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in answer["findings"]}


async def test_a_request_of_an_expired_session_is_refused(reception: Reception) -> None:
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    await desk.tablet.accepted("add_staff", **_person())
    await _ended(reception, desk, minutes_ago=1)
    answer = await desk.tablet.send("add_staff", **_person())
    assert (answer["answer"], answer["rule"]) == ("refused", "session_ended")


async def test_ID4_a_report_made_before_the_session_ended_is_clean_whenever_it_arrives(reception: Reception) -> None:
    stay_id, nurse = await _stay(reception), await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    await tablet.sign_in(nurse)
    await _ended(reception, tablet, minutes_ago=30)
    at = datetime.now(UTC)
    before = await tablet.tablet.send("open_chart", stay_id=stay_id, recorded_at=at - timedelta(minutes=40))
    after = await tablet.tablet.send("open_chart", stay_id=stay_id, recorded_at=at - timedelta(minutes=20))
    assert (before["answer"], _rules(before)) == ("accepted", set())
    assert (after["answer"], _rules(after)) == ("accepted", {"session_not_open"})


async def test_ID10_what_a_disabled_person_reported_before_is_clean_and_after_has_a_finding(
    reception: Reception,
) -> None:
    stay_id, nurse = await _stay(reception), await reception.add(Role.NURSE, "noi")
    tablet = await reception.ward_tablet("noi")
    await tablet.sign_in(nurse)
    await reception.do("UPDATE session SET opened_at = opened_at - interval '1 hour'")
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    before = tablet.tablet.command("open_chart", stay_id=stay_id)
    await desk.tablet.accepted("disable_staff", staff_id=nurse.staff_id, reason="đình chỉ")
    answers = await tablet.post([before, tablet.tablet.command("open_chart", stay_id=stay_id)])
    assert [_rules(answer) for answer in answers] == [set(), {"session_not_open"}]


async def test_a_revoked_tablets_session_no_longer_asks_for_anything(reception: Reception) -> None:
    administrator = await reception.add(Role.ADMINISTRATOR)
    tablet, other = await reception.ward_tablet("noi"), await reception.ward_tablet("noi")
    await tablet.sign_in(administrator)
    desk = await reception.desktop(administrator)
    raw = tablet.tablet.command("add_staff", **_person())
    await desk.tablet.accepted("revoke_device", device_id=tablet.device["device_id"], reason="stolen")
    [answer] = await other.post([raw])
    assert answer["answer"] != "accepted"


async def test_a_signed_out_key_asks_for_nothing(reception: Reception) -> None:
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    raw = desk.tablet.command("add_staff", **_person())
    assert (await desk.ask("DELETE", "/api/sessions/current")).status_code == 204
    [answer] = await desk.post([raw])
    assert (answer["answer"], answer["rule"]) == ("refused", "session_ended")


async def test_ID5_an_idle_visitors_key_asks_for_nothing_but_work_keeps_it_open(reception: Reception) -> None:
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    for _ in range(3):
        reception.house.sessions._seen.clear()
        await reception.do("UPDATE session SET last_seen_at = now() - interval '14 minutes'")
        await desk.tablet.accepted("add_staff", **_person())
    reception.house.sessions._seen.clear()
    await reception.do("UPDATE session SET last_seen_at = now() - interval '16 minutes'")
    assert (await desk.tablet.send("add_staff", **_person()))["rule"] == "session_ended"


async def test_a_change_of_role_counts_for_the_next_command(reception: Reception) -> None:
    """The cache forgets at the line of the change, not after its seconds."""
    first, second = await reception.add(Role.ADMINISTRATOR), await reception.add(Role.ADMINISTRATOR)
    desk, other = await reception.desktop(first), await reception.desktop(second)
    await other.tablet.accepted("add_staff", **_person())
    demoted = {k: v for k, v in _person().items() if k not in ("login", "staff_id")}
    await desk.tablet.accepted("change_staff", staff_id=second.staff_id, **demoted)
    answer = await other.tablet.send("add_staff", **_person())
    assert (answer["answer"], answer["rule"]) == ("refused", "not_allowed")


async def test_another_process_change_is_seen_within_seconds(
    reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line tells it: what was read is asked again after 5 s."""
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    await desk.tablet.accepted("add_staff", **_person())
    sessions = reception.house.sessions
    async with reception.pool.acquire() as connection:
        await connection.execute("UPDATE session SET ended_at = now(), end_reason = 'elsewhere'")
    real = sessions._now
    monkeypatch.setattr(sessions, "_now", lambda: real() + timedelta(seconds=6))
    assert (await desk.tablet.send("add_staff", **_person()))["rule"] == "session_ended"


async def test_what_was_read_before_a_change_is_not_kept_after_it(reception: Reception) -> None:
    """A slow read that began before the change must not put the old state back into the cache."""
    desk = await reception.desktop(await reception.add(Role.ADMINISTRATOR))
    sessions, session_id = reception.house.sessions, UUID(desk.session["session_id"])
    sessions.forget()
    real = sessions._read_session

    async def changed_meanwhile(asked: UUID) -> Any:
        found = await real(asked)
        async with reception.pool.acquire() as connection:
            await connection.execute("UPDATE session SET ended_at = now() WHERE session_id = $1", asked)
        sessions.forget()
        return found

    sessions._read_session = changed_meanwhile
    await sessions.author_of(session_id)
    sessions._read_session = real
    author = await sessions.author_of(session_id)
    assert author is not None
    assert author.ended_at is not None


async def test_nobody_is_behind_an_unknown_session(reception: Reception) -> None:
    assert await reception.house.sessions.author_of(uuid4()) is None
