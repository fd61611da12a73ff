"""Connections to PostgreSQL: one asyncpg pool, opened through Piccolo's engine, with a deadline on everything."""

from typing import Any

import asyncpg
from msgspec import Struct
from piccolo.engine.postgres import PostgresEngine

TRANSIENT = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says of a connection that dies under it
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.CannotConnectNowError,
    OSError,
    TimeoutError,
)
"""Nothing was stored and the same bytes may succeed later."""
OF_THE_VALUES = (ValueError, OverflowError)
"""Some of asyncpg's interface errors are also these: a value no column can hold, today or tomorrow."""


def transient(error: BaseException) -> bool:
    """Whether the same work may succeed in a moment: the database was away, busy, or chose another first."""
    return isinstance(error, TRANSIENT) and not isinstance(error, OF_THE_VALUES)


class PoolLimits(Struct, frozen=True, kw_only=True):
    """How long anything may wait on the database."""

    size: int = 32
    command_timeout_s: int = 10
    lock_timeout_ms: int = 2_000
    statement_timeout_ms: int = 10_000
    idle_in_transaction_ms: int = 10_000


async def _as_it_is(_: Any) -> None:
    """A connection goes back as it is: nobody here changes a session's state, and a reset is a round trip each time."""


async def open_pool(dsn: str, limits: PoolLimits | None = None) -> "asyncpg.Pool[Any]":
    """The application's pool. Every statement, lock and idle transaction has an end."""
    limits = limits or PoolLimits()
    engine = PostgresEngine(config={"dsn": dsn})
    await engine.start_connection_pool(
        min_size=1,
        max_size=limits.size,
        command_timeout=limits.command_timeout_s,
        max_inactive_connection_lifetime=300,
        reset=_as_it_is,
        server_settings={
            "application_name": "bedside",
            "timezone": "UTC",
            "lock_timeout": str(limits.lock_timeout_ms),
            "statement_timeout": str(limits.statement_timeout_ms),
            "idle_in_transaction_session_timeout": str(limits.idle_in_transaction_ms),
            "jit": "off",
            "plan_cache_mode": "force_generic_plan",  # all by key: planning anew costs more than it finds
        },
    )
    if engine.pool is None:
        raise RuntimeError("the connection pool did not open")
    return engine.pool
