"""The database: found, made, watched, stopped; and nothing committed is lost to kill -9, of it or of us."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend import postgres
from backend.command_line.programs import HERE
from backend.postgres import cluster as clusters
from backend.trouble import Trouble

STARTED = """
import sys, time
from pathlib import Path
from backend import postgres
running = postgres.start(Path(sys.argv[1]))
print(running.pid, running.owner_url, flush=True)
time.sleep(600)
"""


@contextmanager
def started(data_dir: Path, binaries: postgres.Binaries | None = None) -> Iterator[postgres.Running]:
    running = postgres.start(data_dir, binaries)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def parent(data_dir: Path) -> Iterator[tuple["subprocess.Popen[str]", int, str]]:
    """A process of its own that holds the database: (process, the postmaster's pid, the owner's URL)."""
    command = [sys.executable, "-c", STARTED, str(data_dir)]
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid, url = process.stdout.readline().split()
        yield process, int(pid), url


async def asked(url: str, ask: Callable[["asyncpg.Connection[Any]"], Awaitable[Any]]) -> Any:
    """The answer, asked again while the database is on its way back."""
    for _ in range(600):
        try:
            connection = await asyncpg.connect(url, timeout=5)
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.05)
            continue
        try:
            return await ask(connection)
        finally:
            await connection.close()
    raise TimeoutError("the database did not come back")


async def write(url: str, count: int) -> None:
    async def ask(connection: "asyncpg.Connection[Any]") -> None:
        await connection.execute("CREATE TABLE IF NOT EXISTS kept (n integer PRIMARY KEY)")
        for n in range(count):
            await connection.execute("INSERT INTO kept VALUES ($1)", n)

    await asked(url, ask)


async def counted(url: str) -> int:
    count: int = await asked(url, lambda connection: connection.fetchval("SELECT count(*) FROM kept"))
    return count


async def setting(url: str, name: str) -> str:
    value: str = await asked(url, lambda connection: connection.fetchval("SELECT current_setting($1)", name))
    return value


async def another_pid(running: postgres.Running, killed: int) -> int | None:
    """The server's process once it is another: it takes connections a moment before its watcher has noted it."""
    for _ in range(250):
        if running.pid not in (None, killed):
            break
        await asyncio.sleep(0.02)
    return running.pid


async def test_the_database_comes_back_after_kill_9_with_the_data(data_dir: Path) -> None:
    with started(data_dir) as running:
        await write(running.owner_url, 20)
        killed = running.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        assert await counted(running.owner_url) == 20
        assert await another_pid(running, killed) not in (None, killed)


async def test_it_comes_back_however_often_it_dies(data_dir: Path) -> None:
    """More often than it is started again at once."""
    with started(data_dir) as running:
        await write(running.owner_url, 5)
        killed: set[int] = set()
        while len(killed) < 7:
            pid = running.pid
            if pid is None or pid in killed:  # not started again yet
                await asyncio.sleep(0.02)
                continue
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
            assert await counted(running.owner_url) == 5


async def test_the_next_start_finds_what_kill_9_of_ours_left(data_dir: Path) -> None:
    """The database outlives its parent; the next start ends it, starts at the same address, and loses nothing."""
    with parent(data_dir) as (process, pid, url):
        await write(url, 20)
        process.kill()
    os.kill(pid, 0)
    with started(data_dir) as running:
        assert running.pid != pid
        assert running.owner_url == url
        assert await counted(running.owner_url) == 20


async def test_both_killed_at_once(data_dir: Path) -> None:
    with parent(data_dir) as (process, pid, url):
        await write(url, 20)
        process.kill()
        os.kill(pid, signal.SIGKILL)
    left = data_dir / f"pg{postgres.binaries_for(data_dir).major}" / "postmaster.pid"
    assert await asyncio.to_thread(left.exists)
    with started(data_dir) as running:
        assert await counted(running.owner_url) == 20


async def test_a_clean_stop_leaves_no_process(data_dir: Path) -> None:
    with started(data_dir) as running:
        pid = running.pid
        assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    running.stop()


async def test_one_folder_one_server(data_dir: Path) -> None:
    """A second start is refused in one sentence; a helper of the installer's finds the running one and leaves it be."""
    with started(data_dir) as running:
        with pytest.raises(postgres.AlreadyRunning, match=f"process {os.getpid()}"):
            postgres.start(data_dir)
        found = postgres.find(data_dir, None)
        assert found.owner_url == running.owner_url
        found.stop()
        assert await setting(running.app_url, "server_encoding") == "UTF8"


async def test_the_wheels_postgresql_serves_and_its_folder_decides_from_then_on(data_dir: Path) -> None:
    wheel = postgres.wheel_binaries()[0]
    with started(data_dir, wheel) as running:
        await write(running.owner_url, 3)
    assert postgres.binaries_for(data_dir).major == wheel.major
    with started(data_dir) as running:
        assert await counted(running.owner_url) == 3
        assert int(await setting(running.owner_url, "server_version_num")) // 10000 == wheel.major
        assert await setting(running.owner_url, "data_checksums") == "on"


async def test_what_the_cluster_is_made_of(data_dir: Path) -> None:
    with started(data_dir) as running:
        for name, value in {"fsync": "on", "full_page_writes": "on", "data_checksums": "on", "TimeZone": "UTC"}.items():
            assert await setting(running.app_url, name) == value
        collation = await asked(
            running.app_url,
            lambda c: c.fetchval("SELECT datcollate FROM pg_database WHERE datname = current_database()"),
        )
        assert collation == "C"
        for path in (data_dir / "secrets").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert stat.S_IMODE((data_dir / "secrets").stat().st_mode) == 0o700


async def test_the_serving_role_may_not_make_or_change_what_is_not_its_own(data_dir: Path) -> None:
    with started(data_dir) as running:
        await write(running.owner_url, 1)
        for statement in ("CREATE TABLE own (n int)", "CREATE DATABASE own", "CREATE ROLE own", "DELETE FROM kept"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asked(running.app_url, lambda connection, s=statement: connection.execute(s))  # type: ignore[misc]
        wrong = running.app_url.replace("bedside_app:", "bedside_app:x")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(wrong, timeout=5)


async def test_a_folder_half_made_is_made_again(data_dir: Path) -> None:
    """kill -9 while the folder is being made."""
    major = postgres.binaries_for(data_dir).major
    (data_dir / f"pg{major}.unfinished" / "base").mkdir(parents=True)
    os.chmod(data_dir, 0o755)
    with started(data_dir) as running:
        await write(running.owner_url, 1)
    assert not (data_dir / f"pg{major}.unfinished").exists()


def test_records_of_a_version_that_is_not_here(data_dir: Path) -> None:
    (data_dir / "pg9").mkdir(parents=True)
    (data_dir / "pg9" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Trouble, match=r"written by PostgreSQL 9, and this machine has \d+"):
        postgres.binaries_for(data_dir)


def test_a_folder_that_cannot_be_used() -> None:
    with pytest.raises(Trouble, match=r"The data folder /proc/records cannot be used"):
        postgres.start(Path("/proc/records"))


async def test_a_managed_database_gets_its_serving_role(data_dir: Path, tmp_path: Path) -> None:
    """DATABASE_URL: its user owns; the serving role is made beside it, and nothing is started or stopped."""
    with started(data_dir) as running:
        found = postgres.find(tmp_path, running.admin_url)
        assert found.owner_url == running.admin_url
        assert await setting(found.app_url, "is_superuser") == "off"
        found.stop()
        assert await setting(running.admin_url, "is_superuser") == "on"


def test_a_managed_database_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"DATABASE_URL \(postgresql://127.0.0.1:1/x\) does not answer") as told:
        postgres.find(tmp_path, "postgresql://somebody:secret@127.0.0.1:1/x")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("FATAL: could not write: No space left on device", "It: the disk is full; make room and start again."),
        ("initdb: error: Permission denied", "It: permission denied; give the folder back to its owner or choose"),
        ("LOG: x\nFATAL:  lock file is odd\n", "It: lock file is odd"),
        ("", "It: it said nothing"),
    ],
)
def test_one_sentence_for_many(said: str, sentence: str) -> None:
    assert clusters.why(said, "It").startswith(sentence)


def test_a_full_disk_is_said_in_one_sentence(data_dir: Path) -> None:
    """On a file system of 24 MB, which root may mount; others read PostgreSQL's own words for it (above)."""
    if os.geteuid() != 0:
        return
    data_dir.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0755", "bedside-test", str(data_dir)], check=True)
    try:
        began = time.monotonic()
        with pytest.raises(Trouble, match="the disk is full; make room and start again"):
            postgres.start(data_dir)
        assert time.monotonic() - began < 60
    finally:
        subprocess.run(["umount", str(data_dir)], check=True)
