"""The floors: the statements of one `record_vitals` as the door ran them, given to pgbench and to a bare ASGI app."""

import json
import subprocess
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core import queries
from backend.core.database import open_pool
from backend.postgres import system_binaries
from tests.bench.ground import FULL_FIRST, FULL_PATIENTS, STAYS_EACH, Ground, stay_name, vitals
from tests.house.house import House


class Recorded(Struct):
    """Statements with their arguments, and the values in them that differ from one command to the next."""

    statements: list[tuple[str, list[Any]]]
    command_id: str
    stay_id: str


async def recorded(ground: Ground) -> Recorded:
    """What the door asks of PostgreSQL for one set of vital signs, begin and commit included."""
    heard: list[tuple[str, list[Any]]] = []
    pool = await open_pool(ground.house.database.app_url)
    house = House(pool, ground.house.database)
    nurse = ground.nurses[0]
    nurse_here = await house.sign_in(nurse.staff_id, nurse.device)
    for _ in range(2):  # the first prepares and fills the caches
        await nurse_here.accepted("record_vitals", **_some_vitals(ground))
    async with pool.acquire() as connection:
        connection.add_query_logger(_listener(heard))
    answer = await nurse_here.accepted("record_vitals", **_some_vitals(ground))
    await pool.close()
    return Recorded(heard, answer["id"], str(stay_name(0)))


def _some_vitals(ground: Ground) -> dict[str, Any]:
    return vitals(stay_name(0), ground.bands[0], Random(3), datetime.now().astimezone())


def _listener(heard: list[tuple[str, list[Any]]]) -> Any:
    def listen(query: Any) -> None:
        heard.append((query.query, list(query.args or ())))

    return listen


def pgbench(ground: Ground, told: Recorded, folder: Path, *, wards: int, senders: int, seconds: int) -> float:
    """Transactions a second of the same statements, prepared, from pgbench's own C client."""
    script = folder / f"record_vitals_{wards}.sql"
    script.write_text(_script(told, wards))
    found = system_binaries()
    if not found:
        raise RuntimeError("pgbench is part of the system's PostgreSQL, which is not here")
    command = [
        str(found[0].folder / "pgbench"),
        "-n",
        "-M",
        "prepared",
        "-c",
        str(senders),
        "-j",
        "2",
        "-T",
        str(seconds),
    ]
    ended = subprocess.run(
        [*command, "-f", str(script), ground.house.database.app_url], capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr[-2000:])
    line = next(line for line in ended.stdout.splitlines() if line.startswith("tps"))
    return float(line.split("=")[1].split()[0])


def _script(told: Recorded, wards: int) -> str:
    first, count = (0, wards * STAYS_EACH) if wards > 1 else (FULL_FIRST, FULL_PATIENTS)
    lines = ["\\set r random(1, 281474976710655)", f"\\set s random({first}, {first + count - 1})"]
    for statement, arguments in told.statements:
        text = (
            " ".join(line for line in statement.splitlines() if not line.lstrip().startswith("--")).strip().rstrip(";")
        )
        finishing = statement == queries.FINISH
        for number in range(len(arguments), 0, -1):
            literal = _FINISHING.get(number) if finishing else None
            text = text.replace(f"${number}", literal or _literal(arguments[number - 1], told))
        lines.append(text + (" \\gset" if statement == queries.CLAIM_AND_LOCK else ";"))
    return "\n".join(lines) + "\n"


_FINISHING = {
    4: "ARRAY[:log_id::text]",
    5: "ARRAY[:seq::bigint + 1]",
    7: "ARRAY[:log_id::text]",
    8: "ARRAY[:audit_seq::bigint + 1]",
    11: "ARRAY[:seq::bigint + 1]",
}
"""The parts of the last statement that come from the locked head, by parameter number."""


def _literal(value: Any, told: Recorded) -> str:
    """SQL of one argument; the ids of command and stay are made from the script's random numbers."""
    if isinstance(value, UUID) and str(value) == told.command_id:
        return "('019b0000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid"
    if isinstance(value, UUID) and str(value) == told.stay_id:
        return "('00000000-0000-4000-8000-' || lpad(to_hex(:s::bigint), 12, '0'))::uuid"
    if isinstance(value, (list, tuple)):
        parts = [
            _literal(UUID(v) if isinstance(v, str) and v in (told.command_id, told.stay_id) else v, told) for v in value
        ]
        return f"ARRAY[{', '.join(parts)}]"
    if value is None:
        return "NULL"
    if isinstance(value, (bool, int)):
        return str(value)
    if isinstance(value, bytes):
        return "decode(md5(random()::text), 'hex')" if len(value) == 32 else f"'\\x{value.hex()}'::bytea"
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    quoted = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    kind = "::timestamptz" if isinstance(value, datetime) else "::uuid" if isinstance(value, UUID) else ""
    return f"E'{quoted}'{kind}"


def kept(told: Recorded, folder: Path) -> Path:
    """The statements in a file, for the bare app."""
    path = folder / "recorded.json"
    path.write_bytes(msgspec.json.encode([(q, [_plain(a) for a in arguments]) for q, arguments in told.statements]))
    (folder / "recorded_ids.json").write_text(json.dumps([told.command_id, told.stay_id]))
    return path


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, UUID):
        return {"id": str(value)}
    return {"bytes": value.hex()} if isinstance(value, bytes) else value
