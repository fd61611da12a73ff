"""A started PostgreSQL: watched, started again when it dies, stopped when we stop."""

import asyncio
import atexit
import fcntl
import json
import logging
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO, TypeVar

from msgspec import Struct

from backend.core.settings import secret
from backend.postgres import cluster as clusters
from backend.postgres.accounts import account_for, readable
from backend.postgres.binaries import Binaries, binaries_for
from backend.postgres.cluster import ADMINISTRATOR, Cluster
from backend.postgres.roles import make_database_anew, make_roles, open_managed
from backend.trouble import Trouble

log = logging.getLogger("bedside.postgres")
Returned = TypeVar("Returned")

READY_WITHIN_S = 120
"""Recovery after a power cut replays the log first, and may take its time."""
FREE_WITHIN_S = 30
"""A postmaster killed alone leaves children, who notice and go."""
RESTARTS_A_MINUTE = 5
"""Beyond it, a pause before each: whatever kills it needs time to pass, a full disk someone to make room."""
PAUSE_S = 5


class AlreadyRunning(Trouble):
    """Another process of ours serves this data folder."""


class Addresses(Struct, frozen=True, kw_only=True):
    """How to reach the database in each role."""

    owner_url: str
    app_url: str
    admin_url: str = ""


class Running:
    """A database that answers. `stop()` ends it, if it is ours to end."""

    def __init__(self, addresses: Addresses, stop: Callable[[], None], watched: "_Watched | None" = None) -> None:
        self.owner_url = addresses.owner_url
        """Role `bedside_owner`: migrates."""
        self.app_url = addresses.app_url
        """Role `bedside_app`: serves."""
        self.admin_url = addresses.admin_url
        """The database's superuser, where the database is ours."""
        self._stop, self._watched = stop, watched

    @property
    def pid(self) -> int | None:
        """The postmaster's process, where it is our child; changes when it was started again."""
        return self._watched.process.pid if self._watched else None

    def stop(self) -> None:
        """Stops cleanly and waits for it. Safe to call twice."""
        self._stop()

    async def empty(self) -> None:
        """Takes the database away, with everything in it, and makes it anew. Only where it is ours."""
        if not self.admin_url:
            raise Trouble("A database that others look after is emptied by them, not from here.")
        await make_database_anew(self.admin_url)


def find(data_dir: Path, database_url: str | None) -> Running:
    """The database to work with: the managed one of `DATABASE_URL`, the one already running here, or a fresh start."""
    if database_url:
        owner_url, app_url = _apart(open_managed(database_url, secret(data_dir, "database_app").hex()))
        return Running(Addresses(owner_url=owner_url, app_url=app_url), lambda: None)
    try:
        return start(data_dir)
    except AlreadyRunning:
        told = json.loads((data_dir / "secrets" / "database.json").read_text())
        return Running(Addresses(**told), lambda: None)


def start(data_dir: Path, binaries: Binaries | None = None) -> Running:
    """Starts PostgreSQL on this data folder, made at need, with both roles and the database `bedside`.

    Raises `AlreadyRunning` while another process of ours has the folder, and `Trouble` (one sentence) for a
    full disk, missing programs, or a folder that cannot be read.
    """
    data_dir = data_dir.absolute()
    _open_folder(data_dir)
    lock = _locked(data_dir)
    try:
        chosen = binaries or binaries_for(data_dir)
        account = account_for(data_dir / f"pg{chosen.major}")
        cluster = Cluster(data_dir, readable(chosen, account, data_dir), account)
        clusters.make(cluster)
        clusters.clear(cluster)
        watched = _Watched(cluster, _port(data_dir), lock)
    except OSError as error:
        lock.close()
        raise Trouble(f"PostgreSQL could not be started in {data_dir}: {error.strerror or error}.") from error
    except BaseException:
        lock.close()
        raise
    try:
        addresses = _addresses(cluster, watched.port)
        _apart(make_roles(addresses.admin_url, cluster.password("owner"), cluster.password("app")))
        _tell(data_dir, addresses)
    except BaseException:
        watched.stop()
        raise
    atexit.register(watched.stop)
    return Running(addresses, watched.stop, watched)


class _Watched:
    """The server process and the thread that waits for it to die."""

    def __init__(self, cluster: Cluster, port: int, lock: TextIO) -> None:
        self.port = port
        self._cluster, self._lock = cluster, lock
        self._stopping = threading.Event()
        self._turn = threading.Lock()
        self.process = _started(cluster, port)
        threading.Thread(target=self._watch, name="postgres", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        with self._turn:
            clusters.end(self.process)
        self._lock.close()
        atexit.unregister(self.stop)

    def _watch(self) -> None:
        """Starts it again whenever it dies; slower where it dies often or cannot come up, and never gives up."""
        deaths: list[float] = []
        while True:
            self.process.wait()
            deaths = [at for at in deaths if at > time.monotonic() - 60] + [time.monotonic()]
            if len(deaths) > RESTARTS_A_MINUTE and self._stopping.wait(PAUSE_S):
                return
            with self._turn:
                if self._stopping.is_set():
                    return
                log.error("PostgreSQL died (code %s); starting it again", self.process.returncode)
                try:
                    self.process = _started(self._cluster, self.port)
                except Trouble as trouble:
                    log.critical("PostgreSQL did not come back: %s", str(trouble))
                except OSError as error:
                    log.critical("PostgreSQL did not come back: %s", error.strerror)


def _started(cluster: Cluster, port: int) -> subprocess.Popen[bytes]:
    """A server that takes connections; waits out recovery, and the children of one that was killed."""
    give_up_at = time.monotonic() + FREE_WITHIN_S
    while True:
        said_before = cluster.log.stat().st_size if cluster.log.exists() else 0
        process = clusters.spawn(cluster, port)
        if _came_up(cluster, process):
            return process
        said = clusters.last_words(cluster, min(said_before, cluster.log.stat().st_size))
        left_behind = "pre-existing shared memory block" in said or "lock file" in said
        if not left_behind or time.monotonic() > give_up_at:
            raise Trouble(clusters.why(said, "PostgreSQL did not start"))
        time.sleep(0.2)


def _came_up(cluster: Cluster, process: subprocess.Popen[bytes]) -> bool:
    give_up_at = time.monotonic() + READY_WITHIN_S
    while process.poll() is None:
        if clusters.ready(cluster, process.pid):
            return True
        if time.monotonic() > give_up_at:
            clusters.end(process)
            return False
        time.sleep(0.02)
    return False


def _open_folder(data_dir: Path) -> None:
    """Makes the data folder: ours alone, or for root one that the database's account may pass through."""
    try:
        if not data_dir.exists():
            data_dir.mkdir(parents=True)
            os.chmod(data_dir, 0o711 if os.geteuid() == 0 else 0o700)
        if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(13, "permission denied")
    except OSError as error:
        raise Trouble(
            f"The data folder {data_dir} cannot be used ({error.strerror}): choose another with --data."
        ) from error


def _locked(data_dir: Path) -> TextIO:
    """Holds the folder for this process; the kernel lets go of it however we end."""
    try:
        lock = (data_dir / "lock").open("a+")
    except OSError as error:
        raise Trouble(f"The data folder {data_dir} cannot be written to: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        holder = lock.read().strip() or "?"
        lock.close()
        raise AlreadyRunning(f"Bedside already runs on {data_dir} (process {holder}).") from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _port(data_dir: Path) -> int:
    """The port of last time while it is free, so that whoever knows the address finds it again; else any free one."""
    try:
        wanted = int((data_dir / "port").read_text())
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(("127.0.0.1", wanted))
            return wanted
    except (OSError, ValueError):
        pass
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    (data_dir / "port").write_text(str(port))
    return port


def _addresses(cluster: Cluster, port: int) -> Addresses:
    def url(role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{port}/{database}"

    return Addresses(
        owner_url=url("bedside_owner", cluster.password("owner"), "bedside"),
        app_url=url("bedside_app", cluster.password("app"), "bedside"),
        admin_url=url(ADMINISTRATOR, cluster.password(ADMINISTRATOR), "postgres"),
    )


def _tell(data_dir: Path, addresses: Addresses) -> None:
    """Leaves the addresses for `./bedside migrate` and its like, who come while we serve."""
    path = data_dir / "secrets" / "database.json"
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps({name: getattr(addresses, name) for name in addresses.__struct_fields__}))
    unfinished.replace(path)


def _apart(work: Coroutine[Any, Any, Returned]) -> Returned:
    """Runs this in a loop of its own, also when the caller stands in one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
