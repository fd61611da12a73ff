"""Every answer the door can give (docs/sync.md, Commands)."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from backend.core.access import Role
from backend.core.desk import Desk
from tests.core.notes import AskNote, NoteHouse, WriteNote
from tests.house.tablet import Key, Tablet, base64url, uuid7


async def _held(notes: NoteHouse, tablet: Tablet, raw: str, reason: str) -> dict[str, Any]:
    """Held with this reason, kept as it came, told to the facility, and equal when sent again."""
    before = await notes.head("facility")
    answer = (await tablet.post([raw]))[0]
    assert (answer["answer"], answer["reason"]) == ("held", reason)
    assert (await tablet.post([raw]))[0] == answer
    kept = await notes.pool.fetchrow("SELECT raw, device_id FROM held_command WHERE id = $1", answer["held_id"])
    assert kept["device_id"] == tablet.device.device_id
    assert await notes.head("facility") == before + 1
    assert await notes.count("note") == await notes.count("command")
    return answer


async def test_c4_a_report_is_accepted_with_its_findings_and_told(notes: NoteHouse) -> None:
    tablet = await notes.tablet()
    answer = await tablet.send("write_note", ward_id="a", body="worth a look")
    assert answer["answer"] == "accepted"
    assert answer["findings"] == [{"rule": "worth_a_look", "severity": "note", "detail": {"words": 3}}]
    line = json.loads(notes.lines[-1][2])
    assert (line["log"], line["seq"], line["event"]) == ("a", 1, "NoteWritten")
    assert sorted(row["type"] for row in line["puts"]) == ["finding", "note"]
    assert line["actor"]["staff_id"] == str(tablet.staff_id)


async def test_c4_a_request_is_refused_and_says_so_for_ever(notes: NoteHouse) -> None:
    tablet = await notes.tablet()
    raw = tablet.command("ask_note", ward_id="a", body="no")
    first = (await tablet.post([raw]))[0]
    assert first == {"answer": "refused", "id": first["id"], "rule": "no_such_note", "detail": {"body": "no"}}
    assert (await tablet.post([raw]))[0] == first
    assert await notes.head("a") == 0, "a refusal tells nobody"
    assert await notes.pool.fetchval("SELECT audit_seq FROM log_head WHERE log_id = 'a'") == 1, "but is audited"


async def test_c4_the_result_says_what_came_into_being(notes: NoteHouse) -> None:
    tablet = await notes.tablet()
    answer = await tablet.accepted("ask_note", ward_id="a", body="please")
    assert answer["result"] == {"note_id": answer["id"]}


async def test_c5_the_same_bytes_signed_twice_are_one_command(notes: NoteHouse) -> None:
    tablet = await notes.tablet()
    claims = tablet.claims("write_note", ward_id="a", body="once")
    first, second = tablet.signed(claims), tablet.signed(claims)
    assert first != second, "ECDSA is randomised"
    assert await tablet.post([first]) == await tablet.post([second])
    assert await notes.count("note") == 1


async def test_c5_the_same_id_with_another_payload_is_held_and_the_first_answer_stands(notes: NoteHouse) -> None:
    tablet = await notes.tablet()
    claims = tablet.claims("write_note", ward_id="a", body="first")
    first = (await tablet.post([tablet.signed(claims)]))[0]
    await _held(notes, tablet, tablet.signed(claims | {"body": "second"}), "id_reused")
    assert (await tablet.post([tablet.signed(claims)]))[0] == first
    assert await notes.pool.fetchval("SELECT body FROM note") == "first"


async def test_c5_one_command_from_fifty_senders_has_one_effect_and_equal_answers(notes: NoteHouse) -> None:
    tablet = await notes.tablet()
    claims = tablet.claims("write_note", ward_id="a", body="worth a look")
    doors = [notes.new_door() for _ in range(4)]
    posts = [notes.post_from(tablet.device, door) for door in doors]
    answers = await asyncio.gather(*(posts[n % 4]([tablet.signed(claims)]) for n in range(50)))
    settled = [answer[0] for answer in answers if answer[0]["answer"] != "retry"]
    assert settled, "somebody got through"
    assert all(answer == settled[0] for answer in settled)
    assert settled[0]["answer"] == "accepted"
    assert (await tablet.post([tablet.signed(claims)]))[0] == settled[0]
    assert [await notes.count(t) for t in ("note", "command", "outcome", "finding")] == [1, 1, 1, 1]
    assert await notes.head("a") == 1


@pytest.mark.parametrize(
    "raw", ["", ".", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "{}", "\x00.\x00.\x00", "\ud800.a.b", "=.=.=", "a b.c.d"]
)
async def test_c6_what_is_no_jws_is_held(notes: NoteHouse, raw: str) -> None:
    await _held(notes, await notes.tablet(), raw, "not_a_jws")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none", "kid": "?"}, "wrong_algorithm"),
        ({"alg": "HS256", "kid": "?"}, "wrong_algorithm"),
        ({"alg": "ES256", "kid": "?"}, "unknown_session"),
        ({"alg": "ES256", "kid": str(uuid4())}, "unknown_session"),
        ({"alg": "ES256", "kid": "?", "jwk": {}}, "not_a_jws"),
        ({"alg": "ES256"}, "not_a_jws"),
        ([], "not_a_jws"),
    ],
)
async def test_c6_a_header_that_is_not_ours_is_held(notes: NoteHouse, header: Any, reason: str) -> None:
    tablet = await notes.tablet()
    payload = tablet.command("write_note", ward_id="a", body="x").split(".")[1]
    text = f"{base64url(msgspec.json.encode(header))}.{payload}"
    await _held(notes, tablet, f"{text}.{base64url(tablet.key.sign(text.encode()))}", reason)


async def test_c6_a_signature_of_another_key_or_another_text_is_held(notes: NoteHouse) -> None:
    tablet = await notes.tablet()
    claims = tablet.claims("write_note", ward_id="a", body="x")
    await _held(notes, tablet, tablet.signed(claims, key=Key()), "bad_signature")
    header, payload, signature = tablet.signed(claims).split(".")
    other = base64url(msgspec.json.encode(claims | {"body": "y"}))
    await _held(notes, tablet, f"{header}.{other}.{signature}", "bad_signature")
    for wrong in (signature[:-3], base64url(bytes(64)), base64url(b"\xff" * 64), ""):
        await _held(notes, tablet, f"{header}.{payload}.{wrong}", "bad_signature")


async def test_c6_another_persons_session_and_another_devices_session_are_held(notes: NoteHouse) -> None:
    tablet, other = await notes.tablet(), await notes.tablet()
    claims = tablet.claims("write_note", ward_id="a", body="x")
    await _held(notes, tablet, tablet.signed(claims | {"session": other.session_id}), "another_session")
    await _held(notes, tablet, tablet.signed(claims | {"device": other.device.device_id}), "another_device")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"mood": "good"}, "unknown_field"),
        ({"kind": "write_poem"}, "unknown_kind"),
        ({"kind": 7}, "wrong_type"),
        ({"body": 7}, "wrong_type"),
        ({"body": "x" * 2001}, "wrong_type"),
        ({"counter": "1"}, "wrong_type"),
        ({"counter": 0}, "wrong_type"),
        ({"counter": 2**63}, "wrong_type"),
        ({"id": "not-a-uuid"}, "wrong_type"),
        ({"recorded_at": "2026-11-24T03:00:00"}, "wrong_type"),
        ({"recorded_at": "yesterday"}, "wrong_type"),
        ({"recorded_at": "0001-01-01T00:00:00+14:00"}, "impossible_time"),
        ({"clock": {"offset_ms": 10**30, "measured_at": "2026-11-24T03:00:00Z"}}, "wrong_type"),
        ({"clock": {"offset_ms": 1.5, "measured_at": "2026-11-24T03:00:00Z"}}, "wrong_type"),
        ({"v": 2}, "wrong_type"),
        ({"ward_id": "A B"}, "wrong_type"),
        ({"ward_id": "nowhere"}, "unknown_place"),
    ],
)
async def test_c6_claims_that_cannot_be_read_or_placed_are_held(
    notes: NoteHouse, change: dict[str, Any], reason: str
) -> None:
    tablet = await notes.tablet()
    raw = tablet.signed(msgspec.json.encode(tablet.claims("write_note", ward_id="a", body="x") | change))
    await _held(notes, tablet, raw, reason)


@pytest.mark.parametrize(
    "missing", ["kind", "id", "device", "session", "counter", "recorded_at", "app", "rules", "body"]
)
async def test_c6_a_missing_claim_is_held(notes: NoteHouse, missing: str) -> None:
    tablet = await notes.tablet()
    claims = tablet.claims("write_note", ward_id="a", body="x")
    del claims[missing]
    await _held(notes, tablet, tablet.signed(claims), "missing_field")


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "not_json"),
        (b'{"kind":"write_note","body":"\xff"}', "not_json"),
        ('{"kind":"write_note"}'.encode("utf-16"), "not_json"),
        (b'{"kind":"write_note","body":"\\ud800"}', "not_json"),
        (b'{"counter":NaN}', "not_json"),
        (b'{"counter":' + b"9" * 5000 + b"}", "not_json"),
        (b"[]", "wrong_type"),
        (b"null", "wrong_type"),
        (b'"text"', "wrong_type"),
        (b'{"kind":"write_note","kind":"write_note"}', "duplicate_key"),
        (b'{"kind":"write_note","clock":{"offset_ms":1,"offset_ms":2}}', "duplicate_key"),
    ],
)
async def test_c6_a_payload_that_is_no_command_is_held(notes: NoteHouse, payload: bytes, reason: str) -> None:
    tablet = await notes.tablet()
    await _held(notes, tablet, tablet.signed(payload), reason)


async def test_c6_a_duplicate_key_is_held_even_where_both_say_the_same(notes: NoteHouse) -> None:
    tablet = await notes.tablet()
    text = msgspec.json.encode(tablet.claims("write_note", ward_id="a", body="x"))
    await _held(notes, tablet, tablet.signed(text[:-1] + b',"body":"x"}'), "duplicate_key")


async def test_c6_a_nul_byte_in_a_text_is_held_not_lost(notes: NoteHouse) -> None:
    """PostgreSQL holds no NUL: the handler fails twice, and the string waits for a person."""
    tablet = await notes.tablet()
    await _held(notes, tablet, tablet.command("write_note", ward_id="a", body="a\x00b"), "handler_failed")


async def test_c6_a_handler_that_fails_once_is_run_again(notes: NoteHouse) -> None:
    failures = iter([RuntimeError("once")])
    notes.before[WriteNote] = lambda command, desk: _fail(failures)
    tablet = await notes.tablet()
    assert (await tablet.send("write_note", ward_id="a", body="x"))["answer"] == "accepted"
    assert (await notes.count("note"), await notes.head("a")) == (1, 1)


async def test_c6_a_handler_that_fails_twice_is_held_and_its_error_kept(notes: NoteHouse) -> None:
    failures = iter([RuntimeError("once"), RuntimeError("twice")])
    notes.before[WriteNote] = lambda command, desk: _fail(failures)
    tablet = await notes.tablet()
    answer = await tablet.send("write_note", ward_id="a", body="x")
    assert (answer["answer"], answer["reason"]) == ("held", "handler_failed")
    kept = await notes.pool.fetchrow("SELECT error, command_id FROM held_command")
    assert "twice" in kept["error"]
    assert str(kept["command_id"]) == answer["id"]
    assert await notes.count("command") == 0


async def test_c6_a_report_that_its_handler_refuses_is_held(notes: NoteHouse) -> None:
    """I16: no report is ever refused; a handler that tries has a bug."""

    async def refuse(command: Any, desk: Desk) -> None:
        raise RuntimeError("a report was refused")

    notes.before[WriteNote] = refuse
    answer = await (await notes.tablet()).send("write_note", ward_id="a", body="x")
    assert answer["answer"] == "held"


async def test_c7_a_stop_binds_requests_and_is_only_told_of_reports(notes: NoteHouse) -> None:
    clerk = await notes.tablet(role=Role.CLERK)
    report = await clerk.send("write_note", ward_id="a", body="x")
    assert [f["rule"] for f in report["findings"]] == ["not_allowed"]
    assert (await clerk.send("ask_note", ward_id="a", body="x"))["rule"] == "not_allowed"
    stranger = await notes.tablet(wards=("b",))
    assert (await stranger.send("ask_note", ward_id="a", body="x"))["rule"] == "not_allowed"
    assert (await stranger.send("ask_note", ward_id="b", body="x"))["answer"] == "accepted"


async def test_c7_the_act_is_judged_by_the_corrected_time_never_later_than_the_receipt(notes: NoteHouse) -> None:
    tablet = await notes.tablet()
    slow = datetime.now(UTC) - timedelta(hours=24)
    for offset_h, expected in (
        (24, datetime.now(UTC)),
        (23, datetime.now(UTC) - timedelta(hours=1)),
        (48, datetime.now(UTC)),
    ):
        clock = {"offset_ms": offset_h * 3_600_000, "measured_at": slow}
        answer = await tablet.accepted("write_note", ward_id="a", body="x", recorded_at=slow, clock=clock)
        at, received = await notes.pool.fetchrow(
            "SELECT corrected_at, received_at FROM command WHERE id = $1::text::uuid", answer["id"]
        )
        assert at <= received
        assert abs(at - expected) < timedelta(seconds=5)


async def test_c7_a_session_that_had_ended_is_a_finding_on_reports_and_stops_requests(notes: NoteHouse) -> None:
    ended = datetime.now(UTC) - timedelta(hours=1)
    tablet = await notes.tablet(ended_at=ended)
    late = await tablet.send("write_note", ward_id="a", body="x")
    assert [f["rule"] for f in late["findings"]] == ["session_not_open"]
    before = await tablet.send("write_note", ward_id="a", body="x", recorded_at=ended - timedelta(hours=1))
    assert before["findings"] == []
    assert (await tablet.send("ask_note", ward_id="a", body="x"))["rule"] == "session_ended"
    disabled = await notes.tablet(disabled_at=ended)
    assert [f["rule"] for f in (await disabled.send("write_note", ward_id="a", body="x"))["findings"]] == [
        "session_not_open"
    ]
    early = await notes.tablet(opened_at=datetime.now(UTC) + timedelta(hours=1))
    assert [f["rule"] for f in (await early.send("write_note", ward_id="a", body="x"))["findings"]] == [
        "session_not_open"
    ]
    vouched = await notes.tablet(provisional=True)
    assert [f["rule"] for f in (await vouched.send("write_note", ward_id="a", body="x"))["findings"]] == [
        "author_unverified"
    ]
    will_end = await notes.tablet(ended_at=datetime.now(UTC) + timedelta(hours=1))
    assert (await will_end.send("ask_note", ward_id="a", body="x"))["answer"] == "accepted"


async def test_d_a_read_is_audited_on_the_devices_own_chain_and_tells_nobody(notes: NoteHouse) -> None:
    tablet = await notes.tablet()
    claims = tablet.claims("read_notes", stay_id=notes.stay_id) | {"counter": None}
    assert (await tablet.post([tablet.signed(claims)]))[0]["answer"] == "accepted"
    assert await notes.head("a") == 0
    log_id = f"device_{tablet.device.device_id.hex}"
    audited = json.loads(await notes.pool.fetchval("SELECT line FROM audit_line WHERE log_id = $1", log_id))
    assert (audited["what"], audited["stay_id"]) == ("read_notes", str(notes.stay_id))


async def test_a_service_needs_no_signature_and_is_idempotent(notes: NoteHouse) -> None:
    command = AskNote(
        id=uuid7(), device=uuid4(), session=uuid4(), counter=None, recorded_at=datetime.now(UTC), app="timer",
        rules="1", ward_id="a", body="please",
    )  # fmt: skip
    actor = msgspec.structs.replace(notes.service(), role=Role.PHYSICIAN, wards=frozenset({"a"}))
    first, second = await notes.door.execute(command, actor), await notes.door.execute(command, actor)
    assert bytes(first) == bytes(second)
    assert await notes.count("note") == 1


async def _fail(failures: Any) -> None:
    error = next(failures, None)
    if error is not None:
        raise error
