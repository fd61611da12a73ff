"""The record: a chain that shows every edit, and a role that cannot make one."""

import asyncio
import hashlib
import json
from typing import Any

import asyncpg
import pytest

from tests.core.notes import NoteHouse
from tests.house.cluster import Database

INSERT_ONLY = (
    "installation", "log_line", "audit_line", "command", "outcome", "finding", "held_command", "held_resolution",
)  # fmt: skip


async def _chain_faults(notes: NoteHouse) -> list[str]:
    """What does not fit, walking each log from its beginning: written apart from the code that makes the chain."""
    faults = []
    for log_id, audit_seq, last in await notes.pool.fetch("SELECT log_id, audit_seq, audit_hash FROM log_head"):
        links = await notes.pool.fetch("SELECT seq, line, hash FROM audit_line WHERE log_id = $1 ORDER BY seq", log_id)
        before = ""
        if [link["seq"] for link in links] != list(range(1, audit_seq + 1)):
            faults.append(f"{log_id}: numbers")
        for link in links:
            told = json.loads(link["line"])
            if (told["prev"], told["n"], told["log"]) != (before, link["seq"], log_id):
                faults.append(f"{log_id} {link['seq']}: place")
            before = hashlib.sha256(link["line"].encode()).hexdigest()
            if before != link["hash"]:
                faults.append(f"{log_id} {link['seq']}: hash")
        if before != last:
            faults.append(f"{log_id}: head")
    return faults


async def _some_history(notes: NoteHouse) -> None:
    tablets = [await notes.tablet() for _ in range(4)]

    async def write(tablet: Any, count: int) -> None:
        for n in range(count):
            await tablet.send("write_note", ward_id="ab"[n % 2], body="worth a look")
            await tablet.send("ask_note", ward_id="a", body="no" if n % 3 else "please")
            await tablet.send("read_notes", stay_id=notes.stay_id)
            await tablet.post([f"nonsense {n}"])

    await asyncio.gather(*(write(tablet, 5) for tablet in tablets))


async def test_i8_every_chain_verifies_from_its_beginning(notes: NoteHouse) -> None:
    await _some_history(notes)
    assert await _chain_faults(notes) == []
    audited = [json.loads(r["line"]) for r in await notes.pool.fetch("SELECT line FROM audit_line")]
    answered = await notes.pool.fetch("SELECT command_id::text FROM outcome")
    assert {a["command_id"] for a in audited if a["command_id"]} == {r["command_id"] for r in answered}
    reads = await notes.pool.fetchval("SELECT count(*) FROM audit_line WHERE log_id LIKE 'device%'")
    assert reads == 20


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE audit_line SET line = replace(line, 'accepted', 'refused') WHERE log_id = 'a' AND seq = 2",
        "UPDATE audit_line SET line = replace(line, 'read', 'reed') WHERE log_id LIKE 'device%' AND seq = 2",
        "DELETE FROM audit_line WHERE log_id = 'a' AND seq = 3",
        "DELETE FROM audit_line WHERE log_id = 'facility' AND seq = 5",
        "UPDATE audit_line SET seq = 10 - seq WHERE log_id = 'b' AND seq IN (4, 6)",
        "UPDATE log_head SET audit_seq = audit_seq - 1 WHERE log_id = 'a'",
    ],
)
async def test_i8_an_edit_a_cut_or_a_swap_is_found(notes: NoteHouse, edit: str) -> None:
    await _some_history(notes)
    assert await _chain_faults(notes) == []
    owner = await asyncpg.connect(notes.database.owner_url)
    if "10 - seq" in edit:
        await owner.execute("UPDATE audit_line SET seq = -seq WHERE log_id = 'b' AND seq IN (4, 6)")
        edit = "UPDATE audit_line SET seq = 10 + seq WHERE log_id = 'b' AND seq < 0"
    await owner.execute(edit)
    await owner.close()
    assert await _chain_faults(notes) != []


@pytest.mark.parametrize("table", INSERT_ONLY)
async def test_i7_the_application_cannot_change_what_is_recorded(notes: NoteHouse, table: str) -> None:
    await _some_history(notes)
    await notes.door.held.items()
    column = await notes.pool.fetchval(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum = 1", table
    )
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await notes.pool.execute(statement)


async def test_i7_only_projections_may_be_changed(database: Database, pool: "asyncpg.Pool[Any]") -> None:
    """A table the application may update says so by its name, or is one of the few that stand here."""
    named = {"log_head": "UPDATE", "log_stay": "UPDATE DELETE"}
    grants = await pool.fetch(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'bedside_app' AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')"
    )
    wrong = [
        (table, privilege)
        for table, privilege in grants
        if not table.endswith("_state") and privilege not in named.get(table, "") and table not in IDENTITYS_OWN
    ]
    assert wrong == []


IDENTITYS_OWN = frozenset({"device_secret", "staff_secret", "enrolment", "session"})
"""Identity's mutable tables: secrets and sessions are no part of the record."""
