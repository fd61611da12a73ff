"""The held desk: shown, replayed after the mend, dismissed with a reason; audited each time."""

import asyncio
import json
from typing import Any

import pytest

from backend.core.access import Author, Role
from backend.core.desk import Desk
from backend.core.errors import Problem
from tests.core.notes import NoteHouse, WriteNote
from tests.house.tablet import Tablet


async def _break(command: Any, desk: Desk) -> None:
    raise RuntimeError("a bug of ours")


async def _administrator(notes: NoteHouse) -> Author:
    tablet = await notes.tablet(role=Role.ADMINISTRATOR)
    return notes.sessions.authors[tablet.session_id]


async def _held(notes: NoteHouse, tablet: Tablet) -> dict[str, Any]:
    notes.before[WriteNote] = _break
    answer = await tablet.send("write_note", ward_id="a", body="10:00, gave water")
    assert answer["answer"] == "held"
    return answer


async def test_a_replay_after_the_mend_is_accepted_and_takes_the_item_off_the_desk(notes: NoteHouse) -> None:
    by, tablet = await _administrator(notes), await notes.tablet()
    held = await _held(notes, tablet)
    items = (await notes.door.held.items()).items
    assert [(i.held_id, i.reason) for i in items] == [(held["held_id"], "handler_failed")]
    assert "a bug of ours" in items[0].error
    notes.before.clear()
    answer = json.loads(bytes(await notes.door.replay(held["held_id"], by)))
    assert (answer["answer"], answer["id"]) == ("accepted", held["id"])
    assert (await notes.door.held.items()).items == []
    line = json.loads(notes.lines[-1][2])
    assert (line["log"], line["event"]) == ("facility", "HeldCommandReplayed")
    assert line["removes"] == [{"type": "held_command", "key": held["held_id"]}]
    audited = json.loads(
        await notes.pool.fetchval("SELECT line FROM audit_line WHERE log_id = 'facility' ORDER BY seq DESC LIMIT 1")
    )
    assert (audited["what"], audited["answer"], audited["actor"]) == ("replayed", "accepted", str(by.staff_id))
    assert await notes.count("note") == 1


async def test_the_tablet_that_sends_it_again_gets_the_answer_of_the_replay(notes: NoteHouse) -> None:
    by, tablet = await _administrator(notes), await notes.tablet()
    notes.before[WriteNote] = _break
    raw = tablet.command("write_note", ward_id="a", body="x")
    held = (await tablet.post([raw]))[0]
    notes.before.clear()
    answer = json.loads(bytes(await notes.door.replay(held["held_id"], by)))
    assert (await tablet.post([raw]))[0] == answer


async def test_a_replay_before_the_mend_leaves_it_on_the_desk(notes: NoteHouse) -> None:
    by = await _administrator(notes)
    held = await _held(notes, await notes.tablet())
    assert json.loads(bytes(await notes.door.replay(held["held_id"], by))) == held
    assert len((await notes.door.held.items()).items) == 1


async def test_what_can_never_be_replayed_is_dismissed_with_a_reason_and_stays_stored(notes: NoteHouse) -> None:
    by, tablet = await _administrator(notes), await notes.tablet()
    held = (await tablet.post(["nonsense"]))[0]
    await notes.door.held.dismiss(held["held_id"], by, "a test of the line\x00")
    assert (await notes.door.held.items()).items == []
    assert await notes.pool.fetchval("SELECT raw FROM held_command") == "nonsense"
    kept = await notes.pool.fetchrow("SELECT resolution, note, by_staff_id FROM held_resolution")
    assert tuple(kept) == ("dismissed", "a test of the line\\0", by.staff_id)
    with pytest.raises(Problem):
        await notes.door.held.dismiss(held["held_id"], by, "again")


async def test_two_who_replay_at_once_close_it_once(notes: NoteHouse) -> None:
    by, tablet = await _administrator(notes), await notes.tablet()
    held = await _held(notes, tablet)
    notes.before.clear()
    answers = await asyncio.gather(*(notes.door.replay(held["held_id"], by) for _ in range(5)), return_exceptions=True)
    accepted = [a for a in answers if not isinstance(a, BaseException)]
    assert accepted
    assert len({bytes(a) for a in accepted}) == 1
    assert await notes.count("note") == 1
    assert await notes.count("held_resolution") == 1
