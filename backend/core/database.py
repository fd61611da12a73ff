"""Connections to PostgreSQL: one asyncpg pool, opened through Piccolo's engine, with a deadline on everything."""

from typing import Any

import asyncpg
from msgspec import Struct
from piccolo.engine.postgres import PostgresEngine


class PoolLimits(Struct, frozen=True, kw_only=True):
    """How long anything may wait on the database."""

    size: int = 16
    command_timeout_s: int = 10
    lock_timeout_ms: int = 2_000
    statement_timeout_ms: int = 10_000
    idle_in_transaction_ms: int = 10_000


async def open_pool(dsn: str, limits: PoolLimits | None = None) -> "asyncpg.Pool[Any]":
    """The application's pool. Every statement, lock and idle transaction has an end."""
    limits = limits or PoolLimits()
    engine = PostgresEngine(config={"dsn": dsn})
    await engine.start_connection_pool(
        min_size=1,
        max_size=limits.size,
        command_timeout=limits.command_timeout_s,
        max_inactive_connection_lifetime=300,
        server_settings={
            "application_name": "bedside",
            "timezone": "UTC",
            "lock_timeout": str(limits.lock_timeout_ms),
            "statement_timeout": str(limits.statement_timeout_ms),
            "idle_in_transaction_session_timeout": str(limits.idle_in_transaction_ms),
            "jit": "off",
        },
    )
    if engine.pool is None:
        raise RuntimeError("the connection pool did not open")
    return engine.pool
