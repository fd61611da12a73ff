"""`./bedside bench`: measures, prints a table, writes figures.json and docs/figures.md."""

import asyncio
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from tests.bench import floors, streams, tablet
from tests.bench.ground import FULL_WARD, WARDS, Ground, closed, opened
from tests.bench.sending import Measured, fetched, posted
from tests.house.server import ROOT, free_port
from tests.house.tablet import Tablet

SENDERS = 16
COMMANDS = {WARDS: 1_600, 1: 480}
SOCKETS = 100
OPENINGS_A_SECOND = 200
OPENINGS = 600
SNAPSHOTS = 20


class Figure(Struct, frozen=True, kw_only=True):
    """One measured figure beside its floor."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    floor_name: str = ""
    aim: str = ""

    @property
    def ratio(self) -> str:
        """Ours by the floor's."""
        return "" if not self.floor else f"{self.value / self.floor:.2f}"


async def measured(folder: Path) -> list[Figure]:
    """All figures, on one machine in one run."""
    ground = await opened(folder)
    try:
        told = await floors.recorded(ground)
        figures = [
            Figure(name="F1 round trips of record_vitals", value=len(told.statements), unit="round trips", aim="≤ 8")
        ]
        bare = await _bare(ground, told, folder)
        try:
            reads = await _reads(ground, ground.full_nurse, bare.port)
            for wards in (WARDS, 1):
                figures += await _f1(ground, told, folder, wards, bare.port)
            figures += reads
        finally:
            bare.process.terminate()
            bare.process.wait()
        figures += await _streams(ground, ground.full_nurse)
    finally:
        await closed(ground)
    return figures


class BareServer(Struct, frozen=True):
    """The bare floor's process."""

    process: Any
    port: int


async def _bare(ground: Ground, told: floors.Recorded, folder: Path) -> BareServer:
    floors.kept(told, folder)
    keys = {str(nurse.session_id): nurse.key.public_der.hex() for nurse in (*ground.nurses, ground.full_nurse)}
    (folder / "keys.json").write_text(json.dumps(keys))
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.bare", str(folder), str(port), ground.house.database.app_url]
    process = await asyncio.to_thread(subprocess.Popen, command, cwd=ROOT)
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            break
    return BareServer(process, port)


async def _f1(ground: Ground, told: floors.Recorded, folder: Path, wards: int, bare_port: int) -> list[Figure]:
    """Signed vitals through the door, beside pgbench with the same SQL and the bare app with the same work."""
    count = COMMANDS[wards]
    where = "one ward" if wards == 1 else f"{wards} wards"
    seconds = 4
    by_pgbench = await asyncio.to_thread(
        floors.pgbench, ground, told, folder, wards=wards, senders=SENDERS, seconds=seconds
    )
    by_bare = await _commands(ground, bare_port, count, wards)
    by_door = await _commands(ground, ground.server.settings.port, count, wards)
    name, ours, unit = f"F1 {where}", by_door.per_second, "commands/s"
    late, bare_late = by_door.at(0.99), by_bare.at(0.99)
    return [
        Figure(name=name, value=ours, unit=unit, floor=by_pgbench, floor_name="pgbench", aim="≥ 0.5 ×"),
        Figure(name=name, value=ours, unit=unit, floor=by_bare.per_second, floor_name="bare ASGI", aim="≥ 0.9 ×"),
        Figure(name=f"{name}, 99 of 100 within", value=late, unit="ms", floor=bare_late, floor_name="bare ASGI"),
    ]


async def _commands(ground: Ground, port: int, count: int, wards: int) -> Measured:
    requests = [(_as(nurse), body) for nurse, body in ground.signed(count, wards)]
    told = await posted(port, "/api/commands", requests, SENDERS)
    wrong = [body for body in told.bodies if b'"answer":"accepted"' not in body]
    if wrong:
        raise RuntimeError(f"{len(wrong)} of {count} commands were not accepted: {wrong[0]!r}")
    return told


async def _reads(ground: Ground, nurse: Tablet, bare_port: int) -> list[Figure]:
    port = ground.server.settings.port
    targets = []
    for n in range(OPENINGS):
        reader, stay_id = ground.readers[n % len(ground.readers)], ground.full_stays[n % len(ground.full_stays)]
        targets.append((f"/api/stays/{stay_id}/chart", f"{_as(reader)}authorization: Bearer {reader.token}\r\n"))
    opening = await fetched(port, targets, OPENINGS_A_SECOND)
    packed = f"{_as(nurse)}accept-encoding: gzip\r\n"
    snapshots = await fetched(port, [(f"/api/logs/{FULL_WARD}/snapshot", packed)] * SNAPSHOTS, 4)
    bare = await fetched(bare_port, [("/", "")] * SNAPSHOTS, 4)
    body, name = snapshots.bodies[-1], f"F5 open a patient at {OPENINGS_A_SECOND}/s"
    return [
        Figure(name=f"{name}, half within", value=opening.at(0.5), unit="ms"),
        Figure(name=f"{name}, 99 of 100 within", value=opening.at(0.99), unit="ms", aim="≤ 30 ms"),
        Figure(name=f"{name}, told to come again (503)", value=opening.shed, unit=f"of {OPENINGS}", aim="0"),
        Figure(name="F6 ward snapshot (60 patients, 72 h)", value=snapshots.at(0.5), unit="ms", floor=bare.at(0.5),
               floor_name="bare ASGI, same rows", aim="≤ 50 ms"),
        Figure(name="F6 ward snapshot, unpacked", value=len(gzip.decompress(body)) / 1024, unit="KB"),
        Figure(name="F6 ward snapshot, as sent", value=len(body) / 1024, unit="KB", aim="≤ 150 KB"),
    ]  # fmt: skip


async def _streams(ground: Ground, nurse: Tablet) -> list[Figure]:
    lines = await ground.house.lines("w00", 0)
    size = len(json.dumps(lines[-1]))
    floor = await streams.bare_broadcast(SOCKETS, size)
    spread = await streams.told_to_all(ground, SOCKETS)
    full_ms, changed_ms = await streams.board(ground, nurse, FULL_WARD)
    name = f"F3 answer → all {SOCKETS} tablets of a ward"
    return [
        Figure(name=f"{name}, half within", value=spread.p50, unit="ms", floor=floor.p50, floor_name="bare broadcast"),
        Figure(name=f"{name}, 99 of 100 within", value=spread.p99, unit="ms", floor=floor.p99,
               floor_name="bare broadcast", aim="≤ 100 ms, ≤ 1.5 ×"),
        Figure(name="Ward board: nothing → 60 patients", value=full_ms, unit="ms"),
        Figure(name="Ward board: a nurse's send → changed on another screen", value=changed_ms, unit="ms"),
        Figure(name="F12 memory of the server after all this", value=ground.server.memory_kb() / 1024, unit="MB"),
    ]  # fmt: skip


def _as(nurse: Tablet) -> str:
    return f"cookie: bedside_device={nurse.device.cookie}\r\n"


def _machine() -> dict[str, str]:
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "",
    )
    postgres_version = subprocess.run(
        ["/usr/bin/env", "psql", "--version"], capture_output=True, text=True, check=False
    ).stdout
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} × {cpu or platform.machine()}",
        "load before": ", ".join(f"{one:.1f}" for one in os.getloadavg()),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": postgres_version.strip() or "?",
    }


def _table(figures: list[Figure]) -> list[list[str]]:
    rows = [["figure", "ours", "floor", "ratio", "aim"]]
    for one in figures:
        floor = f"{one.floor:,.1f} ({one.floor_name})" if one.floor else ""
        rows.append([one.name, f"{one.value:,.1f} {one.unit}", floor, one.ratio, one.aim])
    return rows


def _document(machine: dict[str, str], figures: list[Figure]) -> str:
    head, *rows = _table(figures)
    lines = [
        "# Figures",
        "",
        "Written by `./bedside bench`; run it to measure your own machine. Absolute numbers mean little on a shared",
        "machine: read the ratios, which are of one run. Real server process, real PostgreSQL with fsync on, real",
        "sockets; senders, server and database share the cores named here.",
        "",
        *(f"- {name}: {told}" for name, told in machine.items()),
        "",
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        "F1: signed `record_vitals` of a full set after a band scan, one to a request, 16 senders; the one ward has",
        "60 patients with 72 hours of charting. pgbench runs the very statements that the door sent for one such",
        "command, prepared, from C, without HTTP, JSON, signatures or scores. Bare ASGI is a function on uvicorn that",
        "verifies the signature and runs those statements with asyncpg and msgspec. F5 and F6 begin at a fixed rate,",
        "answered or not. F3 runs from the sender's answer to the last socket; the bare broadcast sends a text of the",
        "same size to as many sockets of the `websockets` library.",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measures everything. Ends with 0 whatever the figures are: they are told, never judged on a shared machine."""
    machine = _machine()
    with tempfile.TemporaryDirectory(prefix="bedside-bench-") as folder:
        figures = asyncio.run(measured(Path(folder)))
    figures += [Figure(**structs.asdict(one)) for one in asyncio.run(tablet.counted())]
    rows = _table(figures)
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
    told = {"machine": machine, "figures": [structs.asdict(one) for one in figures]}
    (ROOT / "docs" / "figures.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    (ROOT / "docs" / "figures.md").write_text(_document(machine, figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
