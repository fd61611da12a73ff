"""Runs a migration's SQL inside Piccolo's own migration transaction."""

from collections.abc import Awaitable, Callable

from piccolo.engine import engine_finder
from piccolo.engine.postgres import PostgresEngine


def script(sql: str) -> Callable[[], Awaitable[None]]:
    """A migration step that runs several statements, all or none."""

    async def run() -> None:
        engine = engine_finder()
        if not isinstance(engine, PostgresEngine):
            raise RuntimeError("migrations need PICCOLO_CONF=backend.piccolo_conf")
        transaction = engine.current_transaction.get()
        if transaction is not None:
            await transaction.connection.execute(sql)
            return
        connection = await engine.get_new_connection()
        try:
            async with connection.transaction():
                await connection.execute(sql)
        finally:
            await connection.close()

    return run
