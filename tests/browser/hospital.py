"""The demo hospital as a process of its own, served for browsers; it can be killed and comes back."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from backend import postgres
from tests.house.server import free_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD, PIN = "bedside-demo", "246810"
READY_WITHIN_S = 90
BADGES = """
SELECT s.login, o.body FROM command c JOIN outcome o ON o.command_id = c.id
JOIN staff_state s ON s.staff_id = (c.signed::json ->> 'staff_id')::uuid
WHERE c.kind = 'issue_badge' ORDER BY c.received_at
"""


class Hospital:
    """One demo, its address, and the codes that are printed on its sheet."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.port = data_dir, free_port()
        self._said = data_dir.with_name("said.txt")
        self.url = f"http://localhost:{self.port}"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> "Hospital":
        """Starts it and waits until it says that it serves."""
        words = [sys.executable, "-m", "backend.main", "demo", "--data", str(self.data_dir), "--port", str(self.port)]
        with self._said.open("w") as said:
            self._process = subprocess.Popen(words, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT, text=True)
        deadline = time.monotonic() + READY_WITHIN_S
        while "Ctrl-C ends it" not in self._said.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the demo did not start: {self._said.read_text()[-2000:]}")
            time.sleep(0.1)
        return self

    def kill(self) -> None:
        """kill -9: nothing is said good-bye to."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As Ctrl-C does."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            os.kill(process.pid, number)
            process.wait(30)

    def enrolment_code(self, ward: str) -> str:
        """A one-time code for one more tablet of this ward."""
        words = [
            sys.executable,
            "-m",
            "backend.main",
            "enrol-device",
            "--data",
            str(self.data_dir),
            f"Máy {ward}",
            ward,
        ]
        said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
        found = re.search(r"/enrol#(\S+)", said)
        assert found is not None, said
        return found[1]

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        """Looks into the database as its owner."""
        running = postgres.find(self.data_dir, None)
        connection = await asyncpg.connect(running.owner_url, timeout=10)
        try:
            records: list[Any] = await connection.fetch(query, *arguments)
            return records
        finally:
            await connection.close()

    async def badge_of(self, login: str) -> str:
        """The 33 digits on this person's badge."""
        answers = [record["body"] for record in await self.fetch(BADGES) if record["login"] == login]
        return str(msgspec.json.decode(answers[-1])["result"]["code"])
