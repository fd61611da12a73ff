"""A PostgreSQL folder: made once and whole, cleared of what a dead start left, and opened with our settings."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from msgspec import Struct

from backend.core.settings import secret
from backend.postgres.accounts import Account
from backend.postgres.binaries import Binaries
from backend.trouble import Trouble

ADMINISTRATOR = "postgres"
STOP_WITHIN_S = 60
LOG_LIMIT_BYTES = 10_000_000
SOCKET_PATH_LIMIT = 90
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # A DETAIL line and a failing statement hold values of the record: neither goes into a log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class Cluster(Struct, frozen=True):
    """One PostgreSQL folder with the programs and the account that serve it."""

    data_dir: Path
    binaries: Binaries
    account: Account

    @property
    def folder(self) -> Path:
        """`<data>/pg<major>`."""
        return self.data_dir / f"pg{self.binaries.major}"

    @property
    def log(self) -> Path:
        """What PostgreSQL says; values of the record are kept out of it."""
        return self.data_dir / f"pg{self.binaries.major}.log"

    def password(self, role: str) -> str:
        """The role's password, random, kept in a 0600 file."""
        return secret(self.data_dir, f"database_{role}").hex()


def make(cluster: Cluster) -> None:
    """Makes the folder where there is none: checksums on, UTF-8, order by code point. Whole, or not there at all."""
    if cluster.folder.exists():
        return
    unfinished = cluster.folder.with_name(f"{cluster.folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    cluster.account.own(unfinished)
    with tempfile.NamedTemporaryFile("w", prefix="bedside-") as password:
        password.write(cluster.password(ADMINISTRATOR) + "\n")
        password.flush()
        cluster.account.own(Path(password.name))
        ended = _initdb(cluster, unfinished, password.name)
    if ended.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise Trouble(why(ended.stderr, f"PostgreSQL could not make its folder {cluster.folder}"))
    unfinished.rename(cluster.folder)


def clear(cluster: Cluster) -> None:
    """Stops a PostgreSQL that outlived its parent (kill -9), so that this one can start. Nothing committed is lost."""
    if postmaster(cluster) is None:
        return
    for way in ("fast", "immediate"):
        stopped = _run(cluster, "pg_ctl", "stop", "-D", str(cluster.folder), "-m", way, "-w", "-t", str(STOP_WITHIN_S))
        if stopped.returncode == 0 or postmaster(cluster) is None:
            return
    raise Trouble(
        f"A PostgreSQL already runs on {cluster.folder} and does not stop: end process {postmaster(cluster)}."
    )


def spawn(cluster: Cluster, port: int) -> subprocess.Popen[bytes]:
    """Starts the server in a session of its own: a Ctrl-C meant for us does not reach it before we stop it."""
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_LIMIT_BYTES:
        cluster.log.replace(cluster.log.with_suffix(".log.old"))
    options = SETTINGS | {"port": str(port), "unix_socket_directories": _socket_folder(cluster)}
    command = [str(cluster.binaries.folder / "postgres"), "-D", str(cluster.folder)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    with cluster.log.open("ab") as log:
        os.chmod(cluster.log, 0o600)
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=cluster.folder if cluster.account.uid is None else "/",
            env=_environment(),
            start_new_session=True,
            **cluster.account.started_as,
        )


def ready(cluster: Cluster, pid: int) -> bool:
    """Whether the server with this pid says in its own file that it takes connections."""
    lines = _pid_file(cluster)
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def postmaster(cluster: Cluster) -> int | None:
    """The process that serves this folder, if one is alive."""
    lines = _pid_file(cluster)
    if not lines or _run(cluster, "pg_ctl", "status", "-D", str(cluster.folder)).returncode != 0:
        return None
    return int(lines[0])


def end(process: subprocess.Popen[bytes]) -> None:
    """A clean stop: open transactions are rolled back, everything committed is on disk."""
    for signal_number, wait_s in ((signal.SIGINT, STOP_WITHIN_S), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        if process.poll() is None:
            process.send_signal(signal_number)
            try:
                process.wait(wait_s)
            except subprocess.TimeoutExpired:
                continue


def last_words(cluster: Cluster, since: int) -> str:
    """What PostgreSQL logged from this byte of its log on."""
    with cluster.log.open("rb") as log:
        log.seek(since)
        return log.read(20_000).decode(errors="replace")


def why(said: str, what: str) -> str:
    """One sentence for what PostgreSQL said in many."""
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return f"{what}: the disk is full; make room and start again."
    if "Permission denied" in said:
        return f"{what}: permission denied; give the folder back to its owner or choose another with --data."
    fatal = [line for line in said.splitlines() if any(word in line for word in ("FATAL", "PANIC", "error:"))]
    return f"{what}: {fatal[-1].split(':', 1)[-1].strip() if fatal else said.strip()[-300:] or 'it said nothing'}"


def _initdb(cluster: Cluster, folder: Path, password_file: str) -> subprocess.CompletedProcess[str]:
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return _run(
        cluster,
        "initdb",
        *("-D", str(folder), "-U", ADMINISTRATOR, f"--pwfile={password_file}"),
        *("--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8", "--no-instructions"),
        *(builtin if cluster.binaries.major >= 17 else ["--locale=C"]),
    )


def _run(cluster: Cluster, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(cluster.binaries.folder / program), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * STOP_WITHIN_S,
        cwd="/",
        env=_environment(),
        **cluster.account.started_as,
    )


def _environment() -> dict[str, str]:
    """Nothing of the caller's PG* settings reaches the server; messages come in English for `why`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _pid_file(cluster: Cluster) -> list[str]:
    for _ in range(3):
        try:
            return (cluster.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        except OSError:
            time.sleep(0.05)
    return []


def _socket_folder(cluster: Cluster) -> str:
    """The PostgreSQL folder itself, or none where its path is too long for a socket's address."""
    return str(cluster.folder) if len(str(cluster.folder)) < SOCKET_PATH_LIMIT else ""
