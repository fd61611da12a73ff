"""The command line: help that reads well, and one clear sentence with exit code 2 for what cannot be done."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from backend.command_line.arguments import parsed, parser
from backend.command_line.people import name_parts
from backend.command_line.programs import HERE
from backend.main import WORDS
from tests.launcher.conftest import bedside


def test_help_names_every_word() -> None:
    """Without an environment: the launcher answers from Python's own library alone."""
    asked = subprocess.run(
        [sys.executable, "-I", "-S", str(HERE / "bedside"), "--help"], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.startswith("usage: ./bedside")
    for word in WORDS:
        assert f"\n    {word} " in asked.stdout or f"\n    {word}\n" in asked.stdout
    assert max(map(len, asked.stdout.splitlines())) <= 120


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_has_its_own_help(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([word, "--help"])
    assert ended.value.code == 0
    assert f"./bedside {word}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["nonsense"], [], ["serve", "--port", "99999"], ["demo", "--port", "x"]])
def test_what_is_no_word_of_ours(words: list[str]) -> None:
    asked = bedside(*words)
    assert asked.returncode == 2
    assert "Traceback" not in asked.stderr


def test_what_follows_test_is_for_pytest() -> None:
    told = parsed(["test", "-k", "score", "tests/vitals", "--maxfail=1"])
    assert (told.word, told.handed_on) == ("test", ["-k", "score", "tests/vitals", "--maxfail=1"])
    assert parsed(["check"]).handed_on == []


def refused(*words: str, environment: dict[str, str] | None = None) -> str:
    """The one sentence."""
    asked = bedside(*words, environment=environment)
    assert asked.returncode == 2, asked.stderr
    assert asked.stdout == ""
    (sentence,) = asked.stderr.splitlines()
    assert sentence.startswith("bedside: ")
    return sentence.removeprefix("bedside: ")


def test_a_taken_port(data_dir: Path) -> None:
    """Said before anything is made or started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refused("serve", "--data", str(data_dir), "--port", str(port))
    assert said == f"Port {port} is taken by another program: stop it, or choose another with --port."
    assert not data_dir.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "Served to 0.0.0.0 without HTTPS, no tablet could use its camera"),
        (["--certificate", "/etc/hostname"], "HTTPS needs both --certificate and --key."),
        (["--certificate", "/no/such.pem", "--key", "/no/such.key"], "/no/such.pem cannot be read."),
        (["--behind-proxy"], "Behind a proxy, --public-url must say how tablets reach it"),
        (["--host", "203.0.113.9", "--behind-proxy", "--public-url", "https://x.example"], "The address 203.0.113.9"),
        (["--data", "/proc/records"], "The data folder /proc/records cannot be used"),
    ],
)
def test_what_cannot_be_served(words: list[str], said: str, data_dir: Path) -> None:
    given = words if "--data" in words else ["--data", str(data_dir), *words]
    assert refused("serve", "--port", str(free_port()), *given).startswith(said)


def test_a_managed_database_that_is_away(data_dir: Path) -> None:
    url = "postgresql://somebody:secret@127.0.0.1:1/x"
    said = refused("migrate", "--data", str(data_dir), environment={"DATABASE_URL": url})
    assert said.startswith("The database of DATABASE_URL (postgresql://127.0.0.1:1/x) does not answer")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Lê Hồng Nhung", ("Lê", "Hồng", "Nhung")),
        ("Lâm Thị Sa Mít", ("Lâm", "Thị Sa", "Mít")),
        ("Hồ Ẩn", ("Hồ", "", "Ẩn")),
        ("Ẩn", ("", "", "Ẩn")),
    ],
)
def test_a_name_is_family_middle_given(name: str, parts: tuple[str, str, str]) -> None:
    assert name_parts(name) == parts


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(data_dir: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The real server, listening."""
    words = ["serve", "--data", str(data_dir), "--port", str(port), "--facility", "Bệnh viện Thử"]
    with subprocess.Popen(
        [sys.executable, "-m", "backend.main", *words], cwd=HERE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Bệnh viện Thử: serving http://localhost")
            yield process
        finally:
            process.terminate()


def answered(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/api/openapi.json")
    status = connection.getresponse().status
    connection.close()
    return status


def postmaster(data_dir: Path) -> int:
    (pid_file,) = data_dir.glob("pg*/postmaster.pid")
    return int(pid_file.read_text().splitlines()[0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_ends_with_its_database(number: signal.Signals, data_dir: Path) -> None:
    """Ctrl-C, a service manager's stop, a closed terminal; also while someone's request hangs half sent."""
    port = free_port()
    with serving(data_dir, port) as process, socket.create_connection(("127.0.0.1", port)) as hanging:
        hanging.sendall(b"POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert answered(port) == 200
        database = postmaster(data_dir)
        process.send_signal(number)
        assert process.wait(30) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(database, 0)
    assert list(data_dir.glob("pg*/postmaster.pid")) == []


def test_killed_it_serves_again_at_the_next_start(data_dir: Path) -> None:
    port = free_port()
    with serving(data_dir, port) as process:
        process.kill()
    os.kill(postmaster(data_dir), 0)
    with serving(data_dir, port):
        assert answered(port) == 200


def test_the_installers_words_work_while_it_serves(data_dir: Path) -> None:
    port = free_port()
    with serving(data_dir, port):
        assert (
            bedside("migrate", "--data", str(data_dir)).stdout == "Nothing to do: the database has the present shape.\n"
        )
        added = bedside("add-staff", "--data", str(data_dir), "quan-tri", "Trần Thị Quản Trị")
        assert added.returncode == 0, added.stderr
        assert added.stdout.startswith("Trần Thị Quản Trị, administrator, signs in as: quan-tri\n")
        (badge,) = [line.split()[-1] for line in added.stdout.splitlines() if line.startswith("Badge code")]
        assert len(badge) == 33
        assert badge.isdigit()
        again = bedside("add-staff", "--data", str(data_dir), "quan-tri", "Người Khác")
        assert again.returncode == 2
        assert "Traceback" not in again.stderr
        unknown = bedside("enrol-device", "--data", str(data_dir), "Nội 1", "nowhere")
        assert unknown.stderr == "bedside: There is no ward nowhere.\n"
        assert answered(port) == 200


def test_the_database_dies_and_the_server_goes_on(data_dir: Path) -> None:
    port = free_port()
    with serving(data_dir, port):
        os.kill(postmaster(data_dir), signal.SIGKILL)
        give_up_at = time.monotonic() + 30
        while True:
            asked = bedside("migrate", "--data", str(data_dir))
            if asked.returncode == 0 or time.monotonic() > give_up_at:
                break
        assert asked.stdout == "Nothing to do: the database has the present shape.\n"
        assert answered(port) == 200
