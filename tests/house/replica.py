"""A replica of one log, applied generically: the whole of what a tablet must do with a line (docs/sync.md L3)."""

from datetime import UTC, datetime
from typing import Any

import msgspec

Row = dict[str, Any]


class GapError(AssertionError):
    """A line came that does not follow the last."""


class Replica:
    """Rows by (type, key), and the line they stand at."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.log: str = snapshot["log"]
        self.take(snapshot)

    def take(self, snapshot: dict[str, Any]) -> None:
        """Begins again from a snapshot."""
        self.epoch, self.schema, self.seq = snapshot["epoch"], snapshot["schema"], snapshot["seq"]
        self.rows: dict[tuple[str, str], Row] = {(row["type"], row["key"]): row for row in snapshot["rows"]}

    def apply(self, line: dict[str, Any]) -> None:
        """One line; raises where it does not follow."""
        if line["seq"] != self.seq + 1 or line["log"] != self.log:
            raise GapError(f"{self.log} stands at {self.seq}, the line says {line['log']} {line['seq']}")
        assert not line["reset"], "the line asks for a snapshot"
        for row in line["puts"]:
            self.rows[row["type"], row["key"]] = row
        for key in line["removes"]:
            self.rows.pop((key["type"], key["key"]), None)
        self.seq = line["seq"]

    def at(self, instant: datetime) -> dict[tuple[str, str], Row]:
        """The rows still kept at this instant."""
        return {name: row for name, row in self.rows.items() if _kept(row, instant)}


def differences(replica: Replica, fresh: dict[str, Any]) -> list[str]:
    """What a replica has otherwise than a fresh snapshot read at the same line."""
    at = datetime.fromisoformat(fresh["at"])
    ours, theirs = replica.at(at), Replica(fresh).at(at)
    assert replica.seq == fresh["seq"], (
        f"the replica of {replica.log} stands at {replica.seq}, the log at {fresh['seq']}"
    )
    return [
        f"{name}: replica {_short(ours.get(name))} snapshot {_short(theirs.get(name))}"
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    ]


def _kept(row: Row, instant: datetime) -> bool:
    until = row["keep_until"]
    return until is None or datetime.fromisoformat(until).astimezone(UTC) > instant


def _short(row: Row | None) -> str:
    return "–" if row is None else msgspec.json.encode(row).decode()
