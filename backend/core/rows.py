"""The rows a log carries: each feature registers how its rows are read, once, for snapshot and line alike."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from msgspec import Raw, Struct


class Connection(Protocol):
    """The part of an asyncpg connection that queries use."""

    async def fetch(self, query: str, *args: Any) -> list[Any]: ...
    async def fetchrow(self, query: str, *args: Any) -> Any: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...
    async def execute(self, query: str, *args: Any) -> str: ...


StructType = type[Struct]


class RowKind(Struct, frozen=True, kw_only=True):
    """How one type of row is read.

    `select` yields (log_id text, key text, row text as JSON) for the logs in $1 and holds one `{where}`
    slot; `key` and `stay` are the columns that pick rows by key or by stay. Every row's JSON opens with
    `type, key, stay_id, command_id, keep_until`.
    """

    type: str
    struct: StructType
    select: str
    key: str
    key_type: str
    stay: str | None = None


class RowKey(Struct, frozen=True):
    """Names one row of a log."""

    type: str
    key: str


class LogRow(Struct, frozen=True):
    """One row as one log carries it, its JSON as PostgreSQL wrote it."""

    log_id: str
    type: str
    key: str
    row: Raw


class Touched(Struct, frozen=True, kw_only=True):
    """What a handler touched: rows by key, whole stays, and the stays whose place must still hold."""

    keys: frozenset[RowKey]
    stays: frozenset[UUID] = frozenset()
    placed: tuple[UUID, ...] = ()


class TouchedRows(Struct, frozen=True, kw_only=True):
    """Those rows, and the logs that carry the placed stays at the same instant."""

    rows: list[LogRow]
    places: frozenset[str]


PLACE = "_place"
PLACES = """
SELECT '_place' AS type, m.log_id, m.stay_id::text AS key, 'null' AS row
FROM log_stay m WHERE m.stay_id = ANY($2::uuid[]) AND $1::text[] IS NOT NULL
"""


class RowKinds:
    """All row kinds of the house, and the two statements made from them: snapshot and touched."""

    def __init__(self, kinds: Iterable[RowKind]) -> None:
        self._kinds: Mapping[str, RowKind] = {kind.type: kind for kind in kinds}
        self._touched = lru_cache(maxsize=256)(self._touched_statement)

    @property
    def structs(self) -> list[type[Struct]]:
        """Every row's shape, for the published description of the API."""
        return [kind.struct for kind in self._kinds.values()]

    async def snapshot(self, connection: Connection, log_id: str) -> list[LogRow]:
        """Every row the log holds now."""
        statement = " UNION ALL ".join(_branch(kind, "true") for kind in self._kinds.values())
        return [_row(record) for record in await connection.fetch(statement, [log_id])]

    async def touched(self, connection: Connection, logs: list[str], touched: "Touched") -> "TouchedRows":
        """The rows with these keys, and every row of these stays, as they are now in these logs.

        In the same round trip: the logs that carry `touched.placed` now, for the door to see a move.
        """
        kinds = tuple(sorted({k.type for k in touched.keys} | (set(self._with_stay()) if touched.stays else set())))
        by_kind = [[k.key for k in touched.keys if k.type == kind] for kind in kinds]
        statement = self._touched(kinds, bool(touched.stays))
        stays = [list(touched.stays)] if touched.stays else []
        records = await connection.fetch(statement, logs, list(touched.placed), *by_kind, *stays)
        return TouchedRows(
            rows=[_row(record) for record in records if record["type"] != PLACE],
            places=frozenset(record["log_id"] for record in records if record["type"] == PLACE),
        )

    def _with_stay(self) -> list[str]:
        return [kind.type for kind in self._kinds.values() if kind.stay]

    def _touched_statement(self, kinds: tuple[str, ...], by_stay: bool) -> str:
        branches = [PLACES]
        for number, name in enumerate(kinds, start=3):
            kind = self._kinds[name]
            where = f"{kind.key} = ANY(${number}::text[]::{kind.key_type}[])"
            if by_stay and kind.stay:
                where = f"({where} OR {kind.stay} = ANY(${len(kinds) + 3}::uuid[]))"
            branches.append(_branch(kind, where))
        return " UNION ALL ".join(branches)


def _branch(kind: RowKind, where: str) -> str:
    return f"SELECT '{kind.type}' AS type, r.* FROM ({kind.select.replace('{where}', where)}) AS r"


def _row(record: Any) -> LogRow:
    return LogRow(record["log_id"], record["type"], record["key"], Raw(record["row"].encode()))
