"""Runs Piccolo's migrations, each a script of SQL."""

import contextlib
import importlib
import io
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.engine import engine_finder
from piccolo.engine.postgres import PostgresEngine

HOUSE = Path(__file__).resolve().parent.parent.parent
"""Migrations are found from here, wherever the process was started."""
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7305712020)"


def script(sql: str) -> Callable[[], Awaitable[None]]:
    """A migration step that runs several statements, all or none."""

    async def run() -> None:
        engine = engine_finder()
        transaction = engine.current_transaction.get() if isinstance(engine, PostgresEngine) else None
        if transaction is None:
            raise RuntimeError("migrations run through backend.core.migrating.migrate")
        await transaction.connection.execute(sql)

    return run


async def migrate(owner_dsn: str) -> int:
    """Brings the database to the present shape, feature by feature up the ladder; returns how many steps ran.

    One transaction for all, under an advisory lock: two processes starting at once migrate once.
    """
    os.environ["PICCOLO_CONF"] = "backend.piccolo_conf"
    os.environ["BEDSIDE_OWNER_URL"] = owner_dsn
    conf = importlib.reload(importlib.import_module("backend.piccolo_conf"))
    Migration._meta.db = conf.DB  # Piccolo would keep the database of an earlier call
    ran = 0
    async with conf.DB.transaction() as transaction:
        await transaction.connection.execute(ONE_AT_A_TIME)
        await Migration.create_table(if_not_exists=True).run()  # type: ignore[no-untyped-call]
        for app in conf.APP_REGISTRY.app_configs.values():
            app.migrations_folder_path = str(HOUSE / app.migrations_folder_path)
            with contextlib.redirect_stdout(io.StringIO()) as said:
                result = await ForwardsMigrationManager(app_name=app.app_name).run_migrations(app)
            if not result.success:
                raise RuntimeError(f"migrating {app.app_name} failed: {result.message or said.getvalue()}")
            ran += said.getvalue().count("ok!")
    return ran
