"""The demo as a person starts it: what it prints, who may reach it, and that kill -9 takes nothing from it."""

import contextlib
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import msgspec

from backend.command_line.programs import HERE
from tests.launcher.conftest import bedside
from tests.launcher.test_command_line import free_port, postmaster


@contextmanager
def demo(data_dir: Path, port: int, *words: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """(the running demo, what it printed)."""
    command = [sys.executable, "-m", "backend.main", "demo", "--data", str(data_dir), "--port", str(port), *words]
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            printed: list[str] = []
            while not (printed and printed[-1].startswith("Ctrl-C ends it")):
                line = process.stdout.readline()
                assert line, (printed, process.stderr.read() if process.stderr else "")
                printed.append(line)
            yield process, "".join(printed)
        finally:
            process.terminate()


def free_pair() -> int:
    """A port that is free, and the next one with it."""
    while True:
        port = free_port()
        with socket.socket() as following, contextlib.suppress(OSError):
            following.bind(("127.0.0.1", port + 1))
            return port


def hello(connection: HTTPConnection) -> dict[str, object]:
    connection.request("GET", "/api/hello")
    told: dict[str, object] = msgspec.json.decode(connection.getresponse().read())
    connection.close()
    return told


def test_the_demo_is_told_on_one_screen_and_outlives_kill_9(data_dir: Path) -> None:
    port = free_port()
    with demo(data_dir, port) as (process, printed):
        assert f"Open      http://localhost:{port}\n" in printed
        assert re.search(r"one-time code [A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}, or open http://localhost", printed)
        assert len(re.findall(r"bedside-demo +246810$", printed, re.MULTILINE)) == 12
        assert len(printed.splitlines()) < 40
        sheet = data_dir / "demo-sheet.pdf"
        assert f"Print     {sheet}\n" in printed
        assert sheet.read_bytes().startswith(b"%PDF-")
        assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
        before = hello(HTTPConnection("127.0.0.1", port, timeout=10))
        assert before["demo"] is True
        database = postmaster(data_dir)
        process.kill()
    os.kill(database, signal.SIGKILL)
    with demo(data_dir, port):
        assert hello(HTTPConnection("127.0.0.1", port, timeout=10))["epoch"] == before["epoch"]
    with demo(data_dir, port, "--new"):
        assert hello(HTTPConnection("127.0.0.1", port, timeout=10))["epoch"] != before["epoch"]
    published_secrets_stay_home(data_dir)


def published_secrets_stay_home(data_dir: Path) -> None:
    """No start lets this network in where everyone's PIN stands in the manual."""
    beyond = ["--data", str(data_dir), "--port", str(free_port())]
    proxied = bedside("serve", *beyond, "--host", "0.0.0.0", "--behind-proxy", "--public-url", "https://ward.example")
    assert proxied.returncode == 2
    assert proxied.stderr.startswith("bedside: This database holds the demo hospital with its published PINs")
    other = bedside("demo", *beyond, "--lan", "--address", "127.0.0.1")
    assert other.returncode == 2
    assert other.stderr.splitlines()[-1].startswith("bedside: This demo was filled for the other kind")


def test_on_a_network_everyone_has_a_pin_and_a_password_of_their_own(data_dir: Path) -> None:
    port = free_pair()
    with demo(data_dir, port, "--lan", "--address", "127.0.0.1") as (_, printed):
        typed = re.findall(r"((?:[a-z2-9]{4}-){2}[a-z2-9]{4}) +(\d{6})$", printed, re.MULTILINE)
        assert len(typed) == 12
        assert len({password for password, _ in typed}) == 12
        assert "246810" not in printed
        trusting = ssl.create_default_context(cafile=str(data_dir / "secrets" / "tls" / "authority.pem"))
        told = hello(HTTPSConnection("127.0.0.1", port, timeout=10, context=trusting))
        assert told["demo"] is True
        page = HTTPConnection("127.0.0.1", port + 1, timeout=10)
        page.request("GET", "/trust")
        answer = page.getresponse()
        assert answer.status == 200
        assert f"https://127.0.0.1:{port}" in answer.read().decode()
        page.close()
        assert f"http://127.0.0.1:{port + 1}/trust" in printed


def test_new_takes_away_nothing_but_a_demo(data_dir: Path) -> None:
    assert bedside("migrate", "--data", str(data_dir)).returncode == 0
    asked = bedside("demo", "--data", str(data_dir), "--port", str(free_port()), "--new")
    assert asked.returncode == 2
    assert (
        asked.stderr
        == "bedside: --new takes away a demo and nothing else: this database does not say that it is one.\n"
    )
